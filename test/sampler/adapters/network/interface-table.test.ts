import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import {
  INTERFACE_TABLE,
  parseInterfaceTable,
} from '../../../../src/sampler/adapters/network/interface-table.ts';
import { NET, NET_WIDTH } from '../../../../src/sampler/adapters/network/net-dev.ts';
import { ByteReader } from '../../../../src/sampler/proc/byte-reader.ts';
import { CounterRows } from '../../../../src/sampler/proc/counter-rows.ts';
import {
  ifmibdataOf,
  INTERFACES,
  LOOPBACK_FLAGS,
  type MadeInterface,
} from '../../../fixtures/darwin/structures.ts';
import { load } from '../../proc/load.ts';

const LOOPBACK: MadeInterface = { name: 'lo0', flags: LOOPBACK_FLAGS, received: [9n, 9, 9, 9] };

const tableOf = (...interfaces: readonly MadeInterface[]): Buffer =>
  Buffer.concat(interfaces.map(ifmibdataOf));

function parse(table: Uint8Array, rows = new CounterRows(NET_WIDTH)): CounterRows | undefined {
  const reader = new ByteReader(64);
  load(reader, table);
  return parseInterfaceTable(reader, rows) ? rows : undefined;
}

describe('interface table of macOS', () => {
  test('is asked for by the numbers of the public headers', () => {
    assert.equal(INTERFACE_TABLE.join('.'), INTERFACES);
  });

  test('sums up all interfaces but loopback, in 64 bits', () => {
    const rows = parse(
      tableOf(
        LOOPBACK,
        {
          name: 'en0',
          received: [30_277_303_935n, 20_000_000, 3, 5],
          sent: [7_000_000_000n, 9_000_000, 2, 4],
        },
        { name: 'utun4', received: [65n, 1, 10, 20], sent: [35n, 2, 30, 40] },
      ),
    );
    assert.ok(rows);
    assert.equal(rows.count, 2);
    assert.equal(rows.totals[NET.bytesIn], 30_277_304_000);
    assert.equal(rows.totals[NET.packetsIn], 20_000_001);
    assert.equal(rows.totals[NET.errorsIn], 13);
    assert.equal(rows.totals[NET.dropsIn], 25);
    assert.equal(rows.totals[NET.bytesOut], 7_000_000_035);
    assert.equal(rows.totals[NET.packetsOut], 9_000_002);
    assert.equal(rows.totals[NET.errorsOut], 32);
    assert.equal(rows.totals[NET.dropsOut], 44);
  });

  test('knows interfaces by their names, and passes over one that has none', () => {
    const rows = new CounterRows(NET_WIDTH);
    parse(tableOf(LOOPBACK, { name: 'en0', received: [100n, 0, 0, 0] }, { name: 'en1' }), rows);
    parse(
      tableOf(
        { name: '', received: [5000n, 0, 0, 0] },
        { name: 'en1', received: [30n, 0, 0, 0] },
        LOOPBACK,
        { name: 'en5', received: [7000n, 0, 0, 0] },
        { name: 'en0', received: [107n, 0, 0, 0] },
      ),
      rows,
    );
    assert.equal(rows.count, 3);
    assert.equal(rows.increases[NET.bytesIn], 37);
  });

  test('is none when it is empty or cut off', () => {
    const table = tableOf(LOOPBACK, { name: 'en0' });
    for (const length of [0, 1, 179, 181, 359]) assert.equal(parse(table.subarray(0, length)), undefined);
    assert.equal(parse(table.subarray(0, 180))?.count, 0);
  });

  test('gives numbers that are whole and not negative, whatever the bytes', () => {
    const sample = tableOf(LOOPBACK, { name: 'en0', received: [2n ** 63n, 1, 1, 1] }, { name: 'en1' });
    const changed = fc
      .array(fc.tuple(fc.nat(sample.length - 1), fc.nat(255)), { maxLength: 40 })
      .map(changes => {
        const bytes = Buffer.from(sample);
        for (const [at, byte] of changes) bytes[at] = byte;
        return bytes;
      });
    const table = fc.oneof(
      fc.uint8Array({ maxLength: 600 }),
      fc.uint8Array({ minLength: 360, maxLength: 360 }),
      changed,
      fc.nat(sample.length).map(length => sample.subarray(0, length)),
    );
    fc.assert(
      fc.property(fc.array(table, { maxLength: 4 }), tables => {
        const rows = new CounterRows(NET_WIDTH);
        for (const bytes of tables) {
          if (!parse(bytes, rows)) rows.forget();
          for (const sum of [...rows.totals, ...rows.increases]) assert.ok(sum >= 0, String(sum));
        }
      }),
    );
  });
});
