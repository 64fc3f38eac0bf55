import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { Smoothing } from '../../src/classify/smoothing.ts';

const of = (...shares: number[]) => Float64Array.from(shares);

/** Seconds until it says that the work has changed, at a look each 3 s; what it said then. */
function untilChange(one: Smoothing, recent: Float64Array, limit: number): [number, number] | undefined {
  for (let seconds = 3; seconds <= limit; seconds += 3) {
    const changed = one.watch(recent, 3);
    if (changed > 0) return [seconds, changed];
  }
  return undefined;
}

/** After five minutes of the first of two classes. */
function settled(): Smoothing {
  const one = new Smoothing(2);
  for (let at = 0; at < 100; at++) {
    one.add(of(0.9, 0.1), 3, 2);
    assert.equal(one.watch(of(0.9, 0.1), 3), 0);
  }
  return one;
}

describe('smoothing', () => {
  test('averages what windows say, and is surer than one of them', () => {
    const one = new Smoothing(3);
    for (let at = 0; at < 30; at++) one.add(of(0.6, 0.3, 0.1), 3, 2);
    // With LEAST of 0.01: (0.61², 0.31², 0.11²) of their sum.
    const [a, b, c] = [0.61 ** 2, 0.31 ** 2, 0.11 ** 2];
    assert.ok(Math.abs((one.probabilities[0] ?? 0) - a / (a + b + c)) < 1e-9);
    assert.equal(one.best, 0);
    assert.equal(one.seconds, 90);
  });

  test('does not change for a few odd seconds, however often they come back', () => {
    const one = settled();
    for (let turn = 0; turn < 20; turn++) {
      assert.equal(one.watch(of(0.1, 0.9), 3), 0);
      for (let at = 0; at < 3; at++) assert.equal(one.watch(of(0.9, 0.1), 3), 0);
    }
    assert.equal(one.best, 0);
  });

  test('does not change for what is hardly likelier, however long', () => {
    assert.equal(untilChange(settled(), of(0.45, 0.55), 3600), undefined);
  });

  test('begins anew when the last seconds are another work, and says since when', () => {
    const one = settled();
    const found = untilChange(one, of(0.05, 0.95), 60);
    assert.ok(found && found[0] <= 27, String(found));
    assert.equal(found[1], found[0]);
    one.add(of(0.3, 0.7), 3, 2);
    assert.equal(one.best, 1);
    assert.equal(one.seconds, found[0] + 3);
  });

  test('believes a change sooner when what is seen has changed abruptly, and forgets that when it was none', () => {
    const one = settled();
    one.suspect();
    const found = untilChange(one, of(0.05, 0.95), 60);
    assert.ok(found && found[0] <= 6, String(found));
    const other = settled();
    other.suspect();
    for (let at = 0; at < 5; at++) assert.equal(other.watch(of(0.9, 0.1), 3), 0);
    const later = untilChange(other, of(0.05, 0.95), 60);
    assert.ok(later && later[0] > found[0], String(later));
  });

  test('has probabilities that sum to one, whatever it is given', () => {
    const share = fc.double({ min: 0, max: 1, noNaN: true });
    fc.assert(
      fc.property(
        fc.array(
          fc.tuple(share, share, share, fc.double({ min: 0.1, max: 4000, noNaN: true }), fc.boolean()),
        ),
        steps => {
          const one = new Smoothing(3);
          for (const [a, b, c, seconds, isAbrupt] of steps) {
            if (isAbrupt) one.suspect();
            assert.ok(one.watch(of(c, a, b), seconds) >= 0);
            one.add(of(a, b, c), seconds, 1.7);
            const sum = one.probabilities.reduce((total, value) => total + value, 0);
            assert.ok(Math.abs(sum - 1) < 1e-9);
          }
        },
      ),
    );
  });
});
