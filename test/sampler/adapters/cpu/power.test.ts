import assert from 'node:assert/strict';
import fs from 'node:fs';
import { describe, test, type TestContext } from 'node:test';
import fc from 'fast-check';
import { Frame } from '../../../../src/common/frame.ts';
import { buildLayout } from '../../../../src/common/layout.ts';
import { CpuPower } from '../../../../src/sampler/adapters/cpu/power.ts';
import { FixtureTree } from '../../proc/fixture-tree.ts';
import { hostileText } from '../../proc/hostile-text.ts';

/** 2^32 units of 61 µJ. */
const RANGE = 262_143_328_850;
const NOBODY = 65_534;

/** The power of a tree as it gets into a frame. */
class Bench {
  readonly tree: FixtureTree;
  readonly log: string[] = [];
  readonly #power: CpuPower;
  #isNobody = false;
  readonly #frame = new Frame(buildLayout({ core: 0, gpu: 0, disk: 0 }));

  constructor(t: TestContext) {
    this.tree = new FixtureTree(t);
    this.#power = new CpuPower(this.tree.sysroot, line => this.log.push(line));
    t.after(() => {
      this.#power.close();
    });
  }

  get opened(): ReturnType<CpuPower['open']> {
    return this.#asReader(() => this.#power.open());
  }

  read(seconds = 1, slot = this.#frame.layout.slots.get('power_watts') ?? -1): number | string {
    this.#frame.clear();
    this.#asReader(() => {
      this.#power.read(this.#frame, slot, seconds);
    });
    return this.#frame.value('power_watts') ?? this.#frame.absence('power_watts') ?? 'neither';
  }

  /** Ticks in which power is not collected. */
  readUncollected(): void {
    this.read(1, -1);
  }

  /** Writes a zone of the powercap framework. */
  zone(folder: string, name: string, microjoules: number | string, range: number | string = RANGE): this {
    this.tree.write(`/sys/class/powercap/${folder}/name`, `${name}\n`);
    this.tree.write(`/sys/class/powercap/${folder}/max_energy_range_uj`, `${String(range)}\n`);
    return this.energy(folder, microjoules);
  }

  energy(folder: string, microjoules: number | string): this {
    this.tree.write(energyFile(folder), `${String(microjoules)}\n`);
    return this;
  }

  sensor(
    folder: number,
    chip: string,
    kind: 'power' | 'energy',
    n: number,
    label: string,
    value: number,
  ): this {
    const at = `/sys/class/hwmon/hwmon${String(folder)}`;
    this.tree.write(`${at}/name`, `${chip}\n`);
    this.tree.write(`${at}/${kind}${String(n)}_label`, `${label}\n`);
    this.tree.write(`${at}/${kind}${String(n)}_input`, `${String(value)}\n`);
    return this;
  }

  /** Lets only root read these files, and reads as somebody else from now on: the kernel says EACCES by itself. */
  denyToAll(...files: readonly string[]): this {
    fs.chmodSync(this.tree.sysroot.root, 0o755);
    for (const file of files) fs.chmodSync(this.tree.sysroot.path(file), 0);
    this.#isNobody = true;
    return this;
  }

  /** Lets everybody read a file again. */
  allow(file: string): this {
    fs.chmodSync(this.tree.sysroot.path(file), 0o644);
    return this;
  }

  /** A user other than root can be denied a file as he is. */
  #asReader<T>(action: () => T): T {
    const isRoot = this.#isNobody && process.getuid?.() === 0;
    if (isRoot) process.seteuid?.(NOBODY);
    try {
      return action();
    } finally {
      if (isRoot) process.seteuid?.(0);
    }
  }
}

const energyFile = (folder: string): string => `/sys/class/powercap/${folder}/energy_uj`;

describe('CPU power', { skip: process.platform === 'win32' && 'names with colons' }, () => {
  test('two packages are added up; their parts, the machine and the second view of a package are not', t => {
    const bench = new Bench(t)
      .zone('intel-rapl:0', 'package-0', 1_000_000)
      .zone('intel-rapl:0:0', 'core', 1)
      .zone('intel-rapl:0:1', 'dram', 1)
      .zone('intel-rapl:1', 'package-1', 500_000_000)
      .zone('intel-rapl:2', 'psys', 1)
      .zone('intel-rapl-mmio:0', 'package-0', 1_000_000);
    bench.tree.write('/sys/class/powercap/intel-rapl/enabled', '1\n');
    assert.deepEqual(bench.opened, { found: 'power from RAPL', limitations: [] });
    assert.equal(bench.read(Number.NaN), 'failed', 'there is nothing to compare with yet');
    bench
      .energy('intel-rapl:0', 46_000_000)
      .energy('intel-rapl:0:0', 900_000_000)
      .energy('intel-rapl:1', 520_500_000)
      .energy('intel-rapl:2', 900_000_000)
      .energy('intel-rapl-mmio:0', 46_000_000);
    // 45 J and 20.5 J in 1 s
    assert.equal(bench.read(), 65.5);
  });

  test('dies of a package are added up', t => {
    const bench = new Bench(t)
      .zone('intel-rapl:0', 'package-0-die-0', 0)
      .zone('intel-rapl:1', 'package-0-die-1', 1_000_000);
    bench.read(Number.NaN);
    bench.energy('intel-rapl:0', 80_000_000).energy('intel-rapl:1', 61_000_000);
    // 80 J and 60 J in 2 s
    assert.equal(bench.read(2), 70);
  });

  test('the view through memory-mapped registers stands in where it is the only one', t => {
    const bench = new Bench(t).zone('intel-rapl-mmio:0', 'package-0', 5);
    bench.read(Number.NaN);
    assert.equal(bench.energy('intel-rapl-mmio:0', 12_000_005).read(), 12);
  });

  test('a counter that reaches its range goes on at 0', t => {
    // 2.5 J before the end, then 9.5 J behind it.
    const bench = new Bench(t).zone('intel-rapl:0', 'package-0', RANGE - 2_500_000);
    bench.read(Number.NaN);
    assert.equal(bench.energy('intel-rapl:0', 9_500_000).read(), 12);
    assert.equal(bench.energy('intel-rapl:0', 19_500_000).read(), 10);
  });

  test('a counter that was reset, and one without a range that goes down, cost one tick', t => {
    const bench = new Bench(t).zone('intel-rapl:0', 'package-0', 90_000_000_000, 'unknown');
    bench.read(Number.NaN);
    assert.equal(bench.energy('intel-rapl:0', 1_000_000).read(), 'failed');
    assert.equal(bench.energy('intel-rapl:0', 16_000_000).read(), 15);
  });

  test('only root may read: denied, and how to change that', t => {
    const bench = new Bench(t).zone('intel-rapl:0', 'package-0', 1_000_000);
    bench.denyToAll(energyFile('intel-rapl:0'));
    const { found, limitations } = bench.opened;
    assert.equal(found, '');
    assert.equal(limitations.length, 1);
    assert.equal(limitations[0]?.what, 'CPU power');
    assert.match(limitations[0].why, /CVE-2020-8694 only root .*RAPL/);
    assert.match(limitations[0].remedy ?? '', /chgrp GROUP \/sys\/class\/powercap\/\S+ && chmod g\+r/);
    for (let tick = 0; tick < 100; tick++) assert.equal(bench.read(), 'denied');
    assert.deepEqual(bench.log, []);

    bench.allow(energyFile('intel-rapl:0'));
    const readings = Array.from({ length: 62 }, (_, tick) =>
      bench.energy('intel-rapl:0', 1_000_000 + tick * 30_000_000).read(),
    );
    assert.equal(readings.at(-1), 30, 'found within a minute');
    assert.deepEqual([...new Set(readings)], ['denied', 'failed', 30]);
  });

  test('a driver that everybody may read stands in where RAPL is denied', t => {
    const bench = new Bench(t)
      .zone('intel-rapl:0', 'package-0', 1_000_000)
      .sensor(3, 'zenpower', 'power', 1, 'SVI2_P_Core', 27_550_000)
      .sensor(3, 'zenpower', 'power', 2, 'SVI2_P_SoC', 13_690_000);
    bench.denyToAll(energyFile('intel-rapl:0'));
    assert.equal(bench.opened.found, 'power from zenpower');
    assert.equal(bench.opened.limitations.length, 1);
    // 27.55 W + 13.69 W
    assert.equal(bench.read(), 41.2);
  });

  test('a package of which one of two counters is denied has no power', t => {
    const bench = new Bench(t)
      .zone('intel-rapl:0', 'package-0', 1_000_000)
      .zone('intel-rapl:1', 'package-1', 1_000_000);
    bench.denyToAll(energyFile('intel-rapl:1'));
    bench.read(Number.NaN);
    assert.equal(bench.read(), 'denied');
  });

  test('zenpower tells what a package says of itself, where it can', t => {
    const bench = new Bench(t)
      .sensor(0, 'zenpower', 'power', 1, 'cpu0 RAPL_P_Package', 88_000_000)
      .sensor(0, 'zenpower', 'power', 2, 'cpu0 RAPL_P_Core', 61_000_000)
      .sensor(1, 'zenpower', 'power', 1, 'cpu1 RAPL_P_Package', 12_000_000)
      .sensor(1, 'zenpower', 'power', 2, 'cpu1 RAPL_P_Core', 9_000_000);
    assert.equal(bench.read(), 100);
  });

  test('zenpower on a board that it does not know writes 0, which is no power', t => {
    const bench = new Bench(t)
      .sensor(0, 'zenpower', 'power', 1, 'SVI2_P_Core', 0)
      .sensor(0, 'zenpower', 'power', 2, 'SVI2_P_SoC', 0);
    assert.equal(bench.opened.found, '');
    assert.match(bench.opened.limitations[0]?.why ?? '', /zenpower .*stands at 0/);
    assert.equal(bench.read(), 'unsupported');
  });

  test('amd_energy has a counter a socket behind those of the cores', t => {
    const bench = new Bench(t)
      .sensor(1, 'amd_energy', 'energy', 1, 'Ecore000', 1)
      .sensor(1, 'amd_energy', 'energy', 2, 'Ecore001', 1)
      .sensor(1, 'amd_energy', 'energy', 3, 'Esocket0', 7_000_000_000_000)
      .sensor(1, 'amd_energy', 'energy', 4, 'Esocket1', 8_000_000_000_000);
    assert.equal(bench.opened.found, 'power from amd_energy');
    assert.equal(bench.read(Number.NaN), 'failed');
    bench
      .sensor(1, 'amd_energy', 'energy', 1, 'Ecore000', 90_000_000)
      .sensor(1, 'amd_energy', 'energy', 3, 'Esocket0', 7_000_180_000_000)
      .sensor(1, 'amd_energy', 'energy', 4, 'Esocket1', 8_000_190_500_000);
    // 180 J and 190.5 J in 1 s
    assert.equal(bench.read(), 370.5);
  });

  test('without any of them there is no power to read, which is told', t => {
    const bench = new Bench(t).sensor(0, 'amdgpu', 'power', 1, 'PPT', 90_000_000);
    assert.equal(bench.opened.found, '');
    assert.equal(bench.opened.limitations.length, 1);
    assert.equal(bench.read(), 'unsupported');
  });

  test('a virtual machine whose counters stand at 0 has none', t => {
    const bench = new Bench(t).zone('intel-rapl:0', 'package-0', 0);
    assert.match(bench.opened.limitations[0]?.why ?? '', /RAPL .*stands at 0/);
    bench.read(Number.NaN);
    assert.equal(bench.read(), 'unsupported');
  });

  test('when a package goes its growth is not taken for the others’, and it counts again when it is back', t => {
    const bench = new Bench(t)
      .zone('intel-rapl:0', 'package-0', 10_000_000)
      .zone('intel-rapl:1', 'package-1', 20_000_000);
    bench.read(Number.NaN);
    bench.tree.vanish(energyFile('intel-rapl:1'));
    bench.tree.vanish('/sys/class/powercap/intel-rapl:1/name');
    bench.energy('intel-rapl:0', 40_000_000);
    assert.equal(bench.read(), 'failed');
    assert.equal(bench.energy('intel-rapl:0', 70_000_000).read(), 'failed');
    assert.equal(bench.energy('intel-rapl:0', 100_000_000).read(), 30);
    assert.deepEqual(bench.log, [
      'the CPU’s energy counter (RAPL) cannot be read',
      'the CPU’s energy counter (RAPL) can be read again',
    ]);
  });

  test('a package that is switched on while we run counts within a minute, with a range of its own', t => {
    const bench = new Bench(t).zone('intel-rapl:0', 'package-0', 0);
    let tick = 0;
    const next = (): number | string => bench.energy('intel-rapl:0', ++tick * 30_000_000).read();
    next();
    assert.equal(next(), 30);
    // Its range is half that of the other.
    bench.zone('intel-rapl:1', 'package-1', 131_071_000_000, 131_071_664_425);
    const readings = Array.from({ length: 60 }, next);
    assert.deepEqual([...new Set(readings)], [30, 'failed']);
    assert.equal(readings.lastIndexOf('failed'), 59, 'its counter stands still');
    // 0.664425 J to the end of its range and 19.335575 J behind it, and the 30 J of the other.
    bench.energy('intel-rapl:1', 19_335_575);
    assert.equal(next(), 50);
  });

  test('power that is not collected is not read, and nothing of that time is counted after', t => {
    const bench = new Bench(t).zone('intel-rapl:0', 'package-0', 10_000_000);
    bench.read(Number.NaN);
    const read = t.mock.method(fs, 'readSync');
    for (let tick = 0; tick < 10; tick++) bench.readUncollected();
    assert.equal(read.mock.callCount(), 0);
    bench.energy('intel-rapl:0', 510_000_000);
    assert.equal(bench.read(), 'failed');
    assert.equal(bench.energy('intel-rapl:0', 520_000_000).read(), 10);
  });

  test('whatever its files hold, it does not throw and gives no impossible value', t => {
    const bench = new Bench(t).zone('intel-rapl:0', 'package-0', 1_000_000);
    fc.assert(
      fc.property(
        hostileText('package-0\n'),
        hostileText(`${String(RANGE)}\n`),
        fc.array(hostileText('123456789\n'), { minLength: 1, maxLength: 4 }),
        fc.constantFrom(1, 0.1, 3600, 0, -1, Number.NaN),
        (name, range, values, seconds) => {
          bench.tree.write('/sys/class/powercap/intel-rapl:0/name', name);
          bench.tree.write('/sys/class/powercap/intel-rapl:0/max_energy_range_uj', range);
          for (const value of values) {
            bench.tree.write(energyFile('intel-rapl:0'), value);
            const reading = bench.read(seconds);
            if (typeof reading === 'number') assert.ok(reading >= 0 && reading <= 1000, String(reading));
            else assert.match(reading, /^(failed|unsupported)$/);
          }
        },
      ),
      { numRuns: 200 },
    );
  });
});
