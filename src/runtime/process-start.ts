import { execFileSync } from 'node:child_process';

/** Where it is on macOS, and on Linux as well. */
const PS = '/bin/ps';
const ANSWER_MS = 5_000;
/** State in letters, then the start: `Ss   Tue Mar  4 09:05:59 2025`. */
const LINE = /^(\S+)\s+(\S.*\S)\s*$/;

/**
 * Asks ps(1) when a process started. It takes some 10 ms and a process of its own: macOS tells it otherwise only to native
 * code, which clients do not load. It is asked when a sampler starts, and before one is ended by force.
 *
 * @returns the start as ps prints it, always the same for a process; empty when ps cannot be asked; `undefined` when there
 * is no such process, or it has ended and is only not waited for yet
 */
export function askPsForStart(pid: number): string | undefined {
  let line: string;
  try {
    line = execFileSync(PS, ['-o', 'stat=', '-o', 'lstart=', '-p', String(pid)], {
      encoding: 'utf8',
      // The time is written by the zone and the language of who asks.
      env: { LC_ALL: 'C', TZ: 'UTC0' },
      stdio: ['ignore', 'pipe', 'ignore'],
      timeout: ANSWER_MS,
    });
  } catch (error) {
    // It says that there is no such process by its exit code.
    return error instanceof Error && 'status' in error && error.status === 1 ? undefined : '';
  }
  const [, state = '', started = ''] = LINE.exec(line) ?? [];
  return state.startsWith('Z') ? undefined : started;
}
