import type { FrameWriter } from '../../../common/frame.ts';
import { DiskDevices } from '../../native/windows/disk-devices.ts';
import { openWindowsLibraries, type WindowsNativeOptions } from '../../native/windows/library.ts';
import { Volumes } from '../../native/windows/volumes.ts';
import { CounterRows } from '../../proc/counter-rows.ts';
import type { Adapter, AdapterContext, AdapterInfo, Limitation, SlotFinder, Unavailable } from '../base.ts';
import { FileSystemNumbers } from './file-system-numbers.ts';
import { TRANSFER, TRANSFER_WIDTH, TransferColumns } from './transfer-columns.ts';
import { WindowsTransfers } from './windows-transfers.ts';
import { WindowsVolumes } from './windows-volumes.ts';

/** Space on the local volumes of a Windows machine, and transfers of its physical disks. */
export function createDiskAdapter(options: WindowsNativeOptions = {}): Adapter {
  return new WindowsDisk(options);
}

class WindowsDisk implements Adapter {
  readonly name = 'disk';
  readonly group = 'disk';
  readonly #options: WindowsNativeOptions;
  readonly #rows = new CounterRows(TRANSFER_WIDTH);
  readonly #columns = new TransferColumns(TRANSFER);
  readonly #numbers = new FileSystemNumbers();
  #space: WindowsVolumes | undefined;
  #transfers: WindowsTransfers | undefined;

  constructor(options: WindowsNativeOptions) {
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
    this.#transfers = undefined;
    this.#space = undefined;
    this.#rows.forget();
  }

  #open({ sysroot }: AdapterContext): AdapterInfo | Unavailable {
    this.close();
    const libraries = openWindowsLibraries(this.#options);
    if (!libraries.available) return libraries;
    const volumes = Volumes.open(libraries.kernel32);
    if (!volumes) {
      return {
        available: false,
        reason: 'unsupported',
        why: 'this Windows does not tell what drives it has',
      };
    }
    const limitations: Limitation[] = [];
    this.#space = new WindowsVolumes(volumes, this.#numbers, sysroot);
    const { count, remote } = this.#space.open();
    if (remote > 0) {
      limitations.push({
        what: 'space on network drives',
        why: 'asking them can wait without end, so they are left out',
      });
    }
    const devices = DiskDevices.open(libraries.kernel32);
    if (devices) this.#transfers = new WindowsTransfers(devices, volumes);
    const disks = this.#transfers?.read(this.#rows) === true ? this.#rows.count : 0;
    this.#rows.forget();
    if (disks === 0) limitations.push(whyNoTransfers(this.#transfers?.absence));
    if (count === 0 && disks === 0) {
      this.close();
      return {
        available: false,
        reason: 'unsupported',
        why: 'neither a local volume nor a physical disk is visible here',
      };
    }
    const found = `${plural(count, 'local volume')}, ${plural(disks, 'physical disk')}`;
    return { available: true, found, instances: { disk: count }, limitations };
  }

  #readTransfers(frame: FrameWriter, elapsedSeconds: number): void {
    const rows = this.#rows;
    if (this.#transfers?.read(rows) !== true) {
      const reason = this.#transfers?.absence ?? 'unsupported';
      rows.forget();
      // Transfers go somewhere else, to a host for example: that none are seen does not mean that there are none.
      this.#columns.absent(frame, reason);
      return;
    }
    this.#columns.write(frame, rows, elapsedSeconds);
  }
}

function whyNoTransfers(absence: WindowsTransfers['absence'] | undefined): Limitation {
  const what = 'disk transfers';
  switch (absence) {
    case 'denied':
      return { what, why: 'this user may not ask the physical disks' };
    case 'failed':
      return { what, why: 'the physical disks do not answer' };
    default:
      return {
        what,
        why: 'no physical disk is visible here that counts its transfers',
        remedy: 'where counting was switched off, switch it on: diskperf -y',
      };
  }
}

function plural(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? '' : 's'}`;
}
