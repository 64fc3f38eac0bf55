import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  compareLogFileNames,
  formatLogFileName,
  parseLogFileName,
  utcDate,
} from '../../src/log/file-name.ts';

test('the first file of a day has no number, the others do', () => {
  const name = (number: number): string =>
    formatLogFileName({ id8: '476aa2f1', date: '2024-02-29', number, isCompressed: false });
  assert.equal(name(0), 'metrics_476aa2f1_2024-02-29.csv');
  assert.equal(name(1), 'metrics_476aa2f1_2024-02-29_1.csv');
  assert.equal(name(12), 'metrics_476aa2f1_2024-02-29_12.csv');
  assert.equal(
    formatLogFileName({ id8: '476aa2f1', date: '2024-02-29', number: 12, isCompressed: true }),
    'metrics_476aa2f1_2024-02-29_12.csv.gz',
  );
});

test('every name is taken apart into what it was made of', () => {
  const digit = fc.constantFrom('0', '1', '7', '9', 'a', 'f');
  fc.assert(
    fc.property(
      fc.array(digit, { minLength: 8, maxLength: 8 }).map(digits => digits.join('')),
      fc.integer({ min: 0, max: 4_102_444_800_000 }).map(utcDate),
      fc.nat(999_999),
      fc.boolean(),
      (id8, date, number, isCompressed) => {
        const parts = { id8, date, number, isCompressed };
        assert.deepEqual(parseLogFileName(formatLogFileName(parts)), parts);
      },
    ),
  );
});

test('they are in order by date and number, the plain file before the compressed one', () => {
  const sorted = [
    'metrics_476aa2f1_2024-02-29.csv',
    'metrics_476aa2f1_2024-02-29_2.csv',
    'metrics_476aa2f1_2024-02-29_2.csv.gz',
    'metrics_476aa2f1_2024-02-29_10.csv.gz',
    'metrics_476aa2f1_2024-03-01.csv.gz',
  ];
  fc.assert(
    fc.property(fc.shuffledSubarray(sorted, { minLength: sorted.length }), names => {
      const parsed = names.map(name => parseLogFileName(name) ?? assert.fail(name));
      assert.deepEqual(parsed.sort(compareLogFileNames).map(formatLogFileName), sorted);
    }),
  );
});

test('other files are none of ours', () => {
  for (const name of [
    '',
    'metrics.csv',
    'metrics_476aa2f1_2024-02-29.csv.gz.0123abcd.new',
    'metrics_476aa2f1_2024-02-29.gz',
    'metrics_476aa2f1_2024-02-29.csv.GZ',
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
