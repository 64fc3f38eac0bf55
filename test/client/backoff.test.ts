import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { Backoff } from '../../src/client/backoff.ts';

/** The waits, in seconds, of faults this far apart. */
function waits(backoff: Backoff, faults: number, nowMs = 0): number[] {
  return Array.from({ length: faults }, () => backoff.nextDelayMs(nowMs) / 1000);
}

describe('Backoff', () => {
  test('is none at first, then 1, 2, 4 … 60 seconds', () => {
    assert.deepEqual(waits(new Backoff(), 10), [0, 1, 2, 4, 8, 16, 32, 60, 60, 60]);
    assert.deepEqual(waits(new Backoff(), 5_000).at(-1), 60);
  });

  test('starts over after half a minute without a fault, and not sooner', () => {
    const backoff = new Backoff();
    waits(backoff, 4);
    backoff.running(1_000);
    assert.equal(backoff.nextDelayMs(30_999), 8_000);
    backoff.running(40_000);
    assert.equal(backoff.nextDelayMs(70_000), 0);
    assert.equal(backoff.nextDelayMs(70_000), 1_000);
  });

  test('does not take the time between two faults for running', () => {
    const backoff = new Backoff();
    backoff.running(0);
    assert.equal(backoff.nextDelayMs(1_000), 0);
    assert.equal(backoff.nextDelayMs(900_000), 1_000);
    assert.equal(backoff.nextDelayMs(9_000_000), 2_000);
  });

  test('is none after a start by hand', () => {
    const backoff = new Backoff();
    waits(backoff, 6);
    backoff.reset();
    assert.deepEqual(waits(backoff, 3), [0, 1, 2]);
  });
});
