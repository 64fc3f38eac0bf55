import { spawn } from 'node:child_process';
import os from 'node:os';
import path from 'node:path';
import type { Config } from '../common/config/schema.ts';
import { describeFault, withoutPaths } from '../common/faults.ts';
import { english } from '../common/translate.ts';
import { SAMPLER_EXIT, SAMPLER_READY } from '../runtime/sampler-process.ts';
import { type StartFault, startFaultOf } from './start-fault.ts';
import { startFaultText } from './state-words.ts';

/** How long a new process has until it listens; a machine under full load is slow. */
const START_MS = 15_000;
/** Most that is kept of what a failing start prints. */
const STDERR_LIMIT = 4_096;

/** Above so many processors the sampler's code is compiled for speed. */
const MANY_PROCESSORS = 64;

/**
 * How Node runs the sampler: with a small young generation, without threads to collect garbage, which hold memory of their
 * own, and, unless the machine is wide, without the compilers for hot code. On most machines its code runs for less than a
 * millisecond a second: compiling it for speed would pay after some minutes, save about a fifth of that time from then on,
 * and hold 4 to 8 MB for good. (`--jitless` would save the same memory, but takes WebAssembly away, which `fetch` is made
 * with.) With hundreds of processors there is so much to read that it pays within a minute and saves half the time, for no
 * more memory. The figures are in docs/performance.md.
 *
 * @param processors of this machine, as far as we may use them
 */
export function samplerNodeFlags(processors = os.availableParallelism()): readonly string[] {
  const compilers = processors > MANY_PROCESSORS ? [] : ['--no-opt', '--no-maglev'];
  return [...compilers, '--single-threaded-gc', '--max-semi-space-size=1'];
}

/** Makes glibc give back what starting up leaves free, about a megabyte; see mallopt(3). Others ignore it. */
const MALLOC = { MALLOC_TRIM_THRESHOLD_: '65536' };

/** How to start a sampler. */
export interface LaunchOptions {
  /** The built `sampler.js`. */
  readonly samplerFile: string;
  readonly runtimeDirectory: string;
  readonly dataDirectory: string;
  readonly config: Config;
  readonly writesLog: boolean;
  /** A person asked for this start: parts in quarantine are tried again. */
  readonly isManual: boolean;
  /** How Node runs it; {@link samplerNodeFlags} unless given. */
  readonly nodeFlags?: readonly string[];
}

/** The sampler process ended before it listened. The message is the fault in English. */
export class LaunchError extends Error {
  override readonly name = 'LaunchError';
  readonly fault: StartFault;
  /** All that it printed, the end of it where that is much; without paths. */
  readonly printed: string;
  /** Exit code of the process, where it had one. */
  readonly exitCode: number | undefined;

  constructor(fault: StartFault, printed = '', exitCode?: number) {
    super(startFaultText(fault, english));
    this.fault = fault;
    this.printed = withoutPaths(printed.trim());
    this.exitCode = exitCode;
  }
}

/** Exit code of Node for a flag that it does not know. */
const INVALID_ARGUMENT = 9;

/**
 * Starts a sampler as a process of its own, which outlives us, and waits until it listens, or has found that another
 * one does.
 *
 * @throws LaunchError when it ends before that
 */
export async function launchSampler(options: LaunchOptions): Promise<void> {
  const flags = options.nodeFlags ?? samplerNodeFlags();
  try {
    await startProcess(options, flags);
  } catch (error) {
    if (!(error instanceof LaunchError) || error.exitCode !== INVALID_ARGUMENT || flags.length === 0)
      throw error;
    // A Node to come may not know one of the flags, and they only save a little.
    await startProcess(options, []);
  }
}

async function startProcess(options: LaunchOptions, flags: readonly string[]): Promise<void> {
  const child = spawn(
    process.execPath,
    [
      ...flags,
      options.samplerFile,
      '--runtime-dir',
      options.runtimeDirectory,
      '--data-dir',
      options.dataDirectory,
      ...(options.writesLog ? [] : ['--no-log']),
      ...(options.isManual ? ['--manual'] : []),
    ],
    {
      detached: true,
      windowsHide: true,
      stdio: ['pipe', 'pipe', 'pipe'],
      // Not ours, which might be a folder that somebody wants to delete or unmount.
      cwd: path.parse(options.samplerFile).root,
      env: samplerEnvironment(process.env),
    },
  );
  let stderr = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr = (stderr + text).slice(-STDERR_LIMIT);
  });
  child.stdin.on('error', () => undefined);
  child.stdin.end(JSON.stringify(options.config));
  let timer: NodeJS.Timeout | undefined;
  try {
    await new Promise<void>((resolve, reject) => {
      let stdout = '';
      child.stdout.setEncoding('utf8').on('data', (text: string) => {
        stdout += text;
        if (stdout.includes(SAMPLER_READY)) resolve();
      });
      child.once('error', error => {
        reject(new LaunchError({ kind: 'refused', text: describeFault(error) }));
      });
      child.once('exit', (code, signal) => {
        if (code === SAMPLER_EXIT.taken) resolve();
        else
          reject(
            new LaunchError(
              startFaultOf(stderr, signal ?? `exit code ${String(code)}`),
              stderr,
              code ?? undefined,
            ),
          );
      });
      timer = setTimeout(() => {
        child.kill('SIGKILL');
        reject(new LaunchError({ kind: 'late', seconds: START_MS / 1000 }, stderr));
      }, START_MS);
    });
  } finally {
    clearTimeout(timer);
    // From here on the process is on its own: neither it nor its pipes keep us alive.
    child.unref();
    for (const stream of [child.stdin, child.stdout, child.stderr]) stream.destroy();
  }
}

/** The environment for a sampler: ours, without what would change how Node runs it. */
export function samplerEnvironment(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const kept = Object.entries(env).filter(([name]) => !/^(NODE_|VSCODE_|ELECTRON_)/.test(name));
  return { ...MALLOC, ...Object.fromEntries(kept), ELECTRON_RUN_AS_NODE: '1' };
}
