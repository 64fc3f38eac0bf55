import { spawn } from 'node:child_process';
import readline from 'node:readline';
import path from 'node:path';
import { takeFromEnvironment } from '../../sync/credentials/environment.ts';
import type { EndEvent, SyncEvent, SyncJob } from '../../sync/process/job.ts';

/** Both are bundled into one folder. */
const FILE = path.join(import.meta.dirname, 'sync.js');
/** Keeps it small. */
const NODE_FLAGS = ['--max-semi-space-size=1', '--single-threaded-gc'];
/** Time to end in good order; it can be killed at any moment. */
const GRACE_MS = 2_000;

/** A job that is being done. */
export interface RunningJob {
  /** What came of it; never rejects. */
  readonly ended: Promise<EndEvent>;
  /** Ends it: at once asked, and killed when it does not within a moment. */
  cancel(): void;
}

/** Begins a job. @param tell what it says meanwhile */
export type StartJob = (job: SyncJob, tell: (event: Exclude<SyncEvent, EndEvent>) => void) => RunningJob;

/** Begins a job in a process of its own. The job, with its secrets, goes through a pipe and stands nowhere else. */
export const startUploadProcess: StartJob = (job, tell) => {
  const environment = { ...process.env };
  takeFromEnvironment('folder', environment);
  const child = spawn(process.execPath, [...NODE_FLAGS, FILE], {
    stdio: ['pipe', 'pipe', 'ignore'],
    env: environment,
    windowsHide: true,
  });
  let end: EndEvent | undefined;
  let isCancelled = false;
  let killing: NodeJS.Timeout | undefined;
  readline.createInterface({ input: child.stdout }).on('line', line => {
    const event = parse(line);
    if (!event) return;
    if (isEnd(event)) end = event;
    else if (!isCancelled) tell(event);
  });
  const ended = new Promise<EndEvent>(resolve => {
    const finish = (why: string): void => {
      clearTimeout(killing);
      resolve(end ?? failed(isCancelled, why));
    };
    child.on('error', () => finish('the upload process cannot be started'));
    child.on('close', (code, signal) => {
      finish(`the upload process ended unexpectedly (${signal ?? `code ${String(code)}`})`);
    });
  });
  // It may be gone before it has read: how it ended says so.
  child.stdin.on('error', () => undefined);
  child.stdin.write(`${JSON.stringify(job)}\n`);
  return {
    ended,
    cancel: () => {
      if (isCancelled) return;
      isCancelled = true;
      child.kill('SIGTERM');
      child.stdin.end();
      killing = setTimeout(() => child.kill('SIGKILL'), GRACE_MS);
    },
  };
};

/** A process that is killed may leave half a line. */
function parse(line: string): SyncEvent | undefined {
  try {
    return JSON.parse(line) as SyncEvent;
  } catch {
    return undefined;
  }
}

function isEnd(event: SyncEvent): event is EndEvent {
  switch (event.type) {
    case 'result':
    case 'preview':
    case 'removal':
    case 'signed-in':
    case 'failed':
      return true;
    default:
      return false;
  }
}

function failed(isCancelled: boolean, why: string): EndEvent {
  return isCancelled
    ? { type: 'failed', state: 'cancelled', why: 'it was cancelled', remedy: '' }
    : { type: 'failed', state: 'waiting', why, remedy: '' };
}
