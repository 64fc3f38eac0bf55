import type { LibraryHandle, TypeObject } from 'koffi';
import type { Koffi } from './koffi.ts';

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
