import assert from 'node:assert/strict';
import { describe, test, type TestContext } from 'node:test';
import fc from 'fast-check';
import { createNetworkAdapter } from '../../../../src/sampler/adapters/network/darwin.ts';
import { Sysroot } from '../../../../src/sampler/sysroot.ts';
import { NO_FAKE_DARWIN } from '../../../fixtures/darwin/build.ts';
import { FakeDarwin } from '../../../fixtures/darwin/fake-darwin.ts';
import {
  ifmibdataOf,
  INTERFACES,
  LOOPBACK_FLAGS,
  type MadeInterface,
} from '../../../fixtures/darwin/structures.ts';
import { openAdapter, tryOpen, type OpenedAdapter } from '../../proc/fixture-tree.ts';

function setInterfaces(mac: FakeDarwin, ...interfaces: readonly MadeInterface[]): FakeDarwin {
  const all = [{ name: 'lo0', flags: LOOPBACK_FLAGS, received: [5n, 5, 5, 5] as const }, ...interfaces];
  return mac.setSysctl(INTERFACES, Buffer.concat(all.map(ifmibdataOf)));
}

function makeMac(without: readonly string[] = []): FakeDarwin {
  const mac = new FakeDarwin(without)
    .setSysctl32('net.inet.tcp.pcbcount', 42)
    .setSysctl32('net.inet.udp.pcbcount', 17);
  return setInterfaces(mac, {
    name: 'en0',
    received: [10_000_000_000n, 3000, 1, 2],
    sent: [4000n, 40, 3, 4],
  });
}

const open = (t: TestContext, mac: FakeDarwin): Promise<OpenedAdapter> =>
  openAdapter(t, createNetworkAdapter(mac.options), new Sysroot());

describe('network adapter for macOS', { skip: NO_FAKE_DARWIN }, () => {
  test('sums, rates and sockets', async t => {
    const mac = makeMac();
    const network = await open(t, mac);
    assert.equal(network.info.found, '1 interface besides loopback');
    network.read(Number.NaN);
    assert.equal(network.reading('net_recv_rate_mbps'), 'failed', 'there is nothing to compare with yet');
    setInterfaces(mac, {
      name: 'en0',
      received: [10_001_500_000n, 4000, 1, 2],
      sent: [254_000n, 340, 3, 5],
    });
    network.read(2);
    const { net_connections_established: established, ...readings } = network.readings;
    assert.equal(established, 'failed', 'it is not bound, and so unsupported in a real frame');
    assert.deepEqual(readings, {
      net_bytes_sent: 254_000,
      net_bytes_recv: 10_001_500_000,
      net_packets_sent: 340,
      net_packets_recv: 4000,
      net_errors_in: 1,
      net_errors_out: 3,
      net_drops_in: 2,
      net_drops_out: 5,
      // 250 000 bytes in 2 s
      net_send_rate_mbps: 1,
      // 1 500 000 bytes in 2 s
      net_recv_rate_mbps: 6,
      // 42 + 17
      net_connections_total: 59,
    });
    mac.assertNoMisuse();
  });

  test('200 interfaces, more than there was room for at first', async t => {
    const mac = makeMac();
    const network = await open(t, mac);
    const interfaces = Array.from({ length: 200 }, (_, i) => ({
      name: `en${i}`,
      received: [BigInt(i) * 2n ** 32n, 0, 0, 0] as const,
    }));
    setInterfaces(mac, ...interfaces);
    network.read(1);
    // 2^32 times the sum of 0 to 199
    assert.equal(network.reading('net_bytes_recv'), 19_900 * 2 ** 32);
    mac.assertNoMisuse();
  });

  test('after a gap there is no rate until there are two reads to compare', async t => {
    const mac = makeMac();
    const network = await open(t, mac);
    network.read(Number.NaN).read(1);
    assert.equal(network.reading('net_recv_rate_mbps'), 0);
    for (const [code, reason] of [
      [1, 'denied'], // EPERM
      [13, 'denied'], // EACCES
      [2, 'unsupported'], // ENOENT
      [22, 'failed'], // EINVAL
      [12, 'failed'], // ENOMEM: a table that always outgrows its room
    ] as const) {
      mac.fail('sysctl', code);
      network.read(1);
      assert.equal(network.reading('net_bytes_recv'), reason, String(code));
      assert.equal(network.reading('net_send_rate_mbps'), reason);
      assert.equal(network.reading('net_connections_total'), 59);
    }
    mac.fail('sysctl', 0);
    assert.equal(network.read(1).reading('net_recv_rate_mbps'), 'failed');
    assert.equal(network.read(1).reading('net_recv_rate_mbps'), 0);
    mac.setSysctl(INTERFACES, Buffer.alloc(100));
    assert.equal(network.read(1).reading('net_bytes_recv'), 'failed');
  });

  test('sockets are told only when both protocols are', async t => {
    const mac = makeMac();
    const network = await open(t, mac);
    mac.setSysctl('net.inet.udp.pcbcount', Buffer.alloc(2));
    assert.equal(network.read(1).reading('net_connections_total'), 'failed');
    mac.setSysctl('net.inet.udp.pcbcount', Buffer.alloc(100));
    assert.equal(network.read(1).reading('net_connections_total'), 'failed');
    mac.setSysctl64('net.inet.udp.pcbcount', 1n);
    assert.equal(network.read(1).reading('net_connections_total'), 43);
    mac.fail('sysctlbyname', 2);
    assert.equal(network.read(1).reading('net_connections_total'), 'unsupported');
    const deaf = await open(t, makeMac(['sysctlbyname']));
    deaf.read(1);
    assert.equal(deaf.reading('net_connections_total'), 'unsupported');
    assert.equal(deaf.reading('net_bytes_recv'), 10_000_000_000);
  });

  test('says why there is nothing to read', async t => {
    const reason = async (mac: FakeDarwin): Promise<string> => {
      const outcome = await tryOpen(t, createNetworkAdapter(mac.options), new Sysroot());
      return outcome.available ? 'available' : outcome.reason;
    };
    assert.equal(await reason(makeMac(['sysctl'])), 'unsupported');
    assert.equal(await reason(makeMac().fail('sysctl', 1)), 'denied');
    assert.equal(await reason(makeMac().setSysctl(INTERFACES, Buffer.alloc(17 * 2 ** 20))), 'failed');
  });

  test('any table leaves values in their range, or reasons', async t => {
    const mac = makeMac();
    const network = await open(t, mac);
    const table = fc.oneof(
      fc.uint8Array({ maxLength: 1000 }),
      fc.uint8Array({ minLength: 360, maxLength: 360 }),
      fc.uint8Array({ minLength: 180, maxLength: 180 }).map(bytes => Buffer.concat([bytes, bytes])),
    );
    fc.assert(
      fc.property(table, fc.uint8Array({ maxLength: 9 }), (bytes, count) => {
        mac.setSysctl(INTERFACES, bytes).setSysctl('net.inet.tcp.pcbcount', count);
        network.read(1);
      }),
      { numRuns: 300 },
    );
    mac.assertNoMisuse();
  });
});
