import { type ChildProcess, spawn } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { readOwner } from '../../../src/runtime/owner.ts';
import { isRunning } from '../../../src/runtime/process-identity.ts';

/** The repository. */
export const ROOT = path.resolve(import.meta.dirname, '..', '..', '..');
const CLI = path.join(ROOT, 'dist', 'cli.js');

/** What a finished command left. */
export interface Finished {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A command that runs. */
export interface Running {
  readonly child: ChildProcess;
  readonly stdout: () => string;
  readonly stderr: () => string;
  readonly finished: Promise<Finished>;
}

/** A user's account of its own for one test: home, data and runtime folders, and whatever was started with them. */
export class TestHome {
  readonly root: string;
  readonly env: NodeJS.ProcessEnv;
  readonly #running = new Set<ChildProcess>();
  readonly #cleanups: (() => void)[] = [];

  constructor(extra: NodeJS.ProcessEnv = {}) {
    this.root = fs.mkdtempSync(path.join(os.tmpdir(), 'om-'));
    const env: NodeJS.ProcessEnv = { PATH: process.env['PATH'], HOME: this.root, LANG: 'C.UTF-8' };
    for (const [name, folder] of [
      ['XDG_RUNTIME_DIR', 'run'],
      ['XDG_DATA_HOME', 'data'],
      ['TMPDIR', 'tmp'],
    ] as const) {
      env[name] = path.join(this.root, folder);
      fs.mkdirSync(path.join(this.root, folder), { mode: 0o700 });
    }
    this.env = { ...env, ...extra };
  }

  /** Folder of socket, token and marks of the shared sampler. */
  get runtimeDirectory(): string {
    return path.join(this.root, 'run', 'optimetrics');
  }

  /** Folder of the log where nobody names another. */
  get logDirectory(): string {
    return path.join(this.root, 'data', 'optimetrics', 'logs');
  }

  /** Arguments of `run` for a log with a row for every sample: one from which it can be seen that none is missing. */
  get everySample(): readonly string[] {
    const file = path.join(this.root, 'every-sample.yaml');
    if (!fs.existsSync(file)) fs.writeFileSync(file, 'logging: { enable_delta_filtering: false }\n');
    return ['--config', file];
  }

  /** Process number of the shared sampler; `undefined` when none runs. */
  get samplerPid(): number | undefined {
    const owner = readOwner(path.join(this.runtimeDirectory, 'sampler.json'));
    return owner && isRunning(owner) ? owner.pid : undefined;
  }

  /** Process numbers of all samplers started with this home, private ones included. */
  get samplerPids(): number[] {
    return fs
      .readdirSync('/proc')
      .filter(name => /^\d+$/.test(name))
      .filter(pid => {
        try {
          const argv = fs.readFileSync(`/proc/${pid}/cmdline`, 'latin1').split('\0');
          return argv.some(arg => arg.endsWith('sampler.js')) && argv.some(arg => arg.startsWith(this.root));
        } catch {
          return false;
        }
      })
      .map(Number);
  }

  /** Process numbers of the upload processes that samplers of this home have started and that run. */
  get uploadPids(): number[] {
    const samplers = this.samplerPids;
    return fs
      .readdirSync('/proc')
      .filter(pid => /^\d+$/.test(pid) && readIfThere(`/proc/${pid}/cmdline`).endsWith('sync.js\0'))
      .filter(pid => {
        const [, parent] = /\) \S (\d+) /.exec(readIfThere(`/proc/${pid}/stat`)) ?? [];
        return samplers.includes(Number(parent));
      })
      .map(Number);
  }

  /** Starts `optimetrics` with these arguments. */
  start(args: readonly string[], env: NodeJS.ProcessEnv = {}): Running {
    return this.startCommand(process.execPath, [CLI, ...args], env);
  }

  /** Starts any command in this home. */
  startCommand(command: string, args: readonly string[], env: NodeJS.ProcessEnv = {}): Running {
    const child = spawn(command, args, {
      env: { ...this.env, ...env },
      cwd: this.root,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.#running.add(child);
    let stdout = '';
    let stderr = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
    const finished = new Promise<Finished>((resolve, reject) => {
      child.once('error', reject);
      child.once('close', (code, signal) => {
        this.#running.delete(child);
        resolve({ code, signal, stdout, stderr });
      });
    });
    return { child, stdout: () => stdout, stderr: () => stderr, finished };
  }

  /** Runs `optimetrics` to its end. */
  run(args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<Finished> {
    return this.start(args, env).finished;
  }

  /** Writes a file in the home and gives its path. */
  write(name: string, contents: string | Uint8Array): string {
    const file = path.join(this.root, name);
    fs.mkdirSync(path.dirname(file), { recursive: true });
    fs.writeFileSync(file, contents);
    return file;
  }

  /** Does something at the end, when the processes are gone and the folders are still there. */
  onEnd(cleanup: () => void): void {
    this.#cleanups.push(cleanup);
  }

  /** Ends everything that was started here and removes the home. */
  async end(): Promise<void> {
    for (const child of this.#running) child.kill('SIGKILL');
    for (const pid of this.samplerPids) {
      try {
        process.kill(pid, 'SIGKILL');
      } catch {
        // It ended by itself.
      }
    }
    await until('the samplers are gone', () => this.samplerPids.length === 0);
    for (const cleanup of this.#cleanups.splice(0)) cleanup();
    fs.rmSync(this.root, { recursive: true, force: true });
  }
}

/** Processes come and go. */
function readIfThere(file: string): string {
  try {
    return fs.readFileSync(file, 'latin1');
  } catch {
    return '';
  }
}

/** The program was later than it may be. */
export class TooLateError extends Error {
  override readonly name = 'TooLateError';
}

/**
 * Runs a test in which the program has to be in time, up to three times: a machine that others use stands still for a moment
 * now and then, and that is nobody's fault. Whatever else fails, fails at once.
 *
 * @param attempt throws a {@link TooLateError} when the program was late
 * @param renew makes what an attempt needs anew
 */
export async function inTime(attempt: () => Promise<void>, renew: () => Promise<void>): Promise<void> {
  for (let left = 2; ; left--) {
    try {
      await attempt();
      return;
    } catch (error) {
      if (!(error instanceof TooLateError) || left === 0) throw error;
    }
    await renew();
  }
}

/** Waits for a condition, with a deadline that only a fault reaches. */
export async function until<T>(
  what: string,
  condition: () => T | undefined | false,
  seconds = 120,
): Promise<T> {
  const deadline = Date.now() + seconds * 1000;
  for (;;) {
    const value = condition();
    if (value !== undefined && value !== false) return value;
    if (Date.now() > deadline) throw new Error(`gave up waiting until ${what}`);
    await new Promise(resolve => setTimeout(resolve, 20));
  }
}
