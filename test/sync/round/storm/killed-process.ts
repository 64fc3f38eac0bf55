import fs from 'node:fs';
import path from 'node:path';
import { Worker } from 'node:worker_threads';
import { KeyFolder } from '../../../../src/sync/keys/key-folder.ts';
import { runRound } from '../../../../src/sync/round/run-round.ts';
import { folderTarget } from '../../../../src/sync/targets/folder.ts';
import { Random } from '../random.ts';
import { disturbFolder } from './faulty-folder.ts';

/** What a process is to do. */
export interface Job {
  readonly root: string;
  readonly seed: number;
  readonly nowMs: number;
  readonly strength: number;
  /** When it is killed: at a step, or a while after its start, wherever it is then; not at all when both are left out. */
  readonly killAtStep?: number;
  readonly killAfterMs?: number;
}

export const DESTINATION = '0123456789abcdef';

/** Kills this process from another thread, whatever this one is doing then. */
function killAfter(ms: number): void {
  const kill = `
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ${ms});
    process.kill(process.pid, 'SIGKILL');`;
  new Worker(kill, { eval: true }).unref();
}

/**
 * A process of its own that runs one round with the real disk, keys in files and the folder target, writes a byte for each step, and
 * dies by SIGKILL when it is told to.
 */
async function main({ root, seed, nowMs, strength, killAtStep, killAfterMs }: Job): Promise<void> {
  if (killAfterMs !== undefined) killAfter(killAfterMs);
  let steps = 0;
  const random = new Random(seed);
  const target = path.join(root, 'target');
  disturbFolder(target, random).strength = strength;
  let now = nowMs;
  const step = (): void => {
    fs.writeSync(1, '.');
    if (steps++ === killAtStep) process.kill(process.pid, 'SIGKILL');
  };
  const result = await runRound({
    logDirectory: path.join(root, 'logs'),
    dataDirectory: path.join(root, 'data'),
    destination: DESTINATION,
    mode: 'backup',
    study: '',
    recipients: [],
    encrypt: true,
    keys: new KeyFolder(path.join(root, 'data')),
    target: folderTarget({ path: target }),
    maxSpoolBytes: random.pick([3_000, 1_000_000]),
    includesOpen: true,
    signal: new AbortController().signal,
    onProgress: step,
    surroundings: {
      now: () => now,
      sleep: ms => {
        now += ms;
        return Promise.resolve();
      },
      random: () => random.next(),
    },
  });
  fs.writeSync(1, `\n${JSON.stringify(result)}\n`);
}

const job = process.argv[2];
if (job !== undefined) void main(JSON.parse(job) as Job);
