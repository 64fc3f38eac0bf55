import type { FrameWriter } from '../../../common/frame.ts';
import { CoreFoundation } from '../../native/darwin/core-foundation.ts';
import { IoRegistry } from '../../native/darwin/io-registry.ts';
import {
  type DarwinLibraries,
  type DarwinNativeOptions,
  openDarwinLibraries,
} from '../../native/darwin/library.ts';
import { MountTable } from '../../native/darwin/mount-table.ts';
import { CounterRows } from '../../proc/counter-rows.ts';
import type { Adapter, AdapterContext, AdapterInfo, Limitation, SlotFinder, Unavailable } from '../base.ts';
import { FileSystemNumbers } from './file-system-numbers.ts';
import { DarwinFileSystemSpace } from './darwin-space.ts';
import { DarwinTransfers } from './darwin-transfers.ts';
import type { Statfs } from './measured-file-system.ts';
import { TRANSFER, TRANSFER_WIDTH, TransferColumns } from './transfer-columns.ts';

/** What a test puts in place of the system. */
export interface DarwinDiskOptions extends DarwinNativeOptions {
  /** As `process.arch`. */
  readonly arch?: string;
  /** Asks a file system for its space; `statfs(2)` unless given. */
  readonly statfs?: Statfs;
}

/** Space on the local file systems of a Mac, and transfers of its physical disks. */
export function createDiskAdapter(options: DarwinDiskOptions = {}): Adapter {
  return new DarwinDisk(options);
}

class DarwinDisk implements Adapter {
  readonly name = 'disk';
  readonly group = 'disk';
  readonly #options: DarwinDiskOptions;
  readonly #rows = new CounterRows(TRANSFER_WIDTH);
  readonly #columns = new TransferColumns(TRANSFER);
  readonly #numbers = new FileSystemNumbers();
  #space: DarwinFileSystemSpace | undefined;
  #coreFoundation: CoreFoundation | undefined;
  #transfers: DarwinTransfers | undefined;

  constructor(options: DarwinDiskOptions) {
    this.#options = options;
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
    this.#transfers?.close();
    this.#coreFoundation?.close();
    this.#transfers = undefined;
    this.#coreFoundation = undefined;
    this.#space = undefined;
    this.#rows.forget();
  }

  #open(context: AdapterContext): AdapterInfo | Unavailable {
    const libraries = openDarwinLibraries(this.#options);
    if (!libraries.available) return libraries;
    this.close();
    const limitations: Limitation[] = [];
    const fileSystems = this.#openSpace(libraries, context, limitations);
    const disks = this.#openTransfers(libraries, limitations);
    if (fileSystems === 0 && disks === 0) {
      this.close();
      return {
        available: false,
        reason: 'unsupported',
        why: 'neither a local file system nor a physical disk is visible here',
      };
    }
    return {
      available: true,
      found: `${plural(fileSystems, 'local file system')}, ${plural(disks, 'physical disk')}`,
      instances: { disk: fileSystems },
      limitations,
    };
  }

  /** Returns the number of file systems. */
  #openSpace(libraries: DarwinLibraries, { sysroot }: AdapterContext, limitations: Limitation[]): number {
    const table = MountTable.open(libraries.system, this.#options.arch ?? process.arch);
    if (!table) {
      limitations.push({ what: 'space', why: 'this macOS does not tell what file systems are mounted' });
      return 0;
    }
    this.#space = new DarwinFileSystemSpace(table, this.#numbers, sysroot, this.#options.statfs);
    const { count, remote } = this.#space.open();
    if (remote > 0) {
      limitations.push({
        what: 'space on network and FUSE file systems',
        why: 'asking them can wait without end, so they are left out',
      });
    }
    return count;
  }

  /** Returns the number of disks. */
  #openTransfers(libraries: DarwinLibraries, limitations: Limitation[]): number {
    const coreFoundation = CoreFoundation.open(libraries);
    const registry = coreFoundation && IoRegistry.open(libraries.ioKit, coreFoundation);
    if (!registry) {
      limitations.push({ what: 'disk transfers', why: 'this macOS has no I/O Registry that can be read' });
      return 0;
    }
    this.#coreFoundation = coreFoundation;
    this.#transfers = new DarwinTransfers(registry, coreFoundation);
    const disks = this.#transfers.read(this.#rows) ? this.#rows.count : 0;
    this.#rows.forget();
    if (disks === 0) limitations.push({ what: 'disk transfers', why: 'no physical disk is visible here' });
    return disks;
  }

  #readTransfers(frame: FrameWriter, elapsedSeconds: number): void {
    const rows = this.#rows;
    if (!this.#transfers) {
      this.#columns.absent(frame, 'unsupported');
      return;
    }
    if (!this.#transfers.read(rows)) {
      rows.forget();
      this.#columns.absent(frame, 'failed');
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
