import { Buffer } from 'node:buffer';
import type { FrameWriter } from '../../../common/frame.ts';
import { GIB, MIB } from '../../../common/units.ts';
import { openWindowsLibraries, type WindowsNativeOptions } from '../../native/windows/library.ts';
import { MemoryStatus } from '../../native/windows/memory-status.ts';
import { INFORMATION, SystemInformation } from '../../native/windows/system-information.ts';
import type { Adapter, AdapterInfo, Limitation, SlotFinder, Unavailable } from '../base.ts';
import { decodeMemoryStatus, decodePageFiles, type PhysicalMemory } from './windows-memory.ts';

const MEMORY_COLUMNS = ['ram_total_mb', 'ram_used_mb', 'ram_available_mb', 'ram_percent'] as const;
const SWAP_COLUMNS = ['swap_total_mb', 'swap_used_mb', 'swap_percent'] as const;

/** Room for the list of page files, of which there are at most 16, each with a name of up to 260 characters. */
const PAGE_FILES_ROOM = 16_384;

const NO_PRESSURE: Limitation = {
  what: 'pressure (PSI)',
  why: 'Windows does not measure for what share of the time work has stalled',
};

/**
 * Memory and page files of a Windows machine.
 *
 * Swap is what the page files have and what of them is in use. The commit limit and charge that Task Manager shows are
 * something else: memory that was promised, most of which has never been written to a page file.
 */
export function createMemoryAdapter(options: WindowsNativeOptions = {}): Adapter {
  return new WindowsMemory(options);
}

class WindowsMemory implements Adapter {
  readonly name = 'memory';
  readonly group = 'memory';
  readonly #options: WindowsNativeOptions;
  readonly #pageFiles = Buffer.alloc(PAGE_FILES_ROOM);
  #status: MemoryStatus | undefined;
  #system: SystemInformation | undefined;
  #memorySlots = new Int32Array(MEMORY_COLUMNS.length).fill(-1);
  #swapSlots = new Int32Array(SWAP_COLUMNS.length).fill(-1);

  constructor(options: WindowsNativeOptions) {
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
    this.#setMemory(frame, this.#readMemory());
    this.#readSwap(frame);
  }

  close(): void {
    this.#status = undefined;
    this.#system = undefined;
  }

  #open(): AdapterInfo | Unavailable {
    const libraries = openWindowsLibraries(this.#options);
    if (!libraries.available) return libraries;
    this.#status = MemoryStatus.open(libraries.kernel32);
    const memory = this.#readMemory();
    if (!memory) {
      const reason = this.#status ? 'failed' : 'unsupported';
      return { available: false, reason, why: 'Windows does not tell how much memory it has' };
    }
    const system = new SystemInformation(libraries.ntdll);
    this.#system = system;
    const limitations = [NO_PRESSURE];
    if (!system.query(INFORMATION.pageFiles, this.#pageFiles)) {
      limitations.push({ what: 'swap', why: 'the kernel does not tell the use of the page files here' });
    }
    return { available: true, found: `${(memory.total / GIB).toFixed(1)} GiB`, limitations };
  }

  #readMemory(): PhysicalMemory | undefined {
    const status = this.#status;
    return status?.read() === true ? decodeMemoryStatus(status.bytes) : undefined;
  }

  #setMemory(frame: FrameWriter, memory: PhysicalMemory | undefined): void {
    if (!memory) {
      for (const slot of this.#memorySlots) frame.absent(slot, 'failed');
      return;
    }
    const { total, available } = memory;
    frame.set(this.#memorySlots[0] ?? -1, total / MIB);
    frame.set(this.#memorySlots[1] ?? -1, (total - available) / MIB);
    frame.set(this.#memorySlots[2] ?? -1, available / MIB);
    frame.set(this.#memorySlots[3] ?? -1, (100 * (total - available)) / total);
  }

  #readSwap(frame: FrameWriter): void {
    const system = this.#system;
    if (system?.query(INFORMATION.pageFiles, this.#pageFiles) !== true) {
      for (const slot of this.#swapSlots) frame.absent(slot, system?.absence ?? 'failed');
      return;
    }
    const files = decodePageFiles(this.#pageFiles, system.length);
    if (!files) {
      for (const slot of this.#swapSlots) frame.absent(slot, 'failed');
      return;
    }
    const pagesPerMb = MIB / (this.#status?.pageSize ?? Number.NaN);
    frame.set(this.#swapSlots[0] ?? -1, files.total / pagesPerMb);
    frame.set(this.#swapSlots[1] ?? -1, files.used / pagesPerMb);
    // A machine without a page file uses none of it.
    frame.set(this.#swapSlots[2] ?? -1, files.total === 0 ? 0 : (100 * files.used) / files.total);
  }
}
