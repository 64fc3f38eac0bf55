import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { NET, NET_WIDTH, parseNetDev } from '../../../../src/sampler/adapters/network/net-dev.ts';
import { ByteReader } from '../../../../src/sampler/proc/byte-reader.ts';
import { CounterRows } from '../../../../src/sampler/proc/counter-rows.ts';
import { hostileText } from '../../proc/hostile-text.ts';
import { load } from '../../proc/load.ts';

const reader = new ByteReader();

function parse(rows: CounterRows, text: string | Uint8Array): boolean {
  load(reader, text);
  return parseNetDev(reader, rows);
}

const HEADINGS = `Inter-|   Receive                                                |  Transmit
 face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets errs drop fifo colls carrier compressed
`;
const LOOPBACK = '    lo: 9 9 9 9 9 9 9 9 9 9 9 9 9 9 9 9\n';

function lineOf(name: string, counters: readonly number[]): string {
  const [a, b, c, d, e, f, g, h] = counters;
  return `${name}: ${a} ${b} ${c} ${d} 7 7 7 7 ${e} ${f} ${g} ${h} 7 7 7 7\n`;
}

describe('parseNetDev', () => {
  test('takes the eight counters of each interface but loopback', () => {
    const rows = new CounterRows(NET_WIDTH);
    const text = `${HEADINGS}${LOOPBACK}  eth0:1 2 3 4 0 0 0 0 5 6 7 8 0 0 0 0\nlo0: 10 20 30 40 0 0 0 0 50 60 70 80 0 0 0 0\n`;
    assert.ok(parse(rows, text));
    assert.equal(rows.count, 2);
    assert.deepEqual([...rows.totals], [11, 22, 33, 44, 55, 66, 77, 88]);
    assert.equal(rows.totals[NET.bytesOut], 55);
  });

  test('a machine with loopback alone has sums of nothing; a file without any interface has none', () => {
    const rows = new CounterRows(NET_WIDTH);
    assert.ok(parse(rows, HEADINGS + LOOPBACK));
    assert.deepEqual(
      [...rows.totals],
      Array.from({ length: 8 }, () => 0),
    );
    for (const text of ['', HEADINGS, 'garbage', '\n\n'])
      assert.equal(parse(rows, text), false, JSON.stringify(text));
  });

  test('a line that cannot be understood makes the sums unknown', () => {
    const rows = new CounterRows(NET_WIDTH);
    for (const line of [
      'eth0:',
      'eth0: 1 2 3\n',
      'eth0: -1 2 3 4 0 0 0 0 5 6 7 8 0 0 0 0\n',
      'eth0: 1 2 3 4 0 0 0 0 5 6 7 8',
    ]) {
      assert.equal(parse(rows, HEADINGS + LOOPBACK + line), false, line);
    }
  });

  test('sums up 200 interfaces with any counters', () => {
    const row = fc.array(fc.nat(2 ** 31 - 1), { minLength: 8, maxLength: 8 });
    fc.assert(
      fc.property(fc.array(row, { minLength: 200, maxLength: 200 }), list => {
        const rows = new CounterRows(NET_WIDTH);
        assert.ok(
          parse(rows, HEADINGS + LOOPBACK + list.map((counters, i) => lineOf(`veth${i}`, counters)).join('')),
        );
        const expected = list.reduce((sums, counters) => sums.map((sum, i) => sum + (counters[i] ?? 0)));
        assert.deepEqual([...rows.totals], expected);
      }),
      { numRuns: 10 },
    );
  });

  test('whatever the bytes, it does not throw, and what has grown is never negative', () => {
    const sample =
      HEADINGS +
      LOOPBACK +
      lineOf('eth0', [1, 2, 3, 4, 5, 6, 7, 8]) +
      lineOf('wlan0', [9, 8, 7, 6, 5, 4, 3, 2]);
    fc.assert(
      fc.property(fc.array(hostileText(sample), { minLength: 2, maxLength: 4 }), contents => {
        const rows = new CounterRows(NET_WIDTH);
        for (const content of contents) {
          if (!parse(rows, content)) rows.forget();
          for (const increase of rows.increases) assert.ok(Number.isNaN(increase) || increase >= 0);
        }
      }),
      { numRuns: 300 },
    );
  });
});
