import type { FrameWriter } from '../../../common/frame.ts';
import { type DarwinNativeOptions, openDarwinLibraries } from '../../native/darwin/library.ts';
import { LoadAverages } from '../../native/darwin/load-averages.ts';
import { ProcessorTicks } from '../../native/darwin/processor-ticks.ts';
import type { Adapter, AdapterInfo, Limitation, SlotFinder, Unavailable } from '../base.ts';
import { ProcessorLoad } from './processor-load.ts';

const LOAD_COLUMNS = ['load_avg_1m', 'load_avg_5m', 'load_avg_15m'] as const;

/**
 * What macOS has no public interface for. The clock that `hw.cpufrequency` tells on Intel is the nominal one, not the
 * current.
 */
const LIMITATIONS: readonly Limitation[] = [
  { what: 'core clocks', why: 'macOS tells no program the current clock, only the nominal one on Intel' },
  {
    what: 'CPU temperature and power',
    why: 'macOS keeps them behind private interfaces that differ from chip to chip',
  },
  {
    what: 'CPU throttling',
    why: 'macOS tells a level of thermal pressure, but does not count how often the CPU was throttled',
  },
  { what: 'context switches and interrupts', why: 'macOS does not count them for the whole machine' },
];

/** The CPU of a Mac: utilization of all cores and of each, and load. */
export function createCpuAdapter(options: DarwinNativeOptions = {}): Adapter {
  return new DarwinCpu(options);
}

class DarwinCpu implements Adapter {
  readonly name = 'cpu';
  readonly group = 'cpu';
  readonly #options: DarwinNativeOptions;
  #ticks: ProcessorTicks | undefined;
  #loads: LoadAverages | undefined;
  #load = new ProcessorLoad(0);
  #cores = 0;
  #totalSlot = -1;
  #coreSlots = new Int32Array(0);
  #loadSlots = new Int32Array(LOAD_COLUMNS.length).fill(-1);

  constructor(options: DarwinNativeOptions) {
    this.#options = options;
  }

  open(): Promise<AdapterInfo | Unavailable> {
    return Promise.resolve(this.#open());
  }

  bind(slot: SlotFinder): void {
    this.#totalSlot = slot('total_utilization');
    this.#coreSlots = Int32Array.from({ length: this.#cores }, (_, i) => slot(`core_${i}_utilization`));
    this.#loadSlots = Int32Array.from(LOAD_COLUMNS, slot);
  }

  read(frame: FrameWriter): void {
    this.#readTicks(frame);
    this.#readLoads(frame);
  }

  close(): void {
    this.#ticks?.close();
    this.#ticks = undefined;
    this.#loads = undefined;
  }

  #open(): AdapterInfo | Unavailable {
    const libraries = openDarwinLibraries(this.#options);
    if (!libraries.available) return libraries;
    const ticks = ProcessorTicks.open(libraries.system);
    const loads = LoadAverages.open(libraries.system);
    if (!ticks) {
      return {
        available: false,
        reason: 'unsupported',
        why: 'this macOS does not tell how busy its cores are',
      };
    }
    if (!ticks.read()) {
      ticks.close();
      return {
        available: false,
        reason: ticks.absence,
        why: 'the kernel does not tell how busy its cores are',
      };
    }
    this.#ticks = ticks;
    this.#loads = loads;
    this.#cores = ticks.count;
    this.#load = new ProcessorLoad(ticks.count);
    const found = `${ticks.count} ${ticks.count === 1 ? 'core' : 'cores'}, no frequency`;
    return { available: true, found, instances: { core: ticks.count }, limitations: LIMITATIONS };
  }

  #readTicks(frame: FrameWriter): void {
    const ticks = this.#ticks;
    if (ticks?.read() !== true) {
      this.#load.forget();
      const reason = ticks?.absence ?? 'failed';
      frame.absent(this.#totalSlot, reason);
      for (const slot of this.#coreSlots) frame.absent(slot, reason);
      return;
    }
    const load = this.#load;
    load.update(ticks.ticks);
    frame.set(this.#totalSlot, load.utilization[0] ?? Number.NaN);
    for (let core = 0; core < this.#cores; core++) {
      frame.set(this.#coreSlots[core] ?? -1, load.utilization[core + 1] ?? Number.NaN);
    }
  }

  #readLoads(frame: FrameWriter): void {
    const loads = this.#loads;
    loads?.read();
    for (let i = 0; i < this.#loadSlots.length; i++) {
      const slot = this.#loadSlots[i] ?? -1;
      if (loads) frame.set(slot, loads.values[i] ?? Number.NaN);
      else frame.absent(slot, 'unsupported');
    }
  }
}
