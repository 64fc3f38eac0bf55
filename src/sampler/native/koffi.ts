import { createRequire } from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Unavailable } from '../adapters/base.ts';
import { hostLibc, koffiBinary } from './koffi-binary.mjs';

/** The foreign function interface: koffi's native module, without its JavaScript wrapper. */
export type Koffi = typeof import('koffi');

/** The interface, ready to load libraries with. */
export interface LoadedKoffi {
  readonly available: true;
  readonly koffi: Koffi;
}

let loaded: LoadedKoffi | Unavailable | undefined;

/**
 * Loads koffi at the first call: 7 to 13 ms and a few megabytes, so only an adapter that has a library to call should
 * ask for it. Does not throw; an installation without the binary gives the reason.
 */
export function loadKoffi(): LoadedKoffi | Unavailable {
  return (loaded ??= loadKoffiFrom(koffiFile()));
}

/**
 * Loads koffi from its binary.
 *
 * @param file absolute path; `undefined` where there is no binary for the platform
 */
export function loadKoffiFrom(file: string | undefined): LoadedKoffi | Unavailable {
  if (file === undefined) {
    return {
      available: false,
      reason: 'unsupported',
      why: 'there is no native call interface for this platform',
    };
  }
  try {
    const koffi: unknown = createRequire(file)(file);
    if (isKoffi(koffi)) return { available: true, koffi };
  } catch {
    // The error's text names the path; what went wrong is said below.
  }
  return {
    available: false,
    reason: 'failed',
    why: 'the native call interface (koffi) could not be loaded',
    remedy: 'Install the build of the extension that is made for this operating system and processor.',
  };
}

/**
 * Where the binary is: beside the bundle, where the build puts the only one a package carries; in a source tree in
 * koffi's package for this platform.
 */
function koffiFile(): string | undefined {
  // The bundle is CommonJS and has `__filename`; the source runs as an ES module, which has not.
  if (typeof __filename === 'string') return path.join(path.dirname(__filename), 'koffi.node');
  const here = fileURLToPath(import.meta.url);
  try {
    const binary = koffiBinary(process.platform, process.arch, hostLibc());
    return binary === undefined ? undefined : createRequire(here).resolve(binary);
  } catch {
    return undefined;
  }
}

function isKoffi(value: unknown): value is Koffi {
  return typeof value === 'object' && value !== null && 'load' in value && typeof value.load === 'function';
}
