import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { KEPT_MS, RESOLUTION_MS, SampleStore } from '../../webview/data/sample-store.ts';

const MOST_ROWS = Math.ceil(KEPT_MS / RESOLUTION_MS) + 1;

interface Row {
  readonly time: number;
  readonly values: readonly number[];
}

function rowsOf(ring: SampleStore): Row[] {
  return Array.from({ length: ring.size }, (_, row) => ({
    time: ring.time(row),
    values: ring.ids.map((_id, series) => ring.value(series, row)),
  }));
}

const reading = fc.oneof(
  { weight: 9, arbitrary: fc.double({ min: 0, max: 100, noNaN: true }) },
  { weight: 1, arbitrary: fc.constant(Number.NaN) },
);

/** Samples with steps of every kind: bursts, usual intervals, gaps, repetitions, a clock set back. */
const samples = fc.array(
  fc.tuple(
    fc.oneof(
      fc.integer({ min: 0, max: 200 }),
      fc.integer({ min: 200, max: 3000 }),
      fc.integer({ min: 3000, max: 900_000 }),
      fc.integer({ min: -5000, max: 0 }),
    ),
    fc.tuple(reading, reading),
  ),
  { maxLength: 300, size: 'max' },
);

function timed(steps: readonly (readonly [number, readonly number[]])[]): Row[] {
  let time = 1_700_000_000_000;
  return steps.map(([step, values]) => ({ time: (time += step), values }));
}

describe('SampleStore', () => {
  test('keeps rows in strict order, one a cell of time, and none older than eleven minutes', () => {
    fc.assert(
      fc.property(samples, steps => {
        const ring = new SampleStore(['a', 'b']);
        for (const { time, values } of timed(steps)) {
          ring.push(time, values);
          const rows = rowsOf(ring);
          assert.ok(rows.length <= MOST_ROWS);
          rows.forEach((row, index) => {
            const before = rows[index - 1];
            assert.ok(time - row.time <= KEPT_MS);
            if (!before) return;
            assert.ok(before.time < row.time);
            assert.notEqual(Math.floor(before.time / RESOLUTION_MS), Math.floor(row.time / RESOLUTION_MS));
          });
        }
      }),
      { numRuns: 60 },
    );
  });

  test('a row is the mean of the samples of its cell, at the time of the latest', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.integer({ min: 1, max: 900 }), fc.tuple(reading, reading)), {
          maxLength: 200,
          size: 'max',
        }),
        steps => {
          const ring = new SampleStore(['a', 'b']);
          const cells = new Map<number, Row[]>();
          for (const row of timed(steps)) {
            ring.push(row.time, row.values);
            const cell = Math.floor(row.time / RESOLUTION_MS);
            cells.set(cell, [...(cells.get(cell) ?? []), row]);
          }
          const rows = rowsOf(ring);
          const expected = [...cells.values()].slice(-rows.length);
          rows.forEach((row, index) => {
            const cell = expected[index] ?? [];
            assert.equal(row.time, cell.at(-1)?.time);
            row.values.forEach((value, series) => {
              const values = cell
                .map(item => item.values[series] ?? Number.NaN)
                .filter(item => !Number.isNaN(item));
              if (values.length === 0) assert.ok(Number.isNaN(value));
              else
                assert.ok(
                  Math.abs(value - values.reduce((sum, item) => sum + item, 0) / values.length) < 1e-9,
                );
            });
          });
        },
      ),
      { numRuns: 100 },
    );
  });

  test('samples a second apart come back as they were given', () => {
    const ring = new SampleStore(['a', 'b']);
    for (let tick = 0; tick < 2000; tick++)
      ring.push(tick * 1000, [tick, tick % 3 === 0 ? Number.NaN : -tick]);
    const rows = rowsOf(ring);
    assert.equal(rows.length, KEPT_MS / 1000 + 1);
    rows.forEach((row, index) => {
      const tick = 2000 - rows.length + index;
      assert.deepEqual(row, { time: tick * 1000, values: [tick, tick % 3 === 0 ? Number.NaN : -tick] });
    });
  });

  test('stays bounded at the shortest interval', () => {
    const ring = new SampleStore(['a']);
    for (let tick = 0; tick < 20_000; tick++) ring.push(tick * 100, [tick]);
    assert.equal(ring.size, KEPT_MS / RESOLUTION_MS + 1);
    assert.equal(ring.time(ring.size - 1), 1_999_900);
    assert.ok(ring.time(0) >= 1_999_900 - KEPT_MS);
  });

  test('a repeated sample changes nothing; one from before drops what is later', () => {
    const ring = new SampleStore(['a']);
    for (const time of [1000, 2000, 3000]) ring.push(time, [time]);
    ring.push(3000, [7]);
    assert.deepEqual(
      rowsOf(ring).map(row => row.values[0]),
      [1000, 2000, 3000],
    );
    ring.push(1500, [5]);
    assert.deepEqual(rowsOf(ring), [
      { time: 1000, values: [1000] },
      { time: 1500, values: [5] },
    ]);
    ring.push(Number.NaN, [9]);
    assert.equal(ring.size, 2);
  });

  test('a clock set back into the cell of a row: the mean of that row and the sample', () => {
    const ring = new SampleStore(['a']);
    ring.push(1000, [4]);
    for (const time of [2000, 2100, 2200]) ring.push(time, [1]);
    ring.push(1200, [8]);
    assert.deepEqual(rowsOf(ring), [{ time: 1200, values: [6] }]);
  });

  test('other series: what stays keeps its past, what is new has none', () => {
    fc.assert(
      fc.property(samples, steps => {
        const ring = new SampleStore(['a', 'b']);
        for (const { time, values } of timed(steps)) ring.push(time, values);
        const next = ring.withIds(['c', 'b']);
        assert.deepEqual(
          rowsOf(next),
          rowsOf(ring).map(row => ({ time: row.time, values: [Number.NaN, row.values[1]] })),
        );
        assert.equal(next.indexOf('a'), -1);
      }),
      { numRuns: 60 },
    );
  });

  test('rows from elsewhere take the place of those of their span only', () => {
    const ring = new SampleStore(['a']);
    for (let tick = 0; tick < 10; tick++) ring.push(tick * 1000, [tick]);
    ring.replaceSpan([3200, 4200, 6200], (row, into) => {
      into[0] = 100 + row;
    });
    assert.deepEqual(
      rowsOf(ring).map(row => [row.time, row.values[0]]),
      [
        [0, 0],
        [1000, 1],
        [2000, 2],
        [3000, 3],
        [3200, 100],
        [4200, 101],
        [6200, 102],
        [7000, 7],
        [8000, 8],
        [9000, 9],
      ]
        // 3000 and 3200 share a cell of half a second: their mean, at the later time.
        .flatMap(([time, value]) => (time === 3000 ? [] : [[time, time === 3200 ? 51.5 : value]])),
    );
    ring.replaceSpan([], () => assert.fail('nothing to read'));
    assert.equal(ring.size, 9);
  });

  test('outside its rows there is nothing', () => {
    const ring = new SampleStore(['a']);
    ring.push(1000, []);
    assert.ok(Number.isNaN(ring.value(0, 0)));
    assert.ok(Number.isNaN(ring.value(0, 1)));
    assert.ok(Number.isNaN(ring.value(-1, 0)));
    assert.ok(Number.isNaN(ring.time(-1)));
  });
});
