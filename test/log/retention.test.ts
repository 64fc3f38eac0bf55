import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { formatLogFileName, utcDate } from '../../src/log/file-name.ts';
import type { ListedFile } from '../../src/log/listing.ts';
import { ageInDays, filesToDelete } from '../../src/log/retention.ts';

const DAY_MS = 86_400_000;
const TODAY = '2024-03-10';

function fileOf(age: number, bytes: number, number = 0): ListedFile {
  const parts = {
    id8: '476aa2f1',
    date: utcDate(Date.parse(TODAY) - age * DAY_MS),
    number,
    isCompressed: age > 0,
  };
  return { ...parts, name: formatLogFileName(parts), bytes };
}

const never = (): boolean => false;

describe('filesToDelete', () => {
  const files = [fileOf(40, 10), fileOf(31, 10), fileOf(30, 10), fileOf(1, 10), fileOf(0, 10)];
  const ages = (deleted: readonly ListedFile[]): number[] => deleted.map(file => ageInDays(file.date, TODAY));

  test('deletes what is older than the days that are kept', () => {
    const rules = { retentionDays: 30, maxTotalBytes: 1000 };
    assert.deepEqual(ages(filesToDelete(files, rules, TODAY, never)), [40, 31]);
    assert.deepEqual(ages(filesToDelete(files, { ...rules, retentionDays: undefined }, TODAY, never)), []);
    assert.deepEqual(ages(filesToDelete(files, rules, undefined, never)), [], 'the clock is not sure');
  });

  test('deletes the oldest until the rest is no more than allowed', () => {
    const rules = { retentionDays: undefined, maxTotalBytes: 30 };
    assert.deepEqual(ages(filesToDelete(files, rules, TODAY, never)), [40, 31]);
    assert.deepEqual(ages(filesToDelete(files, { ...rules, maxTotalBytes: 29 }, TODAY, never)), [40, 31, 30]);
    assert.deepEqual(ages(filesToDelete(files, { ...rules, maxTotalBytes: 50 }, TODAY, never)), []);
  });

  test('passes over what must stay, and takes the next oldest', () => {
    const rules = { retentionDays: 35, maxTotalBytes: 30 };
    const held = (file: ListedFile): boolean => file === files[0] || file === files[2];
    assert.deepEqual(ages(filesToDelete(files, rules, TODAY, held)), [31, 1]);
    assert.deepEqual(
      filesToDelete(files, { ...rules, maxTotalBytes: 0 }, TODAY, () => true),
      [],
    );
  });

  test('never deletes a newer file and keeps an older one without need, nor what must stay', () => {
    const list = fc
      .array(fc.tuple(fc.nat(60), fc.nat(100)), { maxLength: 30 })
      .map(all => all.sort(([a], [b]) => b - a).map(([age, bytes], number) => fileOf(age, bytes, number)));
    fc.assert(
      fc.property(list, fc.nat(1500), fc.nat(60), fc.nat(), (files_, maxTotalBytes, retentionDays, mask) => {
        const stays = (file: ListedFile): boolean => ((mask >> (file.number % 31)) & 1) === 1;
        const gone = new Set(filesToDelete(files_, { retentionDays, maxTotalBytes }, TODAY, stays));
        const left = files_.filter(file => !gone.has(file));
        assert.ok([...gone].every(file => !stays(file)));
        const leftBytes = left.reduce((sum, file) => sum + file.bytes, 0);
        if (leftBytes > maxTotalBytes) assert.ok(left.every(stays));
        for (const file of left) assert.ok(stays(file) || ageInDays(file.date, TODAY) <= retentionDays);
        const young = [...gone].filter(file => ageInDays(file.date, TODAY) <= retentionDays);
        const lastYoung = young.at(-1);
        if (!lastYoung) return;
        assert.ok(leftBytes + lastYoung.bytes > maxTotalBytes, 'no more than has to go');
        const older = files_.slice(0, files_.indexOf(lastYoung));
        assert.ok(
          older.every(file => gone.has(file) || stays(file)),
          'the oldest first',
        );
      }),
    );
  });
});

test('ages are whole UTC days, whatever the time zone', () => {
  assert.equal(ageInDays('2024-02-28', '2024-03-01'), 2);
  assert.equal(ageInDays('2024-03-30', '2024-04-01'), 2, 'the night of summer time in Europe');
  assert.equal(ageInDays('2024-03-02', '2024-03-01'), -1);
});
