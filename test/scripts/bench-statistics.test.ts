import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { median, quantile, summarize } from '../../scripts/bench/statistics.ts';

const values = fc.array(fc.double({ noNaN: true, min: -1e9, max: 1e9 }), { minLength: 1, maxLength: 50 });

describe('quantile', () => {
  test('interpolates between neighbours as NumPy does by default', () => {
    const ascending = [15, 20, 35, 40, 50];
    assert.equal(quantile(ascending, 0), 15);
    assert.equal(quantile(ascending, 0.4), 29);
    assert.equal(quantile(ascending, 0.5), 35);
    assert.equal(quantile(ascending, 1), 50);
  });

  test('of one value is that value', () => {
    for (const q of [0, 0.5, 0.99, 1]) assert.equal(quantile([7], q), 7);
  });

  test('of no values is no number', () => {
    assert.ok(Number.isNaN(quantile([], 0.5)));
  });
});

describe('summarize', () => {
  test('sorts numbers as numbers and leaves the argument as it is', () => {
    const given = [10, 9, 100];
    assert.equal(median(given), 10);
    assert.deepEqual(given, [10, 9, 100]);
  });

  test('of 1 to 100', () => {
    const summary = summarize(Array.from({ length: 100 }, (_, i) => 100 - i));
    assert.deepEqual(
      { ...summary, p99: Math.round(summary.p99 * 100) / 100 },
      {
        count: 100,
        median: 50.5,
        p99: 99.01,
        least: 1,
        most: 100,
      },
    );
  });

  test('is ordered, and half of the values lie on either side of the median', () => {
    fc.assert(
      fc.property(values, list => {
        const { count, median: middle, p99, least, most } = summarize(list);
        assert.equal(count, list.length);
        assert.ok(least <= middle && middle <= p99 && p99 <= most);
        assert.ok(list.filter(value => value <= middle).length * 2 >= count);
        assert.ok(list.filter(value => value >= middle).length * 2 >= count);
      }),
    );
  });
});
