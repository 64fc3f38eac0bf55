import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { EngineLoad } from '../../../../../src/sampler/adapters/gpu/windows/engine-load.ts';

const SECOND = 1e7;

describe('load of engines', () => {
  test('is the share of the time that has passed', () => {
    const load = new EngineLoad(2);
    load.update(0, 5 * SECOND, Number.NaN);
    load.update(1, 0, Number.NaN);
    assert.deepEqual([...load.utilization], [Number.NaN, Number.NaN]);
    load.update(0, 5.5 * SECOND, 2);
    load.update(1, 1.5 * SECOND, 2);
    assert.deepEqual([...load.utilization], [25, 75]);
    assert.equal(load.busiest([0, 1]), 75);
    assert.equal(load.busiest([0]), 25);
    assert.ok(Number.isNaN(load.busiest([])));
  });

  test('of one that is ahead of the clock is 100 %', () => {
    const load = new EngineLoad(1);
    load.update(0, 0, Number.NaN);
    load.update(0, 1.4 * SECOND, 1);
    assert.equal(load.utilization[0], 100);
  });

  test('is not known when the time goes back or leaps, and is after that', () => {
    const load = new EngineLoad(1);
    load.update(0, 9 * SECOND, Number.NaN);
    for (const [runningTime, expected] of [
      [SECOND, Number.NaN],
      [1.5 * SECOND, 50],
      [2 ** 63, Number.NaN],
      [2 * SECOND, Number.NaN],
      [2.1 * SECOND, 10],
    ] as const) {
      load.update(0, runningTime, 1);
      assert.equal(Math.round(load.utilization[0] ?? 0), expected);
    }
  });

  test('of one that could not be read for a while is over all that time', () => {
    const load = new EngineLoad(1);
    load.update(0, 0, Number.NaN);
    load.update(0, Number.NaN, 1);
    load.update(0, Number.NaN, 1);
    assert.ok(Number.isNaN(load.utilization[0]));
    load.update(0, 0.6 * SECOND, 1);
    assert.equal(load.utilization[0], 20);
  });

  test('is a percentage or not known, whatever comes', () => {
    const reading = fc.tuple(fc.double(), fc.oneof(fc.double(), fc.double({ min: 0.1, max: 10 })));
    fc.assert(
      fc.property(fc.array(reading), readings => {
        const load = new EngineLoad(2);
        for (const [runningTime, elapsed] of readings) {
          load.update(0, runningTime, elapsed);
          const value = load.busiest([0, 1]);
          assert.ok(Number.isNaN(value) || (value >= 0 && value <= 100), String(value));
        }
      }),
    );
  });
});
