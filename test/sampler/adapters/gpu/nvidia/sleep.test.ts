import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { NO_FAKE_NVML } from '../../../../fixtures/nvml/build.ts';
import { allColumns, type Rig, withRig } from './rig.ts';

const WITH_FAKE = { skip: NO_FAKE_NVML };

const LAPTOP_GPU = { name: '0000:01:00.0', driver: 'nvidia', runtimeD3: 'Enabled (fine-grained)' } as const;
const IDLE = { set: { utilization: 0, memory_utilization: 0, encoder: 0, decoder: 0, compute: 0 } } as const;

/** Ticks of one second until the adapter has closed the library; returns their number. */
async function ticksUntilRest(rig: Rig): Promise<number> {
  const before = rig.fake.calls('nvmlShutdown').length;
  for (let tick = 1; tick <= 100; tick++) {
    rig.tick();
    if (!rig.adapter.hasPendingCall && rig.fake.calls('nvmlShutdown').length === before) continue;
    await rig.settled();
    return tick;
  }
  return Number.POSITIVE_INFINITY;
}

describe('an NVIDIA GPU that sleeps', WITH_FAKE, () => {
  test(
    'is left asleep: the library is not even loaded, however often it is asked',
    withRig(
      {
        devices: [{ ...LAPTOP_GPU, status: 'suspended' }],
        adapter: { loadKoffi: () => assert.fail('koffi is loaded') },
      },
      async rig => {
        for (let attempt = 0; attempt < 5; attempt++) {
          const refusal = await rig.refused();
          assert.equal(refusal.reason, 'asleep');
        }
        assert.deepEqual(rig.fake.calls(), []);
      },
    ),
  );

  test(
    'is opened once something else has woken it',
    withRig({ devices: [{ ...LAPTOP_GPU, status: 'suspended' }] }, async rig => {
      assert.equal((await rig.refused()).reason, 'asleep');
      assert.deepEqual(rig.fake.calls(), []);
      rig.tree.setStatus(LAPTOP_GPU.name, 'resuming');
      assert.equal((await rig.refused()).reason, 'asleep');
      rig.tree.setStatus(LAPTOP_GPU.name, 'active');
      await rig.opened();
      assert.equal(rig.tick()['utilization'], 20);
    }),
  );

  test(
    'falls asleep while it is read: no call is made about it, the other goes on, and it comes back',
    withRig(
      {
        knobs: { gpus: 2 },
        devices: [
          { ...LAPTOP_GPU, status: 'active' },
          { name: '0000:02:00.0', status: 'active' },
        ],
      },
      async rig => {
        await rig.opened();
        rig.tick(0, Number.NaN);
        assert.equal(rig.columns(0)['pcie_tx_kbps'], 100000);
        rig.tree.setStatus(LAPTOP_GPU.name, 'suspended');
        const before = rig.fake.calls().filter(({ gpu }) => gpu === 0).length;
        for (let tick = 0; tick < 40; tick++) rig.tick();
        assert.deepEqual(rig.columns(0), allColumns('asleep'));
        assert.equal(rig.columns(1)['vram_total_mb'], 25600);
        assert.equal(rig.fake.calls().filter(({ gpu }) => gpu === 0).length, before);
        rig.tree.setStatus(LAPTOP_GPU.name, 'active');
        const awake = rig.tick();
        assert.equal(awake['utilization'], 21);
        assert.equal(awake['pcie_tx_kbps'], 'failed', 'a value from before the sleep is not shown');
      },
    ),
  );

  test(
    'without a PCI address from the library, no GPU is taken for the sleeping one',
    withRig(
      {
        knobs: { gpus: 2, rules: ['nvmlDeviceGetPciInfo_v3=3'] },
        devices: [
          { ...LAPTOP_GPU, status: 'suspended' },
          { name: '0000:02:00.0', status: 'active' },
        ],
      },
      async rig => {
        await rig.opened();
        assert.equal(rig.tick(1)['utilization'], 25);
      },
    ),
  );
});

describe('an idle NVIDIA GPU that can sleep', WITH_FAKE, () => {
  const awake = [{ ...LAPTOP_GPU, status: 'active' }];

  test(
    'is left alone after ten seconds: last values first, asleep when it sleeps, read again when it wakes',
    withRig({ knobs: IDLE, devices: awake }, async rig => {
      const info = await rig.opened();
      assert.ok(info.limitations?.some(({ what }) => what === 'an idle GPU that can sleep'));
      rig.tick(0, Number.NaN);
      assert.equal(await ticksUntilRest(rig), 10);
      const resting = rig.fake.calls().length;
      assert.equal(rig.tick()['temperature'], rig.tick()['temperature']);
      assert.equal(rig.columns()['utilization'], 0);
      rig.tree.setStatus(LAPTOP_GPU.name, 'suspended');
      for (let tick = 0; tick < 100; tick++) rig.tick();
      assert.deepEqual(rig.columns(), allColumns('asleep'));
      assert.equal(rig.fake.calls().length, resting, 'nothing is asked while it rests and sleeps');

      rig.tree.setStatus(LAPTOP_GPU.name, 'active');
      rig.fake.turn({});
      // While the driver opens, nothing is known yet: the values from before the sleep are not shown.
      assert.deepEqual(rig.tick(), allColumns('asleep'));
      const reading = await rig.tickUntil(({ utilization }) => utilization !== 'asleep');
      assert.equal(reading['vram_total_mb'], 24576);
      assert.equal(rig.fake.calls('nvmlInit_v2').length, 2);
      assert.equal(rig.fake.calls('nvmlShutdown').length, 1);
    }),
  );

  test(
    'that does not fall asleep is read again after twenty seconds, and left alone more rarely',
    withRig({ knobs: IDLE, devices: awake }, async rig => {
      await rig.opened();
      rig.tick(0, Number.NaN);
      assert.equal(await ticksUntilRest(rig), 10);
      for (let tick = 0; tick < 19; tick++) rig.tick();
      assert.equal(rig.fake.calls('nvmlInit_v2').length, 1);
      rig.tick();
      await rig.settled();
      assert.equal(rig.fake.calls('nvmlInit_v2').length, 2);
      const temperature = rig.columns()['temperature'];
      await rig.tickUntil(reading => reading['temperature'] !== temperature);
      assert.equal(await ticksUntilRest(rig), 20);
    }),
  );

  for (const [what, knobs] of [
    ['works', { set: { ...IDLE.set, utilization: 1 } }],
    ['copies', { set: { ...IDLE.set, memory_utilization: 1 } }],
    ['encodes', { set: { ...IDLE.set, encoder: 1 } }],
    ['has a compute process', { set: { ...IDLE.set, compute: 1 } }],
    ['does not tell its utilization', { ...IDLE, rules: ['nvmlDeviceGetUtilizationRates=3'] }],
  ] as const) {
    test(
      `is not left alone when it ${what}`,
      withRig({ knobs, devices: awake }, async rig => {
        await rig.opened();
        assert.equal(await ticksUntilRest(rig), Number.POSITIVE_INFINITY);
      }),
    );
  }

  for (const [what, devices] of [
    ['cannot sleep', [{ ...LAPTOP_GPU, status: 'active', runtimeD3: 'Not supported' }]],
    ['is not on a PCI bus', []],
  ] as const) {
    test(
      `is not left alone when it ${what}`,
      withRig({ knobs: IDLE, devices }, async rig => {
        await rig.opened();
        assert.equal(await ticksUntilRest(rig), Number.POSITIVE_INFINITY);
      }),
    );
  }

  test(
    'says why when the driver does not open again, and goes on when it does',
    withRig({ knobs: IDLE, devices: awake }, async rig => {
      await rig.opened();
      assert.notEqual(await ticksUntilRest(rig), Number.POSITIVE_INFINITY);
      rig.fake.turn({ ...IDLE, rules: ['nvmlInit_v2=18'] });
      rig.tree.setStatus(LAPTOP_GPU.name, 'suspended');
      rig.tick();
      rig.tree.setStatus(LAPTOP_GPU.name, 'active');
      await rig.tickUntil(({ utilization }) => utilization === 'failed');
      assert.deepEqual(rig.columns(), allColumns('failed'));
      assert.match(rig.log.join('\n'), /different versions/);
      const before = rig.fake.calls('nvmlInit_v2').length;
      for (let tick = 0; tick < 50; tick++) rig.tick();
      assert.equal(rig.fake.calls('nvmlInit_v2').length, before, 'it is not asked every tick');
      rig.tree.setStatus(LAPTOP_GPU.name, 'suspended');
      assert.deepEqual(rig.tick(), allColumns('asleep'));
      for (let tick = 0; tick < 50; tick++) rig.tick();
      assert.equal(rig.fake.calls('nvmlInit_v2').length, before, 'and not while it sleeps');
      rig.tree.setStatus(LAPTOP_GPU.name, 'active');
      rig.fake.turn({});
      await rig.tickUntil(({ utilization }) => typeof utilization === 'number');
    }),
  );

  test(
    'closing during a rest leaves nothing open',
    withRig({ knobs: IDLE, devices: awake }, async rig => {
      await rig.opened();
      await ticksUntilRest(rig);
      for (let tick = 0; tick < 20; tick++) rig.tick();
      // The driver is being opened again now.
      assert.ok(rig.adapter.hasPendingCall);
      rig.adapter.close();
      await rig.settled();
      assert.equal(rig.fake.calls('nvmlInit_v2').length, rig.fake.calls('nvmlShutdown').length);
    }),
  );

  test(
    'closing while the driver refuses to open again ends it all',
    withRig({ knobs: IDLE, devices: awake }, async rig => {
      await rig.opened();
      await ticksUntilRest(rig);
      rig.fake.turn({ ...IDLE, rules: ['nvmlInit_v2=sleep200', 'nvmlInit_v2=18'] });
      for (let tick = 0; tick < 20; tick++) rig.tick();
      assert.ok(rig.adapter.hasPendingCall);
      rig.adapter.close();
      await rig.settled();
      const before = rig.fake.calls().length;
      for (let tick = 0; tick < 100; tick++) rig.tick();
      assert.ok(!rig.adapter.hasPendingCall);
      assert.equal(rig.fake.calls().length, before);
      assert.deepEqual(rig.log, []);
    }),
  );

  test(
    'with another one: the one that wakes is read, the one that sleeps on is not touched until it wakes',
    withRig(
      {
        knobs: { ...IDLE, gpus: 2 },
        devices: [
          { ...LAPTOP_GPU, status: 'active' },
          { ...LAPTOP_GPU, name: '0000:02:00.0', status: 'active' },
        ],
      },
      async rig => {
        await rig.opened();
        await ticksUntilRest(rig);
        rig.tree.setStatus('0000:01:00.0', 'suspended');
        rig.tree.setStatus('0000:02:00.0', 'suspended');
        rig.tick();
        const before = rig.fake.calls().filter(({ gpu }) => gpu === 0).length;
        rig.tree.setStatus('0000:02:00.0', 'active');
        rig.fake.turn({ gpus: 2 });
        await rig.tickUntil(({ utilization }) => typeof utilization === 'number', 1);
        assert.deepEqual(rig.columns(0), allColumns('asleep'));
        assert.equal(rig.fake.calls().filter(({ gpu }) => gpu === 0).length, before);
        rig.tree.setStatus('0000:01:00.0', 'active');
        await rig.tickUntil(({ utilization }) => typeof utilization === 'number', 0);
      },
    ),
  );
});
