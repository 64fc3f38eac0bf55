import fs from 'node:fs';
import path from 'node:path';
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
import { findPciDisplays, PciClass, type PciDisplay, PciVendor } from '../pci-display.ts';
import { PciWatch } from '../pci-watch.ts';
import { describeGpus, describeLimitations } from './description.ts';
import { AmdGpu } from './gpu.ts';
import { nameOf } from './name.ts';
import { foreignDriver, foreignLimitations, NO_GPU } from './unavailable.ts';

/** After how many ticks it is described anew what cannot be read. */
const DESCRIBE_TICKS = 60;

/** Accelerators without a display are of a class of their own. */
const CLASSES = [PciClass.display, PciClass.accelerator];

/**
 * AMD GPUs of Linux with the kernel's driver amdgpu, from its files in `/sys` and nothing else.
 *
 * A card that sleeps is known by its name and reads `asleep`; nothing is read that would wake it. One that could sleep is
 * left alone when idle, see {@link RestPolicy}. Partitions of an accelerator (MI300) are not told apart: its files are
 * about all of it.
 */
export function createAmdAdapter(): Adapter {
  return new Amd();
}

class Amd implements Adapter {
  readonly name = 'amd';
  readonly group: MetricGroup = 'gpu';
  #gpus: readonly AmdGpu[] = [];
  #watch: PciWatch | undefined;
  #hasChanged = false;
  #tick = 0;
  #foreign: readonly Limitation[] = [];
  /** Part of what `open` returned; brought up to date while reading. */
  #limitations: Limitation[] = [];

  get hasOtherDevices(): boolean {
    return this.#hasChanged || this.#gpus.some(gpu => gpu.isGone);
  }

  open({ sysroot }: AdapterContext): Promise<AdapterInfo | Unavailable> {
    this.close();
    const find = (): PciDisplay[] => findPciDisplays(sysroot, PciVendor.amd, CLASSES);
    const displays = find();
    const mine = displays.filter(isAmdgpu);
    const others = displays.filter(display => !mine.includes(display));
    for (const display of others) display.close();
    if (displays.length === 0) return Promise.resolve(NO_GPU);
    if (mine.length === 0) return Promise.resolve(foreignDriver(others));
    this.#watch = new PciWatch(sysroot, find, displays);
    this.#gpus = mine.map(display => new AmdGpu(display, nameOf(sysroot, display), deviceNumber(display)));
    this.#foreign = foreignLimitations(others);
    this.#limitations = [];
    for (const gpu of this.#gpus) gpu.checkAsleep();
    this.#describeLimitations();
    return Promise.resolve({
      available: true,
      found: describeGpus(this.#gpus),
      instances: { gpu: this.#gpus.length },
      gpus: this.#gpus.map(({ name }) => ({ name, vendor: 'amd' })),
      limitations: this.#limitations,
    });
  }

  bind(slot: SlotFinder): void {
    this.#gpus.forEach((gpu, index) => {
      gpu.record.bind(slot, slot.firstGpu + index);
    });
  }

  read(frame: FrameWriter, elapsedSeconds: number): void {
    for (const gpu of this.#gpus) {
      gpu.tick(elapsedSeconds);
      gpu.publish(frame);
    }
    this.#hasChanged ||= this.#watch?.hasChanged(elapsedSeconds) ?? false;
    if (this.#tick % DESCRIBE_TICKS === 0) this.#describeLimitations();
    this.#tick++;
  }

  close(): void {
    for (const gpu of this.#gpus) gpu.close();
    this.#gpus = [];
    this.#watch = undefined;
    this.#hasChanged = false;
    this.#tick = 0;
  }

  #describeLimitations(): void {
    const limitations = [...describeLimitations(this.#gpus), ...this.#foreign];
    this.#limitations.splice(0, this.#limitations.length, ...limitations);
  }
}

/** Where it does not show which driver has the device, as in a sandbox, the driver's files tell. */
function isAmdgpu({ driver, folder, isCard }: PciDisplay): boolean {
  if (driver !== undefined || !isCard) return driver === 'amdgpu';
  return ['gpu_busy_percent', 'gpu_metrics', 'mem_info_vram_total'].some(file =>
    fs.existsSync(path.join(folder, file)),
  );
}

function deviceNumber(display: PciDisplay): string {
  try {
    return fs.readFileSync(path.join(display.folder, 'device'), 'latin1').trim();
  } catch {
    return '';
  }
}
