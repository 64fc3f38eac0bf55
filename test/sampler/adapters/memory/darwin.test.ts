import assert from 'node:assert/strict';
import { describe, test, type TestContext } from 'node:test';
import fc from 'fast-check';
import { createMemoryAdapter } from '../../../../src/sampler/adapters/memory/darwin.ts';
import { Sysroot } from '../../../../src/sampler/sysroot.ts';
import { NO_FAKE_DARWIN } from '../../../fixtures/darwin/build.ts';
import { BALANCED, FakeDarwin } from '../../../fixtures/darwin/fake-darwin.ts';
import { swapUsageOf, vmStatisticsOf } from '../../../fixtures/darwin/structures.ts';
import { openAdapter, tryOpen, type OpenedAdapter } from '../../proc/fixture-tree.ts';

const MIB = 2n ** 20n;

/** A Mac with 16 GiB of memory in pages of 16 KiB. */
function makeMac(without: readonly string[] = []): FakeDarwin {
  return new FakeDarwin(without)
    .setSysctl64('hw.memsize', 16_384n * MIB)
    .setVm(
      vmStatisticsOf({ wired: 128_000, purgeable: 6_400, compressor: 64_000, internal: 326_400 }),
      16_384,
    )
    .setSysctl('vm.swapusage', swapUsageOf(2048n * MIB, 512n * MIB));
}

const open = (t: TestContext, mac: FakeDarwin): Promise<OpenedAdapter> =>
  openAdapter(t, createMemoryAdapter(mac.options), new Sysroot());

const memory = ({ readings }: OpenedAdapter): unknown[] => [
  readings['ram_total_mb'],
  readings['ram_used_mb'],
  readings['ram_available_mb'],
  readings['ram_percent'],
];
const swap = ({ readings }: OpenedAdapter): unknown[] => [
  readings['swap_total_mb'],
  readings['swap_used_mb'],
  readings['swap_percent'],
];

describe('memory adapter for macOS', { skip: NO_FAKE_DARWIN }, () => {
  test('counts what programs have, and neither caches nor what can be purged', async t => {
    const mac = makeMac();
    const adapter = await open(t, mac);
    assert.equal(adapter.info.found, '16.0 GiB');
    assert.deepEqual(
      adapter.info.limitations?.map(({ what }) => what),
      ['pressure (PSI)'],
    );
    adapter.read(Number.NaN);
    // (326 400 − 6 400) + 128 000 + 64 000 = 512 000 pages of 1/64 MiB are 8000 MiB, of 16 384.
    assert.deepEqual(memory(adapter), [16_384, 8000, 8384, 48.8]);
    assert.deepEqual(swap(adapter), [2048, 512, 25]);
    adapter.adapter.close();
    adapter.adapter.close();
    assert.deepEqual(mac.books, BALANCED);
    mac.assertNoMisuse();
  });

  test('a Mac that needs no swap uses none', async t => {
    const adapter = await open(t, makeMac().setSysctl('vm.swapusage', swapUsageOf(0n, 0n)));
    adapter.read(1);
    assert.deepEqual(swap(adapter), [0, 0, 0]);
  });

  test('counters that cannot be are failed, and do not touch the rest', async t => {
    const mac = makeMac();
    const adapter = await open(t, mac);
    // 1 048 577 pages of 16 KiB are one more than there are.
    mac.setVm(vmStatisticsOf({ wired: 1_048_577, purgeable: 0, compressor: 0, internal: 0 }), 16_384);
    adapter.read(1);
    assert.deepEqual(memory(adapter), [16_384, 'failed', 'failed', 'failed']);
    assert.deepEqual(swap(adapter), [2048, 512, 25]);
    mac.setVm(new Uint32Array(15), 16_384);
    adapter.read(1);
    assert.deepEqual(memory(adapter), [16_384, 'failed', 'failed', 'failed']);
    mac.setSysctl('vm.swapusage', Buffer.alloc(24));
    adapter.read(1);
    assert.deepEqual(swap(adapter), ['failed', 'failed', 'failed']);
    mac.fail('host_statistics64', 8);
    adapter.read(1);
    assert.deepEqual(memory(adapter), [16_384, 'denied', 'denied', 'denied']);
    mac.fail('sysctlbyname', 1);
    adapter.read(1);
    assert.deepEqual(swap(adapter), ['denied', 'denied', 'denied']);
  });

  test('a structure that has grown is read as before', async t => {
    const mac = makeMac();
    const grown = new Uint32Array(200);
    grown.set(vmStatisticsOf({ wired: 64, purgeable: 0, compressor: 0, internal: 0 }));
    const adapter = await open(t, mac.setVm(grown, 16_384));
    adapter.read(1);
    assert.deepEqual(memory(adapter), [16_384, 1, 16_383, 0]);
    mac.assertNoMisuse();
  });

  test('each function that is missing costs what is read with it', async t => {
    for (const symbol of ['host_statistics64', 'host_page_size', 'mach_host_self', 'mach_port_deallocate']) {
      const mac = makeMac([symbol]);
      const adapter = await open(t, mac);
      adapter.read(1);
      assert.deepEqual(memory(adapter), [16_384, 'unsupported', 'unsupported', 'unsupported'], symbol);
      assert.deepEqual(swap(adapter), [2048, 512, 25], symbol);
      adapter.adapter.close();
      assert.deepEqual(mac.books, BALANCED, symbol);
    }
    const outcome = await tryOpen(t, createMemoryAdapter(makeMac(['sysctlbyname']).options), new Sysroot());
    assert.equal(outcome.available ? 'available' : outcome.reason, 'unsupported');
  });

  test('a page of no size is as good as none', async t => {
    const mac = makeMac().setVm(new Uint32Array(38), 0);
    const adapter = await open(t, mac);
    assert.equal(adapter.read(1).reading('ram_used_mb'), 'unsupported');
    assert.equal(mac.books.hostReferences, 0);
  });

  test('any answer leaves values in their range, or reasons', async t => {
    const mac = makeMac();
    const adapter = await open(t, mac);
    const words = fc.array(fc.nat(2 ** 32 - 1), { maxLength: 70 }).map(list => Uint32Array.from(list));
    fc.assert(
      fc.property(words, fc.uint8Array({ maxLength: 50 }), (info, bytes) => {
        mac.setVm(info, 16_384).setSysctl('vm.swapusage', bytes);
        adapter.read(1);
      }),
      { numRuns: 300 },
    );
    mac.assertNoMisuse();
  });
});
