import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { type Layer, layerColumn, overlay } from '../../../webview/compare/overlay.ts';

/** A layer with a value a second. */
function layer(from: number, values: readonly number[], stepMs = 1_000): Layer {
  return {
    from,
    to: from + values.length * stepMs,
    data: {
      stepMs,
      times: Float64Array.from(values, (_, k) => from + k * stepMs),
      mean: column => (column === 'cpu' ? Float64Array.from(values) : new Float64Array(0)),
    },
  };
}

describe('layers over each other', () => {
  test('begin together, whenever each of them was', () => {
    const data = overlay([layer(5_000_000, [1, 2, 3]), layer(9_000_000, [7, Number.NaN])], ['cpu', 'ram']);
    assert.deepEqual([data.from, data.to, data.stepMs], [0, 3_000, 1_000]);
    assert.deepEqual([...data.times], [0, 1_000, 2_000]);
    assert.deepEqual([...data.mean(layerColumn(0, 'cpu'))], [1, 2, 3]);
    assert.deepEqual([...data.mean(layerColumn(1, 'cpu'))], [7, Number.NaN, Number.NaN]);
    assert.deepEqual([...data.mean(layerColumn(0, 'ram'))], [Number.NaN, Number.NaN, Number.NaN]);
    assert.deepEqual([...data.mean('cpu')], []);
  });

  test('have a point for what the coarser of them tells, the mean of the others', () => {
    const data = overlay(
      [
        layer(
          0,
          Array.from({ length: 120 }, (_, k) => (k < 60 ? 2 : 4)),
        ),
        layer(0, [10, 20], 60_000),
      ],
      ['cpu'],
    );
    assert.equal(data.stepMs, 60_000);
    assert.deepEqual([...data.mean(layerColumn(0, 'cpu'))], [2, 4]);
    assert.deepEqual([...data.mean(layerColumn(1, 'cpu'))], [10, 20]);
  });

  test('of any length have some hundred points, between the least and the greatest value', () => {
    const values = fc.array(fc.double({ min: 0, max: 100, noNaN: true }), { minLength: 1, maxLength: 3_000 });
    fc.assert(
      fc.property(values, values, fc.constantFrom(1_000, 7_000, 60_000), (first, second, stepMs) => {
        const data = overlay([layer(1_234_567, first), layer(7_654_321, second, stepMs)], ['cpu']);
        assert.ok(data.times.length <= 600);
        for (const [at, list] of [first, second].entries()) {
          const known = [...data.mean(layerColumn(at, 'cpu'))].filter(value => !Number.isNaN(value));
          assert.ok(known.length >= 1);
          const [least, most] = [Math.min(...list), Math.max(...list)];
          for (const value of known) assert.ok(value >= least - 1e-9 && value <= most + 1e-9);
        }
      }),
      { numRuns: 60 },
    );
    assert.equal(overlay([], ['cpu']).times.length, 1);
  });
});
