import { spawn, spawnSync } from 'node:child_process';
import { setTimeout as delay } from 'node:timers/promises';
import { lastLines } from './failures.mjs';
import { UserError } from './terminal.mjs';

/** @typedef {import('node:child_process').ChildProcess} ChildProcess */

/** How long a process group may take to end after SIGTERM before it gets SIGKILL. */
const GRACE_MS = 6000;

const WINDOWS = process.platform === 'win32';

/** Leaders of the groups that are running. @type {Set<ChildProcess>} */
const running = new Set();

/** @type {(() => Promise<void>)[]} */
const endings = [];

/**
 * Starts a process as the leader of its own group, so that it and everything it starts can be ended together, and a
 * Ctrl+C on the terminal reaches this process alone. It takes no input.
 *
 * @param {string} command
 * @param {readonly string[]} args
 * @param {import('node:child_process').SpawnOptions} [options]
 * @returns {ChildProcess}
 */
export function start(command, args, options = {}) {
  const child = spawn(command, args, {
    ...options,
    stdio: options.stdio ?? ['ignore', 'inherit', 'inherit'],
    detached: !WINDOWS,
  });
  running.add(child);
  child.once('close', () => running.delete(child));
  child.once('error', () => running.delete(child));
  return child;
}

/**
 * Waits for the end of a process.
 *
 * @param {ChildProcess} child
 * @returns {Promise<number>} its exit code; 128 for a signal. Rejects when it could not be started
 */
export function exitOf(child) {
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', code => {
      resolve(code ?? 128);
    });
  });
}

/**
 * Runs a command to its end and keeps its output to itself.
 *
 * @param {string} command
 * @param {readonly string[]} args
 * @param {import('node:child_process').SpawnOptions} [options]
 * @returns {Promise<string>} what it wrote to stdout and stderr. Rejects with a {@link UserError} that ends with the
 *   last lines of the output when the command fails
 */
export async function run(command, args, options = {}) {
  const child = start(command, args, { ...options, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  const collect = (/** @type {string} */ text) => (output += text);
  child.stdout?.setEncoding('utf8').on('data', collect);
  child.stderr?.setEncoding('utf8').on('data', collect);
  const code = await exitOf(child).catch((/** @type {Error} */ error) => {
    throw new UserError(`${command} cannot be started: ${error.message}`);
  });
  if (code !== 0) {
    throw new UserError(
      `${[command, ...args].join(' ')} failed with exit code ${String(code)}:\n${lastLines(output)}`,
    );
  }
  return output;
}

/**
 * @param {number} group pid of the group's leader
 * @param {NodeJS.Signals | 0} signal
 * @returns {boolean} whether there was a process to receive it
 */
function signalGroup(group, signal) {
  try {
    if (WINDOWS && signal !== 0)
      return spawnSync('taskkill', ['/pid', String(group), '/t', '/f']).status === 0;
    return process.kill(WINDOWS ? group : -group, signal);
  } catch {
    return false;
  }
}

/**
 * Ends a process and everything in its group: SIGTERM, and SIGKILL for what is left after the grace time.
 *
 * @param {ChildProcess} child as {@link start} returned it
 */
export async function end(child) {
  if (child.pid !== undefined) await endProcess(child.pid, signalGroup);
}

/**
 * Ends what `signal` reaches.
 *
 * @param {number} pid
 * @param {(pid: number, signal: NodeJS.Signals | 0) => boolean} signal tells whether there was a process to receive it
 */
export async function endProcess(pid, signal) {
  const deadline = performance.now() + GRACE_MS;
  signal(pid, 'SIGTERM');
  while (signal(pid, 0)) {
    if (performance.now() > deadline) signal(pid, 'SIGKILL');
    await delay(50);
  }
}

/**
 * Adds something to do before the groups are ended.
 *
 * @param {() => Promise<void>} action
 */
export function beforeEnd(action) {
  endings.push(action);
}

/** Ends every group that is still running, after the actions of {@link beforeEnd}. */
export async function endAll() {
  for (const action of endings.splice(0)) await action();
  await Promise.all([...running].map(end));
}
