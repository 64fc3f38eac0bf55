import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { CounterRows } from '../../../src/sampler/proc/counter-rows.ts';

type Row = readonly [key: number, first: number, second: number];

function read(rows: CounterRows, list: readonly Row[]): void {
  rows.begin();
  for (const [key, first, second] of list) {
    rows.row(key);
    rows.put(0, first);
    rows.put(1, second);
  }
  rows.end();
}

describe('CounterRows', () => {
  test('sums up totals and what each row has grown by', () => {
    const rows = new CounterRows(2);
    read(rows, [
      [1, 100, 10],
      [2, 1000, 20],
    ]);
    assert.deepEqual([...rows.totals], [1100, 30]);
    assert.equal(rows.hasIncreases, false);
    read(rows, [
      [1, 150, 10],
      [2, 1005, 27],
    ]);
    assert.deepEqual([...rows.totals], [1155, 37]);
    assert.ok(rows.hasIncreases);
    assert.deepEqual([...rows.increases], [55, 7]);
  });

  test('a row that is new, gone, or was reset contributes nothing', () => {
    const rows = new CounterRows(2);
    read(rows, [
      [1, 5e12, 5e12],
      [2, 100, 100],
      [3, 100, 100],
    ]);
    read(rows, [
      [4, 7e12, 7e12],
      [2, 3, 101],
      [3, 110, 101],
    ]);
    assert.deepEqual([...rows.increases], [10, 1]);
    read(rows, [
      [1, 5e12, 5e12],
      [2, 8, 105],
      [3, 110, 101],
    ]);
    assert.deepEqual([...rows.increases], [5, 4], 'row 2 counts again, row 1 is new again');
  });

  test('after it forgot, there is nothing to compare with', () => {
    const rows = new CounterRows(2);
    read(rows, [[1, 1, 1]]);
    rows.begin();
    rows.row(1);
    rows.forget();
    assert.equal(rows.hasIncreases, false);
    read(rows, [[1, 50, 50]]);
    assert.equal(rows.hasIncreases, false);
    assert.deepEqual([...rows.increases], [0, 0]);
    read(rows, [[1, 51, 52]]);
    assert.deepEqual([...rows.increases], [1, 2]);
  });

  test('does what a map would do, for any rows in any order', () => {
    const counter = fc.nat(50);
    const list = fc
      .uniqueArray(fc.nat(20), { maxLength: 20 })
      .chain(keys => fc.tuple(...keys.map(key => fc.tuple(fc.constant(key), counter, counter))));
    fc.assert(
      fc.property(fc.array(list, { minLength: 2, maxLength: 6 }), reads => {
        const rows = new CounterRows(2);
        let earlier = new Map<number, Row>();
        for (const rowsOfRead of reads) {
          read(rows, rowsOfRead);
          const expected = [0, 0];
          for (const [key, first, second] of rowsOfRead) {
            const before = earlier.get(key);
            if (!before || first < before[1] || second < before[2]) continue;
            expected[0] = (expected[0] ?? 0) + first - before[1];
            expected[1] = (expected[1] ?? 0) + second - before[2];
          }
          assert.deepEqual([...rows.increases], expected);
          assert.equal(rows.count, rowsOfRead.length);
          earlier = new Map(rowsOfRead.map(row => [row[0], row]));
        }
      }),
    );
  });
});
