import type { Unavailable } from '../../adapters/base.ts';
import { type Koffi, type LoadedKoffi, loadKoffi } from '../koffi.ts';
import { NativeLibrary } from '../native-library.ts';

/** The system's libraries by the names of their files. */
const FILES = {
  /** The kernel's own interface. */
  ntdll: 'ntdll.dll',
  kernel32: 'kernel32.dll',
  /** Network: "IP Helper". */
  iphlpapi: 'iphlpapi.dll',
  /** Power management. */
  powrprof: 'powrprof.dll',
  /** The registry. */
  advapi32: 'advapi32.dll',
} as const;

export type WindowsLibraryName = keyof typeof FILES;

/** What a test puts in place of the system. */
export interface WindowsNativeOptions {
  readonly loadKoffi?: () => LoadedKoffi | Unavailable;
  /** Where the folder of Windows is found, as `process.env`. */
  readonly env?: Readonly<Record<string, string | undefined>>;
}

/** The system's libraries, each loaded when it is first asked for. */
export class WindowsLibraries {
  readonly available = true;
  readonly #koffi: Koffi;
  readonly #folder: string;
  readonly #loaded = new Map<WindowsLibraryName, NativeLibrary>();

  /** @param folder absolute path of `System32`, with a backslash at its end */
  constructor(koffi: Koffi, folder: string) {
    this.#koffi = koffi;
    this.#folder = folder;
  }

  get ntdll(): NativeLibrary {
    return this.#library('ntdll');
  }

  get kernel32(): NativeLibrary {
    return this.#library('kernel32');
  }

  get iphlpapi(): NativeLibrary {
    return this.#library('iphlpapi');
  }

  get powrprof(): NativeLibrary {
    return this.#library('powrprof');
  }

  get advapi32(): NativeLibrary {
    return this.#library('advapi32');
  }

  #library(name: WindowsLibraryName): NativeLibrary {
    const library = this.#loaded.get(name) ?? new NativeLibrary(this.#koffi, this.#folder + FILES[name]);
    this.#loaded.set(name, library);
    return library;
  }
}

/** Gets ready to load the libraries; says why where native calls cannot be made at all. Does not throw. */
export function openWindowsLibraries(options: WindowsNativeOptions = {}): WindowsLibraries | Unavailable {
  const native = (options.loadKoffi ?? loadKoffi)();
  if (!native.available) return native;
  return new WindowsLibraries(native.koffi, systemFolder(options.env ?? process.env));
}

/**
 * `System32` with a backslash at its end. A library is only ever loaded by an absolute path: Windows looks for a bare name
 * in the current directory too, where anybody may have put one.
 */
export function systemFolder(env: Readonly<Record<string, string | undefined>>): string {
  const root = env['SystemRoot'] ?? '';
  return `${/^[A-Za-z]:\\/.test(root) ? root.replace(/\\+$/, '') : 'C:\\Windows'}\\System32\\`;
}
