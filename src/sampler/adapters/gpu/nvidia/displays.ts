import fs from 'node:fs';
import type { Sysroot } from '../../../sysroot.ts';
import { findPciDisplays, type PciDisplay, PciVendor } from '../pci-display.ts';
import { PciWatch } from '../pci-watch.ts';

/** The NVIDIA GPUs on the PCI bus. */
export interface NvidiaDisplays {
  /** Those that the NVIDIA driver has, or could have. In the order of their addresses. */
  readonly devices: readonly PciDisplay[];
  /** Number of those that another driver has (nouveau, or one that passes them through to a guest). */
  readonly foreign: number;
}

/** Looks for NVIDIA GPUs on the PCI bus, without waking one. */
export function findNvidiaDisplays(sysroot: Sysroot): NvidiaDisplays {
  const devices: PciDisplay[] = [];
  let foreign = 0;
  for (const display of findPciDisplays(sysroot, PciVendor.nvidia)) {
    if (display.driver === undefined || display.driver === 'nvidia') devices.push(display);
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

/**
 * Whether the driver puts this GPU to sleep when nobody uses it ("Runtime D3", laptops). To be asked only while it is
 * awake and the driver open: before, the driver cannot tell. (Of the files in this folder it is the only one that does
 * not wake the GPU.)
 */
export function canSleep(sysroot: Sysroot, display: PciDisplay): boolean {
  try {
    const file = sysroot.path(`/proc/driver/nvidia/gpus/${display.name}/power`);
    return /^Runtime D3 status:\s+Enabled/m.test(fs.readFileSync(file, 'latin1'));
  } catch {
    return false;
  }
}
