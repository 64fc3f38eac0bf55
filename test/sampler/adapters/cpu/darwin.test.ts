import assert from 'node:assert/strict';
import { describe, test, type TestContext } from 'node:test';
import fc from 'fast-check';
import { createCpuAdapter } from '../../../../src/sampler/adapters/cpu/darwin.ts';
import { Sysroot } from '../../../../src/sampler/sysroot.ts';
import { NO_FAKE_DARWIN } from '../../../fixtures/darwin/build.ts';
import { BALANCED, FakeDarwin } from '../../../fixtures/darwin/fake-darwin.ts';
import { openAdapter, tryOpen, type OpenedAdapter } from '../../proc/fixture-tree.ts';

const open = (t: TestContext, mac: FakeDarwin): Promise<OpenedAdapter> =>
  openAdapter(t, createCpuAdapter(mac.options), new Sysroot());

describe('CPU adapter for macOS', { skip: NO_FAKE_DARWIN }, () => {
  test('tells how busy the cores are, and the load', async t => {
    const mac = new FakeDarwin().setLoads([1.25, 2.5, 3.75]).setProcessors([
      [100, 100, 800, 0],
      [200, 0, 700, 100],
    ]);
    const cpu = await open(t, mac);
    assert.equal(cpu.info.found, '2 cores, no frequency');
    assert.deepEqual(cpu.info.instances, { core: 2 });
    cpu.read(Number.NaN);
    assert.equal(cpu.reading('total_utilization'), 'failed', 'there is nothing to compare with yet');
    mac.setProcessors([
      [110, 130, 860, 0],
      [200, 0, 775, 125],
    ]);
    cpu.read(1);
    // 10 + 30 of 100 ticks, 25 of 100 ticks, 65 of 200.
    assert.equal(cpu.reading('core_0_utilization'), 40);
    assert.equal(cpu.reading('core_1_utilization'), 25);
    assert.equal(cpu.reading('total_utilization'), 32.5);
    assert.equal(cpu.reading('load_avg_1m'), 1.25);
    assert.equal(cpu.reading('load_avg_5m'), 2.5);
    assert.equal(cpu.reading('load_avg_15m'), 3.75);
    cpu.adapter.close();
    assert.deepEqual(mac.books, BALANCED);
    assert.equal(mac.calls('vm_deallocate'), mac.calls('host_processor_info'));
    mac.assertNoMisuse();
  });

  test('gives back what the kernel gave, tick by tick', async t => {
    const mac = new FakeDarwin().setProcessors([[1, 2, 3, 4]]);
    const cpu = await open(t, mac);
    for (let tick = 0; tick < 1000; tick++) {
      cpu.adapter.read(cpu.frame, 1);
      assert.equal(mac.books.allocations, 0);
    }
    assert.equal(mac.books.hostReferences, 1, 'the right to ask is kept, and taken once');
    cpu.adapter.close();
    cpu.adapter.close();
    assert.deepEqual(mac.books, BALANCED);
    mac.assertNoMisuse();
  });

  test('an answer that makes no sense is failed and given back, and the next good one starts anew', async t => {
    const mac = new FakeDarwin().setLoads([0, 0, 0]).setProcessors([[0, 0, 0, 0]]);
    const cpu = await open(t, mac);
    cpu.read(Number.NaN);
    for (const [words, processors] of [
      [new Uint32Array(3), 1],
      [new Uint32Array(0), 1],
      [new Uint32Array(4), 0],
      [new Uint32Array(4), 2 ** 32 - 1],
      [new Uint32Array(4), 2],
    ] as const) {
      mac.setProcessorInfo(words, processors);
      assert.equal(cpu.read(1).reading('total_utilization'), 'failed');
      assert.equal(mac.books.allocations, 0);
    }
    mac.setProcessors([[50, 0, 50, 0]]);
    assert.equal(cpu.read(1).reading('core_0_utilization'), 'failed', 'there is nothing to compare with');
    mac.setProcessors([[60, 0, 70, 0]]);
    // 10 of 30 ticks.
    assert.equal(cpu.read(1).reading('core_0_utilization'), 33.3);
    mac.setNullProcessors(true);
    assert.equal(cpu.read(1).reading('core_0_utilization'), 'failed');
    mac.setNullProcessors(false);
    mac.setProcessors([
      [1, 1, 1, 1],
      [1, 1, 1, 1],
    ]);
    assert.equal(cpu.read(1).reading('core_0_utilization'), 'failed', 'there was one processor');
    assert.equal(mac.books.allocations, 0);
    mac.assertNoMisuse();
  });

  test('an answer with less memory than processors is failed', async t => {
    const mac = new FakeDarwin().setLoads([0, 0, 0]).setProcessorInfo(new Uint32Array(8), 2);
    const cpu = await open(t, mac);
    cpu.read(Number.NaN);
    for (const words of [0, 4, 7]) {
      mac.setProcessorInfo(new Uint32Array(words).fill(50), 2);
      cpu.read(1);
      assert.equal(cpu.reading('total_utilization'), 'failed', String(words));
    }
    mac.assertNoMisuse();
  });

  test('a refusal of the kernel keeps its reason', async t => {
    const mac = new FakeDarwin().setProcessors([[1, 1, 1, 1]]);
    const cpu = await open(t, mac);
    for (const [code, reason] of [
      [8, 'denied'], // KERN_NO_ACCESS
      [2, 'denied'], // KERN_PROTECTION_FAILURE
      [46, 'unsupported'], // KERN_NOT_SUPPORTED
      [5, 'failed'], // KERN_FAILURE
      [-301, 'failed'], // MIG_REPLY_MISMATCH
    ] as const) {
      mac.fail('host_processor_info', code);
      assert.equal(cpu.read(1).reading('total_utilization'), reason, String(code));
      assert.equal(cpu.reading('core_0_utilization'), reason);
      const outcome = await tryOpen(t, createCpuAdapter(mac.options), new Sysroot());
      assert.equal(outcome.available ? 'available' : outcome.reason, reason);
    }
    assert.equal(mac.books.hostReferences, 1, 'only the adapter that is open holds one');
  });

  test('without a function that it takes there is nothing to read', async t => {
    for (const symbol of [
      'mach_host_self',
      'mach_task_self',
      'mach_port_deallocate',
      'host_processor_info',
      'vm_deallocate',
    ]) {
      const mac = new FakeDarwin([symbol]).setProcessors([[1, 1, 1, 1]]);
      const outcome = await tryOpen(t, createCpuAdapter(mac.options), new Sysroot());
      assert.equal(outcome.available ? 'available' : outcome.reason, 'unsupported', symbol);
      assert.deepEqual(mac.books, BALANCED);
    }
  });

  test('averages that the system does not know are failed', async t => {
    const mac = new FakeDarwin().setProcessors([[1, 1, 1, 1]]).setLoads([1, 2, 3], 2);
    const cpu = await open(t, mac);
    cpu.read(1);
    assert.deepEqual([cpu.reading('load_avg_5m'), cpu.reading('load_avg_15m')], [2, 'failed']);
    mac.fail('getloadavg', 1);
    assert.equal(cpu.read(1).reading('load_avg_1m'), 'failed');
  });

  test('without the libraries, and without native calls', async t => {
    const nowhere = { system: '/nowhere/libSystem.B.dylib', coreFoundation: '/nowhere', ioKit: '/nowhere' };
    const outcome = await tryOpen(t, createCpuAdapter({ libraries: nowhere }), new Sysroot());
    assert.ok(!outcome.available);
    assert.equal(outcome.reason, 'unsupported');
    assert.ok(!outcome.why.includes('/nowhere'), 'no path is told');
    const refusal = { available: false, reason: 'failed', why: 'no koffi' } as const;
    assert.deepEqual(
      await tryOpen(t, createCpuAdapter({ loadKoffi: () => refusal }), new Sysroot()),
      refusal,
    );
  });

  test('any answer of any size leaves values in their range, or reasons', async t => {
    const mac = new FakeDarwin().setLoads([0, 0, 0]).setProcessors([
      [0, 0, 0, 0],
      [0, 0, 0, 0],
    ]);
    const cpu = await open(t, mac);
    const words = fc.array(fc.nat(2 ** 32 - 1), { maxLength: 40 }).map(list => Uint32Array.from(list));
    const average = fc.oneof(fc.double(), fc.constantFrom(-1, NaN, Infinity));
    fc.assert(
      fc.property(words, fc.nat(12), average, (info, processors, load) => {
        mac.setProcessorInfo(info, processors).setLoads([load, load, load]);
        cpu.read(1);
        assert.equal(mac.books.allocations, 0);
      }),
      { numRuns: 300 },
    );
    mac.assertNoMisuse();
  });
});
