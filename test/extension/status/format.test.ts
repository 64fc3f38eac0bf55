import assert from 'node:assert/strict';
import { test } from 'node:test';
import { mebibytes, noValue, padded, percent, rate } from '../../../src/extension/status/format.ts';

test('a percentage is whole', () => {
  assert.deepEqual([0, 4.4, 99.5].map(percent), ['0 %', '4 %', '100 %']);
});

test('a size is in MiB below a GiB', () => {
  assert.deepEqual([0, 1, 1023, 1023.6, 23_961.6, 2 ** 20].map(mebibytes), [
    '0 MiB',
    '1 MiB',
    '1023 MiB',
    '1.0 GiB',
    '23.4 GiB',
    '1024.0 GiB',
  ]);
});

test('a rate has the digits that its size deserves', () => {
  assert.deepEqual([0, 0.04, 9.99, 9.996, 12.34, 99.9, 99.96, 980.4].map(rate), [
    '0.00',
    '0.04',
    '9.99',
    '10.0',
    '12.3',
    '99.9',
    '100',
    '980',
  ]);
});

test('what is narrower than its place is filled with spaces as wide as digits', () => {
  assert.equal(padded('4%', 4), '4%\u2007\u2007');
  assert.equal(padded('12345', 4), '12345');
  assert.equal(noValue(3), '–\u2007\u2007');
});
