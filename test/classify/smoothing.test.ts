import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { Smoothing } from '../../src/classify/smoothing.ts';

const of = (...shares: number[]) => Float64Array.from(shares);

describe('smoothing', () => {
  test('averages what windows say, and is surer than one of them', () => {
    const one = new Smoothing(3, 2);
    for (let at = 0; at < 30; at++) one.add(of(0.6, 0.3, 0.1), of(0.6, 0.3, 0.1), 3);
    // With LEAST of 0.01: (0.61² , 0.31², 0.11²) of their sum.
    const [a, b, c] = [0.61 ** 2, 0.31 ** 2, 0.11 ** 2];
    assert.ok(Math.abs((one.probabilities[0] ?? 0) - a / (a + b + c)) < 1e-9);
    assert.equal(one.best, 0);
  });

  test('does not change for a few odd windows', () => {
    const one = new Smoothing(2, 2);
    for (let at = 0; at < 20; at++) one.add(of(0.9, 0.1), of(0.9, 0.1), 3);
    assert.equal(one.add(of(0.2, 0.8), of(0.1, 0.9), 3), false);
    assert.equal(one.best, 0);
    for (let at = 0; at < 3; at++) assert.equal(one.add(of(0.9, 0.1), of(0.9, 0.1), 3), false);
    assert.equal(one.best, 0);
  });

  test('begins anew when the last seconds are another work, and says so', () => {
    const one = new Smoothing(2, 2);
    for (let at = 0; at < 100; at++) one.add(of(0.9, 0.1), of(0.9, 0.1), 3);
    let seconds = 0;
    for (let hasChanged = false; !hasChanged && seconds < 60; seconds += 3)
      hasChanged = one.add(of(0.6, 0.4), of(0.05, 0.95), 3);
    assert.ok(seconds < 40, String(seconds));
    assert.equal(one.best, 1);
  });

  test('has probabilities that sum to one, whatever it is given', () => {
    const share = fc.double({ min: 0, max: 1, noNaN: true });
    fc.assert(
      fc.property(
        fc.array(fc.tuple(share, share, share, fc.double({ min: 0.1, max: 4000, noNaN: true }))),
        steps => {
          const one = new Smoothing(3, 1.7);
          for (const [a, b, c, seconds] of steps) {
            one.add(of(a, b, c), of(c, a, b), seconds);
            const sum = one.probabilities.reduce((total, value) => total + value, 0);
            assert.ok(Math.abs(sum - 1) < 1e-9);
          }
        },
      ),
    );
  });
});
