import fs from 'node:fs';
import type { Sysroot } from '../../../sysroot.ts';
import { findPciDisplays, type PciDisplay, PciVendor } from '../pci-display.ts';
import { PciWatch } from '../pci-watch.ts';

/** A GPU as the system knows it: what can be looked at without waking it. */
export interface NvidiaDisplay {
  /** Domain, bus and device number, as `pciAddress` writes them. */
  readonly address: string;
  /** Whether it sleeps, or must be taken to: any call about it would wake it, or keep it awake. */
  isAsleep(): boolean;
  /**
   * Whether the driver puts it to sleep when nobody uses it. To be asked only while it is awake and the driver open:
   * before, the driver cannot tell.
   */
  canSleep(): boolean;
  close(): void;
}

/** The NVIDIA GPUs of the system. */
export interface NvidiaDisplays {
  /** Those that the NVIDIA driver has, or could have. */
  readonly devices: readonly NvidiaDisplay[];
  /** Number of those that another driver has (nouveau, or one that passes them through to a guest). */
  readonly foreign: number;
}

/** Looks for NVIDIA GPUs on the PCI bus of Linux, without waking one; they come in the order of their addresses. */
export function findNvidiaDisplays(sysroot: Sysroot): NvidiaDisplays {
  const devices: NvidiaDisplay[] = [];
  let foreign = 0;
  for (const display of findPciDisplays(sysroot, PciVendor.nvidia)) {
    if (display.driver === undefined || display.driver === 'nvidia')
      devices.push(new LinuxDisplay(sysroot, display));
    else {
      display.close();
      foreign++;
    }
  }
  return { devices, foreign };
}

/** Watches for NVIDIA GPUs that come, go or change their driver, without waking one. */
export function watchNvidiaDisplays(sysroot: Sysroot): PciWatch {
  const find = (): PciDisplay[] => findPciDisplays(sysroot, PciVendor.nvidia);
  const displays = find();
  for (const display of displays) display.close();
  return new PciWatch(sysroot, find, displays);
}

class LinuxDisplay implements NvidiaDisplay {
  readonly #sysroot: Sysroot;
  readonly #pci: PciDisplay;

  constructor(sysroot: Sysroot, pci: PciDisplay) {
    this.#sysroot = sysroot;
    this.#pci = pci;
  }

  get address(): string {
    return this.#pci.address;
  }

  isAsleep(): boolean {
    return this.#pci.isAsleep();
  }

  /** "Runtime D3" of laptops. Of the files in this folder it is the only one that does not wake the GPU. */
  canSleep(): boolean {
    try {
      const file = this.#sysroot.path(`/proc/driver/nvidia/gpus/${this.#pci.name}/power`);
      return /^Runtime D3 status:\s+Enabled/m.test(fs.readFileSync(file, 'latin1'));
    } catch {
      return false;
    }
  }

  close(): void {
    this.#pci.close();
  }
}
