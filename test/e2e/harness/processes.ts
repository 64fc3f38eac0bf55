import fs from 'node:fs';

/** A process that runs. */
export interface RunningProcess {
  readonly pid: number;
  /** Its command line, arguments separated by spaces. */
  readonly command: string;
}

/**
 * Processes that have `variable=value` in their environment. With a value that only we can have given, these are the ones
 * that we started, and all that they started, however far they moved away from us.
 */
export function processesWith(variable: string, value: string): RunningProcess[] {
  const found: RunningProcess[] = [];
  for (const name of fs.readdirSync('/proc')) {
    const pid = Number(name);
    if (!Number.isInteger(pid) || pid === process.pid) continue;
    try {
      const environment = fs.readFileSync(`/proc/${name}/environ`, 'utf8').split('\0');
      if (!environment.includes(`${variable}=${value}`)) continue;
      const command = fs.readFileSync(`/proc/${name}/cmdline`, 'utf8').split('\0').join(' ').trim();
      found.push({ pid, command });
    } catch {
      // It has ended, or is another user's.
    }
  }
  return found;
}

/** Sends a signal to each process; one that has ended meanwhile is passed over. */
export function signalAll(processes: readonly RunningProcess[], signal: NodeJS.Signals): void {
  for (const { pid } of processes) {
    try {
      process.kill(pid, signal);
    } catch {
      // It has ended.
    }
  }
}
