import assert from 'node:assert/strict';
import { test } from 'node:test';
import { megabytes, NO_PERCENT, percent, rate } from '../../../src/extension/status/format.ts';

test('a percentage is as wide as 100 %, and so is what stands for none', () => {
  assert.deepEqual([0, 4.4, 9.5, 42, 99.4, 99.5, 100].map(percent), [
    '\u2007\u20070%',
    '\u2007\u20074%',
    '\u200710%',
    '\u200742%',
    '\u200799%',
    '100%',
    '100%',
  ]);
  assert.equal(NO_PERCENT.length, percent(100).length);
});

test('a size is in MB below a GB', () => {
  assert.deepEqual([0, 1, 1023, 1024, 23_961.6, 2 ** 20].map(megabytes), [
    '0 MB',
    '1 MB',
    '1023 MB',
    '1.0 GB',
    '23.4 GB',
    '1024.0 GB',
  ]);
});

test('a rate has the digits that its size deserves', () => {
  assert.deepEqual([0, 0.04, 9.99, 10, 12.34, 99.9, 100, 980.4].map(rate), [
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
