import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import {
  DISK,
  DISK_WIDTH,
  parseDiskstats,
  type DeviceFilter,
} from '../../../../src/sampler/adapters/disk/diskstats.ts';
import { ByteReader } from '../../../../src/sampler/proc/byte-reader.ts';
import { CounterRows } from '../../../../src/sampler/proc/counter-rows.ts';
import { hostileText } from '../../proc/hostile-text.ts';
import { load } from '../../proc/load.ts';

const reader = new ByteReader();
const EVERY: DeviceFilter = { begin: () => undefined, isCounted: () => true };

function parse(rows: CounterRows, text: string | Uint8Array, filter = EVERY): boolean {
  load(reader, text);
  return parseDiskstats(reader, rows, filter);
}

/** As Linux before 4.18 writes it, as from 4.18 and as from 5.5. */
const SAMPLE = `   8       0 sda 1 9 2 9 3 9 4 9 9 9 9
   8      16 sdb 10 9 20 9 30 9 40 9 9 9 9 9 9 9 9
 259       0 nvme0n1 100 9 200 9 300 9 400 9 9 9 9 9 9 9 9 9 9
`;

describe('parseDiskstats', () => {
  test('takes counts and sectors of reads and writes, whatever the length of the line', () => {
    const rows = new CounterRows(DISK_WIDTH);
    assert.ok(parse(rows, SAMPLE));
    assert.equal(rows.count, 3);
    assert.equal(rows.totals[DISK.reads], 111);
    assert.equal(rows.totals[DISK.sectorsRead], 222);
    assert.equal(rows.totals[DISK.writes], 333);
    assert.equal(rows.totals[DISK.sectorsWritten], 444);
  });

  test('leaves out what the filter does not count', () => {
    const rows = new CounterRows(DISK_WIDTH);
    const names: string[] = [];
    const filter: DeviceFilter = {
      begin: () => undefined,
      isCounted: (_, from) => names.push(from.bytes.toString('latin1', from.keyStart, from.keyEnd)) === 2,
    };
    assert.ok(parse(rows, SAMPLE, filter));
    assert.deepEqual(names, ['sda', 'sdb', 'nvme0n1']);
    assert.deepEqual([...rows.totals], [10, 20, 30, 40]);
  });

  test('a line that cannot be understood makes the sums unknown', () => {
    for (const text of [
      '',
      '\n',
      '8 0\n',
      '8 0 sda\n',
      '8 0 sda 1 2 3\n',
      '8 0 sda 1 9 -2 9 3 9 4 9\n',
      `${SAMPLE}x\n`,
    ]) {
      assert.equal(parse(new CounterRows(DISK_WIDTH), text), false, JSON.stringify(text));
    }
  });

  test('whatever the bytes, it does not throw, and what has grown is never negative', () => {
    fc.assert(
      fc.property(fc.array(hostileText(SAMPLE), { minLength: 2, maxLength: 4 }), contents => {
        const rows = new CounterRows(DISK_WIDTH);
        for (const content of contents) {
          if (!parse(rows, content)) rows.forget();
          for (const increase of rows.increases) assert.ok(Number.isNaN(increase) || increase >= 0);
        }
      }),
      { numRuns: 300 },
    );
  });
});
