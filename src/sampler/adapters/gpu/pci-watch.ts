import type { Sysroot } from '../../sysroot.ts';
import { driverOf, listDeviceNames, type PciDisplay } from './pci-display.ts';

/** How often the bus is looked at. */
const CHECK_SECONDS = 10;

/**
 * Notices that a vendor's GPUs on the PCI bus have come, gone or changed their driver. It looks every ten
 * seconds, at the names on the bus and the drivers of the known devices; no device is read, let alone woken.
 */
export class PciWatch {
  readonly #sysroot: Sysroot;
  readonly #find: () => readonly PciDisplay[];
  readonly #known: readonly (readonly [folder: string, driver: string | undefined])[];
  #names: string;
  #seconds = 0;

  /**
   * @param find looks for all GPUs of the vendor, whatever their driver; what it returns is closed
   * @param displays what it found last
   */
  constructor(sysroot: Sysroot, find: () => readonly PciDisplay[], displays: readonly PciDisplay[]) {
    this.#sysroot = sysroot;
    this.#find = find;
    this.#known = displays.map(({ folder, driver }) => [folder, driver]);
    this.#names = this.#listNames();
  }

  /**
   * To be asked once a tick: whether the devices are others than at the start. Does not throw.
   *
   * @param elapsedSeconds time since the last tick; NaN on the first
   */
  hasChanged(elapsedSeconds: number): boolean {
    if (elapsedSeconds > 0) this.#seconds += elapsedSeconds;
    if (this.#seconds < CHECK_SECONDS) return false;
    this.#seconds = 0;
    const names = this.#listNames();
    if (names === this.#names) {
      return this.#known.some(([folder, driver]) => driverOf(folder) !== driver);
    }
    this.#names = names;
    return this.#hasOtherDisplays();
  }

  #hasOtherDisplays(): boolean {
    const displays = this.#find();
    const isSame =
      displays.length === this.#known.length &&
      displays.every(({ folder, driver }, index) => {
        const known = this.#known[index];
        return known?.[0] === folder && known[1] === driver;
      });
    for (const display of displays) display.close();
    return !isSame;
  }

  #listNames(): string {
    return listDeviceNames(this.#sysroot).join();
  }
}
