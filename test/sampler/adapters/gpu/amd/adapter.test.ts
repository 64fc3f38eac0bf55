import assert from 'node:assert/strict';
import fs from 'node:fs';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { createAmdAdapter } from '../../../../../src/sampler/adapters/gpu/amd/adapter.ts';
import { hostileText } from '../../../proc/hostile-text.ts';
import { FixtureTree, openAdapter, tryOpen } from '../../../proc/fixture-tree.ts';
import { AmdTree, failReads, isHarmless, metricsTable, noteFiles } from './amd-tree.ts';

/** The columns of a GPU without their number. */
function columnsOf(
  readings: Readonly<Record<string, number | string>>,
  gpu = 0,
): Record<string, number | string> {
  const prefix = `gpu${gpu}_`;
  return Object.fromEntries(
    Object.entries(readings)
      .filter(([name]) => name.startsWith(prefix))
      .map(([name, value]) => [name.slice(prefix.length), value]),
  );
}

/** What amdgpu has nothing for. */
const NEVER = {
  sm_clock_mhz: 'unsupported',
  compute_processes: 'unsupported',
  graphics_processes: 'unsupported',
  performance_state: 'unsupported',
  pcie_tx_kbps: 'unsupported',
  pcie_rx_kbps: 'unsupported',
};

const DESKTOP = {
  ...NEVER,
  utilization: 91,
  memory_utilization: 40,
  // 6442450944 and 25753026560 bytes; 6144 / 24560 = 25.016 %
  vram_used_mb: 6144,
  vram_total_mb: 24560,
  vram_percent: 25,
  // the edge
  temperature: 52,
  power_watts: 203.5,
  power_limit_watts: 327,
  core_clock_mhz: 2315,
  memory_clock_mhz: 1250,
  // 102 of 255
  fan_speed: 40,
  encoder_utilization: 17,
  decoder_utilization: 17,
  // from the table: PPT0 and TEMP_HOTSPOT
  throttle_reasons: 36,
};

const APU = {
  ...NEVER,
  utilization: 36,
  memory_utilization: 'unsupported',
  // 402653184 + 1207959552 of 536870912 + 8053063680 bytes: 1536 of 8192 MB
  vram_used_mb: 1536,
  vram_total_mb: 8192,
  vram_percent: 18.8,
  temperature: 48,
  // of the whole chip: its table does not tell that of the graphics alone
  power_watts: 15.1,
  power_limit_watts: 'unsupported',
  core_clock_mhz: 1300,
  // from the table
  memory_clock_mhz: 1200,
  fan_speed: 'unsupported',
  // 12.5 % in the table, rounded
  encoder_utilization: 13,
  decoder_utilization: 13,
  throttle_reasons: 'unsupported',
};

describe('AMD GPUs', () => {
  test('a desktop card: everything it has, its files before its table', async t => {
    const amd = new AmdTree(t);
    amd.plug('amd-desktop');
    const files = noteFiles(t);
    const gpu = await openAdapter(t, createAmdAdapter(), amd.tree.sysroot);
    assert.equal(gpu.info.found, 'AMD Radeon RX 7900 XTX');
    assert.deepEqual(gpu.info.gpus, [{ name: 'AMD Radeon RX 7900 XTX', vendor: 'amd' }]);
    assert.deepEqual(columnsOf(gpu.read(Number.NaN).readings), DESKTOP);
    for (let tick = 0; tick < 20; tick++) gpu.read(1);
    assert.ok(!files.includes('pcie_bw'), 'it blocks for a second');
    assert.equal(files.filter(file => file === 'gpu_busy_percent').length, 1, 'it is kept open');
    assert.equal(gpu.adapter.hasOtherDevices, false);
  });

  test('an APU: memory of both kinds, power of the chip, the rest from the table', async t => {
    const amd = new AmdTree(t);
    amd.plug('amd-apu');
    const gpu = await openAdapter(t, createAmdAdapter(), amd.tree.sysroot);
    assert.equal(gpu.info.found, 'AMD Radeon 780M');
    assert.deepEqual(columnsOf(gpu.read(Number.NaN).readings), APU);
    const what = gpu.info.limitations?.map(limitation => limitation.what);
    for (const told of [
      'memory of an integrated GPU',
      'power of an integrated GPU',
      'video encoder and decoder',
    ]) {
      assert.ok(what?.includes(told), told);
    }
    assert.ok(!what?.includes('power'));
    assert.ok(what?.includes('fan speed'));
  });

  test('an APU that tells the power of its graphics alone shows that', async t => {
    const amd = new AmdTree(t);
    const card = amd.plug('amd-apu').write({ gpu_metrics: metricsTable('v3_0'), vcn_busy_percent: 4 });
    card.removeHwmon('in1_input');
    const gpu = await openAdapter(t, createAmdAdapter(), amd.tree.sysroot);
    const columns = columnsOf(gpu.read(Number.NaN).readings);
    // 8125 mW
    assert.equal(columns['power_watts'], 8.1);
    assert.equal(columns['memory_clock_mhz'], 1000);
    assert.equal(columns['decoder_utilization'], 4);
    assert.equal(columns['vram_total_mb'], 8192, 'its table tells that it is an APU');
    assert.equal(columns['throttle_reasons'], 'failed', 'there is nothing to compare with yet');
    assert.equal(gpu.read(1).reading('gpu0_throttle_reasons'), 0);
  });

  test('an APU whose files answer EBUSY: failed, and read again', async t => {
    const amd = new AmdTree(t);
    amd.plug('amd-apu');
    let isBusy = true;
    failReads(t, file => (isBusy && !isHarmless(file) ? 'EBUSY' : undefined));
    const gpu = await openAdapter(t, createAmdAdapter(), amd.tree.sysroot);
    const busy = columnsOf(gpu.read(Number.NaN).readings);
    assert.deepEqual(busy, {
      ...NEVER,
      utilization: 'failed',
      memory_utilization: 'failed',
      vram_used_mb: 'failed',
      vram_total_mb: 'failed',
      vram_percent: 'failed',
      temperature: 'failed',
      power_watts: 'failed',
      power_limit_watts: 'unsupported',
      core_clock_mhz: 'failed',
      memory_clock_mhz: 'failed',
      fan_speed: 'unsupported',
      encoder_utilization: 'failed',
      decoder_utilization: 'failed',
      throttle_reasons: 'failed',
    });
    assert.equal(gpu.adapter.hasOtherDevices, false);
    isBusy = false;
    assert.deepEqual(columnsOf(gpu.read(1).readings), APU);
  });

  test('an APU with nothing but a table', async t => {
    const amd = new AmdTree(t);
    const card = amd.plug('amd-apu');
    card.unloadHwmon();
    card.remove('gpu_busy_percent', 'mem_info_vram_used', 'mem_info_vram_total');
    const gpu = await openAdapter(t, createAmdAdapter(), amd.tree.sysroot);
    assert.deepEqual(columnsOf(gpu.read(Number.NaN).readings), {
      ...APU,
      power_watts: 'unsupported',
      utilization: 37,
      temperature: 49,
      vram_used_mb: 'unsupported',
      vram_total_mb: 'unsupported',
      vram_percent: 'unsupported',
    });
  });

  test('an APU with nothing at all', async t => {
    const amd = new AmdTree(t);
    const card = amd.plug('amd-apu').remove('gpu_metrics', 'gpu_busy_percent');
    card.remove('mem_info_vram_used', 'mem_info_vram_total', 'mem_info_gtt_used', 'mem_info_gtt_total');
    card.unloadHwmon();
    const gpu = await openAdapter(t, createAmdAdapter(), amd.tree.sysroot);
    const columns = columnsOf(gpu.read(Number.NaN).readings);
    assert.deepEqual([...new Set(Object.values(columns))], ['unsupported']);
    assert.equal(gpu.adapter.hasOtherDevices, false);
  });

  for (const [code, reason] of [
    ['EPERM', 'failed'],
    ['EACCES', 'denied'],
    ['EINVAL', 'unsupported'],
    ['ENODATA', 'unsupported'],
    ['EOPNOTSUPP', 'unsupported'],
    ['EIO', 'failed'],
  ] as const) {
    test(`a sensor that answers ${code} is ${reason}, the others go on`, async t => {
      const amd = new AmdTree(t);
      amd.plug('amd-desktop').remove('gpu_metrics');
      failReads(t, file => (file === 'temp1_input' ? code : undefined));
      const gpu = await openAdapter(t, createAmdAdapter(), amd.tree.sysroot);
      assert.deepEqual(columnsOf(gpu.read(Number.NaN).readings), {
        ...DESKTOP,
        temperature: reason,
        throttle_reasons: 'unsupported',
      });
    });
  }

  test('what a card’s files do not tell is in its table', async t => {
    const amd = new AmdTree(t);
    const card = amd.plug('amd-desktop');
    card.remove('gpu_busy_percent', 'mem_busy_percent', 'vcn_busy_percent');
    card.removeHwmon('temp1_input', 'freq1_input', 'freq2_input');
    const gpu = await openAdapter(t, createAmdAdapter(), amd.tree.sysroot);
    assert.deepEqual(columnsOf(gpu.read(Number.NaN).readings), {
      ...DESKTOP,
      utilization: 87,
      memory_utilization: 42,
      temperature: 64,
      core_clock_mhz: 2304,
      memory_clock_mhz: 1249,
      encoder_utilization: 13,
      decoder_utilization: 13,
    });
  });

  test('an accelerator without a display, with a hot spot and momentary power only', async t => {
    const amd = new AmdTree(t);
    const card = amd.plug('amd-desktop').write({
      class: '0x120000',
      device: '0x74a1',
      product_name: 'AMD Instinct MI300X OAM',
      gpu_metrics: metricsTable('v1_5'),
    });
    card.remove('vcn_busy_percent');
    card.removeHwmon('temp1_input', 'temp1_label', 'power1_average', 'pwm1', 'pwm1_max');
    card.removeHwmon('fan1_input', 'fan1_max');
    card.writeHwmon({ power1_input: 551_000_000 });
    const gpu = await openAdapter(t, createAmdAdapter(), amd.tree.sysroot);
    assert.equal(gpu.info.found, 'AMD Instinct MI300X OAM');
    assert.deepEqual(columnsOf(gpu.read(Number.NaN).readings), {
      ...DESKTOP,
      // temp2_input, labelled junction
      temperature: 64,
      power_watts: 551,
      fan_speed: 'unsupported',
      // the busiest of its engines
      encoder_utilization: 65,
      decoder_utilization: 65,
      throttle_reasons: 'unsupported',
    });
  });

  test('the table of newer accelerators is not known, is told as such, and is not read again', async t => {
    const amd = new AmdTree(t);
    const table = Buffer.alloc(512);
    table.writeUInt16LE(512, 0);
    table[2] = 1;
    table[3] = 8;
    const card = amd.plug('amd-desktop').write({ gpu_metrics: table }).remove('vcn_busy_percent');
    const gpu = await openAdapter(t, createAmdAdapter(), amd.tree.sysroot);
    const expected = {
      ...DESKTOP,
      encoder_utilization: 'unsupported',
      decoder_utilization: 'unsupported',
      throttle_reasons: 'unsupported',
    };
    assert.deepEqual(columnsOf(gpu.read(Number.NaN).readings), expected);
    card.write({ gpu_metrics: metricsTable('v1_3') });
    assert.deepEqual(columnsOf(gpu.read(1).readings), expected);
  });

  test('MI200: a video engine and a second die’s power that are always 0 are not told', async t => {
    const amd = new AmdTree(t);
    const table = metricsTable('v1_3');
    // average_mm_activity
    table.writeUInt16LE(0, 20);
    const card = amd.plug('amd-desktop').write({ device: '0x7408', gpu_metrics: table });
    card.remove('vcn_busy_percent');
    card.writeHwmon({ power1_average: 0, power1_cap: 0 });
    const gpu = await openAdapter(t, createAmdAdapter(), amd.tree.sysroot);
    const columns = columnsOf(gpu.read(Number.NaN).readings);
    for (const column of [
      'encoder_utilization',
      'decoder_utilization',
      'power_watts',
      'power_limit_watts',
    ] as const) {
      assert.equal(columns[column], 'unsupported', column);
    }
    card.write({ device: '0x744c' });
    const other = await openAdapter(t, createAmdAdapter(), amd.tree.sysroot);
    assert.equal(other.read(Number.NaN).reading('gpu0_decoder_utilization'), 0, 'elsewhere a 0 is one');
  });

  test('a zero where zero is a reading', async t => {
    const amd = new AmdTree(t);
    const card = amd.plug('amd-desktop');
    card.write({ gpu_busy_percent: 0, mem_busy_percent: 0, vcn_busy_percent: 0, mem_info_vram_used: 0 });
    card.writeHwmon({ pwm1: 0, fan1_input: 0, freq1_input: 0 });
    const gpu = await openAdapter(t, createAmdAdapter(), amd.tree.sysroot);
    assert.deepEqual(columnsOf(gpu.read(Number.NaN).readings), {
      ...DESKTOP,
      utilization: 0,
      memory_utilization: 0,
      vram_used_mb: 0,
      vram_percent: 0,
      core_clock_mhz: 0,
      fan_speed: 0,
      encoder_utilization: 0,
      decoder_utilization: 0,
    });
  });

  test('no memory of its own is no memory, not zero', async t => {
    const amd = new AmdTree(t);
    amd.plug('amd-desktop').write({ mem_info_vram_total: 0, mem_info_vram_used: 0 });
    const gpu = await openAdapter(t, createAmdAdapter(), amd.tree.sysroot);
    const columns = columnsOf(gpu.read(Number.NaN).readings);
    for (const column of ['vram_used_mb', 'vram_total_mb', 'vram_percent'] as const) {
      assert.equal(columns[column], 'unsupported', column);
    }
  });

  test('a fan without a drive level: its speed as a share of its maximum', async t => {
    const amd = new AmdTree(t);
    const card = amd.plug('amd-desktop');
    card.removeHwmon('pwm1', 'pwm1_max');
    const gpu = await openAdapter(t, createAmdAdapter(), amd.tree.sysroot);
    // 1560 of 3300
    assert.equal(gpu.read(Number.NaN).reading('gpu0_fan_speed'), 47);
    card.writeHwmon({ fan1_max: 0 });
    assert.equal(gpu.read(1).reading('gpu0_fan_speed'), 'unsupported');
  });

  test(
    'a drive level that nobody may read is one that the card does not have',
    { skip: process.platform === 'win32' },
    async t => {
      const amd = new AmdTree(t);
      amd.plug('amd-desktop').removeHwmon('fan1_input', 'fan1_max');
      fs.chmodSync(amd.tree.sysroot.path('/sys/devices/0000:03:00.0/hwmon/hwmon4/pwm1'), 0o200);
      const gpu = await openAdapter(t, createAmdAdapter(), amd.tree.sysroot);
      assert.equal(gpu.read(Number.NaN).reading('gpu0_fan_speed'), 'unsupported');
    },
  );

  test('the first answer of momentary power counts when the mean is not supported', async t => {
    const amd = new AmdTree(t);
    amd.plug('amd-desktop').writeHwmon({ power1_input: 99_000_000 });
    failReads(t, file => (file === 'power1_average' ? 'EOPNOTSUPP' : undefined));
    const gpu = await openAdapter(t, createAmdAdapter(), amd.tree.sysroot);
    assert.equal(gpu.read(Number.NaN).reading('gpu0_power_watts'), 99);
  });

  for (const device of ['0x67b0', '0x6658', '0x7300', '0x6938']) {
    test(`${device}: its power is never asked for, which would hold up the tick`, async t => {
      const amd = new AmdTree(t);
      amd.plug('amd-desktop').write({ device });
      const files = noteFiles(t);
      const gpu = await openAdapter(t, createAmdAdapter(), amd.tree.sysroot);
      assert.equal(gpu.read(Number.NaN).reading('gpu0_power_watts'), 'unsupported');
      assert.ok(!files.includes('power1_average'));
      assert.equal(gpu.info.limitations?.filter(({ what }) => what === 'power').length, 1);
    });
  }

  test('a driver that takes long to tell the power is not asked for it again', async t => {
    const amd = new AmdTree(t);
    amd.plug('amd-desktop').write({ device: '0x67df' });
    let nowMs = 0;
    t.mock.method(performance, 'now', () => nowMs);
    failReads(t, file => {
      if (file === 'power1_average') nowMs += 500;
      return undefined;
    });
    const gpu = await openAdapter(t, createAmdAdapter(), amd.tree.sysroot);
    assert.equal(gpu.read(Number.NaN).reading('gpu0_power_watts'), 203.5);
    for (let tick = 0; tick < 3; tick++) {
      assert.equal(gpu.read(1).reading('gpu0_power_watts'), 'unsupported');
    }
    assert.equal(nowMs, 500);
  });

  test('several: each its own columns, in the order of their addresses', async t => {
    const amd = new AmdTree(t);
    amd.plug('amd-apu', '0000:0e:00.0');
    amd.plug('amd-desktop', '0000:03:00.0');
    amd.plug('amd-desktop', '0000:04:00.0').write({ gpu_busy_percent: 12, product_name: 'Radeon PRO V620' });
    const gpu = await openAdapter(t, createAmdAdapter(), amd.tree.sysroot);
    assert.equal(
      gpu.info.found,
      // The APU's name comes from AMD's own table now that there is one.
      'AMD Radeon RX 7900 XTX, AMD Radeon PRO V620, AMD Radeon 780M Graphics',
    );
    assert.deepEqual(gpu.info.instances, { gpu: 3 });
    const { readings } = gpu.read(Number.NaN);
    assert.deepEqual(columnsOf(readings, 0), DESKTOP);
    assert.deepEqual(columnsOf(readings, 1), { ...DESKTOP, utilization: 12 });
    assert.deepEqual(columnsOf(readings, 2), APU);
  });

  test('two alike are counted', async t => {
    const amd = new AmdTree(t);
    amd.plug('amd-desktop', '0000:03:00.0');
    amd.plug('amd-desktop', '0000:04:00.0');
    const gpu = await openAdapter(t, createAmdAdapter(), amd.tree.sysroot);
    assert.equal(gpu.info.found, '2 × AMD Radeon RX 7900 XTX');
  });

  test('a computer without one', async t => {
    const amd = new AmdTree(t);
    const outcome = await tryOpen(t, createAmdAdapter(), amd.tree.sysroot);
    assert.deepEqual(outcome, { available: false, reason: 'unsupported', why: 'no AMD GPU was found' });
  });

  for (const [driver, why] of [
    ['radeon', /radeon/],
    ['vfio-pci', /virtual machine/],
    [undefined, /no driver/],
    ['fglrx', /another driver/],
  ] as const) {
    test(`${driver ?? 'no driver'}: told, with a remedy, and left alone`, async t => {
      const amd = new AmdTree(t);
      const card = amd.plug('amd-desktop').bind(driver);
      const files = noteFiles(t);
      const outcome = await tryOpen(t, createAmdAdapter(), amd.tree.sysroot);
      assert.ok(!outcome.available);
      assert.equal(outcome.reason, 'unsupported');
      assert.match(outcome.why, why);
      assert.ok(outcome.remedy);
      assert.ok(!files.includes('gpu_busy_percent'));

      card.bind('amdgpu');
      amd.plug('amd-desktop', '0000:04:00.0').bind(driver);
      const gpu = await openAdapter(t, createAmdAdapter(), amd.tree.sysroot);
      assert.deepEqual(gpu.info.instances, { gpu: 1 });
      const told = gpu.info.limitations?.find(({ what }) => what === 'another AMD GPU');
      assert.match(told?.why ?? '', why);
    });
  }

  test('other vendors’ GPUs and accelerators are not ours', async t => {
    const amd = new AmdTree(t);
    amd.plug('amd-desktop', '0000:00:0b.0').write({ vendor: '0x8086', class: '0x120000' });
    amd.plug('amd-desktop', '0000:01:00.0').write({ vendor: '0x10de' });
    // The card's own sound device
    amd.plug('amd-desktop', '0000:03:00.1').write({ class: '0x040300' });
    assert.equal((await tryOpen(t, createAmdAdapter(), amd.tree.sysroot)).available, false);
  });
});

describe('AMD GPUs where only a part of /sys is shown', () => {
  test('a card without its bus, labels and driver is known by its files', async t => {
    const tree = new FixtureTree(t);
    const device = '/sys/class/drm/card1/device';
    const files = {
      'vendor': '0x1002',
      'device': '0x73bf',
      'gpu_busy_percent': '34',
      'mem_info_vram_used': '2147483648',
      'mem_info_vram_total': '17163091968',
      'hwmon/hwmon3/name': 'amdgpu',
      'hwmon/hwmon3/temp1_input': '61000',
      'hwmon/hwmon3/freq1_input': '1800000000',
      'hwmon/hwmon3/power1_average': '122000000',
      'hwmon/hwmon3/power1_cap': '255000000',
      'hwmon/hwmon3/pwm1': '51',
    };
    for (const [name, content] of Object.entries(files)) tree.write(`${device}/${name}`, `${content}\n`);
    tree.write('/sys/class/drm/card1-DP-1/status', 'connected\n');
    const gpu = await openAdapter(t, createAmdAdapter(), tree.sysroot);
    const columns = columnsOf(gpu.read(Number.NaN).readings);
    const { utilization, vram_used_mb, vram_total_mb, temperature, power_watts } = columns;
    assert.deepEqual([utilization, vram_used_mb, vram_total_mb, temperature], [34, 2048, 16368, 61]);
    const { power_limit_watts, core_clock_mhz, fan_speed } = columns;
    assert.deepEqual([power_watts, power_limit_watts, core_clock_mhz, fan_speed], [122, 255, 1800, 20]);
    for (let second = 0; second < 30; second++) gpu.read(1);
    assert.equal(gpu.adapter.hasOtherDevices, false);
  });
});

describe('AMD GPUs that come and go', () => {
  test('one that is pulled out reads failed and is told at once', async t => {
    const amd = new AmdTree(t);
    const card = amd.plug('amd-desktop');
    const gpu = await openAdapter(t, createAmdAdapter(), amd.tree.sysroot);
    gpu.read(Number.NaN);
    card.unplug();
    const columns = columnsOf(gpu.read(1).readings);
    assert.deepEqual([...new Set(Object.values(columns))], ['failed']);
    assert.equal(gpu.adapter.hasOtherDevices, true);
  });

  test('one whose driver is unloaded is told at once, and after opening again why', async t => {
    const amd = new AmdTree(t);
    const card = amd.plug('amd-desktop');
    const gpu = await openAdapter(t, createAmdAdapter(), amd.tree.sysroot);
    gpu.read(Number.NaN);
    card.unloadHwmon().bind(undefined);
    card.remove('gpu_metrics', 'gpu_busy_percent', 'mem_busy_percent', 'vcn_busy_percent');
    card.remove('mem_info_vram_used', 'mem_info_vram_total');
    gpu.read(1);
    assert.equal(gpu.adapter.hasOtherDevices, true);
    const outcome = await gpu.adapter.open({ sysroot: amd.tree.sysroot, log: () => undefined });
    assert.equal(outcome.available, false);
    assert.equal(gpu.adapter.hasOtherDevices, false);
  });

  test('one that is opened before its driver has finished is told when that has', async t => {
    const amd = new AmdTree(t);
    const card = amd.plug('amd-desktop').remove('gpu_metrics', 'gpu_busy_percent', 'mem_busy_percent');
    card.remove('vcn_busy_percent', 'mem_info_vram_used', 'mem_info_vram_total').unloadHwmon();
    const gpu = await openAdapter(t, createAmdAdapter(), amd.tree.sysroot);
    gpu.read(Number.NaN);
    assert.equal(gpu.adapter.hasOtherDevices, false);
    card.write({ 'hwmon/hwmon7/name': 'amdgpu' });
    gpu.read(1);
    assert.equal(gpu.adapter.hasOtherDevices, true);
  });

  test('one that is added is told within ten seconds, and read after opening again', async t => {
    const amd = new AmdTree(t);
    amd.plug('amd-desktop', '0000:03:00.0');
    const gpu = await openAdapter(t, createAmdAdapter(), amd.tree.sysroot);
    gpu.read(Number.NaN);
    amd.plug('amd-desktop', '0000:04:00.0');
    for (let second = 0; second < 9; second++) gpu.read(1);
    assert.equal(gpu.adapter.hasOtherDevices, false);
    gpu.read(1);
    assert.equal(gpu.adapter.hasOtherDevices, true);
    const again = await openAdapter(t, gpu.adapter, amd.tree.sysroot);
    assert.deepEqual(again.info.instances, { gpu: 2 });
    assert.equal(again.read(Number.NaN).reading('gpu1_utilization'), 91);
    assert.equal(gpu.adapter.hasOtherDevices, false);
  });

  test('no descriptor is left open', { skip: !fs.existsSync('/proc/self/fd') }, async t => {
    const amd = new AmdTree(t);
    amd.plug('amd-desktop', '0000:03:00.0');
    amd.plug('amd-apu', '0000:04:00.0');
    amd.plug('amd-desktop', '0000:05:00.0').bind('vfio-pci');
    const adapter = createAmdAdapter();
    const before = fs.readdirSync('/proc/self/fd').length;
    for (let life = 0; life < 3; life++) {
      const gpu = await openAdapter(t, adapter, amd.tree.sysroot);
      gpu.read(Number.NaN).read(15);
    }
    adapter.close();
    assert.equal(fs.readdirSync('/proc/self/fd').length, before);
  });
});

test('whatever the files hold, every column has a value in its range or a reason', async t => {
  const amd = new AmdTree(t);
  const card = amd.plug('amd-desktop');
  const gpu = await openAdapter(t, createAmdAdapter(), amd.tree.sysroot);
  const files = [
    'gpu_busy_percent',
    'mem_busy_percent',
    'vcn_busy_percent',
    'mem_info_vram_used',
    'mem_info_vram_total',
    'gpu_metrics',
    'power/control',
    ...['temp1_input', 'freq1_input', 'freq2_input', 'power1_average', 'power1_cap', 'pwm1'].map(
      name => `hwmon/hwmon4/${name}`,
    ),
  ];
  const content = fc.oneof(
    hostileText('91\n'),
    hostileText('25753026560\n'),
    fc.constantFrom('auto\n', '0\n', '100\n', '-5\n', '').map(text => Buffer.from(text)),
    fc.uint8Array({ maxLength: 130 }).map(bytes => {
      const table = metricsTable('v1_3');
      table.set(bytes.subarray(0, 116), 4);
      return table;
    }),
  );
  const change = fc.dictionary(fc.constantFrom(...files), content, { maxKeys: files.length });
  fc.assert(
    fc.property(change, fc.constantFrom(Number.NaN, 0, 1, 3600), (contents, elapsed) => {
      card.write(contents);
      // `read` checks every value against the range of its unit.
      for (const value of Object.values(gpu.read(elapsed).readings)) {
        assert.notEqual(value, 'neither value nor reason');
      }
    }),
    { numRuns: 300 },
  );
});
