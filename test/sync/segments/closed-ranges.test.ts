import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { describe, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { type RowRange, SEGMENT_MS } from '../../../src/sync/segments/segment.ts';
import { temporaryDirectory } from '../../runtime/temporary-directory.ts';
import { anyLog, cursorsOf, FILE, logOf, NOON, plainLog, rangesOf, write } from './generated-log.ts';

const QUARTER = SEGMENT_MS;

/** The lines of a range, as they stand in the file. */
function linesOf(directory: string, { file, from, to }: RowRange): string {
  return fs.readFileSync(path.join(directory, file)).subarray(from, to).toString();
}

function compress(directory: string, file = FILE): void {
  const plain = path.join(directory, file);
  fs.writeFileSync(`${plain}.gz`, gzipSync(fs.readFileSync(plain)));
  fs.rmSync(plain);
}

describe('ranges of the log', () => {
  test('an empty folder, one that is missing, a file without rows: none', async t => {
    const directory = temporaryDirectory(t);
    assert.deepEqual(await rangesOf(path.join(directory, 'missing')), []);
    write(directory, plainLog([]));
    fs.writeFileSync(path.join(directory, 'metrics_476aa2f1_2026-02-28.csv'), '');
    assert.deepEqual(await rangesOf(directory), []);
  });

  test('rows are cut where a quarter of an hour begins, also at midnight', async t => {
    const directory = temporaryDirectory(t);
    const midnight = Date.UTC(2026, 1, 28);
    const times = [NOON - 1, NOON, NOON + QUARTER - 1, NOON + QUARTER, midnight - 1, midnight];
    const log = plainLog(times);
    write(directory, log);
    const ranges = await rangesOf(directory);
    assert.deepEqual(
      ranges.map(({ firstMs, lastMs, rows }) => [firstMs, lastMs, rows]),
      [
        [NOON - 1, NOON - 1, 1],
        [NOON, NOON + QUARTER - 1, 2],
        [NOON + QUARTER, NOON + QUARTER, 1],
        [midnight - 1, midnight - 1, 1],
        [midnight, midnight, 1],
      ],
    );
    assert.equal(ranges[0]?.from, log.header.length);
    assert.equal(linesOf(directory, ranges[1] ?? assert.fail()), log.lines.slice(1, 3).join(''));
    assert.ok(ranges.every(({ file, birth }) => file === FILE && birth === new Date(NOON - 1).toISOString()));
  });

  test('a window that is not over is left out unless it is asked for', async t => {
    const directory = temporaryDirectory(t);
    write(directory, plainLog([NOON, NOON + QUARTER, NOON + QUARTER + 1000]));
    const closed = async (nowMs: number) =>
      (await rangesOf(directory, { nowMs, includesOpen: false })).length;
    assert.equal(await closed(NOON), 1, 'a row of a later window follows the first');
    assert.equal(await closed(NOON + 2 * QUARTER + 60_000), 1, 'for a minute after its end, rows may come');
    assert.equal(await closed(NOON + 2 * QUARTER + 60_001), 2);
    assert.equal((await rangesOf(directory, { nowMs: NOON })).length, 2, 'asked for');
    write(directory, plainLog([NOON + QUARTER + 2000]), 'metrics_476aa2f1_2026-02-27_1.csv');
    assert.equal(await closed(NOON), 2, 'a newer file follows, whose own is open');
    write(directory, plainLog([NOON]), 'metrics_aaaaaaaa_2026-02-28.csv');
    assert.equal(await closed(NOON), 2, 'another machine’s file closes nothing');
  });

  test('goes on behind the cursor, with rows that have come since, from a file that was compressed meanwhile', async t => {
    const directory = temporaryDirectory(t);
    const log = plainLog([NOON, NOON + 1000, NOON + 2000, NOON + QUARTER]);
    write(directory, { ...log, lines: log.lines.slice(0, 2) });
    const first = await rangesOf(directory);
    assert.deepEqual(
      first.map(({ rows }) => rows),
      [2],
    );
    assert.deepEqual(await rangesOf(directory, { cursorOf: cursorsOf(first) }), [], 'nothing new');
    write(directory, log);
    compress(directory);
    const rest = await rangesOf(directory, { cursorOf: cursorsOf(first) });
    assert.deepEqual(
      rest.map(({ from, rows }) => [from, rows]),
      [
        [first[0]?.to, 1],
        [(first[0]?.to ?? 0) + (log.lines[2]?.length ?? 0), 1],
      ],
    );
    assert.deepEqual(await rangesOf(directory, { cursorOf: cursorsOf(rest) }), [], 'nothing new');
  });

  test('another file of the same name begins at its beginning', async t => {
    const directory = temporaryDirectory(t);
    write(directory, plainLog([NOON, NOON + 1000]));
    const before = await rangesOf(directory);
    write(directory, plainLog([NOON + 1, NOON + 1000]));
    const after = await rangesOf(directory, { cursorOf: cursorsOf(before) });
    assert.deepEqual(
      after.map(({ rows, firstMs }) => [rows, firstMs]),
      [[2, NOON + 1]],
    );
  });

  test('a file that was cut, or has gone, gives nothing', async t => {
    const directory = temporaryDirectory(t);
    const log = plainLog([NOON, NOON + 1000]);
    write(directory, log);
    const cursorOf = cursorsOf(await rangesOf(directory));
    write(directory, { ...log, lines: log.lines.slice(0, 1) });
    assert.deepEqual(await rangesOf(directory, { cursorOf }), []);
    fs.rmSync(path.join(directory, FILE));
    assert.deepEqual(await rangesOf(directory, { cursorOf }), []);
  });

  test('a file that goes away or is compressed while others are gone through is no fault', async t => {
    const directory = temporaryDirectory(t);
    const [second, third] = [
      'metrics_476aa2f1_2026-02-27_1.csv',
      'metrics_476aa2f1_2026-02-27_2.csv',
    ] as const;
    for (const file of [FILE, second, third]) write(directory, plainLog([NOON]), file);
    const ranges = await rangesOf(directory, {
      cursorOf: file => {
        if (file !== FILE) return undefined;
        fs.rmSync(path.join(directory, second));
        compress(directory, third);
        return undefined;
      },
    });
    assert.deepEqual(
      ranges.map(({ file }) => file),
      [FILE, third],
    );
  });

  test('a torn last line is no row until it is whole; damaged lines are counted', async t => {
    const directory = temporaryDirectory(t);
    const { header, lines } = plainLog([NOON, NOON + 1000, NOON + 2000]);
    const [first = '', second = '', third = ''] = lines;
    write(directory, { header, lines: [first, 'no row\n', second, third.slice(0, -5)] });
    const damage: number[] = [];
    const onDamage = (count: number) => damage.push(count);
    const ranges = await rangesOf(directory, { onDamage });
    assert.deepEqual(
      ranges.map(({ rows }) => rows),
      [2],
    );
    assert.deepEqual(damage, [1]);
    write(directory, { header, lines: [first, 'no row\n', second, third] });
    const rest = await rangesOf(directory, { onDamage, cursorOf: cursorsOf(ranges) });
    assert.deepEqual(
      rest.map(range => linesOf(directory, range)),
      [third],
    );
    assert.deepEqual(damage, [1]);
  });

  test('a range is cut where it would become too large for memory', async t => {
    const directory = temporaryDirectory(t);
    const times = Array.from({ length: 2000 }, (_, at) => NOON + 100 * at);
    const wide = logOf(
      { core: 512, gpu: 0, disk: 0 },
      times.map(utcMs => ({ utcMs, category: '', values: [12.3, 4321] })),
    );
    write(directory, wide);
    const ranges = await rangesOf(directory);
    assert.ok(ranges.length > 1 && ranges.every(({ from, to }) => to - from <= 8 * 2 ** 20));
    assert.equal(ranges.map(range => linesOf(directory, range)).join(''), wide.lines.join(''));
  });

  test('whatever the clock does and wherever a round stops, each row is in one range of one window', async t => {
    const directory = temporaryDirectory(t);
    await fc.assert(
      fc.asyncProperty(anyLog, fc.nat(), fc.boolean(), async ({ header, lines }, seen, isCompressed) => {
        const some = lines.slice(0, seen % (lines.length + 1));
        write(directory, { header, lines: some });
        const early = await rangesOf(directory);
        write(directory, { header, lines });
        const text = header + lines.join('');
        if (isCompressed) compress(directory);
        const late = await rangesOf(directory, { cursorOf: cursorsOf(early) });
        fs.rmSync(path.join(directory, `${FILE}${isCompressed ? '.gz' : ''}`));
        const ranges = [...early, ...late];
        assert.equal(ranges.map(({ from, to }) => text.slice(from, to)).join(''), lines.join(''));
        for (const { from, to, rows, firstMs, lastMs } of ranges) {
          const own = text.slice(from, to).trimEnd().split('\n');
          const times = own.map(line => Date.parse(line.slice(0, 24)));
          assert.deepEqual([own.length, times[0], times.at(-1)], [rows, firstMs, lastMs]);
          assert.equal(new Set(times.map(time => Math.floor(time / QUARTER))).size, 1);
        }
      }),
      { numRuns: 150 },
    );
  });
});
