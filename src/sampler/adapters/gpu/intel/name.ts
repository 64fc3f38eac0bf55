import fs from 'node:fs';
import path from 'node:path';
import type { Sysroot } from '../../../sysroot.ts';
import { type PciDisplay, PciVendor } from '../pci-display.ts';
import { pciDeviceName } from '../pci-names.ts';

/** The product name of a GPU from the table of PCI names, or else its number. Nothing that is looked at wakes it. */
export function nameOf(sysroot: Sysroot, display: PciDisplay): string {
  const device = deviceNumber(display);
  const name = pciDeviceName(sysroot, PciVendor.intel, device);
  if (name !== undefined) return /^Intel\b/i.test(name) ? name : `Intel ${name}`;
  return /^0x[0-9a-f]{4}$/i.test(device) ? `Intel GPU ${device}` : 'Intel GPU';
}

function deviceNumber(display: PciDisplay): string {
  try {
    return fs.readFileSync(path.join(display.folder, 'device'), 'latin1').trim();
  } catch {
    return '';
  }
}
