import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { type PrintedRow, SecondFiller } from '../../../src/cli/log/second-filler.ts';

const START = Date.UTC(2026, 1, 27, 12);

function row(ms: number, ...values: number[]): PrintedRow {
  return { time: START + ms, hardwareId: 'a', category: 'idle', values: Float64Array.from(values) };
}

/** Seconds after the start, and values, of all rows. */
function fill(isCounter: readonly boolean[], rows: readonly PrintedRow[]): number[][] {
  const filler = new SecondFiller(isCounter);
  return rows.flatMap(one =>
    [...filler.add(one)].map(({ time, values }) => [(time - START) / 1000, ...values]),
  );
}

describe('filling a log up to a row a second', () => {
  test('a gauge holds, a counter goes on at its rate, and nothing is put into a gap', () => {
    const rows = [
      row(1, 5, 100),
      row(1_002, 5, 110),
      row(5_000, 6, 160),
      row(90_000, 7, 500),
      row(91_000, 8, 501),
    ];
    assert.deepEqual(fill([false, true], rows), [
      [0.001, 5, 100],
      [1.002, 5, 110],
      [2, 5, 120],
      [3, 5, 130],
      [4, 5, 140],
      [5, 6, 160],
      [90, 7, 500],
      [91, 8, 501],
    ]);
  });

  test('a counter does not overtake the next row, and after a reset it stands until its rate is known', () => {
    const rows = [row(0, 100), row(1_000, 200), row(4_000, 250), row(5_000, 3), row(8_000, 9)];
    assert.deepEqual(fill([true], rows), [
      [0, 100],
      [1, 200],
      [2, 250],
      [3, 250],
      [4, 250],
      [5, 3],
      [6, 3],
      [7, 3],
      [8, 9],
    ]);
  });

  test('of several samples a second, the first stands for it', () => {
    const rows = [0, 100, 900, 1_000, 1_100, 2_050].map(ms => row(ms, ms));
    assert.deepEqual(fill([false], rows), [
      [0, 0],
      [1, 1_000],
      [2.05, 2_050],
    ]);
  });

  test('within a stretch every second is there once, with what was in force', () => {
    const steps = fc.array(fc.integer({ min: 900, max: 60_000 }), { minLength: 1, maxLength: 40 });
    fc.assert(
      fc.property(steps, list => {
        let ms = 0;
        const rows = list.map((step, k) => row((ms += step), k));
        const filled = fill([false], rows);
        const seconds = filled.map(([second = 0]) => Math.floor(second));
        const first = seconds[0] ?? 0;
        assert.deepEqual(
          seconds,
          seconds.map((_, k) => first + k),
        );
        for (const [second = 0, value] of filled) {
          const inForce = rows.findLast(({ time }) => time <= START + second * 1000);
          assert.equal(inForce?.values[0], value);
        }
      }),
    );
  });
});
