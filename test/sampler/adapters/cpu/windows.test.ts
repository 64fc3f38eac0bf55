import assert from 'node:assert/strict';
import { describe, test, type TestContext } from 'node:test';
import fc from 'fast-check';
import { createCpuAdapter } from '../../../../src/sampler/adapters/cpu/windows.ts';
import { Sysroot } from '../../../../src/sampler/sysroot.ts';
import { FakeWindows } from '../../../fixtures/windows/fake-windows.ts';
import {
  interruptInformationOf,
  performanceInformationOf,
  powerInformationOf,
  processorTimesOf,
} from '../../../fixtures/windows/structures.ts';
import { openAdapter, tryOpen, type OpenedAdapter } from '../../proc/fixture-tree.ts';

const PERFORMANCE = 2;
const TIMES = 8;
const INTERRUPTS = 23;

/** A machine after some seconds: its first core works half of the time, its second all of it. */
function at(windows: FakeWindows, seconds: number): FakeWindows {
  const unit = BigInt(seconds) * 10_000_000n;
  return windows
    .setProcessors([
      [
        processorTimesOf({
          idle: unit,
          kernel: unit + unit / 2n,
          user: unit / 2n,
          interrupts: 1000 * seconds,
        }),
        processorTimesOf({ idle: 5n, kernel: 5n + unit, user: unit, interrupts: 500 * seconds }),
      ],
    ])
    .setGroups(INTERRUPTS, [[interruptInformationOf(30 * seconds), interruptInformationOf(3 * seconds)]])
    .setInformation(PERFORMANCE, performanceInformationOf(2000 * seconds))
    .setTimes(unit, 2n * unit, 2n * unit);
}

const makeMachine = (without: readonly string[] = []): FakeWindows =>
  at(new FakeWindows(without), 1).setPower(powerInformationOf(3600, 3000));

const open = (t: TestContext, windows: FakeWindows): Promise<OpenedAdapter> =>
  openAdapter(t, createCpuAdapter(windows.options), new Sysroot());

const what = ({ info }: OpenedAdapter): string[] =>
  (info.limitations ?? []).map(limitation => limitation.what);

describe('CPU adapter for Windows', () => {
  test('utilization, clocks and counters', async t => {
    const windows = makeMachine();
    const cpu = await open(t, windows);
    assert.equal(cpu.info.found, '2 cores, frequency from power management');
    assert.deepEqual(what(cpu), [
      'CPU temperature and power',
      'CPU throttling',
      'load averages',
      'core clocks above the nominal one',
    ]);
    cpu.read(Number.NaN);
    assert.equal(cpu.reading('total_utilization'), 'failed', 'there is nothing to compare with yet');
    at(windows, 2);
    cpu.read(1);
    const { readings } = cpu;
    for (const column of ['temperature', 'package_throttles', 'load_avg_1m', 'load_avg_5m', 'load_avg_15m']) {
      assert.equal(readings[column], 'failed', 'it is not bound, and so unsupported in a real frame');
      Reflect.deleteProperty(readings, column);
    }
    Reflect.deleteProperty(readings, 'power_watts');
    assert.deepEqual(readings, {
      total_utilization: 75,
      core_0_utilization: 50,
      core_0_freq_mhz: 3600,
      core_1_utilization: 100,
      core_1_freq_mhz: 3000,
      avg_freq_mhz: 3300,
      context_switches: 4000,
      interrupts: 3000,
      soft_interrupts: 66,
    });
    windows.assertNoMisuse();
  });

  test('counters go on when 32 bits are full', async t => {
    const windows = makeMachine().setInformation(PERFORMANCE, performanceInformationOf(4_294_967_295));
    const cpu = await open(t, windows);
    cpu.read(Number.NaN);
    windows.setInformation(PERFORMANCE, performanceInformationOf(9));
    assert.equal(cpu.read(1).reading('context_switches'), 4_294_967_305);
  });

  test('what is not counted is not 0', async t => {
    const idle = processorTimesOf({ idle: 9n, kernel: 9n, user: 0n });
    const windows = makeMachine()
      .setProcessors([[idle]])
      .setGroups(INTERRUPTS, [[interruptInformationOf(0)]])
      .setInformation(PERFORMANCE, performanceInformationOf(0))
      .setPower(powerInformationOf(0));
    const cpu = await open(t, windows);
    cpu.read(1);
    for (const column of [
      'context_switches',
      'interrupts',
      'soft_interrupts',
      'core_0_freq_mhz',
      'avg_freq_mhz',
    ])
      assert.equal(cpu.reading(column), 'unsupported', column);
  });

  test('interrupt information that is no such thing is not taken for counters', async t => {
    const cpu = await open(
      t,
      makeMachine().setGroups(INTERRUPTS, [[interruptInformationOf(5, 0), interruptInformationOf(5)]]),
    );
    assert.equal(cpu.read(1).reading('soft_interrupts'), 'unsupported');
    for (const records of [1, 3]) {
      const other = makeMachine().setGroups(INTERRUPTS, [Array(records).fill(interruptInformationOf(5))]);
      assert.equal((await open(t, other)).read(1).reading('soft_interrupts'), 'unsupported');
    }
    const random = fc.uint8Array({ minLength: 48, maxLength: 48 });
    await fc.assert(
      fc.asyncProperty(random, async bytes => {
        const windows = makeMachine().setInformation(INTERRUPTS, bytes);
        const reading = (await open(t, windows)).read(1).reading('soft_interrupts');
        assert.ok(reading === 'unsupported' || typeof reading === 'number');
      }),
      { numRuns: 50 },
    );
  });

  test('each kind of failure costs what is read with it', async t => {
    const windows = makeMachine();
    const cpu = await open(t, windows);
    cpu.read(Number.NaN);
    for (const [status, reason] of [
      [0xc000_0022, 'denied'], // STATUS_ACCESS_DENIED
      [0xc000_0061, 'denied'], // STATUS_PRIVILEGE_NOT_HELD
      [0xc000_0003, 'unsupported'], // STATUS_INVALID_INFO_CLASS
      [0xc000_0002, 'unsupported'], // STATUS_NOT_IMPLEMENTED
      [0xc000_0001, 'failed'], // STATUS_UNSUCCESSFUL
    ] as const) {
      windows.fail('NtQuerySystemInformation', status);
      cpu.read(1);
      for (const column of ['total_utilization', 'core_1_utilization', 'context_switches', 'interrupts'])
        assert.equal(cpu.reading(column), reason, `${column} ${status.toString(16)}`);
      assert.equal(cpu.reading('core_0_freq_mhz'), 3600);
    }
    at(windows.fail('NtQuerySystemInformation', 0), 2);
    assert.equal(cpu.read(1).reading('total_utilization'), 'failed', 'nothing to compare with');
    at(windows, 3);
    assert.equal(cpu.read(1).reading('total_utilization'), 75);
    windows.fail('CallNtPowerInformation', 0xc000_0022);
    assert.equal(cpu.read(1).reading('avg_freq_mhz'), 'denied');
    windows.setInformation(PERFORMANCE, Buffer.alloc(300, 1));
    assert.equal(cpu.read(1).reading('context_switches'), 'failed', 'the structure is cut off');
  });

  test('a processor that was added is noticed, and the adapter is opened anew', async t => {
    const windows = makeMachine();
    const cpu = await open(t, windows);
    cpu.read(1);
    assert.equal(cpu.adapter.hasOtherDevices, false);
    const three = [1, 2, 3].map(() => processorTimesOf({ idle: 1n, kernel: 2n, user: 3n }));
    windows.setProcessors([three]);
    assert.equal(cpu.read(1).reading('total_utilization'), 'failed');
    assert.equal(cpu.adapter.hasOtherDevices, true);
    cpu.adapter.close();
    const outcome = await tryOpen(t, cpu.adapter, new Sysroot());
    assert.ok(outcome.available);
    assert.equal(outcome.instances?.core, 3);
    assert.equal(cpu.adapter.hasOtherDevices, false);
  });

  test('groups are asked one by one, and their cores numbered through', async t => {
    const busy = (share: bigint) => (_: unknown, i: number) =>
      processorTimesOf({
        idle: (100n - share) * BigInt(i),
        kernel: (100n - share) * BigInt(i),
        user: share * BigInt(i),
      });
    const groups = (second: number): Buffer[][] => [
      Array.from({ length: 3 }, () => busy(20n)(undefined, second)),
      Array.from({ length: 2 }, () => busy(70n)(undefined, second)),
    ];
    const windows = makeMachine()
      .setProcessors(groups(1))
      .setGroups(INTERRUPTS, [
        Array(3).fill(interruptInformationOf(4)),
        Array(2).fill(interruptInformationOf(1)),
      ]);
    const cpu = await open(t, windows);
    assert.equal(cpu.info.found, '5 cores in 2 processor groups, no frequency');
    assert.ok(what(cpu).includes('core clocks'));
    cpu.read(Number.NaN);
    windows.setProcessors(groups(2));
    cpu.read(1);
    const cores = [0, 1, 2, 3, 4].map(core => cpu.reading(`core_${core}_utilization`));
    assert.deepEqual(cores, [20, 20, 20, 70, 70]);
    assert.equal(cpu.reading('total_utilization'), 40);
    assert.equal(cpu.reading('soft_interrupts'), 14);
    assert.equal(windows.calls('CallNtPowerInformation'), 0);
    windows.assertNoMisuse();
  });

  test('without times of each processor there is their sum', async t => {
    const windows = makeMachine(['NtQuerySystemInformation']);
    const cpu = await open(t, windows);
    assert.equal(cpu.info.instances?.core ?? 0, 0);
    assert.ok(what(cpu).includes('cores, context switches and interrupts'));
    cpu.read(Number.NaN);
    at(windows, 2);
    assert.equal(cpu.read(1).reading('total_utilization'), 75);
    windows.fail('GetSystemTimes', 5);
    assert.equal(cpu.read(1).reading('total_utilization'), 'failed');
  });

  test('says why there is nothing to read', async t => {
    const reason = async (windows: FakeWindows): Promise<string> => {
      const outcome = await tryOpen(t, createCpuAdapter(windows.options), new Sysroot());
      return outcome.available ? 'available' : outcome.reason;
    };
    assert.equal(await reason(makeMachine(['NtQuerySystemInformation', 'GetSystemTimes'])), 'unsupported');
    assert.equal(
      await reason(makeMachine(['GetSystemTimes']).fail('NtQuerySystemInformation', 0xc000_0022)),
      'denied',
    );
    assert.equal(await reason(makeMachine(['GetSystemTimes']).setProcessors([[]])), 'failed');
    const two = makeMachine(['NtQuerySystemInformationEx', 'GetSystemTimes']).setProcessors([[], []]);
    assert.equal(await reason(two), 'unsupported');
    const none = { loadKoffi: () => ({ available: false, reason: 'failed', why: 'no koffi' }) as const };
    assert.deepEqual(await tryOpen(t, createCpuAdapter(none), new Sysroot()), none.loadKoffi());
  });

  test('more groups than there can be are not asked for', async t => {
    const windows = makeMachine().setProcessors(Array<Buffer[]>(40_000).fill([]));
    await tryOpen(t, createCpuAdapter(windows.options), new Sysroot());
    assert.ok(windows.calls('NtQuerySystemInformationEx') <= 32);
  });

  test('any answer leaves values in their range, or reasons', async t => {
    const windows = makeMachine();
    const cpu = await open(t, windows);
    const bytes = fc.uint8Array({ maxLength: 200 });
    const records = fc.uint8Array({ minLength: 96, maxLength: 96 });
    fc.assert(
      fc.property(fc.oneof(records, bytes), bytes, bytes, bytes, (times, interrupts, performance, power) => {
        windows
          .setInformation(TIMES, times)
          .setInformation(INTERRUPTS, interrupts)
          .setInformation(PERFORMANCE, Buffer.concat([performance, Buffer.alloc(200, power[0] ?? 0)]))
          .setPower(power);
        cpu.read(1);
      }),
      { numRuns: 300 },
    );
    windows.assertNoMisuse();
  });
});
