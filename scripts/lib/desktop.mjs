import { accessSync, constants, mkdirSync, readFileSync, realpathSync, statSync } from 'node:fs';
import path from 'node:path';
import { beforeEnd, endProcess, exitOf, run, start } from './children.mjs';
import { HOST_FOLDER, ROOT } from './paths.mjs';
import { step } from './terminal.mjs';

/** Settings and extensions of the window that `npm start` opens: the user's own stay untouched. */
const FOLDER = path.join(HOST_FOLDER, 'desktop');
const USER_DATA = path.join(FOLDER, 'user-data');

const WINDOWS = process.platform === 'win32';

/**
 * The user's own VS Code, where it can open a window with settings and extensions of its own.
 *
 * @returns {string | undefined} path of its `code` command. None without a display, and none for the `code` that stands
 *   in for one on the far side of a remote or WSL window: that one cannot keep our extension apart from the user's
 */
export function findDesktop() {
  const { DISPLAY, WAYLAND_DISPLAY, PATH = '' } = process.env;
  if (process.platform === 'linux' && DISPLAY === undefined && WAYLAND_DISPLAY === undefined)
    return undefined;
  for (const folder of PATH.split(path.delimiter)) {
    const file = path.join(folder, WINDOWS ? 'code.cmd' : 'code');
    if (isExecutable(file)) return /remote-cli|^\/mnt\//.test(realpathSync(file)) ? undefined : file;
  }
  return undefined;
}

/** @param {string} file */
function isExecutable(file) {
  try {
    accessSync(file, constants.X_OK);
    return statSync(file).isFile();
  } catch {
    return false;
  }
}

/**
 * Opens a window of the user's own VS Code with the extension in it, and waits until it is closed.
 *
 * @param {string} code as {@link findDesktop} returned it
 * @param {string} vsix
 * @returns {Promise<number>} exit code
 */
export async function openDesktop(code, vsix) {
  const isRoot = process.platform === 'linux' && process.getuid?.() === 0;
  const own = ['--user-data-dir', USER_DATA, '--extensions-dir', path.join(FOLDER, 'extensions')];
  if (isRoot) own.push('--no-sandbox');
  const install = command(code, [...own, '--install-extension', vsix, '--force']);
  const open = command(code, [...own, '--wait', '--new-window', ROOT]);

  mkdirSync(USER_DATA, { recursive: true });
  await step('Installing the extension into a VS Code of its own', () => run(...install));
  const opened = Date.now();
  beforeEnd(() => quit(opened));
  const child = start(...open);
  console.log('\nVS Code with OptiMetrics is open. Close its window or press Ctrl+C here to end it.');
  return exitOf(child);
}

/**
 * A command line for `spawn`. Windows starts a `.cmd` through its shell, which wants quotes.
 *
 * @param {string} code
 * @param {readonly string[]} args
 * @returns {[string, string[], import('node:child_process').SpawnOptions]}
 */
function command(code, args) {
  if (!WINDOWS) return [code, [...args], {}];
  return [`"${code}"`, args.map(arg => `"${arg}"`), { shell: true }];
}

/**
 * Ends the VS Code that was opened here. `code` leaves it to run in a group of its own; it writes its pid beside the
 * settings. One that was open before belongs to another `npm start` and is left alone.
 *
 * @param {number} opened when, in ms of the epoch
 */
async function quit(opened) {
  const file = path.join(USER_DATA, 'code.lock');
  try {
    if (statSync(file).mtimeMs < opened) return;
    await endProcess(Number.parseInt(readFileSync(file, 'utf8'), 10), signalProcess);
  } catch {
    // Without the file it has ended.
  }
}

/**
 * @param {number} pid
 * @param {NodeJS.Signals | 0} signal
 */
function signalProcess(pid, signal) {
  try {
    return process.kill(pid, signal);
  } catch {
    return false;
  }
}
