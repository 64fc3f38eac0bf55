import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { takeInterfaces } from '../../../../src/sampler/adapters/network/if-table.ts';
import { NET, NET_WIDTH } from '../../../../src/sampler/adapters/network/net-dev.ts';
import { CounterRows } from '../../../../src/sampler/proc/counter-rows.ts';
import { INTERFACE, interfaceOf, type MadeInterface } from '../../../fixtures/windows/structures.ts';

const LOOPBACK = 24;
const VIRTUAL = 53;

function take(interfaces: readonly MadeInterface[], rows = new CounterRows(NET_WIDTH)): CounterRows {
  takeInterfaces(Buffer.concat(interfaces.map(interfaceOf)), interfaces.length, rows);
  return rows;
}

const bytes = (count: bigint): NonNullable<MadeInterface['received']> => [count, 0, 0, 0, 0];

describe('interface table of Windows', () => {
  test('sums up the counters of cards, in 64 bits', () => {
    const rows = take([
      { index: 1, type: LOOPBACK, flags: 0, received: bytes(5n) },
      {
        index: 7,
        received: [30_000_000_000n, 20_000_000, 5, 3, 4],
        sent: [7_000_000_000n, 9_000_000, 6, 2, 1],
      },
      { index: 9, isUp: false, received: [5n, 1, 2, 10, 20], sent: [35n, 3, 4, 30, 40] },
    ]);
    assert.equal(rows.count, 2);
    assert.equal(rows.totals[NET.bytesIn], 30_000_000_005);
    assert.equal(rows.totals[NET.packetsIn], 20_000_008);
    assert.equal(rows.totals[NET.errorsIn], 13);
    assert.equal(rows.totals[NET.dropsIn], 24);
    assert.equal(rows.totals[NET.bytesOut], 7_000_000_035);
    assert.equal(rows.totals[NET.packetsOut], 9_000_013);
    assert.equal(rows.totals[NET.errorsOut], 32);
    assert.equal(rows.totals[NET.dropsOut], 41);
  });

  test('each path counts once: no filters, switches, tunnels or teams beside the card', () => {
    const rows = take([
      { index: 7, received: bytes(1000n) },
      // The card again, as each filter sees it.
      { index: 8, flags: INTERFACE.hardware | INTERFACE.filter, received: bytes(1000n) },
      { index: 9, flags: INTERFACE.filter, received: bytes(1000n) },
      { index: 10, type: VIRTUAL, flags: 0, received: bytes(900n) },
      { index: 11, type: 131, flags: 0, received: bytes(800n) },
    ]);
    assert.equal(rows.count, 1);
    assert.equal(rows.totals[NET.bytesIn], 1000);
  });

  test('without any card those that are up count, as in a container', () => {
    const rows = take([
      { index: 1, type: LOOPBACK, flags: INTERFACE.hardware, received: bytes(5n) },
      { index: 2, flags: 0, received: bytes(100n) },
      { index: 3, flags: INTERFACE.filter, received: bytes(100n) },
      { index: 4, flags: 0, isUp: false, received: bytes(7n) },
    ]);
    assert.equal(rows.count, 1);
    assert.equal(rows.totals[NET.bytesIn], 100);
  });

  test('knows interfaces by their numbers, wherever they stand', () => {
    const rows = take([
      { index: 7, received: bytes(100n) },
      { index: 8, received: bytes(50n) },
    ]);
    take(
      [
        { index: 9, received: bytes(5000n) },
        { index: 8, received: bytes(30n) },
        { index: 7, received: bytes(107n) },
      ],
      rows,
    );
    assert.equal(rows.increases[NET.bytesIn], 7);
  });

  test('gives numbers that are whole and not negative, whatever the bytes', () => {
    const row = fc.uint8Array({ minLength: 1352, maxLength: 1352 });
    fc.assert(
      fc.property(fc.array(fc.array(row, { maxLength: 3 }), { maxLength: 3 }), tables => {
        const rows = new CounterRows(NET_WIDTH);
        for (const table of tables) {
          takeInterfaces(Buffer.concat(table), table.length, rows);
          for (const sum of [...rows.totals, ...rows.increases]) assert.ok(sum >= 0, String(sum));
        }
      }),
      { numRuns: 50 },
    );
    assert.throws(() => {
      takeInterfaces(Buffer.alloc(1000), 1, new CounterRows(NET_WIDTH));
    }, RangeError);
  });
});
