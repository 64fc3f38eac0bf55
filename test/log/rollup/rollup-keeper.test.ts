import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { describe, test, type TestContext } from 'node:test';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { METRICS } from '../../../src/common/metrics.ts';
import { HEADLINE_METRICS } from '../../../src/log/rollup/headline.ts';
import { Headers, listLogDays, type LogDay } from '../../../src/log/rollup/log-days.ts';
import { type DayRollup, RollupKeeper } from '../../../src/log/rollup/rollup-keeper.ts';
import { formatRollupName, rollupFilesOf } from '../../../src/log/rollup/rollup-name.ts';
import { temporaryDirectory } from '../../runtime/temporary-directory.ts';
import { DATE, DAY, ID8, logText, rowsOf, type TestRow } from '../reader/log-text.ts';
import { bruteForce, type PlainBucket } from './brute-force.ts';

const COLUMNS = ['total_utilization', 'core_0_utilization', 'ram_percent'];
const LOG = `metrics_${ID8}_${DATE}.csv`;
const DAY_END = DAY + 86_400_000;

/** A log folder with the rollups of one day. */
class Folder {
  readonly directory: string;

  constructor(t: Pick<TestContext, 'after'>) {
    this.directory = temporaryDirectory(t);
  }

  write(name: string, content: string | Buffer): void {
    fs.writeFileSync(path.join(this.directory, name), content);
  }

  get day(): LogDay {
    const [day] = listLogDays(this.directory);
    assert.ok(day);
    return day;
  }

  keeper(saves = true): RollupKeeper {
    return new RollupKeeper({
      directory: this.directory,
      saves,
      headers: new Headers(),
      pause: () => Promise.resolve(),
    });
  }

  /** Bytes of both rollups. */
  get rollups(): Buffer[] {
    return rollupFilesOf(LOG).map(name => fs.readFileSync(path.join(this.directory, name)));
  }

  remove(): void {
    for (const name of fs.readdirSync(this.directory)) fs.rmSync(path.join(this.directory, name));
  }
}

/** The buckets of one column of a rollup; those that came in two parts, put together. */
function bucketsOf({ columns, records }: DayRollup, column: string): Map<number, PlainBucket> {
  const slot = columns.indexOf(column);
  const found = new Map<number, PlainBucket>();
  for (const part of records) {
    for (let index = 0; index < part.count; index++) {
      const { start, covered, rows } = part.facts(index);
      const own = {
        covered,
        rows,
        min: part.minimum(index, slot),
        max: part.maximum(index, slot),
        mean: part.mean(index, slot),
        weight: part.weight(index, slot),
      };
      const before = found.get(start);
      found.set(
        start,
        before
          ? {
              ...own,
              covered: before.covered + covered,
              rows: before.rows + rows,
              weight: before.weight + own.weight,
            }
          : own,
      );
    }
  }
  return found;
}

const isOrdered = (rows: readonly TestRow[]): boolean =>
  rows.every(({ time }, k) => k === 0 || time > (rows[k - 1]?.time ?? 0));

describe('rollups', () => {
  test('every headline metric is in the metric table', () => {
    const gauges = new Set(METRICS.filter(({ kind }) => kind === 'gauge').map(({ name }) => name));
    assert.deepEqual(
      [...HEADLINE_METRICS].filter(name => !gauges.has(name)),
      [],
    );
  });

  test('the rollups of a log file are named, with or without number and compression', () => {
    const names = [`rollup_${ID8}_${DATE}_1m.bin`, `rollup_${ID8}_${DATE}_10m.bin`];
    assert.deepEqual(rollupFilesOf(LOG), names);
    assert.deepEqual(rollupFilesOf(`metrics_${ID8}_${DATE}_3.csv.gz`), names);
    assert.deepEqual(rollupFilesOf('notes.txt'), []);
  });

  test('are what a brute-force computation finds', async t => {
    const folder = new Folder(t);
    await fc.assert(
      fc.asyncProperty(rowsOf(COLUMNS), fc.boolean(), async (rows, isGzip) => {
        folder.remove();
        const text = logText(COLUMNS, rows);
        folder.write(isGzip ? `${LOG}.gz` : LOG, isGzip ? gzipSync(text) : text);
        const rollups = await folder.keeper().update(folder.day);
        for (const seconds of [60, 600] as const) {
          for (const column of ['total_utilization', 'ram_percent']) {
            const expected = bruteForce(rows, column, seconds * 1000, DAY_END);
            const actual = bucketsOf(rollups[seconds], column);
            assert.deepEqual([...actual.keys()].sort(), [...expected.keys()].sort());
            for (const [start, bucket] of expected) {
              const found = actual.get(start);
              assert.ok(found);
              assert.equal(found.covered, bucket.covered);
              assert.equal(found.rows, bucket.rows);
              assert.equal(found.weight, bucket.weight);
              if (!isOrdered(rows)) continue;
              assert.equal(found.min, Math.fround(bucket.min));
              assert.equal(found.max, Math.fround(bucket.max));
              if (Number.isNaN(bucket.mean)) assert.ok(Number.isNaN(found.mean));
              else assert.ok(Math.abs(found.mean - bucket.mean) <= 1e-6 * Math.abs(bucket.mean) + 1e-9);
            }
          }
        }
      }),
      { numRuns: 150 },
    );
  });

  test('extended as the log grows, they are byte for byte those made at once', async t => {
    const folder = new Folder(t);
    const property = fc.asyncProperty(
      rowsOf(COLUMNS, 200),
      fc.array(fc.integer({ min: 0, max: 100_000 }), { maxLength: 5 }),
      fc.boolean(),
      async (rows, cuts, isNew) => {
        folder.remove();
        const text = logText(COLUMNS, rows);
        let keeper = folder.keeper();
        for (const cut of [...cuts.map(at => at % text.length).sort((a, b) => a - b), text.length]) {
          folder.write(LOG, text.slice(0, cut));
          if (isNew) keeper = folder.keeper();
          await keeper.update(folder.day);
        }
        // The next day begins: the day is closed.
        folder.write(
          `metrics_${ID8}_2026-02-28.csv`,
          logText(COLUMNS, [{ time: DAY_END + 5_000, category: '', values: {} }]),
        );
        const grown = await folder.keeper().update(folder.day);
        const kept = folder.rollups;
        for (const name of rollupFilesOf(LOG)) fs.rmSync(path.join(folder.directory, name));
        const anew = await folder.keeper().update(folder.day);
        assert.deepEqual(folder.rollups, kept);
        assert.deepEqual(bucketsOf(anew[60], 'ram_percent'), bucketsOf(grown[60], 'ram_percent'));
        // Compressed, the logs say the same, and the rollups hold.
        fs.rmSync(path.join(folder.directory, LOG));
        folder.write(`${LOG}.gz`, gzipSync(text));
        assert.ok(await folder.keeper().finished(folder.day, 60));
        assert.equal(await folder.keeper().pendingBytes(folder.day), 0);
      },
    );
    await fc.assert(property, { numRuns: 100 });
  });

  test('damaged anywhere, they are made anew or extended to what they were', async t => {
    const folder = new Folder(t);
    const rows = Array.from({ length: 2_000 }, (_, k) => ({
      time: DAY + k * 1_000,
      category: 'idle',
      values: { total_utilization: (k * 7) % 100, core_0_utilization: 1, ram_percent: 50 },
    }));
    folder.write(LOG, logText(COLUMNS, rows));
    const expected = bucketsOf((await folder.keeper().update(folder.day))[60], 'total_utilization');
    const [whole] = folder.rollups;
    assert.ok(whole);
    const file = formatRollupName(folder.day, 60);
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 0, max: whole.length - 1 }),
        fc.integer({ min: 1, max: 255 }),
        fc.boolean(),
        async (at, bits, isCut) => {
          const bytes = Buffer.from(whole);
          bytes[at] = (bytes[at] ?? 0) ^ bits;
          folder.write(file, isCut ? whole.subarray(0, at) : bytes);
          const rollup = await folder.keeper().update(folder.day);
          assert.deepEqual(bucketsOf(rollup[60], 'total_utilization'), expected);
          assert.deepEqual(folder.rollups[0], whole);
        },
      ),
      { numRuns: 150 },
    );
  });

  test('of another log under the same name, they are made anew', async t => {
    const folder = new Folder(t);
    const rows = (value: number): TestRow[] =>
      Array.from({ length: 300 }, (_, k) => ({
        time: DAY + k * 1_000 * (value === 1 ? 1 : 3),
        category: '',
        values: { total_utilization: value },
      }));
    folder.write(LOG, logText(COLUMNS, rows(1)));
    await folder.keeper().update(folder.day);
    folder.write(LOG, logText(COLUMNS, rows(2)));
    const rollup = await folder.keeper().update(folder.day);
    assert.deepEqual(
      new Set([...bucketsOf(rollup[60], 'total_utilization').values()].map(({ max }) => max)),
      new Set([2]),
    );
    // Other columns make another rollup too.
    folder.write(
      LOG.replace('.csv', '_1.csv'),
      logText(['temperature'], [{ time: DAY + 5_000_000, category: '', values: { temperature: 40 } }]),
    );
    const wider = await folder.keeper().update(folder.day);
    assert.deepEqual(wider[60].columns, ['total_utilization', 'ram_percent', 'temperature']);
    assert.equal([...bucketsOf(wider[60], 'temperature').values()].at(-1)?.mean, 40);
  });

  test('have the names of classes of the user whole', async t => {
    const folder = new Folder(t);
    const category = 'a_class_with_the_longest_name_there_is__';
    assert.equal(category.length, 40);
    folder.write(LOG, logText(COLUMNS, [{ time: DAY, category, values: {} }]));
    const rollups = await folder.keeper().update(folder.day);
    assert.equal(rollups[60].records.at(-1)?.facts(0).category, category);
  });

  test('where they cannot be saved, they answer all the same', async t => {
    const folder = new Folder(t);
    folder.write(LOG, logText(COLUMNS, [{ time: DAY, category: '', values: { ram_percent: 3 } }]));
    const rollup = await folder.keeper(false).update(folder.day);
    assert.equal(bucketsOf(rollup[60], 'ram_percent').get(DAY)?.mean, 3);
    assert.deepEqual(fs.readdirSync(folder.directory), [LOG]);
  });
});
