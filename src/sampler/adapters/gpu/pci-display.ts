import fs from 'node:fs';
import path from 'node:path';
import type { Sysroot } from '../../sysroot.ts';

const DEVICES = '/sys/bus/pci/devices';
/** Folder of graphics cards, whatever bus they are on. */
const CARDS = '/sys/class/drm';

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
  /** The device's folder in `/sys`, as the system names it. */
  readonly path: string;
  /** The same, below the system's root or the fixture tree that stands for it. */
  readonly folder: string;
  /** Name of the kernel driver that has the device; `undefined` where none has or the system does not show it. */
  readonly driver: string | undefined;
  /** Whether it was found as a graphics card, which it is only with a driver. */
  readonly isCard: boolean;
  #statusFd: number | undefined;

  constructor(sysroot: Sysroot, { name, path: place }: Place) {
    this.name = name;
    this.address = addressOf(name) ?? name;
    this.path = place;
    this.isCard = place.startsWith(CARDS);
    this.folder = sysroot.path(place);
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

/** A device and its folder in `/sys`. */
interface Place {
  readonly name: string;
  readonly path: string;
}

/**
 * The display controllers of a vendor on the PCI bus, in the order of their addresses; none where there is no such bus
 * (other systems, WSL). Where the bus shows none of the vendor, as in a sandbox that shows only a part of `/sys`, they are
 * looked for among the graphics cards. They are to be closed.
 *
 * @param vendor one of {@link PciVendor}
 * @param classes those of {@link PciClass} that count
 */
export function findPciDisplays(
  sysroot: Sysroot,
  vendor: string,
  classes: readonly string[] = [PciClass.display],
): PciDisplay[] {
  const isOne = ({ path: place }: Place): boolean => {
    const folder = sysroot.path(place);
    if (attribute(folder, 'vendor') !== vendor) return false;
    const number = attribute(folder, 'class');
    return number === '' || classes.some(start => number.startsWith(start));
  };
  const onBus = listBus(sysroot).filter(isOne);
  const places = onBus.length > 0 ? onBus : listCards(sysroot).filter(isOne);
  return places.map(place => new PciDisplay(sysroot, place));
}

/** Names of all devices in whose folders there may be GPUs, so that it can be told whether there are others by now. */
export function listDeviceNames(sysroot: Sysroot): string[] {
  const onBus = listBus(sysroot);
  return (onBus.length > 0 ? onBus : listCards(sysroot)).map(({ name }) => name);
}

function listBus(sysroot: Sysroot): Place[] {
  return list(sysroot, DEVICES)
    .filter(name => addressOf(name) !== undefined)
    .map(name => ({ name, path: `${DEVICES}/${name}` }));
}

function listCards(sysroot: Sysroot): Place[] {
  return list(sysroot, CARDS)
    .filter(name => /^card\d+$/.test(name))
    .map(name => {
      const device = `${CARDS}/${name}/device`;
      const address = targetOf(sysroot.path(device));
      return { name: addressOf(address) === undefined ? name : address, path: device };
    });
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

/** Name of the kernel driver that has the device in this folder; `undefined` where none has. */
export function driverOf(folder: string): string | undefined {
  const linked = targetOf(path.join(folder, 'driver'));
  if (linked !== '') return linked;
  return /^DRIVER=(.+)$/m.exec(attribute(folder, 'uevent'))?.[1];
}

/** The name of what a link points to; empty where there is no link. */
function targetOf(link: string): string {
  try {
    return path.basename(fs.readlinkSync(link));
  } catch {
    return '';
  }
}

function list(sysroot: Sysroot, folder: string): string[] {
  try {
    return fs.readdirSync(sysroot.path(folder)).sort();
  } catch {
    return [];
  }
}

function startsWith(word: Buffer, length: number): boolean {
  return length >= word.length && word.compare(buffer, 0, word.length) === 0;
}
