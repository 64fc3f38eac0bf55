import assert from 'node:assert/strict';
import fs from 'node:fs';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { createIntelAdapter } from '../../../../../src/sampler/adapters/gpu/intel/adapter.ts';
import { FixtureTree, openAdapter, type OpenedAdapter, tryOpen } from '../../../proc/fixture-tree.ts';
import { hostileText } from '../../../proc/hostile-text.ts';
import { failReads, i915Client, IntelTree, type MadeGpu, noteFiles, xeClient } from './intel-tree.ts';

const GT = 'drm/card1/gt/gt0';
const I915_HWMON = 'hwmon/hwmon5';
const XE_HWMON = 'hwmon/hwmon3';

/** The columns of a GPU without their number. */
function columnsOf(gpu: OpenedAdapter, number = 0): Record<string, number | string> {
  const prefix = `gpu${number}_`;
  return Object.fromEntries(
    Object.entries(gpu.readings)
      .filter(([name]) => name.startsWith(prefix))
      .map(([name, value]) => [name.slice(prefix.length), value]),
  );
}

function limitation(gpu: OpenedAdapter, what: string): string | undefined {
  return gpu.info.limitations?.find(candidate => candidate.what === what)?.why;
}

/** What i915 and xe have nothing for. */
const NEVER = {
  memory_utilization: 'unsupported',
  vram_used_mb: 'unsupported',
  vram_total_mb: 'unsupported',
  vram_percent: 'unsupported',
  memory_clock_mhz: 'unsupported',
  sm_clock_mhz: 'unsupported',
  fan_speed: 'unsupported',
  compute_processes: 'unsupported',
  graphics_processes: 'unsupported',
  performance_state: 'unsupported',
  pcie_tx_kbps: 'unsupported',
  pcie_rx_kbps: 'unsupported',
};

/** Two seconds later than the fixture. */
function passTwoSeconds(intel: IntelTree, card: MadeGpu): void {
  card.write({
    // 9007199250 + 241000000 µJ in 2 s
    [`${I915_HWMON}/energy1_input`]: 9_248_199_250,
    // 812345 + 500 ms asleep of 2000
    [`${GT}/rc6_residency_ms`]: 812_845,
  });
  // + 1000 and 600 ms, of which the file is open twice; + 300 ms
  intel.work(2041, 12, i915Client(7, { render: 11_000, video: 2_600 }));
  intel.work(2041, 13, i915Client(7, { render: 11_000, video: 2_600 }));
  intel.work(2107, 9, i915Client(3, { render: 5_300 }));
}

describe('a card with i915', () => {
  test('all programs may be looked at: the load of its engines', async t => {
    const intel = new IntelTree(t);
    const card = intel.plug('intel-i915');
    const gpu = await openAdapter(t, createIntelAdapter(), intel.tree.sysroot);
    assert.equal(gpu.info.found, 'Intel Arc A770');
    assert.deepEqual(gpu.info.gpus, [{ name: 'Intel Arc A770', vendor: 'intel' }]);
    assert.deepEqual(gpu.info.instances, { gpu: 1 });
    const constant = {
      ...NEVER,
      temperature: 61,
      power_limit_watts: 190,
      core_clock_mhz: 2050,
      // pl1
      throttle_reasons: 4,
    };
    gpu.read(Number.NaN);
    assert.deepEqual(columnsOf(gpu), {
      ...constant,
      utilization: 'failed',
      encoder_utilization: 'failed',
      decoder_utilization: 'failed',
      power_watts: 'failed',
    });
    passTwoSeconds(intel, card);
    gpu.read(2);
    assert.deepEqual(columnsOf(gpu), {
      ...constant,
      // (1000 + 300) / 2000 ms of rendering, the busiest
      utilization: 65,
      // 600 / 2000 ms of two engines
      encoder_utilization: 15,
      decoder_utilization: 15,
      power_watts: 120.5,
    });
    gpu.read(2);
    assert.equal(gpu.reading('gpu0_utilization'), 0, 'nothing was done since');
    assert.equal(gpu.reading('gpu0_power_watts'), 'failed', 'a counter that stands still is none');
    assert.equal(gpu.adapter.hasOtherDevices, false);
  });

  test('others’ programs may not be looked at: the share of time it was awake, and none is looked at', async t => {
    const intel = new IntelTree(t);
    const card = intel.plug('intel-i915');
    intel.withoutPrivilege();
    const files = noteFiles(t);
    const gpu = await openAdapter(t, createIntelAdapter(), intel.tree.sysroot);
    gpu.read(Number.NaN);
    const folders = t.mock.method(fs, 'opendirSync');
    passTwoSeconds(intel, card);
    gpu.read(2);
    const columns = columnsOf(gpu);
    // 1 - 500 / 2000
    assert.equal(columns['utilization'], 75);
    assert.equal(columns['encoder_utilization'], 'denied');
    assert.equal(columns['decoder_utilization'], 'denied');
    assert.equal(columns['power_watts'], 120.5);
    for (let tick = 0; tick < 60; tick++) gpu.read(1);
    assert.ok(!files.some(file => /^\d+$/.test(file)), 'no fdinfo is opened');
    assert.equal(folders.mock.callCount(), 0);
    assert.match(limitation(gpu, 'utilization, approximate') ?? '', /awake/);
    assert.ok(limitation(gpu, 'video encoder and decoder'));
  });

  test('root of a container sees the container’s programs only: not all', async t => {
    const intel = new IntelTree(t);
    const card = intel.plug('intel-i915');
    fs.rmSync(intel.tree.sysroot.path('/proc/1/ns/pid'));
    intel.tree.link('/proc/1/ns/pid', 'pid:[4026532447]');
    const gpu = await openAdapter(t, createIntelAdapter(), intel.tree.sysroot);
    gpu.read(Number.NaN);
    passTwoSeconds(intel, card);
    assert.equal(gpu.read(2).reading('gpu0_utilization'), 75);
    assert.equal(gpu.reading('gpu0_decoder_utilization'), 'denied');
  });

  test('a process that may not be looked at makes the sum of the others too little', async t => {
    const intel = new IntelTree(t);
    const card = intel.plug('intel-i915');
    const { readlinkSync } = fs;
    t.mock.method(fs, 'readlinkSync', (...args: Parameters<typeof fs.readlinkSync>) => {
      const isForbidden = String(args[0]).includes('/proc/2107/fd/');
      if (isForbidden) throw Object.assign(new Error('EACCES'), { code: 'EACCES' });
      return readlinkSync(...args);
    });
    const gpu = await openAdapter(t, createIntelAdapter(), intel.tree.sysroot);
    gpu.read(Number.NaN);
    passTwoSeconds(intel, card);
    assert.equal(gpu.read(2).reading('gpu0_utilization'), 75);
    assert.equal(gpu.reading('gpu0_encoder_utilization'), 'denied');
  });

  test('a kernel that tells no work of programs: the share of time it was awake', async t => {
    const intel = new IntelTree(t);
    const card = intel.plug('intel-i915');
    intel.work(2107, 9, 'pos:\t0\nflags:\t02100002\nmnt_id:\t27\n');
    const gpu = await openAdapter(t, createIntelAdapter(), intel.tree.sysroot);
    gpu.read(Number.NaN);
    card.write({ [`${GT}/rc6_residency_ms`]: 812_845 });
    assert.equal(gpu.read(2).reading('gpu0_utilization'), 75);
    assert.equal(gpu.reading('gpu0_decoder_utilization'), 'unsupported');
  });

  test('without a counter of sleep and without privilege: own programs, told to be partial, or denied', async t => {
    const intel = new IntelTree(t);
    const card = intel.plug('intel-i915');
    card.remove(`${GT}/rc6_residency_ms`);
    intel.withoutPrivilege();
    const gpu = await openAdapter(t, createIntelAdapter(), intel.tree.sysroot);
    gpu.read(Number.NaN);
    assert.equal(gpu.reading('gpu0_utilization'), 'failed');
    for (const file of [12, 13]) intel.work(2041, file, i915Client(7, { render: 11_000 }));
    assert.equal(gpu.read(2).reading('gpu0_utilization'), 50);
    assert.equal(gpu.reading('gpu0_decoder_utilization'), 'denied');
    const again = await openAdapter(t, gpu.adapter, intel.tree.sysroot);
    again.read(Number.NaN);
    assert.match(limitation(again, 'utilization, partial') ?? '', /only programs/);

    intel.closeFile(2041, 12).closeFile(2041, 13).closeFile(2107, 9);
    const none = await openAdapter(t, gpu.adapter, intel.tree.sysroot);
    none.read(Number.NaN).read(1);
    assert.equal(none.reading('gpu0_utilization'), 'denied');
  });

  test('a GPU that never sleeps does not read as busy for that', async t => {
    const intel = new IntelTree(t);
    intel.plug('intel-i915').write({ [`${GT}/rc6_residency_ms`]: 0 });
    fs.rmSync(intel.tree.sysroot.path('/proc'), { recursive: true });
    const gpu = await openAdapter(t, createIntelAdapter(), intel.tree.sysroot);
    gpu.read(Number.NaN).read(1);
    assert.equal(gpu.reading('gpu0_utilization'), 'denied');
  });

  test('no program uses it: 0 where all may be looked at', async t => {
    const intel = new IntelTree(t);
    intel.plug('intel-i915');
    intel.closeFile(2041, 12).closeFile(2041, 13).closeFile(2107, 9);
    const gpu = await openAdapter(t, createIntelAdapter(), intel.tree.sysroot);
    assert.equal(gpu.read(Number.NaN).reading('gpu0_utilization'), 'failed');
    assert.equal(gpu.read(1).reading('gpu0_utilization'), 0);
  });

  for (const [reasons, mask] of [
    [{ status: 0, pl1: 1 }, 0],
    [{ pl2: 1, pl1: 0 }, 0x4],
    [{ pl1: 0, pl4: 1 }, 0x4],
    [{ pl1: 0, vr_tdc: 1 }, 0x4],
    [{ pl1: 0, thermal: 1 }, 0x20],
    [{ pl1: 0, ratl: 1 }, 0x20],
    [{ pl1: 0, prochot: 1 }, 0x40],
    [{ pl1: 0, vr_thermalert: 1 }, 0x40],
    [{ thermal: 1, prochot: 1 }, 0x64],
    [{ pl1: 0, something_new: 1 }, 'unsupported'],
    [{ pl1: 'x' }, 'failed'],
    [{ status: '' }, 'failed'],
  ] as const) {
    test(`reasons ${JSON.stringify(reasons)} are ${mask}`, async t => {
      const intel = new IntelTree(t);
      const card = intel.plug('intel-i915');
      card.write(
        Object.fromEntries(
          Object.entries(reasons).map(([name, value]) => [`${GT}/throttle_reason_${name}`, value]),
        ),
      );
      const gpu = await openAdapter(t, createIntelAdapter(), intel.tree.sysroot);
      assert.equal(gpu.read(Number.NaN).reading('gpu0_throttle_reasons'), mask);
    });
  }

  for (const [code, reason] of [
    ['EACCES', 'denied'],
    ['EPERM', 'denied'],
    ['EOPNOTSUPP', 'unsupported'],
    ['EIO', 'failed'],
    ['ENODEV', 'failed'],
  ] as const) {
    test(`a sensor that answers ${code} is ${reason}, the others go on`, async t => {
      const intel = new IntelTree(t);
      intel.plug('intel-i915');
      failReads(t, file => (file === 'temp1_input' ? code : undefined));
      const gpu = await openAdapter(t, createIntelAdapter(), intel.tree.sysroot);
      gpu.read(Number.NaN);
      assert.equal(gpu.reading('gpu0_temperature'), reason);
      assert.equal(gpu.reading('gpu0_core_clock_mhz'), 2050);
      assert.equal(gpu.adapter.hasOtherDevices, false);
    });
  }

  test('its clock is 0 while it sleeps between two pieces of work', async t => {
    const intel = new IntelTree(t);
    intel.plug('intel-i915').write({ [`${GT}/rps_act_freq_mhz`]: 0 });
    const gpu = await openAdapter(t, createIntelAdapter(), intel.tree.sysroot);
    assert.equal(gpu.read(Number.NaN).reading('gpu0_core_clock_mhz'), 0);
  });

  test('the power limit is read anew now and then', async t => {
    const intel = new IntelTree(t);
    const card = intel.plug('intel-i915');
    const gpu = await openAdapter(t, createIntelAdapter(), intel.tree.sysroot);
    gpu.read(Number.NaN);
    card.write({ [`${I915_HWMON}/power1_max`]: 100_500_000 });
    for (let tick = 1; tick < 30; tick++) gpu.read(1);
    assert.equal(gpu.reading('gpu0_power_limit_watts'), 190);
    assert.equal(gpu.read(1).reading('gpu0_power_limit_watts'), 100.5);
    card.write({ [`${I915_HWMON}/power1_max`]: 0 });
    for (let tick = 0; tick < 30; tick++) gpu.read(1);
    assert.equal(gpu.reading('gpu0_power_limit_watts'), 'unsupported', '0 is off');
  });
});

describe('an integrated GPU with i915', () => {
  test('of two parts: the one that slept least, the clock of the first', async t => {
    const intel = new IntelTree(t);
    const card = intel.plug('intel-i915', '0000:00:02.0').removeFolder('hwmon');
    card.write({
      'device': '0x46a6',
      'drm/card1/gt/gt1/rps_act_freq_mhz': 2450,
      'drm/card1/gt/gt1/rc6_residency_ms': 5_000,
    });
    intel.withoutPrivilege();
    const gpu = await openAdapter(t, createIntelAdapter(), intel.tree.sysroot);
    assert.equal(gpu.info.found, 'Intel Iris Xe Graphics');
    gpu.read(Number.NaN);
    card.write({ [`${GT}/rc6_residency_ms`]: 813_245, 'drm/card1/gt/gt1/rc6_residency_ms': 5_600 });
    gpu.read(1);
    assert.deepEqual(columnsOf(gpu), {
      ...NEVER,
      // asleep for 900 and 600 ms of 1000
      utilization: 40,
      encoder_utilization: 'denied',
      decoder_utilization: 'denied',
      temperature: 'unsupported',
      power_watts: 'unsupported',
      power_limit_watts: 'unsupported',
      core_clock_mhz: 2050,
      throttle_reasons: 4,
    });
    assert.ok(limitation(gpu, 'temperature, power and memory of an integrated GPU'));
    assert.equal(limitation(gpu, 'temperature'), undefined, 'it is told once');
  });

  test('of a kernel before 5.18: the files of the card', async t => {
    const intel = new IntelTree(t);
    const card = intel.plug('intel-i915').removeFolder('hwmon').removeFolder('drm/card1/gt');
    card.write({
      'device': '0x5912',
      'drm/card1/gt_act_freq_mhz': 1150,
      'drm/card1/power/rc6_residency_ms': 4_294_967_000,
    });
    intel.withoutPrivilege();
    const gpu = await openAdapter(t, createIntelAdapter(), intel.tree.sysroot);
    assert.equal(gpu.info.found, 'Intel HD Graphics 630');
    gpu.read(Number.NaN);
    // The counter has 32 bits: 296 ms up to its end and 504 after that are 800 of 1000.
    card.write({ 'drm/card1/power/rc6_residency_ms': 504 });
    gpu.read(1);
    assert.equal(gpu.reading('gpu0_utilization'), 20);
    assert.equal(gpu.reading('gpu0_core_clock_mhz'), 1150);
    assert.equal(gpu.reading('gpu0_throttle_reasons'), 'unsupported');
    card.write({ 'drm/card1/power/rc6_residency_ms': 100 });
    assert.equal(gpu.read(1).reading('gpu0_utilization'), 'failed', 'the counter was reset');
    card.write({ 'drm/card1/power/rc6_residency_ms': 1_120 });
    assert.equal(gpu.read(1).reading('gpu0_utilization'), 0, 'both clocks differ a little');
    card.write({ 'drm/card1/power/rc6_residency_ms': 9_000 });
    assert.equal(gpu.read(1).reading('gpu0_utilization'), 'failed', 'no one sleeps longer than time passes');
  });
});

describe('a card with xe', () => {
  test('all programs may be looked at', async t => {
    const intel = new IntelTree(t);
    const card = intel.plug('intel-xe');
    const files = noteFiles(t);
    const gpu = await openAdapter(t, createIntelAdapter(), intel.tree.sysroot);
    assert.equal(gpu.info.found, 'Intel Arc B580');
    gpu.read(Number.NaN);
    card.write({ [`${XE_HWMON}/energy1_input`]: 742_250_000, [`${XE_HWMON}/energy2_input`]: 530_000_000 });
    // In 19200000 cycles: 2880000 of rendering and 7680000 of video; 9600000 of computing.
    intel.work(3120, 8, xeClient(21, 7_674_383_225, { rcs: 31_137_900, vcs: 8_680_000, ccs: 14_600_000 }));
    intel.work(3120, 9, xeClient(22, 7_674_383_230, { rcs: 101_920_000 }));
    gpu.read(1);
    assert.deepEqual(columnsOf(gpu), {
      ...NEVER,
      // 12809404416 bytes
      vram_total_mb: 12_216,
      // of rendering 15 % and 10 %, of computing 50 %
      utilization: 50,
      // 40 % of two engines
      encoder_utilization: 20,
      decoder_utilization: 20,
      // pkg
      temperature: 57,
      // card: 42250000 µJ
      power_watts: 42.3,
      // card, in bursts; that of sustained power is off
      power_limit_watts: 250,
      // of the graphics part
      core_clock_mhz: 1650,
      throttle_reasons: 0,
    });
    assert.ok(!files.includes('cur_freq'), 'reading it keeps the GPU from sleeping');
    assert.equal(limitation(gpu, 'power'), undefined);
  });

  test('others’ programs may not be looked at: the part that slept least', async t => {
    const intel = new IntelTree(t);
    const card = intel.plug('intel-xe');
    intel.withoutPrivilege();
    const gpu = await openAdapter(t, createIntelAdapter(), intel.tree.sysroot);
    gpu.read(Number.NaN);
    card.write({
      'tile0/gt0/gtidle/idle_residency_ms': 400_940,
      'tile0/gt1/gtidle/idle_residency_ms': 900_700,
    });
    // asleep for 940 and 700 ms of 1000
    assert.equal(gpu.read(1).reading('gpu0_utilization'), 30);
  });

  test('a reason of the media part counts; so does one of later cards', async t => {
    const intel = new IntelTree(t);
    const card = intel.plug('intel-xe');
    card.write({ 'tile0/gt1/freq0/throttle/status': 1, 'tile0/gt1/freq0/throttle/reason_thermal': 1 });
    card.write({ 'tile0/gt0/freq0/throttle/status': 1, 'tile0/gt0/freq0/throttle/reason_iccmax': 1 });
    const gpu = await openAdapter(t, createIntelAdapter(), intel.tree.sysroot);
    assert.equal(gpu.read(Number.NaN).reading('gpu0_throttle_reasons'), 0x24);
  });

  test('of two tiles: the faster clock', async t => {
    const intel = new IntelTree(t);
    intel.plug('intel-xe').write({ 'tile1/gt2/freq0/act_freq': 1700, 'tile1/gt3/freq0/act_freq': 2000 });
    const gpu = await openAdapter(t, createIntelAdapter(), intel.tree.sysroot);
    assert.equal(gpu.read(Number.NaN).reading('gpu0_core_clock_mhz'), 1700);
  });

  test('that tells the power of its package alone says so', async t => {
    const intel = new IntelTree(t);
    const card = intel.plug('intel-xe');
    card.remove(`${XE_HWMON}/energy1_input`, `${XE_HWMON}/energy1_label`);
    const gpu = await openAdapter(t, createIntelAdapter(), intel.tree.sysroot);
    gpu.read(Number.NaN);
    card.write({ [`${XE_HWMON}/energy2_input`]: 530_000_000 });
    assert.equal(gpu.read(1).reading('gpu0_power_watts'), 30);
    assert.equal(gpu.reading('gpu0_power_limit_watts'), 190);
    assert.match(limitation(gpu, 'power') ?? '', /package/);
  });
});

describe('Intel GPUs that cannot be read, come and go', () => {
  test('none', async t => {
    const outcome = await tryOpen(t, createIntelAdapter(), new IntelTree(t).tree.sysroot);
    assert.equal(outcome.available ? 'available' : outcome.reason, 'unsupported');
  });

  for (const [driver, why] of [
    ['vfio-pci', /virtual machine/],
    [undefined, /no driver/],
    ['gma500', /another driver/],
  ] as const) {
    test(`the driver is ${driver ?? 'missing'}`, async t => {
      const intel = new IntelTree(t);
      intel.plug('intel-xe').bind(driver);
      const outcome = await tryOpen(t, createIntelAdapter(), intel.tree.sysroot);
      assert.ok(!outcome.available);
      assert.equal(outcome.reason, 'unsupported');
      assert.match(outcome.why, why);
      assert.ok(outcome.remedy);
    });
  }

  test('two with different drivers, and one set aside', async t => {
    const intel = new IntelTree(t);
    intel.plug('intel-i915', '0000:00:02.0');
    intel.plug('intel-xe', '0000:03:00.0');
    intel.plug('intel-xe', '0000:04:00.0').bind('vfio-pci');
    const gpu = await openAdapter(t, createIntelAdapter(), intel.tree.sysroot);
    assert.equal(gpu.info.found, 'Intel Arc A770, Intel Arc B580');
    gpu.read(Number.NaN);
    assert.equal(gpu.reading('gpu0_core_clock_mhz'), 2050);
    assert.equal(gpu.reading('gpu1_core_clock_mhz'), 1650);
    assert.match(limitation(gpu, 'another Intel GPU') ?? '', /virtual machine/);
  });

  test('without a table of names it has its number', async t => {
    const intel = new IntelTree(t);
    intel.plug('intel-i915');
    intel.tree.vanish('/usr/share/hwdata/pci.ids');
    const gpu = await openAdapter(t, createIntelAdapter(), intel.tree.sysroot);
    assert.equal(gpu.info.found, 'Intel GPU 0x56a0');
  });

  test('one that is pulled out reads failed and is told at once', async t => {
    const intel = new IntelTree(t);
    const card = intel.plug('intel-i915');
    const gpu = await openAdapter(t, createIntelAdapter(), intel.tree.sysroot);
    gpu.read(Number.NaN);
    card.unplug();
    gpu.read(1);
    assert.deepEqual([...new Set(Object.values(gpu.readings))], ['failed']);
    assert.equal(gpu.adapter.hasOtherDevices, true);
  });

  test('one that is opened before its driver has finished is told when that has', async t => {
    const intel = new IntelTree(t);
    const card = intel.plug('intel-xe').removeFolder('tile0').removeFolder('hwmon');
    const gpu = await openAdapter(t, createIntelAdapter(), intel.tree.sysroot);
    gpu.read(Number.NaN);
    assert.equal(gpu.adapter.hasOtherDevices, false);
    card.write({ 'tile0/gt0/freq0/act_freq': 300 });
    gpu.read(1);
    assert.equal(gpu.adapter.hasOtherDevices, true);
  });

  test('one that is added is told within ten seconds, and read after opening again', async t => {
    const intel = new IntelTree(t);
    intel.plug('intel-i915', '0000:00:02.0');
    const gpu = await openAdapter(t, createIntelAdapter(), intel.tree.sysroot);
    gpu.read(Number.NaN);
    intel.plug('intel-xe', '0000:03:00.0');
    for (let second = 0; second < 9; second++) gpu.read(1);
    assert.equal(gpu.adapter.hasOtherDevices, false);
    gpu.read(1);
    assert.equal(gpu.adapter.hasOtherDevices, true);
    const again = await openAdapter(t, gpu.adapter, intel.tree.sysroot);
    assert.deepEqual(again.info.instances, { gpu: 2 });
    assert.equal(gpu.adapter.hasOtherDevices, false);
  });

  test('no descriptor is left open', { skip: !fs.existsSync('/proc/self/fd') }, async t => {
    const intel = new IntelTree(t);
    intel.plug('intel-i915', '0000:00:02.0');
    intel.plug('intel-xe', '0000:04:00.0').bind('vfio-pci');
    intel.plug('intel-xe', '0000:03:00.0');
    const adapter = createIntelAdapter();
    const before = fs.readdirSync('/proc/self/fd').length;
    for (let life = 0; life < 3; life++) {
      const gpu = await openAdapter(t, adapter, intel.tree.sysroot);
      gpu.read(Number.NaN).read(15);
    }
    adapter.close();
    assert.equal(fs.readdirSync('/proc/self/fd').length, before);
  });
});

test('whatever the files hold, every column has a value in its range or a reason', async t => {
  const intel = new IntelTree(t);
  const card = intel.plug('intel-i915');
  const gpu = await openAdapter(t, createIntelAdapter(), intel.tree.sysroot);
  const files = [
    ...['rps_act_freq_mhz', 'rc6_residency_ms', 'throttle_reason_status', 'throttle_reason_pl1'].map(
      name => `${GT}/${name}`,
    ),
    ...['energy1_input', 'power1_max', 'temp1_input'].map(name => `${I915_HWMON}/${name}`),
    'power/control',
  ];
  const content = fc.oneof(
    hostileText('812345\n'),
    fc.constantFrom('0\n', '1\n', '4294967295\n', 'auto\n', '-5\n', '').map(text => Buffer.from(text)),
  );
  const clients = fc.oneof(
    hostileText(i915Client(7, { render: 10_000, video: 40 })),
    hostileText(xeClient(7, 19_200_000, { rcs: 500 })),
    fc.nat(20_000).map(render => Buffer.from(i915Client(7, { render }))),
    fc.constant(
      Buffer.from(i915Client(7, { render: 1 }).replace('capacity-video:\t2', 'capacity-video:\t0')),
    ),
  );
  const changes = fc.dictionary(fc.constantFrom(...files), content, { maxKeys: files.length });
  fc.assert(
    fc.property(changes, clients, fc.constantFrom(Number.NaN, 0, 1, 3600), (contents, fdinfo, elapsed) => {
      card.write(contents);
      intel.tree.write('/proc/2041/fdinfo/12', fdinfo);
      // `read` checks every value against the range of its unit.
      for (const value of Object.values(gpu.read(elapsed).readings)) {
        assert.notEqual(value, 'neither value nor reason');
      }
    }),
    { numRuns: 300 },
  );
});

describe('an Intel GPU where only a part of /sys is shown', () => {
  for (const [driver, clock] of [
    ['i915', '../gt_cur_freq_mhz'],
    ['xe', 'tile0/gt0/freq0/cur_freq'],
  ] as const) {
    test(`one with ${driver} is known by its files`, async t => {
      const tree = new FixtureTree(t);
      tree.write('/sys/class/drm/card0/device/vendor', '0x8086\n');
      const file = tree.write(`/sys/class/drm/card0/device/${clock}`.replace('/device/..', ''), '1150\n');
      const gpu = await openAdapter(t, createIntelAdapter(), file.sysroot);
      gpu.read(Number.NaN);
      assert.equal(columnsOf(gpu)['core_clock_mhz'], 1150);
      for (let second = 0; second < 30; second++) gpu.read(1);
      assert.equal(gpu.adapter.hasOtherDevices, false);
    });
  }
});
