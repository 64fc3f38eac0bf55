import os from 'node:os';
import readline from 'node:readline';
import { describeFault } from '../../common/faults.ts';
import { takeFromEnvironment } from '../credentials/environment.ts';
import { parseJob, type SyncEvent } from './job.ts';
import { runJob } from './run-job.ts';

/** How long whoever began this may take to tell the job. */
const JOB_MS = 10_000;

/** The upload process: does the one job that standard input tells; see {@link import('./job.ts').SyncJob}. */
async function main(): Promise<void> {
  // Credentials of the environment are for the command line, and for no process that is started from here.
  takeFromEnvironment('folder', process.env);
  lowerPriority();
  const cancelled = new AbortController();
  const cancel = (): void => cancelled.abort();
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, cancel);
  process.stdout.on('error', cancel);
  const input = readline.createInterface({ input: process.stdin });
  input.on('close', cancel);
  const lines = input[Symbol.asyncIterator]();
  const late = setTimeout(() => process.exit(2), JOB_MS);
  const first = await lines.next();
  clearTimeout(late);
  if (first.done === true) process.exit(2);
  const job = parseJob(first.value);
  const tell = (event: SyncEvent): void => {
    process.stdout.write(`${JSON.stringify(event)}\n`);
  };
  tell(await runJob(job, { signal: cancelled.signal, tell, lines }));
}

/** Uploads never compete with the user's work. Where that is refused, they run as everything else does. */
function lowerPriority(): void {
  try {
    os.setPriority(os.constants.priority.PRIORITY_LOW);
  } catch {
    // Not worth a word.
  }
}

function exit(code: number): void {
  // What was told goes out first.
  process.stdout.write('', () => process.exit(code));
}

main().then(
  () => exit(0),
  (error: unknown) => {
    const why = `internal fault: ${describeFault(error)}`;
    process.stdout.write(`${JSON.stringify({ type: 'failed', state: 'waiting', why, remedy: '' })}\n`);
    exit(1);
  },
);
