import type { FrameWriter } from '../../../common/frame.ts';
import { ByteReader } from '../../proc/byte-reader.ts';
import { CounterRows } from '../../proc/counter-rows.ts';
import { KeptFile } from '../../proc/kept-file.ts';
import type { Adapter, AdapterContext, AdapterInfo, Limitation, SlotFinder, Unavailable } from '../base.ts';
import { DISK, DISK_WIDTH, parseDiskstats, SECTOR } from './diskstats.ts';
import { FileSystemSpace } from './file-system-space.ts';
import type { Statfs } from './measured-file-system.ts';
import { PhysicalDisks } from './physical-disks.ts';

const BYTES_PER_MEGABYTE = 1e6;
/**
 * Least time between two times that new file systems are given columns: each starts another log file, and on some
 * machines (containers with volumes) there is a new one every minute.
 */
const NEW_COLUMNS_SECONDS = 600;

const TRANSFER_COLUMNS = [
  'disk_read_rate_mbps',
  'disk_write_rate_mbps',
  'disk_read_count',
  'disk_write_count',
  'disk_read_bytes',
  'disk_write_bytes',
] as const;

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
  #space: FileSystemSpace | undefined;
  /** Keys of the file systems in the order of their numbers: kept when it is opened anew, so that they keep theirs. */
  #numbered: readonly string[] = [];
  #secondsToNewColumns = 0;
  #disks: PhysicalDisks | undefined;
  #statsFile: KeptFile | undefined;
  #slots = new Int32Array(TRANSFER_COLUMNS.length).fill(-1);

  constructor({ statfs }: DiskAdapterOptions) {
    this.#statfs = statfs;
  }

  get hasOtherDevices(): boolean {
    return this.#secondsToNewColumns <= 0 && this.#space?.hasOthers === true;
  }

  open(context: AdapterContext): Promise<AdapterInfo | Unavailable> {
    return Promise.resolve(this.#open(context));
  }

  bind(slot: SlotFinder): void {
    this.#space?.bind(slot);
    this.#slots = Int32Array.from(TRANSFER_COLUMNS, slot);
  }

  read(frame: FrameWriter, elapsedSeconds: number): void {
    if (elapsedSeconds > 0) this.#secondsToNewColumns -= elapsedSeconds;
    this.#space?.read(frame);
    this.#readTransfers(frame, elapsedSeconds);
  }

  close(): void {
    this.#space?.close();
    this.#space = undefined;
    this.#statsFile?.close();
  }

  #open(context: AdapterContext): AdapterInfo | Unavailable {
    const { sysroot } = context;
    const log = (message: string): void => context.log(message);
    this.#space = new FileSystemSpace(sysroot, this.#statfs);
    const fileSystems = this.#space.open(this.#numbered);
    if (this.#numbered.length > 0) this.#secondsToNewColumns = NEW_COLUMNS_SECONDS;
    this.#numbered = this.#space.keys;
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
      for (const slot of this.#slots) frame.absent(slot, 'unsupported');
      return;
    }
    if (!file.read(this.#reader)) {
      rows.forget();
      for (const slot of this.#slots) frame.absent(slot, file.absence);
      return;
    }
    if (!parseDiskstats(this.#reader, rows, this.#disks)) {
      rows.forget();
      return;
    }
    if (rows.count === 0) {
      // Transfers go somewhere else, to a host for example: that none are seen does not mean that there are none.
      for (const slot of this.#slots) frame.absent(slot, 'unsupported');
      return;
    }
    const { totals, increases } = rows;
    frame.set(this.#slots[2] ?? -1, totals[DISK.reads] ?? Number.NaN);
    frame.set(this.#slots[3] ?? -1, totals[DISK.writes] ?? Number.NaN);
    frame.set(this.#slots[4] ?? -1, (totals[DISK.sectorsRead] ?? Number.NaN) * SECTOR);
    frame.set(this.#slots[5] ?? -1, (totals[DISK.sectorsWritten] ?? Number.NaN) * SECTOR);
    if (!rows.hasIncreases || !(elapsedSeconds > 0)) return;
    const megabytes = SECTOR / BYTES_PER_MEGABYTE / elapsedSeconds;
    frame.set(this.#slots[0] ?? -1, (increases[DISK.sectorsRead] ?? Number.NaN) * megabytes);
    frame.set(this.#slots[1] ?? -1, (increases[DISK.sectorsWritten] ?? Number.NaN) * megabytes);
  }
}

function plural(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? '' : 's'}`;
}
