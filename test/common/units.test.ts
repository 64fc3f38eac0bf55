import assert from 'node:assert/strict';
import { test } from 'node:test';
import { GIB, maximumOf, MIB, shownUnit, TEMPERATURE_SIGN, temperatureIn } from '../../src/common/units.ts';

test('units are shown as what they are', () => {
  assert.deepEqual((['MB', 'GB', 'MB/s', '%'] as const).map(shownUnit), ['MiB', 'GiB', 'MB/s', '%']);
});

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

test('a temperature is told in the unit that the user reads', () => {
  assert.deepEqual(
    [-40, 0, 37, 100].map(celsius => temperatureIn('fahrenheit', celsius)),
    [-40, 32, 98.60000000000001, 212],
  );
  assert.equal(temperatureIn('celsius', 66.5), 66.5);
  assert.deepEqual(TEMPERATURE_SIGN, { celsius: '°C', fahrenheit: '°F' });
});
