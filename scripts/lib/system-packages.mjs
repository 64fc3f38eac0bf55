import { accessSync, constants, existsSync } from 'node:fs';
import path from 'node:path';
import { run } from './children.mjs';
import { findPythonWithPsutil } from './psutil.mjs';
import { findPythonWithCryptography } from './python.mjs';
import { step, UserError } from './terminal.mjs';

/** Where Wine is for programs of 64 bits; the `wine` of Debian would ask for one of 32 bits first. */
const WINE = ['/usr/lib/wine/wine64', 'wine64'];

/**
 * A Debian package and the programs, any one of which shows that it is there, or whatever else shows it.
 *
 * @typedef {{ debian: string, programs: readonly string[], isThere?: () => boolean }} SystemPackage
 */

/**
 * What the tests take from the system.
 *
 * @type {readonly SystemPackage[]}
 */
const NEEDED = [
  { debian: 'chromium', programs: ['chromium', 'chromium-browser', 'google-chrome'] }, // drives VS Code
  { debian: 'gcc', programs: ['gcc'] }, // compiles the stand-in for NVIDIA's library
  { debian: 'libc6-dev', programs: ['/usr/include/stdio.h', '/usr/include/stdlib.h'] },
  { debian: 'iproute2', programs: ['ip'] }, // network between two namespaces
  { debian: 'python3', programs: ['python3'] }, // a reader of the log that is not ours
  { debian: 'faketime', programs: ['faketime'] }, // midnight
  { debian: 'openssl', programs: ['openssl'] }, // a certificate of a server
  { debian: 'age', programs: ['age'] }, // opens recovery files and what is sealed for recipients
  { debian: 'python3-cryptography', programs: [], isThere: () => findPythonWithCryptography() !== undefined }, // a second reader of sealed files
  // Servers that uploads go to, and what ends them with the tests.
  { debian: 'util-linux', programs: ['setpriv'] },
  { debian: 'rclone', programs: ['rclone'] },
  { debian: 'apache2-bin', programs: ['apache2'] },
  // A store that checks S3's signatures: Ceph, with the least that it runs on.
  { debian: 'ceph-mon', programs: ['ceph-mon'] },
  { debian: 'ceph-osd', programs: ['ceph-osd'] },
  { debian: 'radosgw', programs: ['radosgw'] },
  // A keyring, as that of a desktop.
  { debian: 'libsecret-tools', programs: ['secret-tool'] },
  { debian: 'gnome-keyring', programs: ['gnome-keyring-daemon'] },
  { debian: 'dbus', programs: ['dbus-run-session'] },
  ...(process.arch === 'x64'
    ? [
        { debian: 'wine', programs: WINE },
        { debian: 'wine64', programs: WINE },
        { debian: 'gcc-mingw-w64-x86-64-win32', programs: ['x86_64-w64-mingw32-gcc'] }, // compiles DLLs for it
      ]
    : []), // Windows
  // What the values are compared with.
  { debian: 'procps', programs: ['vmstat'] },
  { debian: 'sysstat', programs: ['iostat'] },
  { debian: 'python3-psutil', programs: [], isThere: () => findPythonWithPsutil() !== undefined },
];

/**
 * Installs through apt what the tests take from the system and is missing.
 *
 * @param {readonly SystemPackage[]} [more] what is needed besides
 * @returns {Promise<void>} rejects with a {@link UserError} that names the one command to run where we may not install
 */
export async function ensureSystemPackages(more = []) {
  const missing = [...NEEDED, ...more]
    .filter(({ programs, isThere }) => !(programs.some(findProgram) || isThere?.() === true))
    .map(({ debian }) => debian);
  if (missing.length === 0) return;
  if (findProgram('apt-get') === undefined) {
    throw new UserError(
      `The tests need ${missing.join(', ')}: install them with the package manager of this system.`,
    );
  }
  if (process.getuid?.() !== 0) {
    const command = `sudo sh -c 'apt-get update && apt-get install -y ${missing.join(' ')}'`;
    throw new UserError(`The tests need ${missing.join(', ')}. Install them with: ${command}`);
  }
  await step(`Installing ${missing.join(', ')} through apt`, async () => {
    const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
    const wait = ['-o', 'DPkg::Lock::Timeout=300'];
    await run('apt-get', [...wait, 'update'], { env });
    await run('apt-get', [...wait, 'install', '-y', '--no-install-recommends', ...missing], { env });
  });
}

/**
 * @returns {string} path of Chromium or Chrome
 * @throws {UserError} when there is none
 */
export function findChromium() {
  const [chromium] = NEEDED;
  for (const program of chromium?.programs ?? []) {
    const file = findProgram(program);
    if (file !== undefined) return file;
  }
  throw new UserError('There is no Chromium on PATH. Install it with: apt-get install chromium');
}

/** Path of Wine for programs of 64 bits; `undefined` when there is none. */
export function findWine() {
  return WINE.map(findProgram).find(file => file !== undefined);
}

/**
 * @param {string} program name, looked up on PATH, or absolute path
 * @returns {string | undefined}
 */
export function findProgram(program) {
  if (path.isAbsolute(program)) return existsSync(program) ? program : undefined;
  const folders = [...(process.env['PATH'] ?? '').split(path.delimiter), '/usr/sbin', '/sbin'];
  return folders.map(folder => path.join(folder, program)).find(isExecutable);
}

/** @param {string} file */
function isExecutable(file) {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
