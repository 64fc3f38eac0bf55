import assert from 'node:assert/strict';
import { describe, test, type TestContext } from 'node:test';
import fc from 'fast-check';
import { createAppleAdapter } from '../../../../../src/sampler/adapters/gpu/apple/adapter.ts';
import { Sysroot } from '../../../../../src/sampler/sysroot.ts';
import { NO_FAKE_DARWIN } from '../../../../fixtures/darwin/build.ts';
import { BALANCED, FakeDarwin, type PropertyList } from '../../../../fixtures/darwin/fake-darwin.ts';
import { openAdapter, tryOpen, type OpenedAdapter } from '../../../proc/fixture-tree.ts';

const GIB = 2n ** 30n;
const MAC_MODEL = Buffer.from('MacBookPro16,1\0');

/** Properties of the accelerator of a Mac with Apple silicon, as `ioreg -rc IOAccelerator` shows them. */
const AGX = {
  'vendor-id': Buffer.from([0x6b, 0x10, 0, 0]),
  'model': 'Apple M1 Pro',
  'gpu-core-count': 16,
  'AGCInfo': { fLastSubmissionPID: 390, fSubmissionsSinceLastCheck: 0, fBusyCount: 0 },
  'PerformanceStatistics': {
    'Device Utilization %': 12,
    'Renderer Utilization %': 11,
    'In use system memory': 8 * 2 ** 30,
    'Alloc system memory': 9 * 2 ** 30,
  },
} as const;

function appleSilicon(without: readonly string[] = []): { mac: FakeDarwin; gpu: number } {
  const mac = new FakeDarwin(without).setSysctl64('hw.memsize', 32n * GIB);
  const root = mac.addService({ class: 'IOPlatformExpertDevice', id: 1, properties: { model: MAC_MODEL } });
  return {
    mac,
    gpu: mac.addService({ class: 'IOAccelerator', id: 0x1_0000_087c, parent: root, properties: AGX }),
  };
}

/** An Intel Mac with a GPU in the processor and one of AMD’s, of which the switch turns one off. */
function intelMac(): { mac: FakeDarwin; intel: number; amd: number } {
  const mac = new FakeDarwin().setSysctl64('hw.memsize', 16n * GIB);
  const root = mac.addService({ class: 'IOPlatformExpertDevice', id: 1, properties: { model: MAC_MODEL } });
  const pci = (id: number, vendor: readonly [number, number], model: string, more = {}): number =>
    mac.addService({
      class: 'IOPCIDevice',
      id,
      parent: root,
      properties: {
        'vendor-id': Buffer.from([...vendor, 0, 0]),
        'model': Buffer.from(`${model}\0`),
        ...more,
      },
    });
  const intel = mac.addService({
    class: 'IOAccelerator',
    id: 11,
    parent: pci(10, [0x86, 0x80], 'Intel UHD Graphics 630'),
    properties: {
      AGCInfo: { poweredOffByAGC: false, fBusyCount: 0 },
      PerformanceStatistics: { 'Device Utilization %': 6 },
    },
  });
  const amd = mac.addService({
    class: 'IOAccelerator',
    id: 21,
    parent: pci(20, [0x02, 0x10], 'AMD Radeon Pro 5500M', { 'VRAM,totalMB': 8176 }),
    properties: {
      AGCInfo: { poweredOffByAGC: false, fBusyCount: 0 },
      PerformanceStatistics: {
        'Device Utilization %': 50,
        'vramUsedBytes': 2044 * 2 ** 20,
        'Temperature(C)': 66,
        'Total Power(W)': 21,
        'Core Clock(MHz)': 900,
        'Memory Clock(MHz)': 1500,
        'Fan Speed(%)': 30,
      },
    },
  });
  return { mac, intel, amd };
}

const open = (t: TestContext, mac: FakeDarwin): Promise<OpenedAdapter> =>
  openAdapter(t, createAppleAdapter(mac.options), new Sysroot());

/** The columns of a GPU that have a value or another reason than `unsupported`. */
const told = ({ readings }: OpenedAdapter, gpu = 0): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(readings)
      .filter(([name, value]) => name.startsWith(`gpu${gpu}_`) && value !== 'unsupported')
      .map(([name, value]) => [name.slice(5), value]),
  );

const allColumns = (gpu: OpenedAdapter, number: number): Set<unknown> =>
  new Set(
    Object.entries(gpu.readings)
      .filter(([name]) => name.startsWith(`gpu${number}_`))
      .map(([, value]) => value),
  );

describe('GPU adapter for macOS', { skip: NO_FAKE_DARWIN }, () => {
  test('Apple silicon: utilization, and its part of the memory of the machine', async t => {
    const { mac } = appleSilicon();
    const gpu = await open(t, mac);
    assert.deepEqual(gpu.info.gpus, [{ name: 'Apple M1 Pro', vendor: 'apple' }]);
    assert.deepEqual(
      gpu.info.limitations?.map(({ what }) => what),
      ['video memory', 'power, temperature and clocks of Apple’s GPUs'],
    );
    for (let tick = 0; tick < 200; tick++) gpu.read(1);
    assert.deepEqual(told(gpu), {
      utilization: 12,
      vram_used_mb: 8192,
      vram_total_mb: 32_768,
      vram_percent: 25,
    });
    assert.equal(gpu.adapter.hasOtherDevices, false);
    gpu.adapter.close();
    gpu.adapter.close();
    assert.deepEqual(mac.books, BALANCED);
    mac.assertNoMisuse();
  });

  test('an Intel Mac with two GPUs', async t => {
    const { mac } = intelMac();
    const gpu = await open(t, mac);
    assert.deepEqual(gpu.info.gpus, [
      { name: 'Intel UHD Graphics 630', vendor: 'intel' },
      { name: 'AMD Radeon Pro 5500M', vendor: 'amd' },
    ]);
    assert.equal(gpu.info.found, 'Intel UHD Graphics 630, AMD Radeon Pro 5500M');
    gpu.read(1);
    assert.deepEqual(told(gpu, 0), { utilization: 6 });
    assert.deepEqual(told(gpu, 1), {
      utilization: 50,
      vram_used_mb: 2044,
      vram_total_mb: 8176,
      vram_percent: 25,
      temperature: 66,
      power_watts: 21,
      core_clock_mhz: 900,
      memory_clock_mhz: 1500,
      fan_speed: 30,
    });
    gpu.adapter.close();
    assert.deepEqual(mac.books, BALANCED);
    mac.assertNoMisuse();
  });

  test('a GPU that is switched off is asleep, and its statistics are not asked for', async t => {
    const { mac, amd } = intelMac();
    const gpu = await open(t, mac);
    gpu.read(1);
    mac.setProperty(amd, 'AGCInfo', { poweredOffByAGC: true });
    const before = mac.calls('IORegistryEntryCreateCFProperty');
    gpu.read(1);
    // Two for Intel’s GPU, which could sleep too, and one for AMD’s.
    assert.equal(mac.calls('IORegistryEntryCreateCFProperty') - before, 3);
    assert.deepEqual([...allColumns(gpu, 1)], ['asleep']);
    assert.equal(gpu.reading('gpu0_utilization'), 6);
    mac.setProperty(amd, 'AGCInfo', { poweredOffByAGC: 0 });
    assert.equal(gpu.read(1).reading('gpu1_utilization'), 50);
    mac.assertNoMisuse();
  });

  test('a GPU that is unplugged is failed, and then the adapter has other devices', async t => {
    const { mac, amd } = intelMac();
    const gpu = await open(t, mac);
    gpu.read(1);
    mac.vanish(amd);
    gpu.read(1);
    assert.deepEqual([...allColumns(gpu, 1)], ['failed']);
    assert.equal(gpu.reading('gpu0_utilization'), 6);
    for (let tick = 0; tick < 5; tick++) gpu.read(1);
    assert.equal(gpu.adapter.hasOtherDevices, true);
    gpu.adapter.close();
    const again = await open(t, mac);
    assert.equal(again.info.found, 'Intel UHD Graphics 630');
    assert.equal(again.adapter.hasOtherDevices, false);
    mac.addService({ class: 'IOAccelerator', id: 31, properties: AGX });
    for (let tick = 0; tick < 30; tick++) again.read(1);
    assert.equal(again.adapter.hasOtherDevices, true);
    again.adapter.close();
    assert.deepEqual(mac.books, BALANCED);
    mac.assertNoMisuse();
  });

  test('statistics that are none, and numbers that are none', async t => {
    const { mac, gpu: service } = appleSilicon();
    const gpu = await open(t, mac);
    for (const nothing of ['text', 5, true, Buffer.alloc(3)]) {
      mac.setProperty(service, 'PerformanceStatistics', nothing);
      gpu.read(1);
      assert.deepEqual([...allColumns(gpu, 0)], ['failed']);
    }
    mac.setProperty(service, 'PerformanceStatistics', {
      'Device Utilization %': 'high',
      'In use system memory': Buffer.alloc(8),
    });
    assert.deepEqual(told(gpu.read(1)), {});
    gpu.adapter.close();
    assert.deepEqual(mac.books, BALANCED);
    mac.assertNoMisuse();
  });

  test('says why there is nothing to read, and gives everything back', async t => {
    const reason = async (mac: FakeDarwin): Promise<string> => {
      const outcome = await tryOpen(t, createAppleAdapter(mac.options), new Sysroot());
      assert.deepEqual(mac.books, BALANCED);
      return outcome.available ? 'available' : outcome.reason;
    };
    assert.equal(await reason(new FakeDarwin()), 'unsupported');
    assert.equal(await reason(appleSilicon().mac.fail('IOServiceGetMatchingServices', 1)), 'failed');
    assert.equal(await reason(appleSilicon().mac.fail('IOServiceMatching', 1)), 'failed');
    for (const symbol of ['IORegistryEntrySearchCFProperty', 'IOObjectRelease', 'CFRelease']) {
      assert.equal(await reason(appleSilicon([symbol]).mac), 'unsupported', symbol);
    }
  });

  test('without the size of memory the rest is told', async t => {
    const { mac } = appleSilicon(['sysctlbyname']);
    const gpu = await open(t, mac);
    assert.deepEqual(told(gpu.read(1)), { utilization: 12, vram_used_mb: 8192 });
  });

  test('properties of any kind do no harm', async t => {
    const leaf = fc.oneof(
      fc.double(),
      fc.boolean(),
      fc.string(),
      fc.string({ minLength: 200, maxLength: 400 }),
      fc.uint8Array({ maxLength: 300 }),
    );
    const keys = fc.constantFrom(
      'Device Utilization %',
      'In use system memory',
      'vramUsedBytes',
      'poweredOffByAGC',
    );
    const property: fc.Arbitrary<PropertyList> = fc.oneof(leaf, fc.dictionary(keys, leaf));
    const names = ['vendor-id', 'model', 'VRAM,totalMB', 'AGCInfo', 'PerformanceStatistics'] as const;
    const properties = fc.record(Object.fromEntries(names.map(name => [name, property])), {
      requiredKeys: [],
    });
    await fc.assert(
      fc.asyncProperty(properties, property, async (some, later) => {
        const mac = new FakeDarwin().setSysctl64('hw.memsize', 8n * GIB);
        const service = mac.addService({ class: 'IOAccelerator', id: 5, properties: withoutNul(some) });
        const gpu = await open(t, mac);
        gpu.read(1);
        mac.setProperty(service, 'PerformanceStatistics', withoutNul({ later })['later'] ?? 0);
        gpu.read(1);
        gpu.adapter.close();
        assert.deepEqual(mac.books, BALANCED);
        mac.assertNoMisuse();
      }),
      { numRuns: 100 },
    );
  });
});

/** C strings end at a NUL, so that a text with one cannot be handed to the fake. */
function withoutNul(
  properties: Readonly<Record<string, PropertyList | undefined>>,
): Record<string, PropertyList> {
  const clean = (value: PropertyList): PropertyList => {
    if (typeof value === 'string') return value.replaceAll('\0', '');
    if (typeof value !== 'object' || value instanceof Uint8Array) return value;
    return Object.fromEntries(Object.entries(value).map(([key, entry]) => [key, clean(entry ?? 0)]));
  };
  return Object.fromEntries(Object.entries(properties).map(([key, value]) => [key, clean(value ?? 0)]));
}
