import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { createIntelAdapter } from '../../../../../src/sampler/adapters/gpu/intel/adapter.ts';
import { type OpenedAdapter, openAdapter } from '../../../proc/fixture-tree.ts';
import { failReads, i915Client, IntelTree, isHarmless, type MadeGpu, noteFiles } from './intel-tree.ts';

const HWMON = 'hwmon/hwmon5';

function distinct(gpu: OpenedAdapter): unknown[] {
  return [...new Set(Object.values(gpu.readings))];
}

/** A laptop's card without work. */
function idleCard(intel: IntelTree): MadeGpu {
  return intel.plug('intel-i915').write({ 'power/control': 'auto' });
}

/** Ticks of one second until one in which the GPU is left alone; at most 2000. */
function ticksUntilRest(gpu: OpenedAdapter, reads: () => number): number {
  for (let tick = 1; tick <= 2000; tick++) {
    const before = reads();
    gpu.read(1);
    if (reads() === before) return tick;
  }
  return Number.POSITIVE_INFINITY;
}

/** Counts reads that reach the driver. */
function countReads(t: Parameters<typeof failReads>[0]): () => number {
  let reads = 0;
  failReads(t, file => {
    if (!isHarmless(file)) reads++;
    return undefined;
  });
  return () => reads;
}

describe('an Intel GPU that sleeps', () => {
  for (const fixture of ['intel-i915', 'intel-xe'] as const) {
    test(`${fixture}: is known by name and reads asleep; nothing that would wake it is read`, async t => {
      const intel = new IntelTree(t);
      const card = intel.plug(fixture).write({ 'power/runtime_status': 'suspended' });
      const files = noteFiles(t);
      const gpu = await openAdapter(t, createIntelAdapter(), intel.tree.sysroot);
      assert.match(gpu.info.found, /^Intel Arc [AB]\d+ \(1 asleep\)$/);
      gpu.read(Number.NaN);
      for (let tick = 0; tick < 100; tick++) gpu.read(1);
      assert.deepEqual(distinct(gpu), ['asleep']);
      assert.deepEqual(
        files.filter(file => !isHarmless(file)),
        [],
      );
      for (const [status, asleep] of [
        ['resuming', true],
        ['active', false],
        ['suspending', true],
      ] as const) {
        card.write({ 'power/runtime_status': status });
        gpu.read(1);
        assert.equal(gpu.reading('gpu0_temperature') === 'asleep', asleep, status);
      }
    });
  }

  test('its programs are found when it has woken', async t => {
    const intel = new IntelTree(t);
    const card = intel.plug('intel-i915').write({ 'power/runtime_status': 'suspended' });
    const gpu = await openAdapter(t, createIntelAdapter(), intel.tree.sysroot);
    gpu.read(Number.NaN).read(1);
    card.write({ 'power/runtime_status': 'active' });
    for (let tick = 0; tick < 20; tick++) gpu.read(1);
    intel.work(2107, 9, i915Client(3, { render: 5_700 }));
    assert.equal(gpu.read(1).reading('gpu0_utilization'), 70);
  });

  test('falls asleep between the look and the reading: asleep, not failed', async t => {
    const intel = new IntelTree(t);
    const card = intel.plug('intel-i915');
    let isGoing = false;
    failReads(t, file => {
      if (!isGoing || file === 'runtime_status') return undefined;
      card.write({ 'power/runtime_status': 'suspended' });
      return 'EIO';
    });
    const gpu = await openAdapter(t, createIntelAdapter(), intel.tree.sysroot);
    gpu.read(Number.NaN);
    isGoing = true;
    gpu.read(1);
    assert.deepEqual(distinct(gpu), ['asleep']);
    isGoing = false;
    card.write({ 'power/runtime_status': 'active' });
    assert.equal(gpu.read(1).reading('gpu0_temperature'), 61, 'it is read at once when it wakes');
  });

  test('counters are not compared across a sleep', async t => {
    const intel = new IntelTree(t);
    const card = intel.plug('intel-i915');
    const gpu = await openAdapter(t, createIntelAdapter(), intel.tree.sysroot);
    gpu.read(Number.NaN).read(1);
    assert.equal(gpu.reading('gpu0_utilization'), 0);
    card.write({ 'power/runtime_status': 'suspended' });
    for (let tick = 0; tick < 5; tick++) gpu.read(1);
    card.write({ 'power/runtime_status': 'active', [`${HWMON}/energy1_input`]: 9_307_199_250 });
    intel.work(2107, 9, i915Client(3, { render: 6_000 }));
    gpu.read(1);
    assert.equal(gpu.reading('gpu0_power_watts'), 'failed');
    assert.equal(gpu.reading('gpu0_utilization'), 'failed');
    intel.work(2107, 9, i915Client(3, { render: 6_100 }));
    card.write({ [`${HWMON}/energy1_input`]: 9_317_199_250 });
    gpu.read(1);
    assert.equal(gpu.reading('gpu0_power_watts'), 10);
    assert.equal(gpu.reading('gpu0_utilization'), 10);
  });
});

describe('an idle Intel GPU that can sleep', () => {
  test('is left alone after ten seconds, also by the look at programs, and is read when it wakes', async t => {
    const intel = new IntelTree(t);
    const card = idleCard(intel);
    const reads = countReads(t);
    const gpu = await openAdapter(t, createIntelAdapter(), intel.tree.sysroot);
    gpu.read(Number.NaN);
    assert.ok(gpu.info.limitations?.some(({ what }) => what === 'an idle GPU that can sleep'));
    // One tick to have something to compare with, ten of reading, and the first without.
    assert.equal(ticksUntilRest(gpu, reads), 11);
    card.write({ [`${HWMON}/temp1_input`]: 30_000 });
    intel.openDevice(4100, 5, 'renderD128', i915Client(40, {}));
    const resting = reads();
    for (let tick = 0; tick < 15; tick++) gpu.read(1);
    assert.equal(gpu.reading('gpu0_temperature'), 61);
    assert.equal(gpu.reading('gpu0_utilization'), 0);
    card.write({ 'power/runtime_status': 'suspended' });
    for (let tick = 0; tick < 100; tick++) gpu.read(1);
    assert.deepEqual(distinct(gpu), ['asleep']);
    assert.equal(reads(), resting);
    card.write({ 'power/runtime_status': 'active' });
    assert.equal(gpu.read(1).reading('gpu0_temperature'), 30);
  });

  test('that does not fall asleep is read again after twenty seconds, and left alone more rarely', async t => {
    const intel = new IntelTree(t);
    idleCard(intel);
    const reads = countReads(t);
    const gpu = await openAdapter(t, createIntelAdapter(), intel.tree.sysroot);
    gpu.read(Number.NaN);
    const pauses: number[] = [];
    for (const needed of [11, 20, 40]) {
      assert.equal(ticksUntilRest(gpu, reads), needed);
      const before = reads();
      let pause = 1;
      while (reads() === before) {
        gpu.read(1);
        pause++;
      }
      pauses.push(pause);
      // The tick after a rest has nothing to compare with, and is not known to be idle.
      gpu.read(1);
    }
    assert.deepEqual(pauses, [20, 20, 20]);
  });

  test('works for others', async t => {
    const intel = new IntelTree(t);
    const card = idleCard(intel);
    intel.withoutPrivilege();
    const reads = countReads(t);
    const gpu = await openAdapter(t, createIntelAdapter(), intel.tree.sysroot);
    gpu.read(Number.NaN);
    for (let tick = 1; tick < 40; tick++) {
      const before = reads();
      // asleep for 980 ms of each second
      card.write({ 'drm/card1/gt/gt0/rc6_residency_ms': 812_345 + tick * 980 });
      gpu.read(1);
      assert.equal(gpu.reading('gpu0_utilization'), 2);
      assert.ok(reads() > before);
    }
  });

  test('may not sleep', async t => {
    const intel = new IntelTree(t);
    idleCard(intel).write({ 'power/control': 'on' });
    const reads = countReads(t);
    const gpu = await openAdapter(t, createIntelAdapter(), intel.tree.sysroot);
    gpu.read(Number.NaN);
    assert.equal(ticksUntilRest(gpu, reads), Number.POSITIVE_INFINITY);
  });

  test('whose load is not known is idle while its clock is off', async t => {
    const intel = new IntelTree(t);
    const card = idleCard(intel).remove('drm/card1/gt/gt0/rc6_residency_ms');
    intel.withoutPrivilege().closeFile(2041, 12).closeFile(2041, 13).closeFile(2107, 9);
    const reads = countReads(t);
    const gpu = await openAdapter(t, createIntelAdapter(), intel.tree.sysroot);
    gpu.read(Number.NaN);
    for (let tick = 0; tick < 30; tick++) {
      const before = reads();
      gpu.read(1);
      assert.ok(reads() > before);
    }
    card.write({ 'drm/card1/gt/gt0/rps_act_freq_mhz': 0 });
    assert.equal(ticksUntilRest(gpu, reads), 11);
  });
});
