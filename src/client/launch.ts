import { spawn } from 'node:child_process';
import path from 'node:path';
import type { Config } from '../common/config/schema.ts';
import { describeFault, withoutPaths } from '../common/faults.ts';
import { SAMPLER_EXIT, SAMPLER_READY } from '../runtime/sampler-process.ts';

/** How long a new process has until it listens; a machine under full load is slow. */
const START_MS = 15_000;
/** Most that is kept of what a failing start prints. */
const STDERR_LIMIT = 4_096;

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
}

/** The sampler process ended before it listened. The message is its own last words, or how it ended. */
export class LaunchError extends Error {
  override readonly name = 'LaunchError';
}

/**
 * Starts a sampler as a process of its own, which outlives us, and waits until it listens, or has found that another
 * one does.
 *
 * @throws LaunchError when it ends before that
 */
export async function launchSampler(options: LaunchOptions): Promise<void> {
  const child = spawn(
    process.execPath,
    [
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
        reject(new LaunchError(describeFault(error)));
      });
      child.once('exit', (code, signal) => {
        if (code === SAMPLER_EXIT.taken) resolve();
        else
          reject(
            new LaunchError(
              withoutPaths(stderr.trim()) || `it ended at once (${signal ?? `exit code ${String(code)}`})`,
            ),
          );
      });
      timer = setTimeout(() => {
        child.kill('SIGKILL');
        reject(new LaunchError('it did not come up in time'));
      }, START_MS);
    });
  } finally {
    clearTimeout(timer);
    // From here on the process is on its own: neither it nor its pipes keep us alive.
    child.unref();
    for (const stream of [child.stdin, child.stdout, child.stderr]) stream.destroy();
  }
}

/** Our environment without what would change how Node runs the sampler. */
function samplerEnvironment(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const kept = Object.entries(env).filter(([name]) => !/^(NODE_|VSCODE_|ELECTRON_)/.test(name));
  return { ...Object.fromEntries(kept), ELECTRON_RUN_AS_NODE: '1' };
}
