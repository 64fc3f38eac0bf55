import type { CoreFoundation } from './core-foundation.ts';
import { isNull, MEMORY, type NativeLibrary, REFERENCE, type Reference } from './library.ts';

/** `kIOMainPortDefault` of `<IOKit/IOKitLib.h>` */
const MAIN_PORT = 0;
/** `kIORegistryIterateRecursively | kIORegistryIterateParents` */
const UPWARD = 3;
/** `kIOServicePlane` of `<IOKit/IOKitKeys.h>` */
const SERVICE_PLANE = 'IOService';
/** More services of one class than any Mac has: an iterator that goes on beyond it is broken. */
const MAX_SERVICES = 1024;
/** A search that the coming or going of a device has cut short is made again, so many times. */
const SEARCH_TRIES = 3;

/** The functions, after `<IOKit/IOKitLib.h>`. `io_object_t` and its kin are Mach ports: numbers of 32 bits. */
interface Functions {
  IOServiceMatching(className: string): Reference;
  IOServiceGetMatchingServices(mainPort: number, matching: Reference, iterator: Uint32Array): number;
  IOIteratorNext(iterator: number): number;
  IOIteratorIsValid(iterator: number): number;
  IOObjectRelease(object: number): number;
  IORegistryEntryCreateCFProperty(
    entry: number,
    key: Reference,
    allocator: number,
    options: number,
  ): Reference;
  IORegistryEntrySearchCFProperty(
    entry: number,
    plane: string,
    key: Reference,
    allocator: number,
    options: number,
  ): Reference;
  IORegistryEntryGetRegistryEntryID(entry: number, id: Uint32Array): number;
}

/**
 * The I/O Registry: what the kernel knows of devices and their drivers, readable by every user.
 *
 * Entries have to be released, and so have the properties that were read of them.
 */
export class IoRegistry {
  readonly #functions: Functions;
  readonly #coreFoundation: CoreFoundation;
  readonly #iterator = new Uint32Array(1);
  readonly #id = new Uint32Array(2);

  private constructor(functions: Functions, coreFoundation: CoreFoundation) {
    this.#functions = functions;
    this.#coreFoundation = coreFoundation;
  }

  /** `undefined` where a function is missing: they belong together, and all have been there since Mac OS X 10.6. */
  static open(ioKit: NativeLibrary, coreFoundation: CoreFoundation): IoRegistry | undefined {
    const port = 'uint32_t';
    const functions = ioKit.bindAll<Functions>({
      IOServiceMatching: [REFERENCE, 'str'],
      IOServiceGetMatchingServices: ['int', port, REFERENCE, MEMORY],
      IOIteratorNext: [port, port],
      IOIteratorIsValid: ['int', port],
      IOObjectRelease: ['int', port],
      IORegistryEntryCreateCFProperty: [REFERENCE, port, REFERENCE, REFERENCE, 'uint32_t'],
      IORegistryEntrySearchCFProperty: [REFERENCE, port, 'str', REFERENCE, REFERENCE, 'uint32_t'],
      IORegistryEntryGetRegistryEntryID: ['int', port, MEMORY],
    });
    return functions && new IoRegistry(functions, coreFoundation);
  }

  /** All services of a class and of those derived from it; `undefined` when the registry does not answer. */
  services(className: string): number[] | undefined {
    for (let tries = 0; tries < SEARCH_TRIES; tries++) {
      const iterator = this.#search(className);
      if (iterator === 0) return undefined;
      const services = this.#collect(iterator);
      const isWhole = this.#functions.IOIteratorIsValid(iterator) !== 0;
      this.release(iterator);
      if (isWhole) return services;
      for (const service of services) this.release(service);
    }
    return undefined;
  }

  /** What an entry is known by as long as the system runs; NaN where it is gone. */
  idOf(entry: number): number {
    if (this.#functions.IORegistryEntryGetRegistryEntryID(entry, this.#id) !== 0) return Number.NaN;
    return (this.#id[1] ?? 0) * 2 ** 32 + (this.#id[0] ?? 0);
  }

  /** A property of an entry, null where it has none. */
  property(entry: number, name: string): Reference {
    const key = this.#coreFoundation.key(name);
    return isNull(key) ? 0 : this.#functions.IORegistryEntryCreateCFProperty(entry, key, 0, 0);
  }

  /** A property of an entry or, where it has none, of the nearest entry above it that has one; null where none has. */
  inheritedProperty(entry: number, name: string): Reference {
    const key = this.#coreFoundation.key(name);
    if (isNull(key)) return 0;
    return this.#functions.IORegistryEntrySearchCFProperty(entry, SERVICE_PLANE, key, 0, UPWARD);
  }

  release(entry: number): void {
    this.#functions.IOObjectRelease(entry);
  }

  #search(className: string): number {
    const matching = this.#functions.IOServiceMatching(className);
    if (isNull(matching)) return 0;
    this.#iterator.fill(0);
    // Takes the reference to the dictionary with it, whatever it returns.
    const code = this.#functions.IOServiceGetMatchingServices(MAIN_PORT, matching, this.#iterator);
    return code === 0 ? (this.#iterator[0] ?? 0) : 0;
  }

  #collect(iterator: number): number[] {
    const services: number[] = [];
    while (services.length < MAX_SERVICES) {
      const service = this.#functions.IOIteratorNext(iterator);
      if (service === 0) break;
      services.push(service);
    }
    return services;
  }
}
