import fs from 'node:fs';
import path from 'node:path';
import type { Sysroot } from '../../../sysroot.ts';
import type { PciDisplay } from '../pci-display.ts';
import { PciVendor } from '../pci-display.ts';
import { pciDeviceName, readTable, tidyName } from '../pci-names.ts';

/** Marketing names by device and revision, which AMD keeps and libdrm brings. */
const AMD_NAMES = '/usr/share/libdrm/amdgpu.ids';

/**
 * The product name of a card: the one stored on its board (accelerators), or that of AMD's table, or that of the table of
 * PCI names, or else its number. Nothing that is looked at wakes the card.
 */
export function nameOf(sysroot: Sysroot, display: PciDisplay): string {
  const onBoard = tidyName(attribute(display, 'product_name'));
  if (onBoard !== undefined) return withVendor(onBoard);
  const device = attribute(display, 'device');
  const name =
    nameInAmdTable(sysroot, device, attribute(display, 'revision')) ??
    pciDeviceName(sysroot, PciVendor.amd, device);
  if (name !== undefined) return withVendor(name);
  return /^0x[0-9a-f]{4}$/i.test(device) ? `AMD GPU ${device}` : 'AMD GPU';
}

/** Lines are `744C,<tab>C8,<tab>AMD Radeon RX 7900 XTX`. */
function nameInAmdTable(sysroot: Sysroot, device: string, revision: string): string | undefined {
  const deviceDigits = /^0x([0-9a-f]{4})$/i.exec(device)?.[1];
  const revisionDigits = /^0x([0-9a-f]{2})$/i.exec(revision)?.[1];
  if (deviceDigits === undefined || revisionDigits === undefined) return undefined;
  const table = readTable(sysroot.path(AMD_NAMES))?.toString('utf8');
  const line = new RegExp(`^${deviceDigits},\\s*${revisionDigits},\\s*(.+)$`, 'im').exec(table ?? '');
  return line?.[1] === undefined ? undefined : tidyName(line[1]);
}

function withVendor(name: string): string {
  return /^(AMD|ATI)\b/i.test(name) ? name : `AMD ${name}`;
}

function attribute(display: PciDisplay, name: string): string {
  try {
    return fs.readFileSync(path.join(display.folder, name), 'utf8').trim();
  } catch {
    return '';
  }
}
