import { readFileSync } from 'node:fs';
import path from 'node:path';
import { withLock } from './lock.mjs';
import { npm } from './npm.mjs';
import { HOST_FOLDER, ROOT } from './paths.mjs';
import { step, UserError } from './terminal.mjs';

const OLDEST_NODE = [20, 12];

/**
 * Installs the packages of the lock file where they are missing or others than it names.
 *
 * @throws {UserError} when this Node is too old or npm fails
 */
export async function ensureDependencies() {
  requireNode();
  if (areInstalled()) return;
  await withLock(path.join(HOST_FOLDER, 'npm-ci.lock'), async () => {
    if (areInstalled()) return;
    await step('Installing the packages of package-lock.json', () => npm(['ci'], { cwd: ROOT }));
  });
}

function requireNode() {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  const [oldestMajor = 0, oldestMinor = 0] = OLDEST_NODE;
  if (major > oldestMajor || (major === oldestMajor && minor >= oldestMinor)) return;
  throw new UserError(
    `Node ${process.versions.node} is too old: install Node ${OLDEST_NODE.join('.')} or newer from https://nodejs.org.`,
  );
}

/**
 * Compares the lock file with the copy that npm keeps of what it installed. A package may be missing where it is
 * optional: those are the binaries of other platforms.
 */
function areInstalled() {
  const wanted = readLock(path.join(ROOT, 'package-lock.json'));
  const installed = readLock(path.join(ROOT, 'node_modules', '.package-lock.json'));
  if (wanted === undefined || installed === undefined) return false;
  return Object.entries(wanted).every(([name, { version, optional }]) => {
    if (name === '') return true;
    const found = installed[name];
    return found === undefined ? optional === true : found.version === version;
  });
}

/**
 * @typedef {{ version?: string, optional?: boolean }} LockedPackage
 * @param {string} file
 * @returns {Record<string, LockedPackage> | undefined}
 */
function readLock(file) {
  try {
    const lock = /** @type {{ packages: Record<string, LockedPackage> }} */ (
      JSON.parse(readFileSync(file, 'utf8'))
    );
    return lock.packages;
  } catch {
    return undefined;
  }
}
