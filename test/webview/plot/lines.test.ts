import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { runsOf } from '../../../webview/plot/lines.ts';

const pointsOf = (values: readonly number[]): { x: number; y: number }[] => values.map((y, x) => ({ x, y }));

describe('runsOf', () => {
  test('finds the stretches between breaks', () => {
    assert.deepEqual(runsOf([]), []);
    assert.deepEqual(runsOf(pointsOf([NaN, NaN])), []);
    assert.deepEqual(runsOf(pointsOf([1, 2, NaN, 3, NaN, NaN, 4, 5])), [
      [0, 2],
      [3, 4],
      [6, 8],
    ]);
  });

  test('property: every point with a value is in one stretch, and no break is in any', () => {
    const value = fc.oneof(fc.constant(Number.NaN), fc.double({ noNaN: true }));
    fc.assert(
      fc.property(fc.array(value), values => {
        const inRuns = runsOf(pointsOf(values)).flatMap(([start, end]) =>
          Array.from({ length: end - start }, (_, at) => start + at),
        );
        const withValue = [...values.keys()].filter(at => !Number.isNaN(values[at]));
        assert.deepEqual(inRuns, withValue);
      }),
    );
  });
});
