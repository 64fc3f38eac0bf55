import type { Absence, FrameWriter } from '../../../common/frame.ts';
import {
  openWindowsLibraries,
  type WindowsLibraries,
  type WindowsNativeOptions,
} from '../../native/windows/library.ts';
import { countProcessorGroups, ProcessorRecords } from '../../native/windows/processor-records.ts';
import { INFORMATION, SystemInformation } from '../../native/windows/system-information.ts';
import { SystemTimes } from '../../native/windows/system-times.ts';
import type { Adapter, AdapterInfo, Limitation, SlotFinder, Unavailable } from '../base.ts';
import { PROCESSOR_TIMES_SIZE, ProcessorTimes } from './processor-times.ts';
import { WindowsClocks } from './windows-clocks.ts';
import { WindowsCounters } from './windows-counters.ts';

/** What Windows has no interface for, short of a driver in the kernel. */
const LIMITATIONS: readonly Limitation[] = [
  {
    what: 'CPU temperature and power',
    why: 'Windows tells them to drivers in the kernel only, and OptiMetrics installs none',
  },
  { what: 'CPU throttling', why: 'Windows does not count it' },
  { what: 'load averages', why: 'Windows does not reckon them' },
];
const NO_TURBO: Limitation = {
  what: 'core clocks above the nominal one',
  why: 'power management tells the clock that it asked for, which does not have turbo in it',
};
const NO_CLOCKS: Limitation = { what: 'core clocks', why: 'power management does not tell them here' };
const CLOCKS_OF_GROUPS: Limitation = {
  what: 'core clocks',
  why: 'with more than 64 cores power management does not say which core a clock is of',
};
const NO_CORES: Limitation = {
  what: 'cores, context switches and interrupts',
  why: 'the kernel tells the times of all processors together, but not those of each',
};

/** Where the only record starts. */
const ONE_RECORD = [0] as const;

/**
 * The CPU of a Windows machine: utilization of all cores and of each, their clocks, context switches, interrupts and
 * deferred procedure calls.
 */
export function createCpuAdapter(options: WindowsNativeOptions = {}): Adapter {
  return new WindowsCpu(options);
}

class WindowsCpu implements Adapter {
  readonly name = 'cpu';
  readonly group = 'cpu';
  readonly #options: WindowsNativeOptions;
  #records: ProcessorRecords | undefined;
  #systemTimes: SystemTimes | undefined;
  #times = new ProcessorTimes(0);
  #counters: WindowsCounters | undefined;
  #clocks: WindowsClocks | undefined;
  #totalSlot = -1;
  #coreSlots = new Int32Array(0);

  constructor(options: WindowsNativeOptions) {
    this.#options = options;
  }

  get hasOtherDevices(): boolean {
    return this.#records?.hasOtherProcessors ?? false;
  }

  open(): Promise<AdapterInfo | Unavailable> {
    return Promise.resolve(this.#open());
  }

  bind(slot: SlotFinder): void {
    this.#totalSlot = slot('total_utilization');
    const cores = this.#records?.offsets.length ?? 0;
    this.#coreSlots = Int32Array.from({ length: cores }, (_, i) => slot(`core_${i}_utilization`));
    this.#counters?.bind(slot);
    this.#clocks?.bind(slot);
  }

  read(frame: FrameWriter): void {
    if (this.#records) this.#readRecords(frame, this.#records);
    else if (this.#systemTimes) this.#readSystemTimes(frame, this.#systemTimes);
    this.#clocks?.read(frame);
  }

  close(): void {
    this.#records = undefined;
    this.#systemTimes = undefined;
    this.#counters = undefined;
    this.#clocks = undefined;
  }

  #open(): AdapterInfo | Unavailable {
    this.close();
    const libraries = openWindowsLibraries(this.#options);
    if (!libraries.available) return libraries;
    const system = new SystemInformation(libraries.ntdll);
    const groups = countProcessorGroups(libraries.kernel32);
    const records = new ProcessorRecords(
      system,
      groups,
      INFORMATION.processorPerformance,
      PROCESSOR_TIMES_SIZE,
    );
    if (!records.read()) return this.#openTotal(libraries, records.absence);
    const cores = records.offsets.length;
    this.#records = records;
    this.#times = new ProcessorTimes(cores);
    this.#counters = new WindowsCounters(system, groups, records);
    this.#clocks = groups === 1 ? WindowsClocks.open(libraries, cores) : undefined;
    const limitations = [
      ...LIMITATIONS,
      this.#clocks ? NO_TURBO : groups === 1 ? NO_CLOCKS : CLOCKS_OF_GROUPS,
    ];
    const inGroups = groups === 1 ? '' : ` in ${groups} processor groups`;
    const clock = this.#clocks ? 'frequency from power management' : 'no frequency';
    const found = `${cores} ${cores === 1 ? 'core' : 'cores'}${inGroups}, ${clock}`;
    return { available: true, found, instances: { core: cores }, limitations };
  }

  /** Without what the kernel tells of each processor there may still be their sum. */
  #openTotal({ kernel32 }: WindowsLibraries, absence: Absence): AdapterInfo | Unavailable {
    const times = SystemTimes.open(kernel32);
    if (times?.read() !== true) {
      return { available: false, reason: absence, why: 'Windows does not tell how busy its processors are' };
    }
    this.#systemTimes = times;
    this.#times = new ProcessorTimes(1);
    return {
      available: true,
      found: 'times of all processors together',
      limitations: [...LIMITATIONS, NO_CLOCKS, NO_CORES],
    };
  }

  #readRecords(frame: FrameWriter, records: ProcessorRecords): void {
    const isRead = records.read();
    this.#counters?.read(frame, isRead ? undefined : records.absence);
    if (!isRead) {
      this.#times.forget();
      frame.absent(this.#totalSlot, records.absence);
      for (const slot of this.#coreSlots) frame.absent(slot, records.absence);
      return;
    }
    this.#times.update(records.bytes, records.offsets);
    const { utilization } = this.#times;
    frame.set(this.#totalSlot, utilization[0] ?? Number.NaN);
    this.#coreSlots.forEach((slot, core) => {
      frame.set(slot, utilization[core + 1] ?? Number.NaN);
    });
  }

  #readSystemTimes(frame: FrameWriter, times: SystemTimes): void {
    if (times.read()) this.#times.update(times.bytes, ONE_RECORD);
    else this.#times.forget();
    frame.set(this.#totalSlot, this.#times.utilization[0] ?? Number.NaN);
  }
}
