import fs from 'node:fs';
import path from 'node:path';
import type { Sysroot } from '../../sysroot.ts';

const DEVICES = '/sys/bus/pci/devices';

/** How the numbers of PCI classes begin in which there are GPUs, as `/sys` writes them. */
export const PciClass = {
  /** Display controllers: VGA (0x0300), 3D (0x0302) and others (0x0380). */
  display: '0x03',
  /** Processing accelerators (0x1200): AMD's MI300, but other vendors' devices that are no GPUs too. */
  accelerator: '0x12',
} as const;

/** The first letters of the states of `power/runtime_status` in which a device must be left alone. */
const SUSPENDED_OR_SUSPENDING = Buffer.from('sus');
const RESUMING = Buffer.from('resu');

const buffer = Buffer.alloc(32);

/** PCI vendor numbers, as `/sys` writes them. */
export const PciVendor = { amd: '0x1002', intel: '0x8086', nvidia: '0x10de' } as const;

/**
 * A GPU as the PCI bus of Linux shows it. Nothing here wakes the device: vendor, class and power state are kept by the
 * kernel. (Most of what drivers put beside them does; so does `lspci`.)
 */
export class PciDisplay {
  /** Domain, bus and device number, as {@link pciAddress} writes them. */
  readonly address: string;
  /** The address as the kernel writes it: `0000:01:00.0`. */
  readonly name: string;
  /** The device's folder in `/sys`, below the system's root or the fixture tree that stands for it. */
  readonly folder: string;
  /** Name of the kernel driver that has the device; `undefined` where none has. */
  readonly driver: string | undefined;
  #statusFd: number | undefined;

  constructor(sysroot: Sysroot, name: string, address: string) {
    this.name = name;
    this.address = address;
    this.folder = sysroot.path(`${DEVICES}/${name}`);
    this.driver = driverOf(this.folder);
    try {
      this.#statusFd = fs.openSync(path.join(this.folder, 'power/runtime_status'), 'r');
    } catch {
      // A kernel without runtime power management: the device never sleeps.
    }
  }

  /**
   * Whether the device sleeps, or is on its way into or out of sleep: any call about it would wake it, or wait until it
   * is awake. A device that cannot tell is awake.
   */
  isAsleep(): boolean {
    if (this.#statusFd === undefined) return false;
    let length: number;
    try {
      length = fs.readSync(this.#statusFd, buffer, 0, buffer.length, 0);
    } catch {
      // The device is gone: the driver says so when it is asked.
      return false;
    }
    return startsWith(SUSPENDED_OR_SUSPENDING, length) || startsWith(RESUMING, length);
  }

  close(): void {
    if (this.#statusFd !== undefined) fs.closeSync(this.#statusFd);
    this.#statusFd = undefined;
  }
}

/**
 * The display controllers of a vendor on the PCI bus, in the order of their addresses; none where there is no such bus
 * (other systems, WSL). They are to be closed.
 *
 * @param vendor one of {@link PciVendor}
 * @param classes those of {@link PciClass} that count
 */
export function findPciDisplays(
  sysroot: Sysroot,
  vendor: string,
  classes: readonly string[] = [PciClass.display],
): PciDisplay[] {
  let names: string[];
  try {
    names = fs.readdirSync(sysroot.path(DEVICES)).sort();
  } catch {
    return [];
  }
  const displays: PciDisplay[] = [];
  for (const name of names) {
    const folder = sysroot.path(`${DEVICES}/${name}`);
    const address = addressOf(name);
    if (address === undefined || attribute(folder, 'vendor') !== vendor) continue;
    const number = attribute(folder, 'class');
    if (classes.some(start => number.startsWith(start)))
      displays.push(new PciDisplay(sysroot, name, address));
  }
  return displays;
}

/** Writes a PCI address so that the system's and the driver's can be compared; they differ in their leading zeros. */
export function pciAddress(domain: number, bus: number, device: number): string {
  return `${domain.toString(16)}:${bus.toString(16)}:${device.toString(16)}`;
}

function addressOf(name: string): string | undefined {
  const parts = /^([0-9a-f]+):([0-9a-f]+):([0-9a-f]+)\.[0-7]$/i.exec(name);
  if (!parts) return undefined;
  const [domain = 0, bus = 0, device = 0] = parts.slice(1).map(part => Number.parseInt(part, 16));
  return pciAddress(domain, bus, device);
}

function attribute(folder: string, name: string): string {
  try {
    return fs.readFileSync(path.join(folder, name), 'latin1').trim();
  } catch {
    return '';
  }
}

function driverOf(folder: string): string | undefined {
  try {
    return path.basename(fs.readlinkSync(path.join(folder, 'driver')));
  } catch {
    return undefined;
  }
}

function startsWith(word: Buffer, length: number): boolean {
  return length >= word.length && word.compare(buffer, 0, word.length) === 0;
}
