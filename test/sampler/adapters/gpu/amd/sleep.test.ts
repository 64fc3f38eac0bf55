import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { createAmdAdapter } from '../../../../../src/sampler/adapters/gpu/amd/adapter.ts';
import { type OpenedAdapter, openAdapter } from '../../../proc/fixture-tree.ts';
import { AmdTree, failReads, isHarmless, metricsTable, noteFiles } from './amd-tree.ts';

function distinct(gpu: OpenedAdapter): unknown[] {
  return [...new Set(Object.values(gpu.readings))];
}

/** A laptop's card without work. */
function idleCard(amd: AmdTree): ReturnType<AmdTree['plug']> {
  const table = metricsTable('v1_3');
  // gfx, umc and mm activity
  for (const at of [16, 18, 20]) table.writeUInt16LE(0, at);
  return amd.plug('amd-desktop').write({
    'power/control': 'auto',
    'gpu_busy_percent': 0,
    'mem_busy_percent': 0,
    'vcn_busy_percent': 0,
    'gpu_metrics': table,
  });
}

/** Ticks of one second until one in which the sensors are left alone; at most 2000. */
function ticksUntilRest(gpu: OpenedAdapter, reads: () => number): number {
  for (let tick = 1; tick <= 2000; tick++) {
    const before = reads();
    gpu.read(1);
    if (reads() === before) return tick;
  }
  return Number.POSITIVE_INFINITY;
}

describe('an AMD GPU that sleeps', () => {
  test('is known by name and reads asleep; nothing that would wake it is read', async t => {
    const amd = new AmdTree(t);
    const card = amd.plug('amd-desktop').write({ 'power/runtime_status': 'suspended' });
    const files = noteFiles(t);
    const gpu = await openAdapter(t, createAmdAdapter(), amd.tree.sysroot);
    assert.equal(gpu.info.found, 'AMD Radeon RX 7900 XTX (1 asleep)');
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
      ['suspended', true],
    ] as const) {
      card.write({ 'power/runtime_status': status });
      gpu.read(1);
      assert.equal(gpu.reading('gpu0_utilization'), asleep ? 'asleep' : 91, status);
    }
  });

  test('does not keep another from being read', async t => {
    const amd = new AmdTree(t);
    amd.plug('amd-desktop', '0000:03:00.0').write({ 'power/runtime_status': 'suspended' });
    amd.plug('amd-apu', '0000:0e:00.0');
    const gpu = await openAdapter(t, createAmdAdapter(), amd.tree.sysroot);
    gpu.read(Number.NaN);
    assert.equal(gpu.reading('gpu0_utilization'), 'asleep');
    assert.equal(gpu.reading('gpu1_utilization'), 36);
  });

  test('falls asleep between the look and the reading: asleep, not failed', async t => {
    const amd = new AmdTree(t);
    const card = amd.plug('amd-desktop');
    let isGoing = false;
    failReads(t, file => {
      if (!isGoing || file === 'runtime_status') return undefined;
      card.write({ 'power/runtime_status': 'suspended' });
      return 'EPERM';
    });
    const gpu = await openAdapter(t, createAmdAdapter(), amd.tree.sysroot);
    gpu.read(Number.NaN);
    isGoing = true;
    gpu.read(1);
    assert.deepEqual(distinct(gpu), ['asleep']);
    isGoing = false;
    card.write({ 'power/runtime_status': 'active' });
    assert.equal(gpu.read(1).reading('gpu0_temperature'), 52, 'it is read at once when it wakes');
  });

  test('counters of throttling are not compared across a sleep', async t => {
    const amd = new AmdTree(t);
    const card = amd.plug('amd-apu').write({ gpu_metrics: metricsTable('v3_0') });
    const gpu = await openAdapter(t, createAmdAdapter(), amd.tree.sysroot);
    gpu.read(Number.NaN).read(1);
    assert.equal(gpu.reading('gpu0_throttle_reasons'), 0);
    card.write({ 'power/runtime_status': 'suspended' });
    gpu.read(1);
    const later = metricsTable('v3_0');
    later.writeUInt32LE(4711, 232);
    card.write({ 'power/runtime_status': 'active', 'gpu_metrics': later });
    assert.equal(gpu.read(1).reading('gpu0_throttle_reasons'), 'failed');
    assert.equal(gpu.read(1).reading('gpu0_throttle_reasons'), 0);
  });
});

describe('an idle AMD GPU that can sleep', () => {
  test('is left alone after ten seconds, shows its last values, and is read when it wakes', async t => {
    const amd = new AmdTree(t);
    const card = idleCard(amd);
    let reads = 0;
    failReads(t, file => {
      if (!isHarmless(file)) reads++;
      return undefined;
    });
    const gpu = await openAdapter(t, createAmdAdapter(), amd.tree.sysroot);
    assert.ok(gpu.info.limitations?.some(({ what }) => what === 'an idle GPU that can sleep'));
    gpu.read(Number.NaN);
    // Ten ticks of reading, and the first without.
    assert.equal(
      ticksUntilRest(gpu, () => reads),
      11,
    );
    card.writeHwmon({ temp1_input: 30_000 });
    gpu.read(1);
    assert.equal(gpu.reading('gpu0_temperature'), 52);
    assert.equal(gpu.reading('gpu0_utilization'), 0);

    const resting = reads;
    card.write({ 'power/runtime_status': 'suspended' });
    for (let tick = 0; tick < 100; tick++) gpu.read(1);
    assert.deepEqual(distinct(gpu), ['asleep']);
    assert.equal(reads, resting);
    card.write({ 'power/runtime_status': 'active' });
    assert.equal(gpu.read(1).reading('gpu0_temperature'), 30);
    // After a sleep it is left alone as soon as before.
    assert.equal(
      ticksUntilRest(gpu, () => reads),
      10,
    );
  });

  test('that does not fall asleep is read again after twenty seconds, and left alone more rarely', async t => {
    const amd = new AmdTree(t);
    idleCard(amd);
    let reads = 0;
    failReads(t, file => {
      if (!isHarmless(file)) reads++;
      return undefined;
    });
    const gpu = await openAdapter(t, createAmdAdapter(), amd.tree.sysroot);
    gpu.read(Number.NaN);
    const pauses: number[] = [];
    for (const needed of [10, 20, 40]) {
      // The tick after a rest counts as the first of the next idle time.
      const extra = pauses.length === 0 ? 1 : 0;
      assert.equal(
        ticksUntilRest(gpu, () => reads),
        needed + extra,
      );
      const before = reads;
      let pause = 1;
      while (reads === before) {
        gpu.read(1);
        pause++;
      }
      pauses.push(pause);
    }
    // The 20th second ends the rest.
    assert.deepEqual(pauses, [20, 20, 20]);
  });

  for (const [what, change] of [
    ['works', { gpu_busy_percent: 1 }],
    ['copies', { mem_busy_percent: 1 }],
    ['decodes', { vcn_busy_percent: 1 }],
    ['may not sleep', { 'power/control': 'on' }],
    ['does not tell its utilization', { gpu_busy_percent: 'busy', gpu_metrics: '' }],
  ] as const) {
    test(`is not left alone when it ${what}`, async t => {
      const amd = new AmdTree(t);
      idleCard(amd).write(change);
      let reads = 0;
      failReads(t, file => {
        if (!isHarmless(file)) reads++;
        return undefined;
      });
      const gpu = await openAdapter(t, createAmdAdapter(), amd.tree.sysroot);
      gpu.read(Number.NaN);
      for (let tick = 0; tick < 40; tick++) {
        const before = reads;
        gpu.read(1);
        assert.ok(reads > before);
      }
    });
  }
});
