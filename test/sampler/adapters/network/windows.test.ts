import assert from 'node:assert/strict';
import { describe, test, type TestContext } from 'node:test';
import fc from 'fast-check';
import { createNetworkAdapter } from '../../../../src/sampler/adapters/network/windows.ts';
import { Sysroot } from '../../../../src/sampler/sysroot.ts';
import { BALANCED, FakeWindows } from '../../../fixtures/windows/fake-windows.ts';
import { interfaceTableOf } from '../../../fixtures/windows/structures.ts';
import { openAdapter, tryOpen, type OpenedAdapter } from '../../proc/fixture-tree.ts';

const makeMachine = (without: readonly string[] = []): FakeWindows =>
  new FakeWindows(without)
    .setSockets([40, 20, 7, 5], [30, 12])
    .setInterfaces(
      interfaceTableOf(
        { index: 1, type: 24, flags: 0, received: [9n, 9, 9, 9, 9] },
        { index: 7, received: [10_000_000_000n, 3000, 1, 2, 3], sent: [4000n, 40, 2, 4, 6] },
      ),
    );

const open = (t: TestContext, windows: FakeWindows): Promise<OpenedAdapter> =>
  openAdapter(t, createNetworkAdapter(windows.options), new Sysroot());

describe('network adapter for Windows', () => {
  test('sums, rates and sockets', async t => {
    const windows = makeMachine();
    const network = await open(t, windows);
    assert.equal(network.info.found, '1 interface with hardware');
    assert.deepEqual(network.info.limitations, []);
    network.read(Number.NaN);
    assert.equal(network.reading('net_recv_rate_mbps'), 'failed', 'there is nothing to compare with yet');
    windows.setInterfaces(
      interfaceTableOf({
        index: 7,
        received: [10_001_500_000n, 4000, 5, 2, 3],
        sent: [254_000n, 340, 2, 4, 7],
      }),
    );
    network.read(2);
    assert.deepEqual(network.readings, {
      net_bytes_sent: 254_000,
      net_bytes_recv: 10_001_500_000,
      net_packets_sent: 342,
      net_packets_recv: 4005,
      net_errors_in: 2,
      net_errors_out: 4,
      net_drops_in: 3,
      net_drops_out: 7,
      // 250 000 bytes in 2 s
      net_send_rate_mbps: 1,
      // 1 500 000 bytes in 2 s
      net_recv_rate_mbps: 6,
      net_connections_total: 72,
      net_connections_established: 42,
    });
    network.adapter.close();
    network.adapter.close();
    assert.deepEqual(windows.books, BALANCED);
    windows.assertNoMisuse();
  });

  test('after a gap there is no rate until there are two reads to compare', async t => {
    const windows = makeMachine();
    const network = await open(t, windows);
    network.read(Number.NaN).read(1);
    assert.equal(network.reading('net_recv_rate_mbps'), 0);
    for (const [code, reason] of [
      [5, 'denied'], // ERROR_ACCESS_DENIED
      [50, 'unsupported'], // ERROR_NOT_SUPPORTED
      [8, 'failed'], // ERROR_NOT_ENOUGH_MEMORY
    ] as const) {
      windows.fail('GetIfTable2', code);
      network.read(1);
      assert.equal(network.reading('net_bytes_recv'), reason, String(code));
      assert.equal(network.reading('net_send_rate_mbps'), reason);
      assert.equal(network.reading('net_connections_total'), 72);
    }
    windows.fail('GetIfTable2', 0);
    assert.equal(network.read(1).reading('net_recv_rate_mbps'), 'failed');
    assert.equal(network.read(1).reading('net_recv_rate_mbps'), 0);
    const nonsense = Buffer.alloc(8);
    nonsense.writeUInt32LE(0xffff_ffff);
    assert.equal(network.read(1).reading('net_bytes_recv'), 10_000_000_000);
    windows.setInterfaces(nonsense);
    assert.equal(network.read(1).reading('net_bytes_recv'), 'failed');
    assert.deepEqual(windows.books, BALANCED);
    windows.assertNoMisuse();
  });

  test('a machine without IPv6 has no such sockets', async t => {
    const windows = makeMachine();
    for (const symbol of ['GetTcp6Table', 'GetUdp6Table', 'GetTcpStatisticsEx 23']) windows.fail(symbol, 50);
    const network = await open(t, windows);
    network.read(1);
    assert.equal(network.reading('net_connections_total'), 47);
    assert.equal(network.reading('net_connections_established'), 30);
  });

  test('sockets are told only when all of them are', async t => {
    for (const [symbol, column] of [
      ['GetTcpTable', 'net_connections_total'],
      ['GetUdp6Table', 'net_connections_total'],
      ['GetTcpStatisticsEx 2', 'net_connections_established'],
    ] as const) {
      const windows = makeMachine();
      const network = await open(t, windows);
      windows.fail(symbol, 5);
      assert.equal(network.read(1).reading(column), 'denied', symbol);
      windows.fail(symbol, 31);
      assert.equal(network.read(1).reading(column), 'failed', symbol);
      windows.fail(symbol, 122);
      assert.equal(network.read(1).reading(column), 'failed', 'a table that always outgrows its room');
      windows.fail(symbol, 0);
      assert.equal(typeof network.read(1).reading(column), 'number', symbol);
    }
    const deaf = await open(t, makeMachine(['GetTcp6Table', 'GetTcpStatisticsEx']));
    assert.deepEqual(
      deaf.info.limitations?.map(({ what }) => what),
      ['connections'],
    );
    deaf.read(1);
    assert.equal(deaf.reading('net_connections_total'), 'unsupported');
    assert.equal(deaf.reading('net_connections_established'), 'unsupported');
    assert.equal(deaf.reading('net_bytes_recv'), 10_000_000_000);
  });

  test('many sockets are counted less often', async t => {
    const windows = makeMachine().setSockets([30_000, 4000, 1000, 500]);
    const network = await open(t, windows);
    const before = windows.calls('GetUdpTable');
    for (let tick = 0; tick < 72; tick++) {
      assert.equal(network.read(1).reading('net_connections_total'), 35_500);
    }
    assert.equal(windows.calls('GetUdpTable') - before, 2, 'at the first tick and at the 37th');
    windows.assertNoMisuse();
  });

  test('says why there is nothing to read', async t => {
    const reason = async (windows: FakeWindows): Promise<string> => {
      const outcome = await tryOpen(t, createNetworkAdapter(windows.options), new Sysroot());
      return outcome.available ? 'available' : outcome.reason;
    };
    for (const symbol of ['GetIfTable2', 'FreeMibTable', 'RtlMoveMemory'])
      assert.equal(await reason(makeMachine([symbol])), 'unsupported', symbol);
    assert.equal(await reason(makeMachine().fail('GetIfTable2', 5)), 'denied');
  });

  test('any table leaves values in their range, or reasons', async t => {
    const windows = makeMachine();
    const network = await open(t, windows);
    const rows = fc.array(fc.uint8Array({ minLength: 1352, maxLength: 1352 }), { maxLength: 3 });
    fc.assert(
      fc.property(rows, list => {
        const head = Buffer.alloc(8);
        head.writeUInt32LE(list.length);
        windows.setInterfaces(Buffer.concat([head, ...list]));
        network.read(1);
      }),
      { numRuns: 100 },
    );
    windows.assertNoMisuse();
    assert.deepEqual(windows.books, BALANCED);
  });
});
