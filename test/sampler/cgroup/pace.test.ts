import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Pace } from '../../../src/sampler/cgroup/pace.ts';

function dueTicks(pace: Pace, elapsed: readonly number[]): number[] {
  return elapsed.map(seconds => Number(pace.isDue(seconds)));
}

test('so often, whatever the interval', () => {
  assert.deepEqual(dueTicks(new Pace(2), [Number.NaN, 1, 1, 1, 1, 1]), [1, 0, 1, 0, 1, 0]);
  assert.deepEqual(dueTicks(new Pace(2), [Number.NaN, 0.98, 1.01, 1.02, 0.97]), [1, 0, 1, 0, 1]);
  assert.deepEqual(dueTicks(new Pace(2), [Number.NaN, 0.5, 0.5, 0.5, 0.5, 0.5]), [1, 0, 0, 0, 1, 0]);
  assert.deepEqual(dueTicks(new Pace(2), [Number.NaN, 60, 60]), [1, 1, 1]);
  assert.deepEqual(dueTicks(new Pace(5), [Number.NaN, 1, 1, 1, 1, 1, 1]), [1, 0, 0, 0, 0, 1, 0]);
});

test('a clock that stands still or goes back makes nothing due', () => {
  assert.deepEqual(dueTicks(new Pace(2), [0, 0, -5, Number.NaN, 1]), [1, 0, 0, 0, 0]);
});

test('the next tick when it is to hurry', () => {
  const pace = new Pace(2);
  assert.deepEqual(dueTicks(pace, [Number.NaN, 1]), [1, 0]);
  pace.hurry();
  assert.deepEqual(dueTicks(pace, [0.1, 0.1]), [1, 0]);
});
