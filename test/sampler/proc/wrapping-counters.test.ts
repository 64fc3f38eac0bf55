import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { WrappingCounters } from '../../../src/sampler/proc/wrapping-counters.ts';

describe('counters of 32 bits', () => {
  test('go on beyond them', () => {
    const counters = new WrappingCounters(2);
    assert.ok(Number.isNaN(counters.sum));
    assert.equal(counters.update(0, 4_294_967_290), 4_294_967_290);
    assert.equal(counters.update(1, 7), 7);
    assert.equal(counters.update(0, 4), 4_294_967_300);
    assert.equal(counters.update(0, 4), 4_294_967_300);
    assert.equal(counters.sum, 4_294_967_307);
  });

  test('add nothing when they go back', () => {
    const counters = new WrappingCounters(1);
    counters.update(0, 1000);
    assert.equal(counters.update(0, 0), 1000);
    assert.equal(counters.update(0, 5), 1005);
  });

  test('follow a counter of 64 bits that is read often enough', () => {
    const steps = fc.array(fc.nat(2 ** 31 - 1), { maxLength: 30 });
    fc.assert(
      fc.property(fc.nat(2 ** 32 - 1), steps, (start, list) => {
        const counters = new WrappingCounters(1);
        let whole = start;
        assert.equal(counters.update(0, start), start);
        for (const step of list) {
          whole += step;
          assert.equal(counters.update(0, whole % 2 ** 32), whole);
        }
      }),
    );
  });
});
