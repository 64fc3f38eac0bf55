import assert from 'node:assert/strict';
import { describe, test, type TestContext } from 'node:test';
import {
  createNvidiaAdapter,
  type NvidiaAdapter,
} from '../../../../../src/sampler/adapters/gpu/nvidia/adapter.ts';
import {
  findSystemGpus,
  type SystemGpu,
} from '../../../../../src/sampler/adapters/gpu/windows/system-gpu.ts';
import { Sysroot } from '../../../../../src/sampler/sysroot.ts';
import { buildFakeD3dkmt, NO_FAKE_D3DKMT } from '../../../../fixtures/d3dkmt/build.ts';
import { Engine, type FakeAdapter, FakeD3dkmt, Kind, Type } from '../../../../fixtures/d3dkmt/fake-d3dkmt.ts';
import { FakeNvml } from '../../../../fixtures/nvml/fake-nvml.ts';
import { OpenedAdapter, tryOpen } from '../../../proc/fixture-tree.ts';

const LAPTOP_GPU: FakeAdapter = {
  type: Type.render | Type.hybridDiscrete,
  vendor: 0x10de,
  name: 'NVIDIA Test GPU A',
  bus: 1,
  nodes: [{ type: Engine.copy }, { type: Engine.threeD }],
};
const PROCESSOR_GPU: FakeAdapter = {
  type: Type.render | Type.hybridIntegrated,
  vendor: 0x8086,
  name: 'Intel',
};

/** A machine, its clock, and its GPUs as they are found. */
async function machine(
  adapters: readonly FakeAdapter[],
): Promise<{ fake: FakeD3dkmt; clock: { ms: number }; gpus: SystemGpu[] }> {
  const fake = new FakeD3dkmt(buildFakeD3dkmt());
  for (const adapter of adapters) fake.add(adapter);
  const clock = { ms: 1000 };
  const gpus = await findSystemGpus('nvidia', { library: fake.library, now: () => clock.ms });
  return { fake, clock, gpus };
}

describe('whether a GPU of Windows sleeps', { skip: NO_FAKE_D3DKMT }, () => {
  test('only one that can sleep is taken to, until it works, and again ten seconds after', async () => {
    const { fake, clock, gpus } = await machine([PROCESSOR_GPU, LAPTOP_GPU]);
    assert.equal(gpus.length, 1);
    const [gpu] = gpus;
    assert.ok(gpu);
    assert.equal(gpu.address, '0:1:0');
    assert.equal(gpu.canSleep(), true);
    for (let i = 0; i < 20; i++) {
      assert.equal(gpu.isAsleep(), true);
      clock.ms += 1000;
    }
    fake.setNode(1, 1, { type: Engine.threeD, running: 1n });
    clock.ms += 1000;
    for (let i = 0; i <= 10; i++) {
      assert.equal(gpu.isAsleep(), false, `${i} s after`);
      clock.ms += 1000;
    }
    assert.equal(gpu.isAsleep(), true);
    assert.equal(fake.openHandles, 0);
    assert.equal(fake.calls(1, Kind.adapterPerformance), 0);
    fake.assertNoMisuse();
  });

  test('it is looked at no more often than it can have changed', async () => {
    const { fake, clock, gpus } = await machine([LAPTOP_GPU]);
    const before = fake.calls(0, Kind.nodeStatistics);
    for (let i = 0; i < 100; i++) gpus[0]?.isAsleep();
    assert.equal(fake.calls(0, Kind.nodeStatistics), before);
    clock.ms += 250;
    for (let i = 0; i < 100; i++) gpus[0]?.isAsleep();
    assert.equal(fake.calls(0, Kind.nodeStatistics), before + 2);
  });

  test('one that is gone, or has no engines to look at, is left to its driver', async () => {
    const { fake, clock, gpus } = await machine([LAPTOP_GPU, { ...LAPTOP_GPU, nodes: [], bus: 2 }]);
    assert.deepEqual(
      gpus.map(gpu => gpu.isAsleep()),
      [true, false],
    );
    fake.remove(0);
    clock.ms += 1000;
    assert.equal(gpus[0]?.isAsleep(), false);
  });

  test('others are always awake, and one without an address is not known', async () => {
    const { gpus } = await machine([{ ...LAPTOP_GPU, type: Type.render }]);
    assert.deepEqual(
      gpus.map(gpu => [gpu.isAsleep(), gpu.canSleep()]),
      [[false, false]],
    );
    const fake = new FakeD3dkmt(buildFakeD3dkmt());
    fake.fail(fake.add(LAPTOP_GPU), Kind.adapterAddress, 0xc000_00bb);
    assert.deepEqual(await findSystemGpus('nvidia', { library: fake.library }), []);
    assert.deepEqual(await findSystemGpus('nvidia', { library: '/nonexistent' }), []);
  });
});

describe('NVML on a laptop with Windows', { skip: NO_FAKE_D3DKMT }, () => {
  /** The adapter with both fakes. */
  async function laptop(
    t: TestContext,
  ): Promise<{ nvml: FakeNvml; fake: FakeD3dkmt; nvidia: NvidiaAdapter; clock: { ms: number } }> {
    const { fake, clock } = await machine([PROCESSOR_GPU, LAPTOP_GPU]);
    const nvml = new FakeNvml();
    t.after(() => {
      nvml.dispose();
    });
    nvml.turn({ set: { utilization: 0, memory_utilization: 0, encoder: 0, decoder: 0, compute: 0 } });
    const nvidia = createNvidiaAdapter({
      env: { OPTIMETRICS_NVML: nvml.library },
      findDisplays: () => findSystemGpus('nvidia', { library: fake.library, now: () => clock.ms }),
    });
    return { nvml, fake, nvidia, clock };
  }

  test('is not even opened while the GPU does nothing', async t => {
    const { nvml, nvidia } = await laptop(t);
    const outcome = await tryOpen(t, nvidia, new Sysroot());
    assert.equal(outcome.available ? 'available' : outcome.reason, 'asleep');
    assert.deepEqual(nvml.calls(), []);
    assert.equal(nvidia.hasGpus, true, 'nobody else needs to show it');
  });

  test('reads while it works, is closed when it does not, and opened again when it does', async t => {
    const { nvml, fake, nvidia, clock } = await laptop(t);
    await tryOpen(t, nvidia, new Sysroot());
    let running = 0n;
    const work = (): void => {
      fake.setNode(1, 1, { type: Engine.threeD, running: (running += 5_000_000n) });
      clock.ms += 1000;
    };
    work();
    const outcome = await tryOpen(t, nvidia, new Sysroot());
    assert.ok(outcome.available);
    const gpu = new OpenedAdapter(nvidia, outcome, []);
    for (let i = 0; i < 3; i++) {
      work();
      gpu.read(1);
      assert.equal(gpu.reading('gpu0_temperature'), 40 + i);
    }
    for (let i = 0; i < 30; i++) {
      clock.ms += 1000;
      gpu.read(1);
    }
    assert.equal(gpu.reading('gpu0_temperature'), 'asleep');
    await until(() => nvml.calls('nvmlShutdown').length === 1 && !nvidia.hasPendingCall);
    const before = nvml.calls().length;
    for (let i = 0; i < 100; i++) {
      clock.ms += 1000;
      gpu.read(1);
    }
    assert.equal(nvml.calls().length, before);
    work();
    gpu.read(1);
    await until(() => {
      work();
      return typeof gpu.read(1).reading('gpu0_temperature') === 'number';
    });
    nvidia.close();
    await until(() => !nvidia.hasPendingCall);
  });

  test('without the library there is nothing to leave alone', async t => {
    const nvidia = createNvidiaAdapter({
      env: { OPTIMETRICS_NVML: '/nonexistent/nvml.dll' },
      findDisplays: () => assert.fail('looked for GPUs'),
    });
    const outcome = await tryOpen(t, nvidia, new Sysroot());
    assert.equal(outcome.available ? 'available' : outcome.reason, 'unsupported');
    assert.equal(nvidia.hasGpus, false);
  });
});

/** Waits until something is so; fails after 20 s. */
async function until(isSo: () => boolean): Promise<void> {
  const deadline = performance.now() + 20_000;
  while (!isSo()) {
    assert.ok(performance.now() < deadline, 'it does not come to it');
    await new Promise(resolve => setTimeout(resolve, 5));
  }
}
