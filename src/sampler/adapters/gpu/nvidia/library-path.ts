import fs from 'node:fs';
import path from 'node:path';

/** What decides which file is NVIDIA's management library. */
export interface LibrarySource {
  readonly platform: NodeJS.Platform;
  readonly arch: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Whether a fixture tree stands in for the system; nothing of the real one may be loaded then. */
  readonly isFixture: boolean;
}

/** Files that may be the library, the first that loads is taken. */
export type LibraryPlaces =
  | { readonly kind: 'named'; readonly file: string }
  | { readonly kind: 'usual'; readonly files: readonly string[] };

/** Where to look for the library; `relative` where `OPTIMETRICS_NVML` depends on the current directory. */
export type LibrarySearch = LibraryPlaces | { readonly kind: 'relative' };

const SONAME = 'libnvidia-ml.so.1';

const MULTIARCH: Readonly<Record<string, string>> = { x64: 'x86_64-linux-gnu', arm64: 'aarch64-linux-gnu' };

/**
 * Where NVIDIA's management library may be. Only absolute paths, and on Linux at last the bare name, which the dynamic
 * loader never looks up in the current directory (Windows would).
 */
export function findLibrary({ platform, arch, env, isFixture }: LibrarySource): LibrarySearch {
  const named = env['OPTIMETRICS_NVML'];
  if (named !== undefined && named !== '') {
    return isAbsolute(named, platform) ? { kind: 'named', file: named } : { kind: 'relative' };
  }
  if (isFixture) return { kind: 'usual', files: [] };
  switch (platform) {
    case 'linux':
      return { kind: 'usual', files: linuxFiles(arch) };
    case 'win32':
      return { kind: 'usual', files: windowsFiles(env) };
    default:
      return { kind: 'usual', files: [] };
  }
}

function linuxFiles(arch: string): string[] {
  const multiarch = MULTIARCH[arch];
  const folders = [
    '/usr/lib/wsl/lib', // WSL 2, before a driver that a user installed in vain
    ...(multiarch === undefined ? [] : [`/usr/lib/${multiarch}`, `/usr/lib/${multiarch}/nvidia`]),
    '/usr/lib64',
    '/usr/lib',
    '/usr/local/nvidia/lib64', // containers of some Kubernetes services
    '/run/opengl-driver/lib', // NixOS
  ];
  return [...folders.map(folder => `${folder}/${SONAME}`), SONAME];
}

function windowsFiles(env: LibrarySource['env']): string[] {
  const systemRoot = env['SystemRoot'] ?? env['SYSTEMROOT'] ?? 'C:\\Windows';
  const programs = env['ProgramW6432'] ?? env['ProgramFiles'] ?? 'C:\\Program Files';
  return [
    path.win32.join(systemRoot, 'System32', 'nvml.dll'),
    path.win32.join(programs, 'NVIDIA Corporation', 'NVSMI', 'nvml.dll'), // drivers before 2018
  ].filter(file => isAbsolute(file, 'win32'));
}

/** Whether a path means the same file whatever the current directory and drive are. */
export function isAbsolute(file: string, platform: NodeJS.Platform): boolean {
  return platform === 'win32' ? /^(?:[A-Za-z]:[\\/]|\\\\)/.test(file) : path.posix.isAbsolute(file);
}

/** Where the driver shows itself when it is loaded: on PCs, in WSL, on Jetson. */
const DRIVER_SIGNS = ['/dev/nvidiactl', '/dev/dxg', '/dev/nvhost-ctrl'];

/**
 * Those of the files that are there. The bare name has to be tried to know, which is worth loading koffi only where
 * there is a sign of a GPU.
 */
export function presentFiles(
  search: LibraryPlaces,
  platform: NodeJS.Platform,
  hasHardware: boolean,
): string[] {
  const files = search.kind === 'named' ? [search.file] : search.files;
  return files.filter(file =>
    isAbsolute(file, platform)
      ? fs.existsSync(file)
      : hasHardware || DRIVER_SIGNS.some(sign => fs.existsSync(sign)),
  );
}
