import { spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import path from 'node:path';
import { build } from 'esbuild';
import { KeyFolder } from '../../../../src/sync/keys/key-folder.ts';
import { rotateKeys } from '../../../../src/sync/keys/key-store.ts';
import type { RoundResult } from '../../../../src/sync/round/result.ts';
import { Random } from '../random.ts';
import { arrivedRows } from './arrived.ts';
import type { Job } from './killed-process.ts';
import { LogModel } from './log-model.ts';
import { filesIn } from './storm-targets.ts';
import { quickFolder } from './world.ts';

const EVENING = Date.UTC(2026, 1, 27, 23);

/** Builds the process that is killed, so that it starts fast. @returns its file in a folder */
export async function buildProcess(folder: string): Promise<string> {
  const outfile = path.join(folder, 'killed-process.mjs');
  await build({
    entryPoints: [path.join(import.meta.dirname, 'killed-process.ts')],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    logLevel: 'error',
  });
  return outfile;
}

/**
 * One run of processes that are killed (SIGKILL) at any moment, and of one that is not, in the end.
 *
 * @returns how many were killed before they were through
 * @throws Error when the target does not have the rows of the log then, each once
 */
export async function runKills(program: string, seed: number): Promise<number> {
  const random = new Random(seed);
  const root = quickFolder();
  const story: string[] = [];
  let killed = 0;
  try {
    fs.mkdirSync(path.join(root, 'data'), { mode: 0o700 });
    const keys = new KeyFolder(path.join(root, 'data'));
    const log = new LogModel(path.join(root, 'logs'), random);
    let nowMs = EVENING;
    const live = (): void => {
      for (let rows = random.whole(1, 8); rows > 0; rows--)
        log.append((nowMs += random.whole(1_000, 400_000)));
      if (random.chance(0.2)) log.leaveFile();
      if (random.chance(0.3)) log.compressOne();
    };
    const run = (kill?: Pick<Job, 'killAtStep' | 'killAfterMs'>): Promise<RoundResult | undefined> => {
      const strength = random.pick([0, 0.3]);
      return runProcess(program, { root, seed: random.below(2 ** 32), nowMs, strength, ...kill }, () => {
        if (kill && random.chance(0.1)) live();
      });
    };
    for (let kills = random.whole(2, 4); kills > 0; kills--) {
      live();
      if (random.chance(0.3)) await rotateKeys(keys, nowMs);
      const kill = random.chance(0.5) ? { killAtStep: random.below(10) } : { killAfterMs: random.below(60) };
      const outcome = await run(kill);
      if (!outcome) killed++;
      story.push(`${JSON.stringify(kill)}: ${outcome ? JSON.stringify(outcome) : 'killed'}`);
    }
    log.leaveFile();
    let result: RoundResult | undefined;
    for (let round = 0; round < 20 && result?.state !== 'done'; round++) {
      result = await run();
      story.push(JSON.stringify(result));
    }
    const rows = await arrivedRows(filesIn(path.join(root, 'target')), { local: (await keys.load()).local });
    const [arrived, logged] = [rows, log.rows()].map(list => list.sort().join('\n'));
    if (arrived !== logged) throw new Error(`arrived:\n${arrived ?? ''}\nlogged:\n${logged ?? ''}`);
    return killed;
  } catch (error) {
    const told = story.map(line => `    ${line}`).join('\n');
    throw new Error(`seed ${seed}: ${String(error)}\n${told}`, { cause: error });
  } finally {
    fs.rmSync(root, { recursive: true, force: true });
  }
}

/** @returns the result; `undefined` of a process that was killed */
async function runProcess(program: string, job: Job, onStep: () => void): Promise<RoundResult | undefined> {
  const child = spawn(process.execPath, [program, JSON.stringify(job)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let text = '';
  child.stdout.setEncoding('latin1').on('data', (piece: string) => {
    text += piece;
    onStep();
  });
  const [code, signal] = (await once(child, 'close')) as [number | null, string | null];
  if (signal === 'SIGKILL') return undefined;
  const line = text.split('\n')[1];
  if (code !== 0 || line === undefined || line === '') throw new Error(`it ended with ${String(code)}`);
  return JSON.parse(line) as RoundResult;
}
