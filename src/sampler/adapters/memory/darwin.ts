import type { FrameWriter } from '../../../common/frame.ts';
import { GIB, MIB } from '../../../common/units.ts';
import { type DarwinNativeOptions, openDarwinLibraries } from '../../native/darwin/library.ts';
import { SysctlReader } from '../../native/darwin/sysctl.ts';
import { VmStatistics } from '../../native/darwin/vm-statistics.ts';
import type { Adapter, AdapterInfo, Limitation, SlotFinder, Unavailable } from '../base.ts';
import { decodeSwapUsage, SWAP_USAGE_SIZE } from './swap-usage.ts';
import { pagesInUse } from './vm-pages.ts';

const MEMORY_COLUMNS = ['ram_total_mb', 'ram_used_mb', 'ram_available_mb', 'ram_percent'] as const;
const SWAP_COLUMNS = ['swap_total_mb', 'swap_used_mb', 'swap_percent'] as const;

const NO_PRESSURE: Limitation = {
  what: 'pressure (PSI)',
  why: 'macOS tells a level of memory pressure, but not for what share of the time work has stalled',
};

/** Memory and swap of a Mac. */
export function createMemoryAdapter(options: DarwinNativeOptions = {}): Adapter {
  return new DarwinMemory(options);
}

class DarwinMemory implements Adapter {
  readonly name = 'memory';
  readonly group = 'memory';
  readonly #options: DarwinNativeOptions;
  readonly #swapUsage = Buffer.alloc(SWAP_USAGE_SIZE);
  #total = Number.NaN;
  #statistics: VmStatistics | undefined;
  #sysctl: SysctlReader | undefined;
  #memorySlots = new Int32Array(MEMORY_COLUMNS.length).fill(-1);
  #swapSlots = new Int32Array(SWAP_COLUMNS.length).fill(-1);

  constructor(options: DarwinNativeOptions) {
    this.#options = options;
  }

  open(): Promise<AdapterInfo | Unavailable> {
    return Promise.resolve(this.#open());
  }

  bind(slot: SlotFinder): void {
    this.#memorySlots = Int32Array.from(MEMORY_COLUMNS, slot);
    this.#swapSlots = Int32Array.from(SWAP_COLUMNS, slot);
  }

  read(frame: FrameWriter): void {
    this.#readMemory(frame);
    this.#readSwap(frame);
  }

  close(): void {
    this.#statistics?.close();
    this.#statistics = undefined;
    this.#sysctl = undefined;
  }

  #open(): AdapterInfo | Unavailable {
    const libraries = openDarwinLibraries(this.#options);
    if (!libraries.available) return libraries;
    const sysctl = new SysctlReader(libraries);
    // It cannot change while the system runs.
    const total = sysctl.readInteger('hw.memsize');
    if (!(total > 0)) {
      return { available: false, reason: sysctl.absence, why: 'macOS does not tell how much memory it has' };
    }
    const statistics = VmStatistics.open(libraries.system);
    this.#sysctl = sysctl;
    this.#total = total;
    this.#statistics = statistics;
    const limitations = [NO_PRESSURE];
    if (statistics?.read() !== true) {
      limitations.push({ what: 'memory in use', why: 'the kernel’s page counters cannot be read here' });
    }
    return { available: true, found: `${(total / GIB).toFixed(1)} GiB`, limitations };
  }

  #readMemory(frame: FrameWriter): void {
    frame.set(this.#memorySlots[0] ?? -1, this.#total / MIB);
    const statistics = this.#statistics;
    if (statistics?.read() !== true) {
      const reason = statistics?.absence ?? 'unsupported';
      for (let i = 1; i < this.#memorySlots.length; i++) frame.absent(this.#memorySlots[i] ?? -1, reason);
      return;
    }
    const used = pagesInUse(statistics.info, statistics.words) * statistics.pageSize;
    // More in use than there is: the counters are not those that they are taken for, and no part of it is to be trusted.
    const isSound = used <= this.#total;
    frame.set(this.#memorySlots[1] ?? -1, isSound ? used / MIB : Number.NaN);
    frame.set(this.#memorySlots[2] ?? -1, isSound ? (this.#total - used) / MIB : Number.NaN);
    frame.set(this.#memorySlots[3] ?? -1, isSound ? (100 * used) / this.#total : Number.NaN);
  }

  #readSwap(frame: FrameWriter): void {
    const sysctl = this.#sysctl;
    const length = sysctl?.readStructure('vm.swapusage', this.#swapUsage) ?? -1;
    if (length < 0) {
      for (const slot of this.#swapSlots) frame.absent(slot, sysctl?.absence ?? 'failed');
      return;
    }
    const swap = decodeSwapUsage(this.#swapUsage, length);
    if (!swap) {
      for (const slot of this.#swapSlots) frame.absent(slot, 'failed');
      return;
    }
    frame.set(this.#swapSlots[0] ?? -1, swap.total / MIB);
    frame.set(this.#swapSlots[1] ?? -1, swap.used / MIB);
    // macOS makes swap files when it needs them: without any, none is in use.
    frame.set(this.#swapSlots[2] ?? -1, swap.total === 0 ? 0 : (100 * swap.used) / swap.total);
  }
}
