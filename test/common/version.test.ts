import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { isNewer, VERSION } from '../../src/common/version.ts';

test('code that was not built is older than any release', () => {
  assert.equal(VERSION, '0.0.0');
  assert.ok(isNewer('0.0.1', VERSION));
});

test('compares number by number, not text', () => {
  for (const [newer, older] of [
    ['0.1.0', '0.0.9'],
    ['0.10.0', '0.9.9'],
    ['1.0.0', '0.99.99'],
    ['2.0.0', '1.9.9'],
    ['0.1.1', '0.1.0'],
    ['0.1.1', '0.1'],
  ] as const) {
    assert.ok(isNewer(newer, older), `${newer} ${older}`);
    assert.ok(!isNewer(older, newer), `${older} ${newer}`);
  }
});

test('ignores what follows the three numbers, and takes what is no version for the oldest', () => {
  assert.ok(!isNewer('1.2.3-beta.4', '1.2.3'));
  assert.ok(!isNewer('1.2.3', '1.2.3-beta.4'));
  assert.ok(!isNewer('1.2.3+99', '1.2.3'));
  assert.ok(isNewer('0.0.1', 'newest'));
  assert.ok(!isNewer('', '0.0.0'));
});

test('is a strict order', () => {
  const version = fc.tuple(fc.nat(12), fc.nat(12), fc.nat(12)).map(numbers => numbers.join('.'));
  fc.assert(
    fc.property(version, version, (a, b) => {
      assert.equal([isNewer(a, b), isNewer(b, a)].filter(Boolean).length, a === b ? 0 : 1);
    }),
  );
});
