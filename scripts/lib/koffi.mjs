import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { withLock } from './lock.mjs';
import { npm } from './npm.mjs';
import { HOST_FOLDER, ROOT } from './paths.mjs';
import { koffiBinaryFor } from './platform.mjs';
import { step, UserError } from './terminal.mjs';

/** Koffi's packages for other platforms than this one, which `npm ci` leaves out; a folder for each and its version. */
const FOLDER = path.join(HOST_FOLDER, 'koffi');

/**
 * Koffi's binary for a platform: the installed one, or that of the package that package-lock.json names, fetched once.
 *
 * @param {string} target as `TARGETS` has it
 * @param {string} [folder] where fetched packages are kept
 * @returns {Promise<string>} its path. Rejects with a {@link UserError} when koffi has none for the platform, and when
 *   it cannot be fetched or is not the one with the checksum of package-lock.json
 */
export async function koffiFor(target, folder = FOLDER) {
  const binary = koffiBinaryFor(target);
  const installed = path.join(ROOT, 'node_modules', binary);
  if (existsSync(installed)) return installed;

  const name = binary.split('/', 2).join('/');
  const { version, integrity } = lockedPackage(name);
  const fetched = path.join(folder, `${path.posix.basename(name)}-${version}`);
  const file = path.join(fetched, 'node_modules', binary);
  if (existsSync(file)) return file;
  await withLock(path.join(folder, 'fetch.lock'), async () => {
    if (existsSync(file)) return;
    await step(`Fetching koffi's binary for ${target} (${name} ${version})`, () =>
      fetchPackage(name, { version, integrity }, fetched),
    ).catch((/** @type {unknown} */ error) => {
      if (!(error instanceof UserError)) throw error;
      throw new UserError(
        `${name} ${version}, koffi's binary for ${target}, could not be fetched: ${reasonOf(error.message)}. ` +
          'Check the network, the proxy and the registry (npm config get registry), then run this again.',
      );
    });
  });
  return file;
}

/**
 * Installs one package, for whichever platform it is. npm compares it with the checksum, and a folder that is there is
 * complete.
 *
 * @param {string} name
 * @param {{ version: string, integrity: string }} locked
 * @param {string} folder
 */
async function fetchPackage(name, locked, folder) {
  const beside = `${folder}.${String(process.pid)}`;
  const dependencies = { [name]: locked.version };
  // Without `os` and `cpu`, so that npm installs it here too.
  const packages = { '': { dependencies }, [`node_modules/${name}`]: locked };
  try {
    mkdirSync(beside, { recursive: true });
    writeFileSync(path.join(beside, 'package.json'), JSON.stringify({ private: true, dependencies }));
    writeFileSync(path.join(beside, 'package-lock.json'), JSON.stringify({ lockfileVersion: 3, packages }));
    await npm(['ci', '--ignore-scripts', '--no-audit', '--no-fund'], { cwd: beside });
    rmSync(folder, { recursive: true, force: true });
    renameSync(beside, folder);
  } finally {
    rmSync(beside, { recursive: true, force: true });
  }
}

/**
 * @param {string} name
 * @returns {{ version: string, integrity: string }}
 */
function lockedPackage(name) {
  const lock = /** @type {{ packages: Record<string, { version: string, integrity?: string }> }} */ (
    JSON.parse(readFileSync(path.join(ROOT, 'package-lock.json'), 'utf8'))
  );
  const { version, integrity } = lock.packages[`node_modules/${name}`] ?? {};
  if (version === undefined || integrity === undefined) {
    throw new UserError(
      `package-lock.json has no ${name} with a checksum: write it anew with npm install --package-lock-only.`,
    );
  }
  return { version, integrity };
}

/**
 * The line of npm's output that says what went wrong, and with which address.
 *
 * @param {string} output
 */
function reasonOf(output) {
  const lines = output.split('\n').map(line => /^npm (?:error|ERR!) (.*)$/.exec(line)?.[1] ?? '');
  const reason = lines.find(line => line !== '' && !/^(code|syscall|errno) /.test(line)) ?? output;
  return reason.replace(/^(network|FetchError:) /, '').replace(/\.$/, '');
}
