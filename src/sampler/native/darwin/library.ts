import type { LibraryHandle, TypeObject } from 'koffi';
import type { Unavailable } from '../../adapters/base.ts';
import { type Koffi, type LoadedKoffi, loadKoffi } from '../koffi.ts';

/** The system's libraries by their absolute paths. */
export interface DarwinLibraryPaths {
  readonly system: string;
  readonly coreFoundation: string;
  readonly ioKit: string;
}

/** What a test puts in place of the system. */
export interface DarwinNativeOptions {
  readonly libraries?: Partial<DarwinLibraryPaths>;
  readonly loadKoffi?: () => LoadedKoffi | Unavailable;
}

/**
 * No such files exist since macOS 11: the loader has them in its cache and knows them by these names. So they are loaded
 * without looking.
 */
const PATHS: DarwinLibraryPaths = {
  system: '/usr/lib/libSystem.B.dylib',
  coreFoundation: '/System/Library/Frameworks/CoreFoundation.framework/CoreFoundation',
  ioKit: '/System/Library/Frameworks/IOKit.framework/IOKit',
};

/** Parameters and results that are passed as they are: an address, or an object that only its library looks into. */
export const REFERENCE = 'uintptr_t';

/** A parameter that a function reads or writes memory through; typed arrays are passed for it. */
export const MEMORY = 'void *';

/** An address as koffi gives it: a number, or a bigint where a number would not be exact. */
export type Reference = number | bigint;

/** Whether there is nothing behind the reference. */
export function isNull(reference: Reference): boolean {
  return reference === 0 || reference === 0n;
}

/** Types of a C function's result and parameters, in koffi's words. */
export type Signature = readonly [result: string, ...parameters: (string | TypeObject)[]];

/** A function of any type: what its parameters are is known to those who bind it. */
type BoundFunction = ReturnType<LibraryHandle['func']>;

/** A library whose functions are bound one by one, so that one that is missing costs only what is read with it. */
export class NativeLibrary {
  readonly #handle: LibraryHandle | undefined;

  constructor(koffi: Koffi, file: string) {
    try {
      this.#handle = koffi.load(file);
    } catch {
      // Without it nothing of it can be bound.
      this.#handle = undefined;
    }
  }

  /** Binds a C function; `undefined` where the library does not have it. */
  bind(symbol: string, [result, ...parameters]: Signature): BoundFunction | undefined {
    try {
      return this.#handle?.func(symbol, result, parameters);
    } catch {
      // The types are known to be right, so the symbol is missing.
      return undefined;
    }
  }

  /** Binds C functions that are of use only together; `undefined` where the library lacks one of them. */
  bindAll<T>(signatures: Readonly<Record<keyof T & string, Signature>>): T | undefined {
    const functions: Record<string, BoundFunction> = {};
    for (const [symbol, signature] of Object.entries<Signature>(signatures)) {
      const bound = this.bind(symbol, signature);
      if (!bound) return undefined;
      functions[symbol] = bound;
    }
    return functions as T;
  }
}

/** The system's libraries, each loaded when it is first asked for. */
export class DarwinLibraries {
  readonly available = true;
  readonly koffi: Koffi;
  readonly #paths: DarwinLibraryPaths;
  readonly #loaded = new Map<string, NativeLibrary>();

  constructor(koffi: Koffi, paths: DarwinLibraryPaths) {
    this.koffi = koffi;
    this.#paths = paths;
  }

  get system(): NativeLibrary {
    return this.#library(this.#paths.system);
  }

  get coreFoundation(): NativeLibrary {
    return this.#library(this.#paths.coreFoundation);
  }

  get ioKit(): NativeLibrary {
    return this.#library(this.#paths.ioKit);
  }

  #library(file: string): NativeLibrary {
    const library = this.#loaded.get(file) ?? new NativeLibrary(this.koffi, file);
    this.#loaded.set(file, library);
    return library;
  }
}

/** Gets ready to load the libraries; says why where native calls cannot be made at all. Does not throw. */
export function openDarwinLibraries(options: DarwinNativeOptions = {}): DarwinLibraries | Unavailable {
  const native = (options.loadKoffi ?? loadKoffi)();
  return native.available ? new DarwinLibraries(native.koffi, { ...PATHS, ...options.libraries }) : native;
}
