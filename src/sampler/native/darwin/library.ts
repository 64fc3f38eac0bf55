import type { Unavailable } from '../../adapters/base.ts';
import { type Koffi, type LoadedKoffi, loadKoffi } from '../koffi.ts';
import { NativeLibrary } from '../native-library.ts';

export { isNull, MEMORY, NativeLibrary, REFERENCE, type Reference } from '../native-library.ts';

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
