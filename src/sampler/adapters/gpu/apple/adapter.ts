import type { FrameWriter } from '../../../../common/frame.ts';
import { CoreFoundation } from '../../../native/darwin/core-foundation.ts';
import { IoRegistry } from '../../../native/darwin/io-registry.ts';
import { type DarwinNativeOptions, openDarwinLibraries } from '../../../native/darwin/library.ts';
import { SysctlReader } from '../../../native/darwin/sysctl.ts';
import type { Adapter, AdapterInfo, Limitation, SlotFinder, Unavailable } from '../../base.ts';
import { Accelerator } from './accelerator.ts';

const ACCELERATOR_CLASS = 'IOAccelerator';

/** Ticks between two searches for GPUs that came or went. */
const SEARCH_TICKS = 30;
/** The same after one was found to be gone. */
const SOON_TICKS = 5;

const NO_REGISTRY: Unavailable = {
  available: false,
  reason: 'unsupported',
  why: 'this macOS has no I/O Registry that can be read',
};

const UNIFIED_MEMORY: Limitation = {
  what: 'video memory',
  why: 'the GPU shares the memory of the machine: its size is that of all memory, in use is what the GPU has of it',
};

const PRIVATE_SENSORS: Limitation = {
  what: 'power, temperature and clocks of Apple’s GPUs',
  why: 'macOS keeps them behind private interfaces that differ from chip to chip',
};

/** The GPUs of a Mac, Apple’s own and those of Intel Macs, as their drivers describe them in the I/O Registry. */
export function createAppleAdapter(options: DarwinNativeOptions = {}): Adapter {
  return new Apple(options);
}

class Apple implements Adapter {
  readonly name = 'apple';
  readonly group = 'gpu';
  readonly #options: DarwinNativeOptions;
  #coreFoundation: CoreFoundation | undefined;
  #registry: IoRegistry | undefined;
  #accelerators: readonly Accelerator[] = [];
  #ticksToSearch = SEARCH_TICKS;
  #hasOtherDevices = false;

  constructor(options: DarwinNativeOptions) {
    this.#options = options;
  }

  get hasOtherDevices(): boolean {
    return this.#hasOtherDevices;
  }

  open(): Promise<AdapterInfo | Unavailable> {
    const outcome = this.#open();
    if (!outcome.available) this.close();
    return Promise.resolve(outcome);
  }

  bind(slot: SlotFinder): void {
    this.#accelerators.forEach((accelerator, i) => {
      accelerator.record.bind(slot, slot.firstGpu + i);
    });
  }

  read(frame: FrameWriter): void {
    for (const accelerator of this.#accelerators) {
      accelerator.read(frame);
      if (accelerator.isGone) this.#ticksToSearch = Math.min(this.#ticksToSearch, SOON_TICKS);
    }
    if (--this.#ticksToSearch > 0) return;
    this.#ticksToSearch = SEARCH_TICKS;
    this.#hasOtherDevices = this.#haveDevicesChanged();
  }

  close(): void {
    for (const accelerator of this.#accelerators) accelerator.close();
    this.#accelerators = [];
    this.#coreFoundation?.close();
    this.#coreFoundation = undefined;
    this.#registry = undefined;
    this.#hasOtherDevices = false;
    this.#ticksToSearch = SEARCH_TICKS;
  }

  #open(): AdapterInfo | Unavailable {
    const libraries = openDarwinLibraries(this.#options);
    if (!libraries.available) return libraries;
    this.close();
    const coreFoundation = CoreFoundation.open(libraries);
    this.#coreFoundation = coreFoundation;
    const registry = coreFoundation && IoRegistry.open(libraries.ioKit, coreFoundation);
    if (!registry) return NO_REGISTRY;
    this.#registry = registry;
    const entries = registry.services(ACCELERATOR_CLASS);
    if (!entries) return { available: false, reason: 'failed', why: 'the I/O Registry does not answer' };
    if (entries.length === 0) {
      return { available: false, reason: 'unsupported', why: 'macOS finds no GPU with a driver' };
    }
    const memory = new SysctlReader(libraries).readInteger('hw.memsize');
    this.#accelerators = entries.map(entry => new Accelerator(entry, registry, coreFoundation, memory));
    const gpus = this.#accelerators.map(({ info }) => info);
    const limitations: Limitation[] = [];
    if (gpus.some(({ vendor }) => vendor === 'apple')) limitations.push(UNIFIED_MEMORY, PRIVATE_SENSORS);
    return {
      available: true,
      found: gpus.map(({ name }) => name).join(', '),
      instances: { gpu: gpus.length },
      gpus,
      limitations,
    };
  }

  #haveDevicesChanged(): boolean {
    const registry = this.#registry;
    const entries = registry?.services(ACCELERATOR_CLASS);
    if (!registry || !entries) return false;
    const ids = entries.map(entry => registry.idOf(entry));
    for (const entry of entries) registry.release(entry);
    const known = new Set(this.#accelerators.map(({ id }) => id));
    return ids.length !== known.size || ids.some(id => !known.has(id));
  }
}
