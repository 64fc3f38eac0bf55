import assert from 'node:assert/strict';
import { describe, test, type TestContext } from 'node:test';
import type { GpuInfo } from '../../../../../src/sampler/adapters/base.ts';
import {
  createWindowsGpuAdapter,
  type WindowsGpuOptions,
} from '../../../../../src/sampler/adapters/gpu/windows/adapter.ts';
import { Sysroot } from '../../../../../src/sampler/sysroot.ts';
import { buildFakeD3dkmt, NO_FAKE_D3DKMT } from '../../../../fixtures/d3dkmt/build.ts';
import { Engine, type FakeAdapter, FakeD3dkmt, Kind, Type } from '../../../../fixtures/d3dkmt/fake-d3dkmt.ts';
import { openAdapter, type OpenedAdapter, tryOpen } from '../../../proc/fixture-tree.ts';

const GIB = 2n ** 30n;
/** 100 ns in a second. */
const SECOND = 10_000_000n;

const BASIC_RENDER: FakeAdapter = {
  type: Type.render | Type.software,
  vendor: 0x1414,
  name: 'Microsoft Basic Render Driver',
};

/** A card with memory of its own and five engines. */
const RADEON: FakeAdapter = {
  vendor: 0x1002,
  name: 'AMD Radeon RX 7800 XT',
  dedicated: 16n * GIB,
  shared: 32n * GIB,
  nodes: [
    { type: Engine.threeD, frequency: 2_124_000_000n },
    { type: Engine.copy },
    { type: Engine.encode },
    { type: Engine.decode },
    { type: Engine.decode },
  ],
  segments: [
    { limit: 15n * GIB, resident: 3n * GIB },
    { limit: GIB, resident: GIB },
    { limit: 32n * GIB, resident: 2n * GIB, isAperture: true },
  ],
  performance: { memory: 2_438_000_000n, fan: 1200, maxFan: 3200, power: 431, temperature: 654 },
};

/** A GPU in the processor, without memory of its own. Its driver fills Windows’ number for that all the same. */
const IRIS: FakeAdapter = {
  type: Type.render | Type.display | Type.hybridIntegrated,
  vendor: 0x8086,
  name: 'Intel(R) Iris(R) Xe Graphics',
  dedicated: GIB / 8n,
  shared: 8n * GIB,
  nodes: [{ type: Engine.threeD }, { type: Engine.codec }],
  segments: [
    { limit: 8n * GIB, resident: GIB, isAperture: true },
    { limit: 8n * GIB, resident: GIB, isAperture: true },
  ],
};

const GEFORCE: FakeAdapter = {
  type: Type.render | Type.hybridDiscrete,
  vendor: 0x10de,
  name: 'NVIDIA GeForce RTX 4060 Laptop GPU',
  dedicated: 8n * GIB,
  nodes: [{ type: Engine.threeD, frequency: 1_500_000_000n }],
  segments: [{ limit: 8n * GIB, resident: GIB }],
  performance: { memory: 8_001_000_000n, temperature: 420 },
};

/** A system of adapters, in the library that has all functions or lacks some. */
function system(adapters: readonly FakeAdapter[], without: readonly string[] = []): FakeD3dkmt {
  const fake = new FakeD3dkmt(buildFakeD3dkmt(without));
  for (const adapter of adapters) fake.add(adapter);
  return fake;
}

const open = (t: TestContext, fake: FakeD3dkmt, options: WindowsGpuOptions = {}): Promise<OpenedAdapter> =>
  openAdapter(t, createWindowsGpuAdapter({ library: fake.library, ...options }), new Sysroot());

/** The columns of a GPU that have a value or another reason than `unsupported`. */
const told = ({ readings }: OpenedAdapter, gpu = 0): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(readings)
      .filter(([name, value]) => name.startsWith(`gpu${gpu}_`) && value !== 'unsupported')
      .map(([name, value]) => [name.slice(name.indexOf('_') + 1), value]),
  );

const allColumns = ({ readings }: OpenedAdapter, gpu: number): unknown[] => [
  ...new Set(
    Object.entries(readings)
      .filter(([name]) => name.startsWith(`gpu${gpu}_`))
      .map(([, value]) => value),
  ),
];

const names = ({ info }: OpenedAdapter): (string | undefined)[] | undefined =>
  info.gpus?.map(({ name }) => name);

const subjects = ({ info }: OpenedAdapter): string[] | undefined => info.limitations?.map(({ what }) => what);

describe('GPUs of Windows', { skip: NO_FAKE_D3DKMT }, () => {
  test('a card: the busiest engine, its memory and its sensors', async t => {
    const fake = system([RADEON, BASIC_RENDER]);
    const gpu = await open(t, fake);
    assert.deepEqual(gpu.info.gpus, [{ name: 'AMD Radeon RX 7800 XT', vendor: 'amd' }]);
    assert.equal(gpu.info.found, 'AMD Radeon RX 7800 XT');
    assert.deepEqual(subjects(gpu), ['GPU utilization', 'power in watts']);
    gpu.read(Number.NaN);
    for (const column of ['utilization', 'encoder_utilization', 'decoder_utilization']) {
      assert.equal(gpu.reading(`gpu0_${column}`), 'failed', 'there is nothing to compare with yet');
    }
    for (const [node, seconds] of [4n, 15n, 1n, 2n, 3n].entries()) {
      const type = RADEON.nodes?.[node]?.type ?? 0;
      fake.setNode(0, node, { type, running: (seconds * SECOND) / 20n, frequency: 2_124_000_000n });
    }
    gpu.read(1);
    assert.deepEqual(told(gpu), {
      utilization: 75,
      vram_used_mb: 4096,
      vram_total_mb: 16_384,
      vram_percent: 25,
      temperature: 65,
      core_clock_mhz: 2124,
      memory_clock_mhz: 2438,
      fan_speed: 38,
      encoder_utilization: 5,
      decoder_utilization: 15,
    });
    gpu.read(1);
    assert.equal(gpu.reading('gpu0_utilization'), 0);
    assert.equal(gpu.adapter.hasOtherDevices, false);
    gpu.adapter.close();
    gpu.adapter.close();
    assert.equal(fake.openHandles, 0);
    fake.assertNoMisuse();
  });

  test('a GPU in the processor: what it has of the machine’s memory', async t => {
    const fake = system([IRIS]);
    const gpu = await open(t, fake);
    assert.deepEqual(subjects(gpu), [
      'GPU utilization',
      'power in watts',
      'video memory',
      'video encoder and decoder',
    ]);
    gpu.read(Number.NaN);
    fake.setNode(0, 1, { type: Engine.codec, running: SECOND / 2n });
    assert.deepEqual(told(gpu.read(1)), {
      utilization: 50,
      vram_used_mb: 2048,
      vram_total_mb: 8192,
      vram_percent: 25,
    });
    fake.assertNoMisuse();
  });

  test('what is no GPU is left out', async t => {
    const fake = system([
      BASIC_RENDER,
      { type: Type.display, name: 'Microsoft Basic Display Adapter' },
      { type: Type.render | Type.indirectDisplay, name: 'Virtual display' },
      { type: Type.render | Type.computeOnly, vendor: 0x8086, name: 'Intel(R) AI Boost' },
      IRIS,
      { ...RADEON, name: 'says nothing' },
    ]);
    fake.fail(5, Kind.adapterType, 0xc000_0001);
    const gpu = await open(t, fake);
    assert.deepEqual(names(gpu), [IRIS.name]);
    assert.ok(subjects(gpu)?.includes('a processor for neural networks (NPU)'));
    assert.equal(fake.openHandles, 1);
    for (let tick = 0; tick < 40; tick++) gpu.read(1);
    assert.equal(gpu.adapter.hasOtherDevices, false);
    assert.equal(fake.openHandles, 1);
    fake.assertNoMisuse();
  });

  for (let count = 0; count <= 16; count += 4) {
    test(`${count} GPUs of all vendors, each in its own columns`, async t => {
      const fake = system([BASIC_RENDER]);
      const kinds = [
        RADEON,
        IRIS,
        GEFORCE,
        { ...IRIS, vendor: 0x5143, name: 'Qualcomm(R) Adreno(TM) X1-85' },
      ];
      for (let i = 0; i < count; i++) fake.add({ ...kinds[i % 4], type: Type.render });
      const adapter = createWindowsGpuAdapter({ library: fake.library });
      if (count === 0) {
        const outcome = await tryOpen(t, adapter, new Sysroot());
        assert.equal(outcome.available ? 'available' : outcome.reason, 'unsupported');
        assert.equal(fake.openHandles, 0);
        return;
      }
      const gpus = await openAdapter(t, adapter, new Sysroot());
      assert.deepEqual(
        gpus.info.gpus?.map(({ vendor }) => vendor),
        Array.from({ length: count }, (_, i) => (['amd', 'intel', 'nvidia', 'other'] as const)[i % 4]),
      );
      gpus.read(Number.NaN);
      for (let i = 0; i < count; i++) {
        fake.setNode(1 + i, 0, { type: Engine.threeD, running: (BigInt(i) * SECOND) / 20n });
      }
      gpus.read(1);
      for (let i = 0; i < count; i++) assert.equal(gpus.reading(`gpu${i}_utilization`), 5 * i);
      assert.equal(gpus.reading('gpu0_vram_total_mb'), 16_384);
      gpus.adapter.close();
      assert.equal(fake.openHandles, 0);
      fake.assertNoMisuse();
    });
  }

  test('names are cleaned, and missing ones stand for the vendor', async t => {
    const fake = system([
      { name: '  AMD\tRadeon(TM)\n  Graphics \u0007' },
      { vendor: 0x8086 },
      { vendor: 0x10de, name: '\ud800 ' },
      { vendor: 0, name: 'NVIDIA RTX A2000' },
      { vendor: 0x1234, name: 'é'.repeat(259) },
      { vendor: 0x1234 },
      { vendor: 0x8086, name: 'Intel(R) Arc(TM) Graphics' },
    ]);
    fake.fail(3, Kind.deviceIds, 0xc000_000d);
    fake.fail(6, Kind.registryInfo, 0xc000_000d);
    const gpus = await open(t, fake);
    assert.deepEqual(gpus.info.gpus, [
      { vendor: 'amd', name: 'AMD Radeon(TM) Graphics' },
      { vendor: 'intel', name: 'Intel GPU' },
      { vendor: 'nvidia', name: 'NVIDIA GPU' },
      { vendor: 'nvidia', name: 'NVIDIA RTX A2000' },
      { vendor: 'other', name: 'é'.repeat(100) },
      { vendor: 'other', name: 'GPU' },
      { vendor: 'intel', name: 'Intel GPU' },
    ]);
  });

  test('a laptop’s second GPU is not asked for its sensors while it does nothing', async t => {
    const fake = system([IRIS, GEFORCE]);
    const gpus = await open(t, fake);
    assert.ok(subjects(gpus)?.includes('temperature, fan and clocks of a laptop’s second GPU'));
    for (let tick = 0; tick < 5; tick++) gpus.read(tick === 0 ? Number.NaN : 1);
    assert.deepEqual(told(gpus, 1), {
      utilization: 0,
      vram_used_mb: 1024,
      vram_total_mb: 8192,
      vram_percent: 12.5,
      temperature: 'asleep',
      core_clock_mhz: 'asleep',
      memory_clock_mhz: 'asleep',
      fan_speed: 'asleep',
    });
    const asked = (): number =>
      [Kind.adapterPerformance, Kind.adapterPerformanceCaps, Kind.nodePerformance].reduce(
        (sum, kind) => sum + fake.calls(1, kind),
        0,
      );
    assert.equal(asked(), 0);
    fake.setNode(1, 0, { type: Engine.threeD, running: SECOND / 4n, frequency: 1_500_000_000n });
    gpus.read(1);
    assert.deepEqual(told(gpus, 1), {
      utilization: 25,
      vram_used_mb: 1024,
      vram_total_mb: 8192,
      vram_percent: 12.5,
      temperature: 42,
      core_clock_mhz: 1500,
      memory_clock_mhz: 8001,
    });
    const before = asked();
    gpus.read(1);
    assert.equal(gpus.reading('gpu1_temperature'), 'asleep');
    assert.equal(gpus.reading('gpu1_fan_speed'), 'unsupported', 'it was found to have none');
    assert.equal(asked(), before);
  });

  test('a GPU that is removed is failed, and then there are other devices', async t => {
    const fake = system([IRIS, RADEON]);
    const gpus = await open(t, fake);
    gpus.read(Number.NaN).read(1);
    fake.remove(1);
    gpus.read(1);
    assert.deepEqual(allColumns(gpus, 1), ['failed']);
    assert.equal(gpus.reading('gpu0_utilization'), 0);
    for (let tick = 0; tick < 5; tick++) gpus.read(1);
    assert.equal(gpus.adapter.hasOtherDevices, true);
    gpus.adapter.close();
    assert.equal(fake.openHandles, 0);
    const again = await open(t, fake);
    assert.deepEqual(names(again), [IRIS.name]);
    fake.add(GEFORCE);
    for (let tick = 0; tick < 30; tick++) again.read(1);
    assert.equal(again.adapter.hasOtherDevices, true);
    again.adapter.close();
    assert.equal(fake.openHandles, 0);
    fake.assertNoMisuse();
  });

  test('one that comes back under another number is another device', async t => {
    const fake = system([IRIS]);
    const gpus = await open(t, fake);
    fake.remove(0);
    fake.add(IRIS);
    for (let tick = 0; tick < 6; tick++) gpus.read(1);
    assert.equal(gpus.adapter.hasOtherDevices, true);
  });

  test('a number that is listed twice is no change', async t => {
    const fake = system([IRIS, { ...IRIS, luid: [0xfffe_0000, 0] }]);
    const gpus = await open(t, fake);
    for (let tick = 0; tick < 31; tick++) gpus.read(1);
    assert.equal(gpus.adapter.hasOtherDevices, false);
  });

  test('GPUs that their vendor’s library reads are left to it, and taken over when it fails', async t => {
    const fake = system([IRIS, GEFORCE]);
    let isReadByNvml = true;
    const isReadElsewhere = (vendor: GpuInfo['vendor']): boolean => vendor === 'nvidia' && isReadByNvml;
    const gpus = await open(t, fake, { isReadElsewhere });
    assert.deepEqual(names(gpus), [IRIS.name]);
    gpus.read(Number.NaN);
    assert.equal(gpus.adapter.hasOtherDevices, false);
    isReadByNvml = false;
    gpus.read(1);
    assert.equal(gpus.adapter.hasOtherDevices, true);
    gpus.adapter.close();

    const both = await open(t, fake, { isReadElsewhere });
    assert.deepEqual(names(both), [IRIS.name, GEFORCE.name]);
    both.read(Number.NaN).read(1);
    assert.equal(both.reading('gpu1_utilization'), 0);
    isReadByNvml = true;
    const before = fake.calls(1, Kind.nodeStatistics);
    both.read(1);
    assert.equal(both.adapter.hasOtherDevices, true);
    assert.deepEqual(allColumns(both, 1), ['unsupported'], 'until it is opened anew, it is not told twice');
    assert.equal(fake.calls(1, Kind.nodeStatistics), before);
    fake.assertNoMisuse();
  });

  test('with no GPU but those of a library it stays to take them over', async t => {
    const fake = system([BASIC_RENDER, GEFORCE]);
    let isReadByNvml = true;
    const gpus = await open(t, fake, { isReadElsewhere: () => isReadByNvml });
    assert.deepEqual(gpus.info.gpus, []);
    assert.equal(gpus.info.found, 'the GPUs are read through their vendor’s library');
    assert.deepEqual(gpus.info.limitations, []);
    gpus.read(1);
    assert.equal(gpus.adapter.hasOtherDevices, false);
    isReadByNvml = false;
    gpus.read(1);
    assert.equal(gpus.adapter.hasOtherDevices, true);
  });

  test('questions that a driver does not know are unsupported and asked again rarely', async t => {
    const fake = system([RADEON]);
    for (const kind of [
      Kind.adapterPerformance,
      Kind.adapterPerformanceCaps,
      Kind.nodePerformance,
      Kind.segmentSizes,
    ]) {
      fake.fail(0, kind, 0xc000_00bb);
    }
    const gpu = await open(t, fake);
    for (let tick = 0; tick < 50; tick++) gpu.read(tick === 0 ? Number.NaN : 1);
    assert.deepEqual(told(gpu), {
      utilization: 0,
      vram_used_mb: 4096,
      vram_total_mb: 16_384,
      vram_percent: 25,
      encoder_utilization: 0,
      decoder_utilization: 0,
    });
    assert.equal(fake.calls(0, Kind.adapterPerformance), 1);
    assert.equal(fake.calls(0, Kind.nodePerformance), 1);
    fake.fail(0, Kind.adapterPerformance, 0);
    for (let tick = 0; tick < 20; tick++) gpu.read(1);
    assert.equal(gpu.reading('gpu0_temperature'), 65, 'after an update of the driver');
  });

  test('a question that fails for once is failed for once', async t => {
    const fake = system([RADEON]);
    const gpu = await open(t, fake);
    gpu.read(Number.NaN).read(1);
    for (const [kind, columns] of [
      [Kind.adapterPerformance, ['temperature', 'fan_speed', 'memory_clock_mhz']],
      [Kind.nodePerformance, ['core_clock_mhz']],
      [Kind.segmentStatistics, ['vram_used_mb', 'vram_total_mb', 'vram_percent']],
    ] as const) {
      fake.fail(0, kind, 0xc000_0001);
      gpu.read(1);
      for (const column of columns) assert.equal(gpu.reading(`gpu0_${column}`), 'failed');
      assert.equal(gpu.reading('gpu0_utilization'), 0);
      fake.fail(0, kind, 0);
      gpu.read(1);
      for (const column of columns) assert.equal(typeof gpu.reading(`gpu0_${column}`), 'number', column);
    }
  });

  test('a user who may not ask is denied', async t => {
    const fake = system([RADEON]);
    const gpu = await open(t, fake);
    fake.fail(0, Kind.nodeStatistics, 0xc000_0022);
    gpu.read(1);
    assert.equal(gpu.reading('gpu0_utilization'), 'denied');
    fake.fail(0, Kind.nodeStatistics, 0);
    fake.fail(0, Kind.segmentStatistics, 0xc000_0022);
    fake.fail(0, Kind.adapterPerformance, 0xc000_0022);
    gpu.read(1);
    assert.equal(gpu.reading('gpu0_vram_used_mb'), 'denied');
    assert.equal(gpu.reading('gpu0_temperature'), 'denied');
  });

  test('a driver that is reset: no load for the tick in which the times go back', async t => {
    const fake = system([RADEON]);
    const gpu = await open(t, fake);
    const at = (running: bigint): unknown => {
      for (const [node, { type }] of (RADEON.nodes ?? []).entries()) {
        fake.setNode(0, node, { type, running: node === 0 ? running : 0n });
      }
      return gpu.read(1).reading('gpu0_encoder_utilization') === 0
        ? gpu.reading('gpu0_utilization')
        : 'the encoder is not 0';
    };
    gpu.read(Number.NaN);
    assert.equal(at(SECOND / 2n), 50);
    assert.equal(at(SECOND), 50);
    assert.equal(at(SECOND / 10n), 0, 'the others are known');
    assert.equal(at(SECOND / 2n), 40);
    assert.equal(at(-1n), 0);
  });

  test('a GPU without engines and segments', async t => {
    const fake = system([{ name: 'Remote GPU' }]);
    const gpu = await open(t, fake);
    for (let tick = 0; tick < 3; tick++) gpu.read(tick === 0 ? Number.NaN : 1);
    assert.deepEqual(allColumns(gpu, 0), ['unsupported']);
  });

  test('memory: more in use than there is cannot be', async t => {
    const fake = system([RADEON]);
    const gpu = await open(t, fake);
    fake.setSegment(0, 0, { limit: 15n * GIB, resident: 15n * GIB + 1n });
    gpu.read(1);
    assert.equal(gpu.reading('gpu0_vram_used_mb'), 'failed');
    assert.equal(gpu.reading('gpu0_vram_percent'), 'failed');
    assert.equal(gpu.reading('gpu0_vram_total_mb'), 16_384);
  });

  test('a fan that stands still is at 0 %, one beyond its highest speed at 100 %', async t => {
    const fake = system([RADEON]);
    const gpu = await open(t, fake);
    for (const [fan, expected] of [
      [0, 0],
      [1600, 50],
      [3300, 100],
      [6401, 'failed'],
    ] as const) {
      fake.setPerformance(0, { ...RADEON.performance, fan });
      assert.equal(gpu.read(1).reading('gpu0_fan_speed'), expected);
    }
  });

  test('the older list of adapters is taken where there is no newer', async t => {
    const fake = system([BASIC_RENDER, RADEON, IRIS], ['D3DKMTEnumAdapters2']);
    const gpus = await open(t, fake);
    assert.deepEqual(names(gpus), [RADEON.name, IRIS.name]);
    gpus.adapter.close();
    assert.equal(fake.openHandles, 0);
    fake.assertNoMisuse();
  });

  test('says why there is nothing to read', async t => {
    const reason = async (fake: FakeD3dkmt, options: WindowsGpuOptions = {}): Promise<string> => {
      const adapter = createWindowsGpuAdapter({ library: fake.library, ...options });
      const outcome = await tryOpen(t, adapter, new Sysroot());
      assert.equal(fake.openHandles, 0);
      return outcome.available ? 'available' : outcome.reason;
    };
    assert.equal(await reason(system([])), 'unsupported');
    assert.equal(await reason(system([BASIC_RENDER])), 'unsupported');
    const refuses = (status: number): FakeD3dkmt => {
      const fake = system([RADEON]);
      fake.fail(0, Kind.list, status);
      return fake;
    };
    assert.equal(await reason(refuses(0xc000_0001)), 'failed');
    assert.equal(await reason(refuses(0xc000_0022)), 'denied');
    for (const symbol of ['D3DKMTQueryAdapterInfo', 'D3DKMTQueryStatistics', 'D3DKMTCloseAdapter']) {
      assert.equal(await reason(system([RADEON], [symbol])), 'unsupported', symbol);
    }
    const lists = ['D3DKMTEnumAdapters', 'D3DKMTEnumAdapters2'];
    assert.equal(await reason(system([RADEON], lists)), 'unsupported');
    const loadKoffi = (): { available: false; reason: 'failed'; why: string } => ({
      available: false,
      reason: 'failed',
      why: 'no koffi',
    });
    assert.equal(await reason(system([RADEON]), { loadKoffi }), 'failed');
    assert.equal(await reason(system([RADEON]), { library: '/nonexistent/gdi32.dll' }), 'unsupported');
  });

  test('a fixture tree has no GPU of the real system', async t => {
    const fake = system([RADEON]);
    const adapter = createWindowsGpuAdapter({ library: fake.library });
    const outcome = await tryOpen(t, adapter, new Sysroot('/nonexistent'));
    assert.equal(outcome.available, false);
  });
});
