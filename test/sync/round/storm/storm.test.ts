import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { describe, test } from 'node:test';
import { temporaryDirectory } from '../../../runtime/temporary-directory.ts';
import { buildProcess, runKills } from './kill-run.ts';
import { REGRESSIONS } from './regressions.ts';
import { runStorm } from './run.ts';

const SEEDS = 1950;
const KILL_SEEDS = 50;
const PROCESSES = 2;

/** Only these seeds, separated by commas: `STORM_SEEDS=17,4 node --import tsx --test test/sync/round/storm/storm.test.ts`. */
const only = process.env['STORM_SEEDS']?.split(',').map(Number);

interface Outcome {
  readonly seed: number;
  readonly fault?: string;
  readonly events?: readonly string[];
}

/** What has to have happened in several runs: a storm that is none proves nothing. */
const EVENTS = [
  ...['killed', 'power cut', 'clock jumps', 'key rotated', 'recipients', 'sealed damaged', 'journal damaged'],
  ...['done', 'waiting', 'spool-full', 'disk-full', 'sign-in', 'refused', 'cancelled'],
  ...['cut', 200, 204, 308, 401, 403, 404, 408, 410, 429, 500, 503].map(answer => `HTTP ${answer}`),
];

/** Runs seeds in a process of their own. */
async function outcomesOf(seeds: readonly number[]): Promise<Outcome[]> {
  const child = spawn(
    process.execPath,
    ['--import', 'tsx', path.join(import.meta.dirname, 'storm-process.ts')],
    { stdio: ['pipe', 'pipe', 'inherit'] },
  );
  child.stdin.end(seeds.join('\n'));
  let text = '';
  child.stdout.setEncoding('utf8').on('data', (piece: string) => (text += piece));
  const [code] = (await once(child, 'close')) as [number | null];
  assert.equal(code, 0, 'the process of the storm ended early');
  return text
    .trim()
    .split('\n')
    .map(line => JSON.parse(line) as Outcome);
}

function assertFair(outcomes: readonly Outcome[]): void {
  const failed = outcomes.filter(({ fault }) => fault !== undefined);
  const told = failed.slice(0, 5).map(({ fault }) => fault ?? '');
  const again = `STORM_SEEDS=${failed.map(({ seed }) => seed).join(',')} node --import tsx --test test/sync/round/storm/storm.test.ts`;
  assert.equal(failed.length, 0, `${told.join('\n')}\n\nAgain: ${again}`);
}

describe('a storm of faults', () => {
  for (const { seed, found } of only === undefined ? REGRESSIONS : []) {
    test(`seed ${seed}, which found: ${found}`, async () => {
      await runStorm(seed);
    });
  }

  test('in the end the rows at the target are those of the log, each once', async t => {
    const seeds = only ?? Array.from({ length: SEEDS }, (_, at) => at + 1);
    const parts = Array.from({ length: PROCESSES }, (_, part) =>
      seeds.filter((__, at) => at % PROCESSES === part),
    ).filter(part => part.length > 0);
    const outcomes = (await Promise.all(parts.map(outcomesOf))).flat();
    assertFair(outcomes);
    assert.equal(outcomes.length, seeds.length);
    const runs = new Map<string, number>();
    for (const event of outcomes.flatMap(({ events = [] }) => events))
      runs.set(event, (runs.get(event) ?? 0) + 1);
    t.diagnostic(`in how many runs: ${[...runs].map(([event, count]) => `${event} ${count}`).join(', ')}`);
    if (only === undefined)
      for (const event of EVENTS)
        assert.ok((runs.get(event) ?? 0) >= 5, `${event}: ${runs.get(event) ?? 0} runs`);
  });

  test('so too when processes are killed at any moment', { skip: only !== undefined }, async t => {
    const program = await buildProcess(temporaryDirectory(t));
    const seeds = Array.from({ length: KILL_SEEDS }, (_, at) => at + 1);
    let killed = 0;
    const one = async (part: number): Promise<void> => {
      for (const seed of seeds.filter((_, at) => at % PROCESSES === part))
        killed += await runKills(program, seed);
    };
    await Promise.all(Array.from({ length: PROCESSES }, (_, part) => one(part)));
    t.diagnostic(`${killed} processes were killed`);
    assert.ok(killed >= KILL_SEEDS / 2, `${killed} were`);
  });
});
