import type { FrameWriter } from '../../../common/frame.ts';
import { ByteReader } from '../../proc/byte-reader.ts';
import { CounterRows } from '../../proc/counter-rows.ts';
import { KeptFile } from '../../proc/kept-file.ts';
import type { Adapter, AdapterContext, AdapterInfo, Limitation, SlotFinder, Unavailable } from '../base.ts';
import { FileSystemNumbers } from './file-system-numbers.ts';
import { DISK, DISK_WIDTH, parseDiskstats, SECTOR } from './diskstats.ts';
import { FileSystemSpace } from './file-system-space.ts';
import type { Statfs } from './measured-file-system.ts';
import { PhysicalDisks } from './physical-disks.ts';
import { TransferColumns, type TransferCounters } from './transfer-columns.ts';

const COUNTERS: TransferCounters = {
  reads: DISK.reads,
  writes: DISK.writes,
  bytesRead: DISK.sectorsRead,
  bytesWritten: DISK.sectorsWritten,
};

/** What a test puts in place of the system. */
export interface DiskAdapterOptions {
  /** Asks a file system for its space; `statfs(2)` unless given. */
  readonly statfs?: Statfs;
}

/** Space on the local file systems of a Linux machine, and transfers of its physical disks. */
export function createDiskAdapter(options: DiskAdapterOptions = {}): Adapter {
  return new LinuxDisk(options);
}

class LinuxDisk implements Adapter {
  readonly name = 'disk';
  readonly group = 'disk';
  readonly #statfs: Statfs | undefined;
  readonly #reader = new ByteReader(8192);
  readonly #rows = new CounterRows(DISK_WIDTH);
  readonly #columns = new TransferColumns(COUNTERS, SECTOR);
  readonly #numbers = new FileSystemNumbers();
  #space: FileSystemSpace | undefined;
  #disks: PhysicalDisks | undefined;
  #statsFile: KeptFile | undefined;

  constructor({ statfs }: DiskAdapterOptions) {
    this.#statfs = statfs;
  }

  get hasOtherDevices(): boolean {
    return this.#space?.hasOthers === true;
  }

  open(context: AdapterContext): Promise<AdapterInfo | Unavailable> {
    return Promise.resolve(this.#open(context));
  }

  bind(slot: SlotFinder): void {
    this.#space?.bind(slot);
    this.#columns.bind(slot);
  }

  read(frame: FrameWriter, elapsedSeconds: number): void {
    this.#space?.read(frame, elapsedSeconds);
    this.#readTransfers(frame, elapsedSeconds);
  }

  close(): void {
    this.#space?.close();
    this.#statsFile?.close();
  }

  #open(context: AdapterContext): AdapterInfo | Unavailable {
    const { sysroot } = context;
    const log = (message: string): void => context.log(message);
    this.#space = new FileSystemSpace(this.#numbers, sysroot, this.#statfs);
    const fileSystems = this.#space.open();
    const limitations: Limitation[] = [];
    if (fileSystems.remote > 0) {
      limitations.push({
        what: 'space on network and FUSE file systems',
        why: 'asking them can wait without end, so they are left out',
      });
    }
    const statsFile = new KeptFile(sysroot.path('/proc/diskstats'), {
      missing: 'unsupported',
      what: 'disk counters',
      log,
    });
    const disks = new PhysicalDisks(sysroot);
    let diskCount = 0;
    if (!disks.canTell) {
      limitations.push({
        what: 'disk transfers',
        why: 'disks cannot be told from their partitions without /sys/block',
        remedy: 'mount sysfs on /sys',
      });
    } else {
      this.#statsFile = statsFile;
      this.#disks = disks;
      if (statsFile.read(this.#reader) && parseDiskstats(this.#reader, this.#rows, disks)) {
        diskCount = this.#rows.count;
      }
      this.#rows.forget();
      if (diskCount === 0)
        limitations.push({ what: 'disk transfers', why: 'no physical disk is visible here' });
    }
    if (fileSystems.count === 0 && diskCount === 0) {
      this.close();
      return {
        available: false,
        reason: 'unsupported',
        why: 'neither a local file system nor a physical disk is visible here',
        remedy: 'mount proc on /proc and sysfs on /sys',
      };
    }
    return {
      available: true,
      found: `${plural(fileSystems.count, 'local file system')}, ${plural(diskCount, 'physical disk')}`,
      instances: { disk: fileSystems.count },
      limitations,
    };
  }

  #readTransfers(frame: FrameWriter, elapsedSeconds: number): void {
    const rows = this.#rows;
    const file = this.#statsFile;
    if (!file || !this.#disks) {
      this.#columns.absent(frame, 'unsupported');
      return;
    }
    if (!file.read(this.#reader)) {
      rows.forget();
      this.#columns.absent(frame, file.absence);
      return;
    }
    if (!parseDiskstats(this.#reader, rows, this.#disks)) {
      rows.forget();
      return;
    }
    if (rows.count === 0) {
      // Transfers go somewhere else, to a host for example: that none are seen does not mean that there are none.
      this.#columns.absent(frame, 'unsupported');
      return;
    }
    this.#columns.write(frame, rows, elapsedSeconds);
  }
}

function plural(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? '' : 's'}`;
}
