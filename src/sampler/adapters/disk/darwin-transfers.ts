import type { CoreFoundation } from '../../native/darwin/core-foundation.ts';
import type { IoRegistry } from '../../native/darwin/io-registry.ts';
import type { CounterRows } from '../../proc/counter-rows.ts';

/** Ticks between two searches for disks that came or went. */
const SEARCH_TICKS = 30;
/** The same after a driver was found to be gone. */
const SOON_TICKS = 5;

/** `<IOKit/storage/IOBlockStorageDriver.h>` */
const DRIVER_CLASS = 'IOBlockStorageDriver';
const STATISTICS = 'Statistics';
const COUNTER_KEYS = ['Operations (Read)', 'Operations (Write)', 'Bytes (Read)', 'Bytes (Write)'] as const;
/** `<IOKit/storage/IOStorageProtocolCharacteristics.h>` */
const PROTOCOL = 'Protocol Characteristics';
const LOCATION = 'Physical Interconnect Location';
/** Disk images, whose transfers are those of the disk that the image lies on or of none. */
const NO_DISKS: readonly string[] = ['File', 'RAM'];

interface Driver {
  readonly entry: number;
  readonly id: number;
}

/** Transfers of the physical disks of a Mac, as the drivers of its block devices count them in the I/O Registry. */
export class DarwinTransfers {
  readonly #registry: IoRegistry;
  readonly #coreFoundation: CoreFoundation;
  #drivers: readonly Driver[] = [];
  #ticksToSearch = 0;

  constructor(registry: IoRegistry, coreFoundation: CoreFoundation) {
    this.#registry = registry;
    this.#coreFoundation = coreFoundation;
  }

  /**
   * Reads the counters into `rows`: a row for each disk.
   *
   * @returns false when the registry does not tell them; `rows` has then to forget
   */
  read(rows: CounterRows): boolean {
    if (--this.#ticksToSearch <= 0 && !this.#search()) return false;
    rows.begin();
    for (const driver of this.#drivers) if (!this.#readDriver(driver, rows)) return false;
    rows.end();
    return true;
  }

  close(): void {
    for (const { entry } of this.#drivers) this.#registry.release(entry);
    this.#drivers = [];
    this.#ticksToSearch = 0;
  }

  #search(): boolean {
    const entries = this.#registry.services(DRIVER_CLASS);
    if (!entries) return false;
    this.close();
    this.#ticksToSearch = SEARCH_TICKS;
    const drivers: Driver[] = [];
    for (const entry of entries) {
      const id = this.#registry.idOf(entry);
      if (this.#isPhysical(entry) && !Number.isNaN(id)) drivers.push({ entry, id });
      else this.#registry.release(entry);
    }
    this.#drivers = drivers;
    return true;
  }

  /** Whether there is hardware behind a driver. Where nothing is said of that there is. */
  #isPhysical(entry: number): boolean {
    const cf = this.#coreFoundation;
    const protocol = this.#registry.inheritedProperty(entry, PROTOCOL);
    const location = cf.toBytes(cf.get(protocol, cf.key(LOCATION)));
    cf.release(protocol);
    return !location || !NO_DISKS.includes(Buffer.from(location).toString('latin1'));
  }

  /** Puts a driver's counters into a row; false when they are none. One whose disk is gone has no row. */
  #readDriver({ entry, id }: Driver, rows: CounterRows): boolean {
    const cf = this.#coreFoundation;
    const statistics = this.#registry.property(entry, STATISTICS);
    if (!cf.isDictionary(statistics)) {
      cf.release(statistics);
      this.#ticksToSearch = Math.min(this.#ticksToSearch, SOON_TICKS);
      return true;
    }
    rows.row(id);
    let isWhole = true;
    COUNTER_KEYS.forEach((name, column) => {
      const value = cf.toNumber(cf.get(statistics, cf.key(name)));
      rows.put(column, value);
      isWhole &&= value >= 0;
    });
    cf.release(statistics);
    return isWhole;
  }
}
