import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { fitLine, median, quantile, summarize } from '../../scripts/bench/statistics.ts';

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

describe('fitLine', () => {
  test('finds the line that points lie on', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: -50, max: 50 }),
        fc.integer({ min: -50, max: 50 }),
        (slope, intercept) => {
          const line = fitLine([1, 2, 8, 64].map(x => [x, slope * x + intercept]));
          assert.ok(Math.abs(line.slope - slope) < 1e-9);
          assert.ok(Math.abs(line.intercept - intercept) < 1e-9);
          if (slope === 0) assert.ok(Number.isNaN(line.rSquared), 'there is nothing to explain');
          else assert.ok(Math.abs(line.rSquared - 1) < 1e-9);
        },
      ),
    );
  });

  test('finds the line nearest to points that lie beside it', () => {
    // Means 1 and 2; sums of squares: x 2, y 2, xy 1.
    assert.deepEqual(
      fitLine([
        [0, 1],
        [1, 3],
        [2, 2],
      ]),
      { slope: 0.5, intercept: 1.5, rSquared: 0.25 },
    );
  });

  test('there is no line through a single x', () => {
    assert.ok(Number.isNaN(fitLine([[3, 1]]).slope));
  });
});
