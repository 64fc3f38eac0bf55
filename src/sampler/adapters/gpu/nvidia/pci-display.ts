import fs from 'node:fs';
import path from 'node:path';
import type { Sysroot } from '../../../sysroot.ts';

const DEVICES = '/sys/bus/pci/devices';
const NVIDIA = '0x10de';
/** PCI class "display controller": VGA (0x0300) and 3D (0x0302). */
const DISPLAY = '0x03';

/** The first letters of the states of `power/runtime_status` in which a device must be left alone. */
const SUSPENDED_OR_SUSPENDING = Buffer.from('sus');
const RESUMING = Buffer.from('resu');

const buffer = Buffer.alloc(32);

/**
 * An NVIDIA GPU as the PCI bus of Linux shows it. Nothing here wakes the device: vendor, class and power state are kept
 * by the kernel. (The driver's own files under `/proc/driver/nvidia/gpus` do, but for `power`; so does `lspci`.)
 */
export class PciDisplay {
  /** Domain, bus and device number, as {@link pciAddress} writes them. */
  readonly address: string;
  readonly #name: string;
  readonly #sysroot: Sysroot;
  #statusFd: number | undefined;

  constructor(sysroot: Sysroot, name: string, address: string) {
    this.#sysroot = sysroot;
    this.#name = name;
    this.address = address;
    try {
      this.#statusFd = fs.openSync(sysroot.path(`${DEVICES}/${name}/power/runtime_status`), 'r');
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

  /**
   * Whether the driver puts this GPU to sleep when nobody uses it ("Runtime D3", laptops). To be asked only while it is
   * awake and the driver open: before, the driver cannot tell.
   */
  canSleep(): boolean {
    try {
      const file = this.#sysroot.path(`/proc/driver/nvidia/gpus/${this.#name}/power`);
      return /^Runtime D3 status:\s+Enabled/m.test(fs.readFileSync(file, 'latin1'));
    } catch {
      return false;
    }
  }

  close(): void {
    if (this.#statusFd !== undefined) fs.closeSync(this.#statusFd);
    this.#statusFd = undefined;
  }
}

/** The NVIDIA GPUs on the PCI bus. */
export interface PciDisplays {
  /** Those that the NVIDIA driver has, or could have. In the order of their addresses. */
  readonly devices: readonly PciDisplay[];
  /** Number of those that another driver has (nouveau, or one that passes them through to a guest). */
  readonly foreign: number;
}

/** Looks for NVIDIA GPUs on the PCI bus; finds none where there is no such bus (other systems, WSL). */
export function findPciDisplays(sysroot: Sysroot): PciDisplays {
  let names: string[];
  try {
    names = fs.readdirSync(sysroot.path(DEVICES)).sort();
  } catch {
    return { devices: [], foreign: 0 };
  }
  const devices: PciDisplay[] = [];
  let foreign = 0;
  for (const name of names) {
    const folder = sysroot.path(`${DEVICES}/${name}`);
    const address = addressOf(name);
    if (address === undefined || attribute(folder, 'vendor') !== NVIDIA) continue;
    if (!attribute(folder, 'class').startsWith(DISPLAY)) continue;
    const driver = driverOf(folder);
    if (driver === undefined || driver === 'nvidia') devices.push(new PciDisplay(sysroot, name, address));
    else foreign++;
  }
  return { devices, foreign };
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
