import path from 'node:path';
import type { Config } from '../common/config/schema.ts';
import { describeFault } from '../common/faults.ts';
import type { GpuInfo } from './adapters/base.ts';
import type { KnownDevices } from './adapter-host.ts';
import { hardwareId, type HardwareNames } from './hardware-id.ts';
import { hardwareKey } from './hardware-key.ts';
import { completeNames, hasSleepingDisplay, readNativeNames } from './hardware-names.ts';
import { type Inventory, readInventory, writeInventory } from './inventory.ts';
import type { Sysroot } from './sysroot.ts';

const NO_DEVICES: KnownDevices = { instances: {}, gpus: {} };

/** Knows which model of machine this is, from the cache of former runs and from what the system says now. */
export class MachineIdentity {
  readonly #sysroot: Sysroot;
  readonly #dataDirectory: string;
  readonly #file: string;
  #cached: Inventory | undefined;
  readonly #log: (message: string) => void;

  /** @param dataDirectory folder of the cache, `inventory.json`, and of the key of the id */
  constructor(sysroot: Sysroot, dataDirectory: string, log: (message: string) => void) {
    this.#sysroot = sysroot;
    this.#dataDirectory = dataDirectory;
    this.#file = path.join(dataDirectory, 'inventory.json');
    this.#log = log;
    const native = readNativeNames(sysroot);
    const cached = readInventory(this.#file);
    // A disk that moved to another machine brings that machine's cache with it.
    this.#cached = cached && isSameMachine(cached.names, native) ? cached : undefined;
  }

  /** Devices that adapters found in former runs. */
  get knownDevices(): KnownDevices {
    return this.#cached?.devices ?? NO_DEVICES;
  }

  /**
   * Names of the hardware and remembers them. With a cache it answers from that and the system's files; without one,
   * `systeminformation` fills the gaps.
   */
  async names(gpus: readonly GpuInfo[], devices: KnownDevices): Promise<HardwareNames> {
    const native = readNativeNames(this.#sysroot);
    const cached = this.#cached?.names;
    const known: HardwareNames = {
      cpu: native.cpu || (cached?.cpu ?? ''),
      boardVendor: native.boardVendor || (cached?.boardVendor ?? ''),
      boardProduct: native.boardProduct || (cached?.boardProduct ?? ''),
      gpus: this.#withMissing(gpus.map(gpu => gpu.name)),
      ramGib: native.ramGib,
    };
    const names = cached ? known : await this.#complete(known);
    this.#remember({ names, devices });
    return names;
  }

  /** Looks up again what no adapter tells, for the next start: a graphics card may have been changed. */
  async refresh(gpus: readonly GpuInfo[], devices: KnownDevices): Promise<void> {
    const native = readNativeNames(this.#sysroot);
    const names = await this.#complete({ ...native, gpus: gpus.map(gpu => gpu.name) });
    this.#remember({ names: { ...names, gpus: this.#withMissing(names.gpus) }, devices });
  }

  /** The hardware id of these names by the configuration's choices. */
  hardwareId(names: HardwareNames, { hardwareId: options }: Config): string {
    if (options.scheme === 'sha256') return hardwareId(names, options);
    return hardwareId(names, { ...options, key: hardwareKey(this.#dataDirectory, this.#log) });
  }

  /**
   * The GPUs by which the machine goes: those that are there or, while they are some of those known before and no
   * others, the known ones: a card that is off, asleep or without its driver is still this machine's.
   */
  #withMissing(found: readonly string[]): readonly string[] {
    const known = this.#cached?.names.gpus ?? [];
    const missing = [...known];
    for (const name of found) {
      const at = missing.indexOf(name);
      if (at < 0) return found;
      missing.splice(at, 1);
    }
    return known;
  }

  async #complete(names: HardwareNames): Promise<HardwareNames> {
    // A fixture tree stands for another machine; this one's names are not its names.
    if (this.#sysroot.isFixture) return names;
    // There the library knows no more than the registry and the adapters, and starts PowerShell to find out.
    if (process.platform === 'win32') return names;
    try {
      return await completeNames(names, !hasSleepingDisplay(this.#sysroot));
    } catch (error) {
      this.#log(`reading hardware names: ${describeFault(error)}`);
      return names;
    }
  }

  #remember(inventory: Inventory): void {
    this.#cached = inventory;
    try {
      writeInventory(this.#file, inventory);
    } catch (error) {
      this.#log(`the list of hardware names cannot be kept: ${describeFault(error)}`);
    }
  }
}

function isSameMachine(cached: HardwareNames, native: HardwareNames): boolean {
  const agree = (a: string, b: string): boolean => a === '' || b === '' || a === b;
  return agree(native.cpu, cached.cpu) && agree(native.boardProduct, cached.boardProduct);
}
