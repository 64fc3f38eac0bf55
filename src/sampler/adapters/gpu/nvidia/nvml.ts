import path from 'node:path';
import type { LibraryHandle } from 'koffi';
import type { Koffi } from '../../../native/koffi.ts';

/** A native function: called directly it blocks, `async` runs it in a thread and calls back with its result. */
export interface Native<Parameters extends readonly unknown[]> {
  (...parameters: Parameters): number;
  async(...parameters: [...Parameters, (error: unknown, code: number) => void]): void;
}

/** `nvmlReturn_t f(nvmlDevice_t, T *out)` */
export type ReadOne = Native<[gpu: bigint, out: Uint32Array]>;
/** `nvmlReturn_t f(nvmlDevice_t, enum, T *out)` */
export type ReadKind = Native<[gpu: bigint, kind: number, out: Uint32Array]>;
/** `nvmlReturn_t f(nvmlDevice_t, T *out, U *out)` */
export type ReadTwo = Native<[gpu: bigint, first: Uint32Array, second: Uint32Array | null]>;

/** A device handle is an opaque pointer; it is passed as the number it is. */
const GPU = 'uintptr_t';
const OUT = 'void *';

/**
 * NVIDIA's management library with the functions bound that it has. Out parameters are typed arrays of the size of the
 * C type: a call then costs some 60 ns and allocates nothing.
 *
 * Declarations after NVIDIA's public header `nvml.h` (CUDA 13.3; the older variants under `NVML_NO_UNVERSIONED_FUNC_DEFS`).
 */
export class Nvml {
  readonly init: Native<[]>;
  /** `unsigned int *deviceCount` */
  readonly getCount: Native<[count: Uint32Array]>;
  /** `unsigned int index, nvmlDevice_t *device` */
  readonly getHandle: Native<[index: number, handle: BigUint64Array]>;
  readonly shutdown: Native<[]> | undefined;
  /** `nvmlDevice_t, char *name, unsigned int length` */
  readonly getName: Native<[gpu: bigint, name: Uint8Array, length: number]> | undefined;
  /** `nvmlDevice_t, nvmlPciInfo_t *`: 17 words; domain, bus and device stand at words 4 to 6 in every version of it. */
  readonly getPciInfo: ReadOne | undefined;
  /** `char *version, unsigned int length` */
  readonly getDriverVersion: Native<[version: Uint8Array, length: number]> | undefined;
  readonly #library: LibraryHandle;

  /** @throws TypeError when the library lacks what nothing can be read without: it is not NVML */
  constructor(library: LibraryHandle) {
    this.#library = library;
    const init = this.#first<[]>(['nvmlInit_v2', 'nvmlInit'], []);
    const getCount = this.#first<[Uint32Array]>(['nvmlDeviceGetCount_v2', 'nvmlDeviceGetCount'], [OUT]);
    const getHandle = this.#first<[number, BigUint64Array]>(
      ['nvmlDeviceGetHandleByIndex_v2', 'nvmlDeviceGetHandleByIndex'],
      ['uint32_t', OUT],
    );
    if (!init || !getCount || !getHandle) throw new TypeError('the library is not NVML');
    this.init = init;
    this.getCount = getCount;
    this.getHandle = getHandle;
    this.shutdown = this.#first(['nvmlShutdown'], []);
    this.getName = this.#first(['nvmlDeviceGetName'], [GPU, OUT, 'uint32_t']);
    this.getPciInfo = this.#first(
      ['nvmlDeviceGetPciInfo_v3', 'nvmlDeviceGetPciInfo_v2', 'nvmlDeviceGetPciInfo'],
      [GPU, OUT],
    );
    this.getDriverVersion = this.#first(['nvmlSystemGetDriverVersion'], [OUT, 'uint32_t']);
  }

  /** Binds a function of the form {@link ReadOne}; `undefined` when this library does not have it. */
  readOne(symbol: string): ReadOne | undefined {
    return this.#bind(symbol, [GPU, OUT]);
  }

  /** Binds a function of the form {@link ReadKind}; `undefined` when this library does not have it. */
  readKind(symbol: string): ReadKind | undefined {
    return this.#bind(symbol, [GPU, 'uint32_t', OUT]);
  }

  /** Binds a function of the form {@link ReadTwo}; `undefined` when this library does not have it. */
  readTwo(symbol: string): ReadTwo | undefined {
    return this.#bind(symbol, [GPU, OUT, OUT]);
  }

  #first<P extends readonly unknown[]>(symbols: readonly string[], types: string[]): Native<P> | undefined {
    for (const symbol of symbols) {
      const bound = this.#bind<P>(symbol, types);
      if (bound) return bound;
    }
    return undefined;
  }

  #bind<P extends readonly unknown[]>(symbol: string, types: string[]): Native<P> | undefined {
    try {
      return this.#library.func(symbol, 'int', types);
    } catch {
      // The only fault there is with types that are known to be right: the symbol is missing.
      return undefined;
    }
  }
}

/** The library, or whether there was a file that is not one. */
export type LoadOutcome = { readonly nvml: Nvml } | { readonly nvml: undefined; readonly isBroken: boolean };

/** Loads the first of the files that is NVML. Does not throw. */
export function loadNvml(koffi: Koffi, files: readonly string[]): LoadOutcome {
  let isBroken = false;
  for (const file of files) {
    try {
      return { nvml: new Nvml(koffi.load(file)) };
    } catch {
      // The loader's text names the file. That a bare name is not found is no fault.
      isBroken ||= path.isAbsolute(file);
    }
  }
  return { nvml: undefined, isBroken };
}
