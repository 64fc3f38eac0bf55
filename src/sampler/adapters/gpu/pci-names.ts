import fs from 'node:fs';
import type { Sysroot } from '../../sysroot.ts';

/** Where distributions put the table. */
const TABLES = ['/usr/share/hwdata/pci.ids', '/usr/share/misc/pci.ids', '/usr/share/pci.ids'];
/** The table is 1.5 MB; a file far beyond that is not it. */
const LARGEST = 2 ** 24;
/** Longer than any product is called. */
const LONGEST_NAME = 80;

const NEWLINE = 0x0a;
const TAB = 0x09;
const HASH = 0x23;

/**
 * The product name of a PCI device, from the table of names that many Linux systems carry (`pci.ids`; its header
 * describes the format). Of a name such as "Navi 31 [Radeon RX 7900 XT/7900 XTX]" it is the part in brackets, which is
 * what the product is sold as; names of chips alone stay as they are. `undefined` where there is no table or the
 * device is not in it.
 *
 * @param vendor vendor number as `/sys` writes it: `0x1002`
 * @param device device number as `/sys` writes it: `0x744c`
 */
export function pciDeviceName(sysroot: Sysroot, vendor: string, device: string): string | undefined {
  const vendorDigits = digitsOf(vendor);
  const deviceDigits = digitsOf(device);
  if (vendorDigits === undefined || deviceDigits === undefined) return undefined;
  for (const table of TABLES) {
    const content = readTable(sysroot.path(table));
    const entry = content && findDevice(content, vendorDigits, deviceDigits);
    if (entry === undefined) continue;
    const name = tidyName(/\[([^\]]+)\]\s*$/.exec(entry)?.[1] ?? entry);
    if (name !== undefined) return name;
  }
  return undefined;
}

/**
 * Brings a name from a table or a device into one line of printable text of bearable length; `undefined` when nothing is
 * left of it.
 */
export function tidyName(name: string): string | undefined {
  const tidy = name
    .replace(/[^\p{L}\p{N}\p{P}\p{S}]+/gu, ' ')
    .trim()
    .slice(0, LONGEST_NAME)
    .trim();
  return tidy === '' ? undefined : tidy;
}

/** A table of names; `undefined` where there is none. */
export function readTable(path: string): Buffer | undefined {
  try {
    return fs.statSync(path).size <= LARGEST ? fs.readFileSync(path) : undefined;
  } catch {
    return undefined;
  }
}

function digitsOf(number: string): string | undefined {
  return /^0x([0-9a-f]{4})$/i.exec(number)?.[1]?.toLowerCase();
}

/** The rest of the device's line. Lines of a vendor's devices begin with one tab, those of their variants with two. */
function findDevice(content: Buffer, vendor: string, device: string): string | undefined {
  const start = content.indexOf(`\n${vendor}  `);
  if (start < 0 && content.toString('latin1', 0, vendor.length + 2) !== `${vendor}  `) return undefined;
  const wanted = Buffer.from(`\t${device}  `);
  let at = lineAfter(content, start + 1);
  while (at < content.length) {
    const first = content[at];
    if (first !== TAB && first !== HASH && first !== NEWLINE) return undefined;
    const next = lineAfter(content, at);
    if (content.subarray(at, at + wanted.length).equals(wanted)) {
      return content.toString('utf8', at + wanted.length, next);
    }
    at = next;
  }
  return undefined;
}

function lineAfter(content: Buffer, at: number): number {
  const end = content.indexOf(NEWLINE, at);
  return end < 0 ? content.length : end + 1;
}
