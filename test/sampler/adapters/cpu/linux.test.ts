import assert from 'node:assert/strict';
import fs from 'node:fs';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { createCpuAdapter } from '../../../../src/sampler/adapters/cpu/linux.ts';
import { FixtureTree, openAdapter, tryOpen } from '../../proc/fixture-tree.ts';
import { hostileText } from '../../proc/hostile-text.ts';

const STAT = '/proc/stat';
const CPUINFO = '/proc/cpuinfo';
const ENERGY = '/sys/class/powercap/intel-rapl:0/energy_uj';

function cpufreq(core: number): string {
  return `/sys/devices/system/cpu/cpu${core}/cpufreq/scaling_cur_freq`;
}

/** A tree with the sensors of two packages of Intel, what throttled them, and the counter of energy of one. */
function withSensors(tree: FixtureTree): FixtureTree {
  return tree
    .apply('coretemp/first')
    .apply('thermal-throttle/first')
    .write('/sys/class/powercap/intel-rapl:0/name', 'package-0\n')
    .write('/sys/class/powercap/intel-rapl:0/max_energy_range_uj', '262143328850\n')
    .write(ENERGY, '45000000\n');
}

/** `/proc/stat` in which each core has worked for `work` and idled for `idle` ticks. */
function statOf(cores: readonly (readonly [id: number, work: number, idle: number])[]): string {
  const work = cores.reduce((sum, core) => sum + core[1], 0);
  const idle = cores.reduce((sum, core) => sum + core[2], 0);
  const line = (name: string, busy: number, free: number): string =>
    `${name} ${busy} 0 0 ${free} 0 0 0 0 0 0\n`;
  return (
    line('cpu ', work, idle) +
    cores.map(core => line(`cpu${core[0]}`, core[1], core[2])).join('') +
    'intr 1 0\nctxt 2\nsoftirq 3 0\n'
  );
}

describe('CPU adapter for Linux', () => {
  test('a workstation with cpufreq, a gap in its core numbers and a core offline', async t => {
    const tree = withSensors(new FixtureTree(t).apply('workstation/first'));
    const cpu = await openAdapter(t, createCpuAdapter(), tree.sysroot);
    assert.equal(
      cpu.info.found,
      '5 cores (1 asleep), frequency from cpufreq, temperature from coretemp (the hottest of 2 sensors), power from RAPL',
    );
    assert.deepEqual(cpu.info.instances, { core: 5 });
    assert.deepEqual(cpu.info.limitations, []);

    cpu.read(Number.NaN);
    assert.equal(cpu.reading('total_utilization'), 'failed', 'there is nothing to compare with yet');
    assert.equal(cpu.reading('core_0_utilization'), 'failed');
    assert.equal(cpu.reading('core_3_utilization'), 'asleep');
    assert.equal(cpu.reading('context_switches'), 9_000_000_000);

    tree.apply('workstation/second').write(ENERGY, '112250000\n');
    assert.deepEqual(cpu.read(1).readings, {
      // user 155, nice 10, system 35, irq 1, softirq 3, steal 4 = 208 of 393 (idle 180, iowait 5)
      total_utilization: 52.9,
      // user 30, system 20 of 100
      core_0_utilization: 50,
      core_0_freq_mhz: 3600,
      // user 25, nice 10, system 15, irq 1, softirq 3, steal 4 = 58 of 98; iowait went from 20 to 15
      core_1_utilization: 59.2,
      core_1_freq_mhz: 2401,
      core_2_utilization: 0,
      core_2_freq_mhz: 800,
      core_3_utilization: 'asleep',
      core_3_freq_mhz: 'asleep',
      // cpu8
      core_4_utilization: 100,
      core_4_freq_mhz: 4000,
      // (3600 + 2400.5 + 800 + 4000) / 4
      avg_freq_mhz: 2700,
      temperature: 61,
      // 112.25 J less 45 J in 1 s
      power_watts: 67.3,
      // 1204 of package 0 and 37 of package 1, which the first CPUs of each tell
      package_throttles: 1241,
      context_switches: 9_000_054_321,
      interrupts: 5_000_012_345,
      soft_interrupts: 700_777,
      load_avg_1m: 1.25,
      load_avg_5m: 0.5,
      load_avg_15m: 12.07,
    });
    assert.deepEqual(cpu.log, []);
  });

  test('a virtual machine: clocks from /proc/cpuinfo', async t => {
    const tree = new FixtureTree(t).apply('container/first');
    const cpu = await openAdapter(t, createCpuAdapter(), tree.sysroot);
    assert.equal(cpu.info.found, '2 cores, frequency from /proc/cpuinfo');
    cpu.read(Number.NaN);
    assert.equal(cpu.reading('core_0_freq_mhz'), 2596);
    assert.equal(cpu.reading('core_1_freq_mhz'), 3001);
    // (2596.136 + 3000.5) / 2 = 2798.318
    assert.equal(cpu.reading('avg_freq_mhz'), 2798);
  });

  test('load averages, which the kernel reckons anew every 5 s, are read every 2 s and hold in between', async t => {
    const tree = new FixtureTree(t).apply('container/first');
    const cpu = await openAdapter(t, createCpuAdapter(), tree.sysroot);
    const shown = [Number.NaN, 1, 1, 1, 1].map((elapsed, tick) => {
      tree.write('/proc/loadavg', `${tick}.25 0.00 0.00 1/88 7709\n`);
      cpu.read(elapsed);
      return cpu.reading('load_avg_1m');
    });
    assert.deepEqual(shown, [0.25, 0.25, 2.25, 2.25, 4.25]);
  });

  test('clocks that stand still are read every 5 s, those that change every tick', async t => {
    const tree = new FixtureTree(t).apply('container/first');
    fs.rmSync(tree.sysroot.path('/proc/loadavg'));
    const cpu = await openAdapter(t, createCpuAdapter(), tree.sysroot);
    const read = t.mock.method(fs, 'readSync');
    const cpuinfo = fs.readFileSync(tree.sysroot.path(CPUINFO), 'utf8');
    const readsOfTicks = (ticks: number, mhz: (tick: number) => string): number[] => {
      const counts: number[] = [];
      for (let tick = 0; tick < ticks; tick++) {
        tree.write(CPUINFO, cpuinfo.replace('2596.136', mhz(tick)));
        const before = read.mock.callCount();
        cpu.read(1);
        // Beside it, /proc/stat.
        counts.push(read.mock.callCount() - before - 1);
      }
      return counts;
    };
    cpu.read(Number.NaN);
    assert.deepEqual(
      readsOfTicks(12, () => '2596.136'),
      [0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0],
    );
    assert.deepEqual(
      readsOfTicks(6, tick => `${1000 + tick}.000`),
      [0, 0, 1, 1, 1, 1],
    );
    assert.equal(cpu.reading('core_0_freq_mhz'), 1005);
  });

  test('with more than 16 cores /proc/cpuinfo is read every 5 s, and values hold in between', async t => {
    const ids = Array.from({ length: 17 }, (_, i) => i);
    const cpuinfo = (mhz: number): string =>
      ids.map(id => `processor\t: ${id}\ncpu MHz\t\t: ${mhz}.0\n\n`).join('');
    const tree = new FixtureTree(t)
      .write(STAT, statOf(ids.map(id => [id, 1, 1])))
      .write(CPUINFO, cpuinfo(1000));
    const cpu = await openAdapter(t, createCpuAdapter(), tree.sysroot);
    const seen: unknown[] = [];
    for (let tick = 1; tick <= 11; tick++) {
      tree.write(CPUINFO, cpuinfo(1000 + tick));
      seen.push(cpu.read(tick === 1 ? Number.NaN : 1).reading('core_16_freq_mhz'));
    }
    assert.deepEqual(seen, [1000, 1000, 1000, 1000, 1000, 1006, 1006, 1006, 1006, 1006, 1011]);
  });

  test('without any clock the columns are unsupported, and the doctor is told', async t => {
    const tree = new FixtureTree(t)
      .write(STAT, statOf([[0, 1, 1]]))
      .write(CPUINFO, 'processor\t: 0\nBogoMIPS\t: 50.00\n');
    const cpu = await openAdapter(t, createCpuAdapter(), tree.sysroot);
    assert.equal(cpu.info.found, '1 core, no frequency');
    assert.deepEqual(
      cpu.info.limitations?.map(({ what }) => what),
      ['core clocks', 'CPU temperature', 'CPU power', 'CPU throttling'],
    );
    cpu.read(Number.NaN);
    assert.equal(cpu.reading('core_0_freq_mhz'), 'unsupported');
    assert.equal(cpu.reading('avg_freq_mhz'), 'unsupported');
    assert.equal(cpu.reading('load_avg_1m'), 'unsupported', 'there is no /proc/loadavg either');
  });

  test('a core goes offline and comes back', async t => {
    const tree = new FixtureTree(t)
      .write('/sys/devices/system/cpu/present', '0-1\n')
      .write(cpufreq(0), '1000000\n')
      .write(cpufreq(1), '2000000\n');
    const stat = (...cores: (readonly [number, number, number])[]): void =>
      void tree.write(STAT, statOf(cores));
    stat([0, 0, 0], [1, 0, 0]);
    const cpu = await openAdapter(t, createCpuAdapter(), tree.sysroot);
    cpu.read(Number.NaN);
    stat([0, 50, 50], [1, 10, 90]);
    cpu.read(1);
    assert.equal(cpu.reading('core_1_utilization'), 10);
    assert.equal(cpu.reading('avg_freq_mhz'), 1500);

    // The file goes first, and is looked for less and less often.
    tree.vanish(cpufreq(1));
    for (let tick = 0; tick < 40; tick++) cpu.read(1);
    assert.equal(cpu.reading('core_1_freq_mhz'), 'unsupported');
    stat([0, 100, 100]);
    for (let tick = 0; tick < 100; tick++) cpu.read(1);
    assert.equal(cpu.reading('core_1_utilization'), 'asleep');
    assert.equal(cpu.reading('core_1_freq_mhz'), 'asleep');
    assert.equal(cpu.reading('avg_freq_mhz'), 1000);

    // Idle time of the whole sleep is added at once: it must not be taken for this second's.
    stat([0, 150, 150], [1, 20, 10_090]);
    tree.write(cpufreq(1), '1800000\n');
    cpu.read(1);
    assert.equal(cpu.reading('core_1_utilization'), 'asleep');
    assert.equal(cpu.reading('core_1_freq_mhz'), 1800, 'its new file is opened at once');
    stat([0, 200, 200], [1, 50, 10_160]);
    cpu.read(1);
    assert.equal(cpu.reading('core_1_utilization'), 30);
    assert.equal(cpu.reading('core_0_utilization'), 50);
  });

  test('a core whose /proc/cpuinfo entry came back has its clock at once', async t => {
    const entry = (id: number, mhz: number): string => `processor\t: ${id}\ncpu MHz\t\t: ${mhz}.0\n\n`;
    const tree = new FixtureTree(t)
      .write(STAT, statOf([[0, 1, 1]]))
      .write('/sys/devices/system/cpu/present', '0-1\n')
      .write(CPUINFO, entry(0, 1000));
    const cpu = await openAdapter(t, createCpuAdapter(), tree.sysroot);
    cpu.read(Number.NaN).read(1).read(1);
    assert.equal(cpu.reading('core_1_freq_mhz'), 'asleep');
    tree
      .write(
        STAT,
        statOf([
          [0, 2, 2],
          [1, 2, 2],
        ]),
      )
      .write(CPUINFO, entry(0, 1000) + entry(1, 2000));
    assert.equal(cpu.read(1).reading('core_1_freq_mhz'), 2000);
  });

  test('a core whose clock reads 0 or no number has none', async t => {
    const tree = new FixtureTree(t)
      .write(
        STAT,
        statOf([
          [0, 1, 1],
          [1, 1, 1],
          [2, 1, 1],
        ]),
      )
      .write(cpufreq(0), '0\n')
      .write(cpufreq(1), '<unknown>\n')
      .write(cpufreq(2), '3000000\n');
    const cpu = await openAdapter(t, createCpuAdapter(), tree.sysroot);
    cpu.read(Number.NaN);
    assert.equal(cpu.reading('core_0_freq_mhz'), 'unsupported');
    assert.equal(cpu.reading('core_1_freq_mhz'), 'unsupported');
    assert.equal(cpu.reading('avg_freq_mhz'), 3000);
  });

  test('/proc/stat fails and recovers: a reason meanwhile, no value from before after', async t => {
    const tree = new FixtureTree(t).write(STAT, statOf([[0, 0, 0]]));
    const cpu = await openAdapter(t, createCpuAdapter(), tree.sysroot);
    cpu.read(Number.NaN);
    tree.vanish(STAT);
    assert.equal(cpu.read(1).reading('total_utilization'), 'failed');
    assert.equal(cpu.reading('core_0_utilization'), 'failed');
    assert.equal(cpu.reading('interrupts'), 'failed');
    tree.write(STAT, statOf([[0, 900, 100]]));
    assert.equal(
      cpu.read(1).reading('total_utilization'),
      'failed',
      'the share of two seconds is none of this one',
    );
    assert.equal(cpu.reading('core_0_utilization'), 'failed');
    assert.equal(cpu.reading('interrupts'), 1);
    tree.write(STAT, statOf([[0, 925, 175]]));
    assert.equal(cpu.read(1).reading('total_utilization'), 25);
    assert.deepEqual(cpu.log, ['CPU counters cannot be read (empty)', 'CPU counters can be read again']);
  });

  test('a denied file reads denied', async t => {
    const tree = withSensors(new FixtureTree(t).apply('workstation/first'));
    const cpu = await openAdapter(t, createCpuAdapter(), tree.sysroot);
    // Sensors that were found by name are kept open from their first read on.
    cpu.adapter.close();
    const open = fs.openSync;
    t.mock.method(fs, 'openSync', (file: string) => {
      // What a sensor is called and which package a CPU is in is for all to see.
      if (/(name|_label|_range_uj|package_id)$/.test(file)) return open(file, 'r');
      throw Object.assign(new Error('no'), { code: 'EACCES' });
    });
    for (const [name, reading] of Object.entries(cpu.read(Number.NaN).readings)) {
      assert.equal(reading, 'denied', name);
    }
  });

  test('without /proc/stat there is no CPU to read', async t => {
    const info = await tryOpen(t, createCpuAdapter(), new FixtureTree(t).sysroot);
    assert.ok(!info.available);
    assert.equal(info.reason, 'unsupported');
    assert.ok(info.remedy);
  });

  test('without /sys the cores are those of /proc/stat', async t => {
    const tree = new FixtureTree(t).write(
      STAT,
      statOf([
        [0, 1, 1],
        [5, 1, 1],
      ]),
    );
    const cpu = await openAdapter(t, createCpuAdapter(), tree.sysroot);
    assert.deepEqual(cpu.info.instances, { core: 2 });
  });

  test('whatever its files hold, it never throws and writes no impossible value', async t => {
    const tree = new FixtureTree(t).apply('container/first');
    const files = [STAT, CPUINFO, '/proc/loadavg'] as const;
    const samples = files.map(file => fs.readFileSync(tree.sysroot.path(file), 'utf8'));
    const cpu = await openAdapter(t, createCpuAdapter(), tree.sysroot);
    fc.assert(
      fc.property(
        fc.tuple(...samples.map(hostileText)),
        fc.constantFrom(1, 5, 0, -1, Number.NaN),
        (contents, elapsed) => {
          contents.forEach((content, i) => void tree.write(files[i] ?? STAT, content));
          cpu.read(elapsed);
        },
      ),
      { numRuns: 200 },
    );
  });

  test('a tree that is hostile from the start is opened or refused, not thrown on', async t => {
    const sample = fs.readFileSync(new FixtureTree(t).apply('container/first').sysroot.path(STAT), 'utf8');
    await fc.assert(
      fc.asyncProperty(hostileText(sample), hostileText('0-3,8-11\n'), async (stat, present) => {
        const tree = new FixtureTree(t).write(STAT, stat).write('/sys/devices/system/cpu/present', present);
        const cpu = await openAdapter(t, createCpuAdapter(), tree.sysroot);
        cpu.read(Number.NaN).read(1);
        cpu.adapter.close();
      }),
      { numRuns: 40 },
    );
  });
});
