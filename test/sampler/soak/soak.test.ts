import assert from 'node:assert/strict';
import crypto from 'node:crypto';
import path from 'node:path';
import { test } from 'node:test';
import { bundleProgram } from '../../../scripts/bench/worker.ts';
import { logFiles, readLogFile } from '../../process/harness/log.ts';
import { temporaryDirectory } from '../../runtime/temporary-directory.ts';
import { soak } from './soak.ts';

const TICKS_A_DAY = 86_400;
/** Noon, so that every day has a midnight. */
const START = Date.UTC(2024, 1, 28, 12);
/** Ticks in which a process fills what it keeps for good: the history's rings, the layouts, compiled code. */
const SETTLED_TICKS = 10_000;
/**
 * How far the heap may grow from then on, in bytes. What was kept of every tick would be far more: of 30,000 frames the
 * values alone are over 30 MB. Compiled code and V8's own tables move by some hundred kB.
 */
const HEAP_GROWTH_LIMIT = 2 ** 20;

const days = Number(process.env['OPTIMETRICS_SOAK_DAYS'] ?? 1);
const seed = Number(process.env['OPTIMETRICS_SOAK_SEED'] ?? crypto.randomInt(2 ** 31));

const onLinux = process.platform === 'linux' ? false : 'counts files in /proc';

test(`${String(days)} days with adapters that fail, hang and come back`, { skip: onLinux }, async t => {
  t.diagnostic(`OPTIMETRICS_SOAK_SEED=${String(seed)}`);
  const folder = temporaryDirectory(t);
  const program = path.join(folder, 'soak-child.cjs');
  await bundleProgram(path.join(import.meta.dirname, 'soak-child.ts'), program);
  const ticks = days * TICKS_A_DAY;
  try {
    // Nothing hangs in the second half, so that one process lives long enough to be seen growing.
    const options = { seed, ticks, calmFrom: ticks / 2, utcMs: START, program, folder };
    const { lives, quarantined, files, looks, ...made } = await soak(options);
    t.diagnostic(`${String(lives)} lives, quarantined: ${quarantined.join(', ')}`);
    assert.ok(quarantined.includes('nvidia'), 'what hangs twice is put into quarantine');

    const logged = logFiles(path.join(folder, 'log')).flatMap(file =>
      readLogFile(file).map(({ timestamp = '' }) => (Date.parse(timestamp) - START) / 1000),
    );
    assert.deepEqual(
      logged.sort((a, b) => a - b),
      made.ticks,
      'a row of every tick but those in which an adapter hung',
    );

    // Of seven adapters each has one file open, or none; the rest is the same in every process.
    assert.ok(Math.max(...files) - Math.min(...files) <= 7, `open files: ${files.join(', ')}`);

    const settled = (looks.at(-1) ?? []).slice(SETTLED_TICKS / 1000);
    const [first, last] = [settled.at(0)?.heapUsed ?? NaN, settled.at(-1)?.heapUsed ?? NaN];
    assert.ok(last - first < HEAP_GROWTH_LIMIT, `the heap grew from ${String(first)} to ${String(last)}`);
  } catch (error) {
    throw new Error(`with OPTIMETRICS_SOAK_SEED=${String(seed)}`, { cause: error });
  }
});
