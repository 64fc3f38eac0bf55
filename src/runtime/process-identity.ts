import fs from 'node:fs';
import { askPsForStart } from './process-start.ts';

/** A process, told apart from a later one that was given the same number. */
export interface ProcessIdentity {
  readonly pid: number;
  /** When it started, in the system's own terms; empty where the system does not tell cheaply. */
  readonly started: string;
}

/** Tells when a process started, always the same for a process; empty where it cannot tell. */
export type StartReader = (pid: number) => string;

let readStart: StartReader = () => '';

/**
 * Tells processes apart by this on Windows, where it takes native code, which clients do not load. They can do without: they
 * look at the note of a sampler while its pipe is there, which goes with it.
 */
export function tellStartsBy(reader: StartReader): void {
  readStart = reader;
}

/** Identity of a process of this machine; `undefined` when there is no such process. */
export function identify(pid: number): ProcessIdentity | undefined {
  if (process.platform === 'linux') {
    try {
      const stat = fs.readFileSync(`/proc/${String(pid)}/stat`, 'latin1');
      // The second field is the name in brackets and may hold anything; field 22, the start time in clock ticks since
      // boot, is the 20th after it. See proc_pid_stat(5).
      const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
      if (fields[0] === 'Z' || fields[0] === 'X') return undefined;
      return { pid, started: fields[19] ?? '' };
    } catch {
      return undefined;
    }
  }
  if (!exists(pid)) return undefined;
  if (process.platform !== 'darwin') return { pid, started: readStart(pid) };
  const started = askPsForStart(pid);
  return started === undefined ? undefined : { pid, started };
}

/** Whether the process of `identity` still runs. Where the start cannot be told, one with its number is taken for it. */
export function isRunning(identity: ProcessIdentity): boolean {
  const now = identify(identity.pid);
  return now !== undefined && (now.started === '' || now.started === identity.started);
}

function exists(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // Not allowed to signal it: it exists and is somebody else's.
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
