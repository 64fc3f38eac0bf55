import assert from 'node:assert/strict';
import { test } from 'node:test';
import { GIB, maximumOf, MIB } from '../../src/common/units.ts';

test('MB and GB are powers of two', () => {
  assert.equal(MIB, 1_048_576);
  assert.equal(GIB, 1_073_741_824);
});

test('only shares and temperatures have a maximum below what a number can hold exactly', () => {
  assert.equal(maximumOf('%'), 100);
  assert.equal(maximumOf('°C'), 250);
  for (const unit of [
    'W',
    'MHz',
    'MB',
    'GB',
    'MB/s',
    'Mbit/s',
    'KB/s',
    'bytes',
    'count',
    'bit mask',
    '',
  ] as const) {
    assert.equal(maximumOf(unit), Number.MAX_SAFE_INTEGER);
  }
});
