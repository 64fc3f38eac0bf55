import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { describe, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { ROOT } from '../../scripts/lib/paths.mjs';
import { findProgram } from '../../scripts/lib/system-packages.mjs';
import { type CatOptions, catLogs } from '../../src/cli/log/cat.ts';
import { DamageReport } from '../../src/log/reader/damage.ts';
import { GAP_MS } from '../../src/log/format.ts';
import { listLogFolder } from '../../src/log/reader/log-folder.ts';
import { readHeader, readRows } from '../../src/log/reader/read-rows.ts';
import { HEADLINE_METRICS } from '../../src/log/rollup/headline.ts';
import { Headers, listLogDays, plainSize } from '../../src/log/rollup/log-days.ts';
import { RollupKeeper } from '../../src/log/rollup/rollup-keeper.ts';
import { temporaryDirectory } from '../runtime/temporary-directory.ts';
import { DATE, DAY, ID8, logText, type TestRow } from './reader/log-text.ts';

const DOCUMENT = fs.readFileSync(path.join(ROOT, 'docs', 'log-format.md'), 'utf8');
const READER = path.join(ROOT, 'test', 'fixtures', 'log-format', 'reader.py');
const PYTHON = findProgram('python3');
const ALL: CatOptions = {
  from: Number.NEGATIVE_INFINITY,
  to: Number.POSITIVE_INFINITY,
  columns: undefined,
  fill: false,
  format: 'csv',
};

/** The text of the example that is marked with these words. */
function example(mark: string): string {
  const text = new RegExp(`^\`\`\`${mark}\\n([^]*?)^\`\`\`$`, 'm').exec(DOCUMENT)?.[1];
  assert.ok(text !== undefined, `there is an example “${mark}”`);
  return text;
}

async function cat(file: string, options: Partial<CatOptions>): Promise<string> {
  let text = '';
  const leftOut = await catLogs([file], { ...ALL, ...options }, piece => {
    text += piece;
    return Promise.resolve();
  });
  assert.deepEqual(leftOut, []);
  return text;
}

/** Days of rows with everything that the format has: gaps, a clock set back, parts of other columns, midnight. */
function writeLogs(directory: string): void {
  const columns = ['total_utilization', 'ram_percent', 'net_bytes_sent'];
  const steps = [1_000, 1_001, 999, 60_000, 61_000, 61_001, 500, 300_000, 0, 1_000, 7_000];
  // A bucket that comes twice can only be compared when it is put together: only the second day has some.
  const back = -90_000;
  let time = DAY + 80_000_000;
  const rows: TestRow[] = Array.from({ length: 900 }, (_, k) => ({
    time: (time += k > 400 && k % 50 === 0 ? back : (steps[(k * 7 + Math.floor(k / 5)) % steps.length] ?? 0)),
    category: ['', 'idle', 'gaming'][Math.floor(k / 40) % 3] ?? '',
    values: {
      total_utilization: ((k * 37) % 1000) / 10,
      ram_percent: k % 11 === 0 ? undefined : (k % 200) / 2,
      net_bytes_sent: 2 ** 40 + k,
    },
  }));
  const ofDay = (day: number): TestRow[] =>
    rows.filter(row => Math.floor((row.time - DAY) / 86_400_000) === day);
  const first = ofDay(0);
  const half = Math.floor(first.length / 2);
  const write = (name: string, content: string | Buffer): void => {
    fs.writeFileSync(path.join(directory, name), content);
  };
  write(`metrics_${ID8}_${DATE}.csv.gz`, gzipSync(logText(columns, first.slice(0, half))));
  write(`metrics_${ID8}_${DATE}_1.csv`, logText(['temperature', ...columns], first.slice(half)));
  const second = logText(columns, ofDay(1));
  // Both forms of one file, a damaged line, and one that is being written.
  write(`metrics_${ID8}_2026-02-28.csv.gz`, gzipSync(second));
  write(`metrics_${ID8}_2026-02-28.csv`, `${second}1,2,3\n2026-02-28T`);
  write('notes.csv', 'not a log\n');
  assert.ok(half > 5 && ofDay(1).length > 100);
}

describe('docs/log-format.md', () => {
  test('its example is read as it says, and filled up as it says', async t => {
    const file = path.join(temporaryDirectory(t), `metrics_${ID8}_${DATE}.csv`);
    fs.writeFileSync(file, example('csv log'));
    assert.equal(await cat(file, {}), example('csv log'));
    assert.equal(await cat(file, { format: 'jsonl' }), example('jsonl rows'));
    assert.equal(await cat(file, { fill: true }), example('csv filled'));
  });

  test('it names the columns of rollups, and the length of a gap', () => {
    const names = [...HEADLINE_METRICS].map(name => `\`${name.replace('{n}', 'N')}\``);
    const list = /^Columns: [^]*?^$/m.exec(DOCUMENT)?.[0] ?? '';
    assert.deepEqual(list.match(/`\w+`/g), names);
    assert.ok(DOCUMENT.includes(`no more than ${String(GAP_MS / 1000)} s`));
  });

  test(
    'a reader written from it alone finds the same rows, and the rollups right',
    { skip: PYTHON === undefined && 'there is no python3' },
    async t => {
      const directory = temporaryDirectory(t);
      writeLogs(directory);
      const keeper = new RollupKeeper({
        directory,
        saves: true,
        headers: new Headers(),
        pause: () => Promise.resolve(),
      });
      const days = listLogDays(directory);
      for (const day of days) await keeper.update(day);
      const found = JSON.parse(
        execFileSync(PYTHON ?? '', [READER, directory], { encoding: 'utf8', maxBuffer: 2 ** 26 }),
      ) as {
        rows: [number, string, Record<string, number>][];
        damaged: number;
        rollups: Record<string, { records: number; buckets: number; agree: number; seal: unknown }>;
      };
      const ours: typeof found.rows = [];
      const damage = new DamageReport();
      for (const file of listLogFolder(directory).files) {
        const columns = ((await readHeader(file.path)) ?? []).slice(3);
        for await (const batch of readRows(file.path, { columns, damage })) {
          for (let row = 0; row < batch.length; row++) {
            const values = columns.flatMap((column, slot) => {
              const value = batch.values[row * batch.width + slot] ?? Number.NaN;
              return Number.isNaN(value) ? [] : [[column, value] as const];
            });
            ours.push([batch.times[row] ?? 0, batch.categories[row] ?? '', Object.fromEntries(values)]);
          }
        }
      }
      assert.equal(ours.length, 900);
      assert.deepEqual(found.rows, ours);
      assert.equal(found.damaged, 1);
      assert.equal(damage.count, 1);
      const [first] = days;
      assert.ok(first);
      for (const name of [`rollup_${ID8}_${DATE}_1m.bin`, `rollup_${ID8}_${DATE}_10m.bin`]) {
        const rollup = found.rollups[name];
        assert.ok(rollup);
        assert.deepEqual(
          rollup.seal,
          first.files.map(file => [file.number, plainSize(file)]),
        );
        assert.equal(rollup.buckets, rollup.records);
        assert.equal(rollup.agree, rollup.records);
      }
      // Today's, to which rows are still added: the last bucket is not there yet, and one that came twice is not whole.
      const open = found.rollups[`rollup_${ID8}_2026-02-28_1m.bin`];
      assert.ok(open);
      assert.equal(open.seal, null);
      assert.ok(open.agree > open.records / 2);
    },
  );
});
