import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { describe, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import type { RangeChunk, RangeParams, RangeResult } from '../../../src/common/protocol.ts';
import { readRange, type RangeSources, type RecentSamples } from '../../../src/log/history/range-reader.ts';
import { MOST_POINTS, rangeStep } from '../../../src/log/history/range-step.ts';
import { Headers } from '../../../src/log/rollup/log-days.ts';
import { RollupKeeper } from '../../../src/log/rollup/rollup-keeper.ts';
import { temporaryDirectory } from '../../runtime/temporary-directory.ts';
import { DATE, DAY, ID8, logText, rowsOf, type TestRow } from '../reader/log-text.ts';
import { bruteForce } from '../rollup/brute-force.ts';

const COLUMNS = ['total_utilization', 'core_0_utilization', 'ram_percent'];
const HOUR = 3_600_000;

interface Answer extends RangeResult {
  readonly chunks: readonly RangeChunk[];
  readonly times: readonly number[];
  /** By column and point. */
  value(kind: 'mean' | 'min' | 'max', column: string, point: number): number | null;
}

async function ask(
  directory: string,
  params: Omit<RangeParams, 'token'>,
  sources: Partial<RangeSources> = {},
): Promise<Answer> {
  const pause = sources.pause ?? ((): Promise<void> => Promise.resolve());
  const keeper = new RollupKeeper({ directory, saves: true, headers: new Headers(), pause });
  const rollups = {
    finished: keeper.finished.bind(keeper),
    update: keeper.update.bind(keeper),
    prepare: (): Promise<void> => Promise.resolve(),
  };
  const chunks: RangeChunk[] = [];
  const result = await readRange(
    { ...params, token: 0 },
    { directory, rollups, recent: undefined, headers: new Headers(), ...sources, pause },
    chunk => {
      chunks.push(chunk);
      return Promise.resolve();
    },
  );
  const places = chunks.flatMap(chunk => chunk.times.map((_, at) => ({ chunk, at })));
  return {
    ...result,
    chunks,
    times: chunks.flatMap(({ times }) => times),
    value: (kind, column, point) => {
      const place = places[point];
      assert.ok(place);
      const series = place.chunk[kind] ?? place.chunk.mean;
      const value = series[result.columns.indexOf(column)]?.[place.at];
      assert.ok(value !== undefined);
      return value;
    },
  };
}

/** Ascending rows. */
const ordered = (rows: readonly TestRow[]): TestRow[] =>
  [...rows]
    .sort((a, b) => a.time - b.time)
    .filter(({ time }, k, all) => k === 0 || time > (all[k - 1]?.time ?? 0));

function isNear(actual: number | null, expected: number): boolean {
  if (actual === null) return Number.isNaN(expected);
  return Math.abs(actual - expected) <= 1e-6 * Math.abs(expected) + 1e-9;
}

describe('a range of the log', () => {
  test('has at most the points asked for, and never many fewer than a quarter of them', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 400 * 24 * HOUR }),
        fc.option(fc.integer({ min: 1, max: MOST_POINTS }), { nil: undefined }),
        (span, points) => {
          const { source, stepMs } = rangeStep(span, points);
          const wanted = points ?? 1_000;
          const count = Math.ceil(span / stepMs);
          assert.ok(count <= Math.max(1, wanted));
          assert.equal(stepMs % (source === 'rows' ? 1_000 : source * 1_000), 0);
          if (wanted >= 500 && span > 24 * HOUR) assert.ok(count >= wanted / 4);
        },
      ),
    );
    assert.ok((24 * HOUR) / rangeStep(24 * HOUR, 5_000, 2_000).stepMs <= 250);
    assert.deepEqual(rangeStep(10 * 60_000), { source: 'rows', stepMs: 1_000 });
    assert.deepEqual(rangeStep(24 * HOUR), { source: 60, stepMs: 120_000 });
    assert.deepEqual(rangeStep(30 * 24 * HOUR), { source: 600, stepMs: 3_000_000 });
  });

  test('of any length has the means and bands that a brute-force computation finds', async t => {
    const directory = temporaryDirectory(t);
    const property = fc.asyncProperty(
      rowsOf(COLUMNS, 300),
      fc.integer({ min: 0, max: 20 * HOUR }),
      fc.constantFrom(60_000, 10 * 60_000, HOUR, 6 * HOUR, 24 * HOUR, 200 * HOUR),
      fc.constantFrom(undefined, 100, 1_000),
      async (unordered, start, span, points) => {
        const rows = ordered(unordered);
        for (const name of fs.readdirSync(directory)) fs.rmSync(path.join(directory, name));
        fs.writeFileSync(path.join(directory, `metrics_${ID8}_${DATE}.csv`), logText(COLUMNS, rows));
        const from = DAY + start;
        const answer = await ask(directory, {
          from,
          to: from + span,
          ...(points === undefined ? {} : { points }),
          columns: COLUMNS,
        });
        const { stepMs } = answer;
        assert.deepEqual(answer.columns, answer.source === 'rows' ? COLUMNS : [COLUMNS[0], COLUMNS[2]]);
        assert.equal(answer.times[0], from - (from % stepMs));
        assert.ok(answer.times.every((time, k) => k === 0 || time === (answer.times[k - 1] ?? 0) + stepMs));
        assert.ok((answer.times.at(-1) ?? 0) + stepMs >= from + span);
        // A rollup is of one day: what its last row holds past midnight is not in it.
        const end = answer.source === 'rows' ? Number.POSITIVE_INFINITY : DAY + 24 * HOUR;
        for (const column of answer.columns) {
          const expected = bruteForce(rows, column, stepMs, end);
          for (const [point, time] of answer.times.entries()) {
            const { min, max, mean } = expected.get(time) ?? {
              min: Number.NaN,
              max: Number.NaN,
              mean: Number.NaN,
            };
            assert.ok(isNear(answer.value('min', column, point), min));
            assert.ok(isNear(answer.value('max', column, point), max));
            assert.ok(isNear(answer.value('mean', column, point), mean));
          }
        }
      },
    );
    await fc.assert(property, { numRuns: 120 });
  });

  test('runs over midnight, over parts of a day, and over compressed files, without a gap', async t => {
    const directory = temporaryDirectory(t);
    const rows = Array.from({ length: 1_200 }, (_, k) => ({
      time: DAY - 600_000 + k * 1_000,
      category: k < 700 ? 'idle' : 'gaming',
      values: { total_utilization: k % 50 },
    }));
    const write = (name: string, list: readonly TestRow[]): void => {
      const text = logText(COLUMNS, list);
      fs.writeFileSync(path.join(directory, name), name.endsWith('.gz') ? gzipSync(text) : text);
    };
    write(`metrics_${ID8}_2026-02-26.csv.gz`, rows.slice(0, 600));
    write(`metrics_${ID8}_${DATE}.csv`, rows.slice(600, 900));
    write(`metrics_${ID8}_${DATE}_1.csv`, rows.slice(900));
    // Both forms of one file: its rows count once.
    write(`metrics_${ID8}_${DATE}.csv.gz`, rows.slice(600, 900));
    fs.writeFileSync(path.join(directory, 'notes.txt'), 'not a log');
    const short = await ask(directory, { from: DAY - 300_000, to: DAY + 500_000 });
    assert.equal(short.source, 'rows');
    assert.deepEqual(
      short.times.map((_, point) => short.value('mean', 'total_utilization', point)),
      rows.slice(300, 1_100).map(row => row.values.total_utilization),
    );
    assert.deepEqual(
      short.chunks.flatMap(({ categories }) => categories),
      rows.slice(300, 1_100).map(({ category }) => category),
    );
    assert.ok(short.chunks.every(({ min, max }) => min === undefined && max === undefined));
    const long = await ask(directory, { from: DAY - 24 * HOUR, to: DAY + 24 * HOUR, points: 2_880 });
    assert.equal(long.source, '1m');
    const known = long.times.filter((_, point) => long.value('mean', 'total_utilization', point) !== null);
    assert.deepEqual(
      known,
      Array.from({ length: 20 }, (_, k) => DAY - 600_000 + k * 60_000),
    );
    assert.equal(long.value('max', 'total_utilization', long.times.indexOf(DAY)), 49);
    assert.ok(long.chunks.length >= 2);
  });

  test('takes the newest samples from memory, and the rows of before from the log', async t => {
    const directory = temporaryDirectory(t);
    const rows = Array.from({ length: 100 }, (_, k) => ({
      time: DAY + k * 1_000,
      category: '',
      values: { total_utilization: k },
    }));
    fs.writeFileSync(path.join(directory, `metrics_${ID8}_${DATE}.csv`), logText(COLUMNS, rows));
    const recent: RecentSamples = {
      since: DAY + 60_000,
      columns: ['total_utilization'],
      each: (columns, from, to, take) => {
        assert.deepEqual(columns, ['total_utilization']);
        for (let time = DAY + 60_000; time < DAY + 130_000; time += 1_000) {
          if (time >= from && time < to) take(time, Float64Array.of(1_000), 'idle');
        }
      },
    };
    const answer = await ask(
      directory,
      { from: DAY, to: DAY + 200_000, columns: ['total_utilization'] },
      { recent },
    );
    const values = answer.times.map((_, point) => answer.value('mean', 'total_utilization', point));
    assert.deepEqual(
      values.slice(0, 60),
      rows.slice(0, 60).map(row => row.values.total_utilization),
    );
    assert.deepEqual(values.slice(60, 130), Array(70).fill(1_000));
    assert.deepEqual(values.slice(130), Array(70).fill(null));
    const alone = await readRange(
      { from: DAY, to: DAY + 200_000, token: 0 },
      {
        directory: undefined,
        rollups: undefined,
        recent,
        headers: new Headers(),
        pause: () => Promise.resolve(),
      },
      () => Promise.resolve(),
    );
    assert.deepEqual(alone.columns, ['total_utilization']);
  });

  test('ends when its pause says so', async t => {
    const directory = temporaryDirectory(t);
    const rows = Array.from({ length: 5_000 }, (_, k) => ({
      time: DAY + k * 1_000,
      category: '',
      values: {},
    }));
    fs.writeFileSync(path.join(directory, `metrics_${ID8}_${DATE}.csv`), logText(COLUMNS, rows));
    for (const span of [HOUR, 24 * HOUR]) {
      let pauses = 0;
      const pause = (): Promise<void> =>
        ++pauses === 3 ? Promise.reject(new Error('enough')) : Promise.resolve();
      await assert.rejects(ask(directory, { from: DAY, to: DAY + span }, { pause }), /enough/);
    }
  });

  test('of a folder that is not there, or is empty, is empty', async t => {
    const directory = temporaryDirectory(t);
    for (const folder of [directory, path.join(directory, 'gone')]) {
      for (const span of [HOUR, 24 * HOUR]) {
        const { columns, times } = await ask(folder, { from: DAY, to: DAY + span });
        assert.deepEqual(columns, []);
        assert.ok(times.length > 0);
      }
    }
  });
});
