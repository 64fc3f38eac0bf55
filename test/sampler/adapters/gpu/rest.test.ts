import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { RestPolicy } from '../../../../src/sampler/adapters/gpu/rest.ts';

/** Ticks of one second until a rest begins; at most 2000. */
function ticksToRest(policy: RestPolicy): number {
  for (let tick = 1; tick <= 2000; tick++) if (policy.noteTick(true, 1)) return tick;
  return Number.POSITIVE_INFINITY;
}

describe('when a GPU that can sleep is left alone', () => {
  test('after ten idle seconds, counted from the last work', () => {
    const policy = new RestPolicy();
    for (let tick = 0; tick < 9; tick++) assert.equal(policy.noteTick(true, 1), false);
    assert.equal(policy.noteTick(false, 1), false);
    assert.equal(ticksToRest(policy), 10);
  });

  test('never while there is work', () => {
    const policy = new RestPolicy();
    for (let tick = 0; tick < 2000; tick++) assert.equal(policy.noteTick(tick % 9 !== 0, 1), false);
  });

  test('the first tick, which knows no elapsed time, counts nothing', () => {
    const policy = new RestPolicy();
    assert.equal(policy.noteTick(true, Number.NaN), false);
    assert.equal(ticksToRest(policy), 10);
  });

  test('ever more rarely when it does not fall asleep, up to ten minutes; as before when it does', () => {
    const policy = new RestPolicy();
    const waits: number[] = [];
    for (let rest = 0; rest < 9; rest++) {
      waits.push(ticksToRest(policy));
      policy.noteRest(false);
    }
    assert.deepEqual(waits, [10, 20, 40, 80, 160, 320, 600, 600, 600]);
    policy.noteRest(true);
    assert.equal(ticksToRest(policy), 10);
  });
});
