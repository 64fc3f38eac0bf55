import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { MOST_ROWS, tableRows } from '../../../webview/tables/table-rows.ts';
import { shown } from '../support/shown.ts';

const T0 = 1_000_000;
const NONE = Number.NaN;

describe('a chart as rows', () => {
  test('few samples are a row each, the newest first; those outside of the span and those without a value are left out', () => {
    const data = shown({
      times: [T0 - 1000, T0, T0 + 1000, T0 + 2000],
      from: T0,
      mean: { a: [1, 2, NONE, 4], b: [1, NONE, NONE, 8] },
    });
    const one = (value: number) => ({ mean: value, least: value, greatest: value });
    assert.deepEqual(tableRows(data, ['a', 'b']), {
      rows: [
        { time: T0 + 2000, cells: [one(4), one(8)] },
        { time: T0, cells: [one(2), one(NONE)] },
      ],
      pointsPerRow: 1,
      isBanded: false,
    });
  });

  test('many share rows, whose extremes are those of what they share', () => {
    const data = shown({
      times: [0, 1, 2, 3, 4].map(at => T0 + 1000 * at),
      mean: { a: [10, 1, 2, 5, 7] },
      min: { a: [9, 0, 1, 4, 6] },
      max: { a: [11, 2, 3, 6, 8] },
      stepMs: 1000,
    });
    assert.deepEqual(tableRows(data, ['a'], 3), {
      rows: [
        { time: T0 + 3000, cells: [{ mean: 6, least: 4, greatest: 8 }] },
        { time: T0 + 1000, cells: [{ mean: 1.5, least: 0, greatest: 3 }] },
        { time: T0, cells: [{ mean: 10, least: 9, greatest: 11 }] },
      ],
      pointsPerRow: 2,
      isBanded: true,
    });
  });

  test('never more rows than are wanted, and no value is lost', () => {
    const value = fc.double({ min: 0, max: 100, noNaN: true });
    fc.assert(
      fc.property(fc.array(value, { minLength: 1, maxLength: 2000 }), values => {
        const { rows } = tableRows(shown({ times: values.map((_, at) => T0 + at), mean: { a: values } }), [
          'a',
        ]);
        assert.ok(rows.length <= MOST_ROWS);
        const cells = rows.map(row => row.cells[0]);
        assert.equal(Math.max(...cells.map(cell => cell?.greatest ?? NONE)), Math.max(...values));
        assert.equal(Math.min(...cells.map(cell => cell?.least ?? NONE)), Math.min(...values));
      }),
    );
  });
});
