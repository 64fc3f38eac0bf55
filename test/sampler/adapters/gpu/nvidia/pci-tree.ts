import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { Sysroot } from '../../../../../src/sampler/sysroot.ts';

/** A device of a made-up PCI bus; an NVIDIA GPU unless told otherwise. */
export interface MadeDevice {
  /** As the system names it: `0000:01:00.0`. */
  readonly name: string;
  readonly vendor?: string;
  readonly class?: string;
  /** State of runtime power management; without it the kernel has none. */
  readonly status?: string;
  /** Name of the driver that has the device. */
  readonly driver?: string;
  /** What the NVIDIA driver says of its own power management. */
  readonly runtimeD3?: string;
}

/** A fixture tree with a PCI bus. */
export class PciTree {
  readonly sysroot: Sysroot;
  readonly #root: string;

  constructor(devices: readonly MadeDevice[]) {
    this.#root = fs.mkdtempSync(path.join(os.tmpdir(), 'optimetrics-pci-'));
    this.sysroot = new Sysroot(this.#root);
    fs.mkdirSync(path.join(this.#root, 'sys/bus/pci/devices'), { recursive: true });
    for (const device of devices) this.#make(device);
  }

  /** Changes the state of a device; a file that is open sees it, as in the real tree. */
  setStatus(name: string, status: string): void {
    fs.writeFileSync(path.join(this.#folder(name), 'power/runtime_status'), `${status}\n`);
  }

  /** Puts a device on the bus. */
  add(device: MadeDevice): void {
    this.#make(device);
  }

  /** Takes a device off the bus. */
  remove(name: string): void {
    fs.rmSync(this.#folder(name), { recursive: true });
  }

  /** Writes another file of the tree. */
  write(file: string, content: string): void {
    const target = path.join(this.#root, file);
    fs.mkdirSync(path.dirname(target), { recursive: true });
    fs.writeFileSync(target, content);
  }

  dispose(): void {
    fs.rmSync(this.#root, { recursive: true, force: true });
  }

  #make({ name, vendor = '0x10de', class: type = '0x030000', status, driver, runtimeD3 }: MadeDevice): void {
    const folder = this.#folder(name);
    fs.mkdirSync(path.join(folder, 'power'), { recursive: true });
    fs.writeFileSync(path.join(folder, 'vendor'), `${vendor}\n`);
    fs.writeFileSync(path.join(folder, 'class'), `${type}\n`);
    if (status !== undefined) this.setStatus(name, status);
    if (driver !== undefined)
      fs.symlinkSync(`../../../bus/pci/drivers/${driver}`, path.join(folder, 'driver'));
    if (runtimeD3 !== undefined) {
      const proc = path.join(this.#root, 'proc/driver/nvidia/gpus', name);
      fs.mkdirSync(proc, { recursive: true });
      const text = `Runtime D3 status:          ${runtimeD3}\nVideo Memory:               Active\n`;
      fs.writeFileSync(path.join(proc, 'power'), text);
    }
  }

  #folder(name: string): string {
    return path.join(this.#root, 'sys/bus/pci/devices', name);
  }
}
