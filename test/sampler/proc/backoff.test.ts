import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Backoff } from '../../../src/sampler/proc/backoff.ts';

test('attempts come after 1, 2, 4 … and at most 60 ticks, and start over after a success', () => {
  const backoff = new Backoff();
  const attempts: number[] = [];
  for (let tick = 0; tick < 300; tick++) {
    if (!backoff.due()) continue;
    attempts.push(tick);
    backoff.failed();
  }
  assert.deepEqual(attempts, [0, 1, 3, 7, 15, 31, 63, 123, 183, 243]);
  backoff.reset();
  assert.ok(backoff.due());
  backoff.failed();
  assert.ok(backoff.due(), 'the first pause is one tick again');
});
