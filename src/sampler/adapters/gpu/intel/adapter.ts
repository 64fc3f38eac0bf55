import type { FrameWriter } from '../../../../common/frame.ts';
import type { MetricGroup } from '../../../../common/metrics.ts';
import type {
  Adapter,
  AdapterContext,
  AdapterInfo,
  Limitation,
  SlotFinder,
  Unavailable,
} from '../../base.ts';
import { findPciDisplays, type PciDisplay, PciVendor } from '../pci-display.ts';
import { PciWatch } from '../pci-watch.ts';
import { ClientWatch } from './client-watch.ts';
import { describeGpus, describeLimitations } from './description.ts';
import { intelDriver } from './driver.ts';
import { IntelGpu } from './gpu.ts';
import { nameOf } from './name.ts';
import { foreignDriver, foreignLimitations, NO_GPU } from './unavailable.ts';

/** After how many ticks it is described anew what cannot be read. */
const DESCRIBE_TICKS = 60;

/**
 * Intel GPUs of Linux with the kernel's drivers i915 and xe, from their files in `/sys` and those of their users in `/proc`.
 *
 * Utilization is the share of time in which the busiest kind of engine worked (render, compute, copy, video, video
 * enhancement), summed up over all programs: that takes the right to look at all processes. Without it, what this user's own
 * programs do would be too little whenever others use the GPU (containers, the display server), and 0 at worst. So it is then
 * the share of time in which the GPU was awake, which everybody may read: too much at light load, but never too little.
 * Where the GPU does not tell that either, it is the work of the programs that may be looked at. Limitations say which it is.
 *
 * A GPU that sleeps is known by its name and reads `asleep`; nothing is read that would wake it. One that could sleep is left
 * alone when idle, see {@link RestPolicy}.
 */
export function createIntelAdapter(): Adapter {
  return new Intel();
}

class Intel implements Adapter {
  readonly name = 'intel';
  readonly group: MetricGroup = 'gpu';
  #gpus: readonly IntelGpu[] = [];
  #clients: ClientWatch | undefined;
  #bus: PciWatch | undefined;
  #hasChanged = false;
  #tick = 0;
  #foreign: readonly Limitation[] = [];
  /** Part of what `open` returned; brought up to date while reading. */
  #limitations: Limitation[] = [];

  get hasOtherDevices(): boolean {
    return this.#hasChanged || this.#gpus.some(gpu => gpu.isGone);
  }

  async open({ sysroot }: AdapterContext): Promise<AdapterInfo | Unavailable> {
    this.close();
    const find = (): PciDisplay[] => findPciDisplays(sysroot, PciVendor.intel);
    const displays = find();
    const mine = displays.filter(display => intelDriver(display) !== undefined);
    const others = displays.filter(display => !mine.includes(display));
    for (const display of others) display.close();
    if (displays.length === 0) return NO_GPU;
    if (mine.length === 0) return foreignDriver(others);
    const clients = new ClientWatch(sysroot);
    this.#clients = clients;
    this.#bus = new PciWatch(sysroot, find, displays);
    this.#gpus = mine.map(display => new IntelGpu(sysroot, display, nameOf(sysroot, display), clients));
    this.#foreign = foreignLimitations(others);
    this.#limitations = [];
    for (const gpu of this.#gpus) gpu.checkAsleep();
    if (this.#needsClients) await clients.lookAround();
    this.#describeLimitations();
    return {
      available: true,
      found: describeGpus(this.#gpus),
      instances: { gpu: this.#gpus.length },
      gpus: this.#gpus.map(({ name }) => ({ name, vendor: 'intel' })),
      limitations: this.#limitations,
    };
  }

  bind(slot: SlotFinder): void {
    this.#gpus.forEach((gpu, index) => {
      gpu.record.bind(slot, slot.firstGpu + index);
    });
  }

  read(frame: FrameWriter, elapsedSeconds: number): void {
    if (this.#needsClients) this.#clients?.tick(elapsedSeconds);
    for (const gpu of this.#gpus) {
      gpu.tick(elapsedSeconds);
      gpu.publish(frame);
    }
    this.#hasChanged ||= this.#bus?.hasChanged(elapsedSeconds) ?? false;
    if (this.#tick % DESCRIBE_TICKS === 0) this.#describeLimitations();
    this.#tick++;
  }

  close(): void {
    for (const gpu of this.#gpus) gpu.close();
    this.#clients?.close();
    this.#gpus = [];
    this.#clients = undefined;
    this.#bus = undefined;
    this.#hasChanged = false;
    this.#tick = 0;
  }

  /** Looking at processes is worth its cost where it tells all, or where nothing else tells the load. */
  get #needsClients(): boolean {
    return this.#clients?.maySeeAll === true || this.#gpus.some(gpu => gpu.lacksAwakeShare);
  }

  #describeLimitations(): void {
    const maySeeAll = this.#clients?.maySeeAll === true;
    const limitations = [...describeLimitations(this.#gpus, maySeeAll), ...this.#foreign];
    this.#limitations.splice(0, this.#limitations.length, ...limitations);
  }
}
