import assert from 'node:assert/strict';
import fs from 'node:fs';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { createNetworkAdapter } from '../../../../src/sampler/adapters/network/linux.ts';
import { FixtureTree, openAdapter, tryOpen } from '../../proc/fixture-tree.ts';
import { hostileText } from '../../proc/hostile-text.ts';

const DEV = '/proc/net/dev';
const LOOPBACK = '    lo: 1 1 0 0 0 0 0 0 1 1 0 0 0 0 0 0\n';

/** `/proc/net/dev` of interfaces that have received and sent so many bytes. */
function devOf(interfaces: Readonly<Record<string, readonly [received: number, sent: number]>>): string {
  return (
    'Inter-|   Receive\n face |bytes\n' +
    LOOPBACK +
    Object.entries(interfaces)
      .map(([name, [received, sent]]) => `  ${name}: ${received} 0 0 0 0 0 0 0 ${sent} 0 0 0 0 0 0 0\n`)
      .join('')
  );
}

describe('network adapter for Linux', () => {
  test('a workstation with two interfaces and one that is named like loopback', async t => {
    const tree = new FixtureTree(t).apply('workstation/first');
    const network = await openAdapter(t, createNetworkAdapter(), tree.sysroot);
    assert.equal(network.info.found, '3 interfaces besides loopback');
    assert.deepEqual(network.info.limitations, []);

    network.read(Number.NaN);
    assert.equal(network.reading('net_send_rate_mbps'), 'failed', 'there is nothing to compare with yet');
    assert.equal(network.reading('net_bytes_sent'), 3_500_007);

    tree.apply('workstation/second');
    assert.deepEqual(network.read(2).readings, {
      net_bytes_sent: 3_750_007,
      net_bytes_recv: 4_500_005,
      net_packets_sent: 3901,
      net_packets_recv: 4101,
      net_errors_in: 11,
      net_errors_out: 45,
      net_drops_in: 23,
      net_drops_out: 55,
      // 250 000 bytes in 2 s
      net_send_rate_mbps: 1,
      // 1 500 000 bytes in 2 s
      net_recv_rate_mbps: 6,
      // 31 + 9 + 6 + 5
      net_connections_total: 51,
      net_connections_established: 23,
    });
  });

  test('a namespace with loopback alone, without IPv6 and SNMP counters', async t => {
    const tree = new FixtureTree(t).apply('container/first');
    const network = await openAdapter(t, createNetworkAdapter(), tree.sysroot);
    assert.equal(network.info.found, '0 interfaces besides loopback');
    assert.equal(network.info.limitations?.length, 1);
    network.read(Number.NaN).read(1);
    assert.equal(network.reading('net_bytes_sent'), 0);
    assert.equal(network.reading('net_send_rate_mbps'), 0);
    assert.equal(network.reading('net_connections_total'), 3);
    assert.equal(network.reading('net_connections_established'), 'unsupported');
  });

  test('an interface that vanishes, appears or is reset makes the rate neither negative nor huge', async t => {
    const tree = new FixtureTree(t).write(DEV, devOf({ eth0: [1000, 1000], tun0: [9e12, 9e12] }));
    const network = await openAdapter(t, createNetworkAdapter(), tree.sysroot);
    const rates = (): unknown[] => [
      network.reading('net_send_rate_mbps'),
      network.reading('net_recv_rate_mbps'),
    ];
    network.read(Number.NaN);
    tree.write(DEV, devOf({ eth0: [126_000, 251_000] }));
    assert.deepEqual((network.read(1), rates()), [2, 1]);
    tree.write(DEV, devOf({ tun0: [9.5e12, 9.5e12], eth0: [251_000, 501_000] }));
    assert.deepEqual((network.read(1), rates()), [2, 1]);
    tree.write(DEV, devOf({ tun0: [9.5e12 + 125_000, 9.5e12], eth0: [0, 0] }));
    assert.deepEqual((network.read(1), rates()), [0, 1]);
    tree.write(DEV, devOf({ tun0: [9.5e12 + 125_000, 9.5e12], eth0: [250_000, 0] }));
    assert.deepEqual((network.read(1), rates()), [0, 2]);
  });

  test('200 interfaces, of which some come and go', async t => {
    const tree = new FixtureTree(t);
    const interfaces = (missing: number, bytes: number): string =>
      devOf(
        Object.fromEntries(
          Array.from(
            { length: 200 },
            (_, i) => [`veth${i}`, [i * 1e9 + bytes, i * 1e9 + 2 * bytes]] as const,
          ).filter((_, i) => i % 10 !== missing),
        ),
      );
    tree.write(DEV, interfaces(-1, 0));
    const network = await openAdapter(t, createNetworkAdapter(), tree.sysroot);
    network.read(Number.NaN);
    for (let tick = 1; tick < 30; tick++) {
      tree.write(DEV, interfaces(tick % 10, tick * 1250));
      network.read(1);
      // Each tick 180 are there, and of those 20 are new but on the first.
      const counted = tick === 1 ? 180 : 160;
      assert.equal(network.reading('net_recv_rate_mbps'), (counted * 1250 * 8) / 1e6);
      assert.equal(network.reading('net_send_rate_mbps'), (counted * 2500 * 8) / 1e6);
    }
  });

  test('after a gap there is no rate until there are two reads to compare', async t => {
    const tree = new FixtureTree(t).write(DEV, devOf({ eth0: [0, 0] }));
    const network = await openAdapter(t, createNetworkAdapter(), tree.sysroot);
    network.read(Number.NaN);
    tree.vanish(DEV);
    assert.equal(network.read(1).reading('net_bytes_recv'), 'failed');
    tree.write(DEV, devOf({ eth0: [1e9, 1e9] }));
    network.read(1);
    assert.equal(network.reading('net_bytes_recv'), 1e9);
    assert.equal(network.reading('net_recv_rate_mbps'), 'failed');
    tree.write(DEV, devOf({ eth0: [1e9 + 125_000, 1e9] }));
    assert.equal(network.read(1).reading('net_recv_rate_mbps'), 1);
    tree.write(DEV, 'not this file\n');
    assert.equal(network.read(1).reading('net_bytes_recv'), 'failed');
    assert.equal(network.reading('net_recv_rate_mbps'), 'failed');
  });

  test('an interval that is not positive has no rate', async t => {
    const tree = new FixtureTree(t).write(DEV, devOf({ eth0: [0, 0] }));
    const network = await openAdapter(t, createNetworkAdapter(), tree.sysroot);
    network.read(Number.NaN);
    for (const elapsed of [0, -1, Number.NaN]) {
      assert.equal(network.read(elapsed).reading('net_recv_rate_mbps'), 'failed');
    }
    assert.equal(network.read(1).reading('net_recv_rate_mbps'), 0);
  });

  test('counters that no number can hold spoil their own column only', async t => {
    const tree = new FixtureTree(t).write(
      DEV,
      `${LOOPBACK}eth0: 1000 1 0 18446744073709551615 0 0 0 0 2000 2 0 0 0 0 0 0\n`,
    );
    const network = await openAdapter(t, createNetworkAdapter(), tree.sysroot);
    network.read(Number.NaN);
    assert.equal(network.reading('net_drops_in'), 'failed');
    assert.equal(network.reading('net_bytes_recv'), 1000);
  });

  test('IPv6 sockets that cannot be read make the sum unknown, those that do not exist do not', async t => {
    const tree = new FixtureTree(t).apply('workstation/first');
    const network = await openAdapter(t, createNetworkAdapter(), tree.sysroot);
    assert.equal(network.read(1).reading('net_connections_total'), 51);
    const path = tree.sysroot.path('/proc/net/sockstat6');
    fs.truncateSync(path);
    assert.equal(network.read(1).reading('net_connections_total'), 'failed');
    fs.rmSync(path);
    assert.equal(network.read(1).reading('net_connections_total'), 40);
  });

  test('without /proc/net/dev there is no network to read', async t => {
    const info = await tryOpen(t, createNetworkAdapter(), new FixtureTree(t).sysroot);
    assert.ok(!info.available);
    assert.equal(info.reason, 'unsupported');
  });

  test('whatever its files hold, it never throws and writes no impossible value', async t => {
    const tree = new FixtureTree(t).apply('workstation/first');
    const files = [DEV, '/proc/net/sockstat', '/proc/net/sockstat6', '/proc/net/snmp'] as const;
    const samples = files.map(file => fs.readFileSync(tree.sysroot.path(file), 'utf8'));
    const network = await openAdapter(t, createNetworkAdapter(), tree.sysroot);
    fc.assert(
      fc.property(
        fc.tuple(...samples.map(hostileText)),
        fc.constantFrom(1, 0.1, 0, Number.NaN),
        (contents, elapsed) => {
          contents.forEach((content, i) => void tree.write(files[i] ?? DEV, content));
          network.read(elapsed);
        },
      ),
      { numRuns: 200 },
    );
  });
});
