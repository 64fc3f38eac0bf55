import type { Absence } from '../../../common/frame.ts';
import type { Reference } from '../../native/native-library.ts';
import type { DiskDevices } from '../../native/windows/disk-devices.ts';
import type { Volumes } from '../../native/windows/volumes.ts';
import { readUnsigned64 } from '../../native/unsigned64.ts';
import type { CounterRows } from '../../proc/counter-rows.ts';
import { WrappingCounters } from '../../proc/wrapping-counters.ts';
import { TRANSFER } from './transfer-columns.ts';

/** Ticks between two searches for disks that came or went. */
const SEARCH_TICKS = 30;
/** The same after a disk was found to be gone. */
const SOON_TICKS = 5;

/** Members of `DISK_PERFORMANCE` of `winioctl.h`: bytes are `LARGE_INTEGER`, counts are `DWORD`. */
const OFFSET = { bytesRead: 0, bytesWritten: 8, readCount: 40, writeCount: 44 } as const;

/** `BusTypeFileBackedVirtual` of `ntddstor.h`: an image (VHD), whose transfers are those of the disk that it lies on. */
const FILE_BACKED = 15;

interface Disk {
  readonly number: number;
  readonly handle: Reference;
  readonly counts: WrappingCounters;
  /** What the row is known by: a disk that comes back under its number starts anew. */
  readonly key: number;
}

/** Transfers of the physical disks of a Windows machine, from the counters of `\\.\PhysicalDriveN`, which are kept open. */
export class WindowsTransfers {
  /** Why the last read gave nothing. */
  absence: Absence = 'unsupported';
  readonly #devices: DiskDevices;
  readonly #volumes: Volumes;
  #disks: readonly Disk[] = [];
  #opened = 0;
  #ticksToSearch = 0;

  constructor(devices: DiskDevices, volumes: Volumes) {
    this.#devices = devices;
    this.#volumes = volumes;
  }

  /**
   * Reads the counters into `rows`: a row for each disk that tells them.
   *
   * @returns false where there is none; {@link absence} tells why, and `rows` has to forget
   */
  read(rows: CounterRows): boolean {
    if (--this.#ticksToSearch <= 0) this.#search();
    rows.begin();
    for (const disk of this.#disks) {
      if (this.#devices.readPerformance(disk.handle)) {
        this.#put(disk, rows);
        continue;
      }
      this.absence = this.#devices.absence;
      // One that never counted stays as it is; one that is gone gives its number free.
      if (this.absence === 'failed') this.#ticksToSearch = Math.min(this.#ticksToSearch, SOON_TICKS);
    }
    rows.end();
    return rows.count > 0;
  }

  close(): void {
    for (const { handle } of this.#disks) this.#devices.close(handle);
    this.#disks = [];
    this.#ticksToSearch = 0;
  }

  /** Opens the disks that came, and closes those that are listed no longer or no longer answer. */
  #search(): void {
    this.#ticksToSearch = SEARCH_TICKS;
    const numbers = diskNumbers(this.#volumes.deviceNames() ?? []);
    if (numbers.length === 0) this.absence = 'unsupported';
    const kept = this.#disks.filter(({ number, handle }) => {
      const isThere = numbers.includes(number);
      return isThere && (this.#devices.readPerformance(handle) || this.#devices.absence !== 'failed');
    });
    for (const disk of this.#disks) if (!kept.includes(disk)) this.#devices.close(disk.handle);
    const known = new Set(kept.map(({ number }) => number));
    const come = numbers.filter(number => !known.has(number)).flatMap(number => this.#open(number));
    this.#disks = [...kept, ...come].sort((a, b) => a.number - b.number);
  }

  #open(number: number): Disk[] {
    const handle = this.#devices.openDisk(number);
    if (handle === undefined) {
      this.absence = this.#devices.absence;
      return [];
    }
    if (this.#devices.busTypeOf(handle) === FILE_BACKED) {
      this.#devices.close(handle);
      return [];
    }
    return [{ number, handle, counts: new WrappingCounters(2), key: this.#opened++ }];
  }

  #put({ counts, key }: Disk, rows: CounterRows): void {
    const { performance } = this.#devices;
    rows.row(key);
    rows.put(TRANSFER.reads, counts.update(0, performance.readUInt32LE(OFFSET.readCount)));
    rows.put(TRANSFER.writes, counts.update(1, performance.readUInt32LE(OFFSET.writeCount)));
    rows.put(TRANSFER.bytesRead, readUnsigned64(performance, OFFSET.bytesRead));
    rows.put(TRANSFER.bytesWritten, readUnsigned64(performance, OFFSET.bytesWritten));
  }
}

/** Numbers of the physical disks among the names of devices, ascending. */
export function diskNumbers(names: readonly string[]): number[] {
  const numbers = names.flatMap(name => {
    const number = /^PhysicalDrive(\d{1,5})$/.exec(name)?.[1];
    return number === undefined ? [] : [Number(number)];
  });
  return [...new Set(numbers)].sort((a, b) => a - b);
}
