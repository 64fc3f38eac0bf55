import type { FrameWriter } from '../../../../common/frame.ts';
import { D3dkmt, type D3dkmtOptions, type Luid, type OpenAdapter } from '../../../native/windows/d3dkmt.ts';
import { absenceOfAnswer } from '../../../native/windows/d3dkmt-status.ts';
import type { Adapter, AdapterContext, AdapterInfo, GpuInfo, SlotFinder, Unavailable } from '../../base.ts';
import { describeLimitations } from './description.ts';
import { WindowsGpu } from './gpu.ts';
import { identifyAdapter } from './identity.ts';

/** Ticks between two searches for GPUs that came or went. */
const SEARCH_TICKS = 30;
/** The same after one was found to be gone. */
const SOON_TICKS = 5;

const NO_GPU: Unavailable = {
  available: false,
  reason: 'unsupported',
  why: 'Windows finds no GPU with a driver of its own',
};

const FIXTURE: Unavailable = {
  available: false,
  reason: 'unsupported',
  why: 'a fixture tree stands for this system',
};

/** What the adapter takes from its surroundings; tests put something else in their place. */
export interface WindowsGpuOptions extends D3dkmtOptions {
  /**
   * Whether the GPUs of a vendor are read through the vendor’s own library now, so that they must not appear here too. It
   * is asked at every tick; another answer means that there are other devices.
   */
  readonly isReadElsewhere?: (vendor: GpuInfo['vendor']) => boolean;
}

/** The GPUs of a Windows machine, of any vendor, as its graphics kernel knows them. */
export function createWindowsGpuAdapter(options: WindowsGpuOptions = {}): Adapter {
  return new WindowsGpus(options);
}

class WindowsGpus implements Adapter {
  readonly name = 'windows-gpu';
  readonly group = 'gpu';
  readonly #options: WindowsGpuOptions;
  readonly #isReadElsewhere: (vendor: GpuInfo['vendor']) => boolean;
  #d3dkmt: D3dkmt | undefined;
  #gpus: readonly WindowsGpu[] = [];
  /** All adapters of the system at the last opening, those that are no GPUs among them. */
  #known: ReadonlySet<string> = new Set();
  /** Vendors of the GPUs of the system, and whether each was read elsewhere at the last opening. */
  #elsewhere: ReadonlyMap<GpuInfo['vendor'], boolean> = new Map();
  #ticksToSearch = SEARCH_TICKS;
  #hasOtherDevices = false;

  constructor(options: WindowsGpuOptions) {
    this.#options = options;
    this.#isReadElsewhere = options.isReadElsewhere ?? (() => false);
  }

  get hasOtherDevices(): boolean {
    return this.#hasOtherDevices;
  }

  open({ sysroot }: AdapterContext): Promise<AdapterInfo | Unavailable> {
    this.close();
    const outcome = sysroot.isFixture ? FIXTURE : this.#open();
    if (!outcome.available) this.close();
    return Promise.resolve(outcome);
  }

  bind(slot: SlotFinder): void {
    this.#gpus.forEach((gpu, i) => {
      gpu.record.bind(slot, slot.firstGpu + i);
    });
  }

  read(frame: FrameWriter, elapsedSeconds: number): void {
    for (const [vendor, before] of this.#elsewhere) {
      if (this.#isReadElsewhere(vendor) !== before) this.#hasOtherDevices = true;
    }
    for (const gpu of this.#gpus) {
      // Until the adapter is opened anew: what is read elsewhere by now must not be read twice.
      if (this.#isReadElsewhere(gpu.info.vendor)) gpu.record.publishAbsent(frame, 'unsupported');
      else gpu.read(frame, elapsedSeconds);
      if (gpu.isGone) this.#ticksToSearch = Math.min(this.#ticksToSearch, SOON_TICKS);
    }
    if (--this.#ticksToSearch > 0) return;
    this.#ticksToSearch = SEARCH_TICKS;
    this.#hasOtherDevices ||= this.#haveDevicesChanged();
  }

  close(): void {
    for (const gpu of this.#gpus) gpu.close();
    this.#gpus = [];
    this.#d3dkmt = undefined;
    this.#known = new Set();
    this.#elsewhere = new Map();
    this.#hasOtherDevices = false;
    this.#ticksToSearch = SEARCH_TICKS;
  }

  #open(): AdapterInfo | Unavailable {
    const d3dkmt = D3dkmt.open(this.#options);
    if (!d3dkmt.available) return d3dkmt;
    this.#d3dkmt = d3dkmt;
    const adapters = d3dkmt.openAdapters();
    if (typeof adapters === 'number') return { ...NO_ANSWER, reason: absenceOfAnswer(adapters) };
    this.#known = new Set(adapters.map(({ luid }) => keyOf(luid)));
    const hasNeural = this.#takeGpus(d3dkmt, adapters);
    const gpus = this.#gpus.map(({ info }) => info);
    if (gpus.length === 0 && this.#elsewhere.size === 0) return NO_GPU;
    return {
      available: true,
      // Even with nothing to read it stays open, to take over those of a library that fails.
      found:
        gpus.length === 0
          ? 'the GPUs are read through their vendor’s library'
          : gpus.map(({ name }) => name).join(', '),
      instances: { gpu: gpus.length },
      gpus,
      limitations: describeLimitations(this.#gpus, hasNeural),
    };
  }

  /** Keeps the GPUs that are read here and closes all others; returns whether there was a processor for neural networks. */
  #takeGpus(d3dkmt: D3dkmt, adapters: readonly OpenAdapter[]): boolean {
    const gpus: WindowsGpu[] = [];
    const elsewhere = new Map<GpuInfo['vendor'], boolean>();
    let hasNeural = false;
    for (const adapter of adapters) {
      const kind = identifyAdapter(d3dkmt, adapter.handle);
      if (kind.kind === 'gpu') elsewhere.set(kind.info.vendor, this.#isReadElsewhere(kind.info.vendor));
      if (kind.kind === 'gpu' && elsewhere.get(kind.info.vendor) === false) {
        gpus.push(new WindowsGpu(d3dkmt, adapter, kind));
      } else {
        d3dkmt.closeAdapter(adapter.handle);
      }
      hasNeural ||= kind.kind === 'compute-only';
    }
    this.#gpus = gpus;
    this.#elsewhere = elsewhere;
    return hasNeural;
  }

  #haveDevicesChanged(): boolean {
    const adapters = this.#d3dkmt?.openAdapters();
    if (adapters === undefined || typeof adapters === 'number') return false;
    for (const { handle } of adapters) this.#d3dkmt?.closeAdapter(handle);
    const keys = new Set(adapters.map(({ luid }) => keyOf(luid)));
    return keys.size !== this.#known.size || [...keys].some(key => !this.#known.has(key));
  }
}

const NO_ANSWER = {
  available: false,
  why: 'Windows’ graphics kernel does not answer',
} as const;

function keyOf({ low, high }: Luid): string {
  return `${String(high)}:${String(low)}`;
}
