import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { formatLogFileName, parseLogFileName, utcDate } from '../../src/log/file-name.ts';

test('the first file of a day has no number, the others do', () => {
  const name = (number: number): string => formatLogFileName({ id8: '476aa2f1', date: '2024-02-29', number });
  assert.equal(name(0), 'metrics_476aa2f1_2024-02-29.csv');
  assert.equal(name(1), 'metrics_476aa2f1_2024-02-29_1.csv');
  assert.equal(name(12), 'metrics_476aa2f1_2024-02-29_12.csv');
});

test('every name is taken apart into what it was made of', () => {
  const digit = fc.constantFrom('0', '1', '7', '9', 'a', 'f');
  fc.assert(
    fc.property(
      fc.array(digit, { minLength: 8, maxLength: 8 }).map(digits => digits.join('')),
      fc.integer({ min: 0, max: 4_102_444_800_000 }).map(utcDate),
      fc.nat(999_999),
      (id8, date, number) => {
        const parts = { id8, date, number };
        assert.deepEqual(parseLogFileName(formatLogFileName(parts)), parts);
      },
    ),
  );
});

test('other files are none of ours', () => {
  for (const name of [
    '',
    'metrics.csv',
    'metrics_476aa2f1_2024-02-29.csv.gz',
    'metrics_476aa2f1_2024-02-29.csv\n',
    'metrics_476aa2f1_2024-02-29.CSV',
    'metrics_476AA2F1_2024-02-29.csv',
    'metrics_476aa2f_2024-02-29.csv',
    'metrics_476aa2f10_2024-02-29.csv',
    'metrics_476aa2f1_24-02-29.csv',
    'metrics_476aa2f1_2024-02-29_0.csv',
    'metrics_476aa2f1_2024-02-29_01.csv',
    'metrics_476aa2f1_2024-02-29_.csv',
    'metrics_476aa2f1_2024-02-29_1000000.csv',
    'copy of metrics_476aa2f1_2024-02-29.csv',
    '.writer',
  ]) {
    assert.equal(parseLogFileName(name), undefined, JSON.stringify(name));
  }
});

test('a day begins at midnight UTC', () => {
  const midnight = Date.UTC(2024, 2, 1);
  assert.equal(utcDate(midnight - 1), '2024-02-29');
  assert.equal(utcDate(midnight), '2024-03-01');
});
