import assert from 'node:assert/strict';
import fs from 'node:fs';
import { describe, test, type TestContext } from 'node:test';
import fc from 'fast-check';
import { Frame } from '../../../../src/common/frame.ts';
import { buildLayout } from '../../../../src/common/layout.ts';
import { CpuTemperature } from '../../../../src/sampler/adapters/cpu/temperature.ts';
import { FixtureTree } from '../../proc/fixture-tree.ts';
import { hostileText } from '../../proc/hostile-text.ts';

/** The temperature of a tree as it gets into a frame. */
class Bench {
  readonly tree: FixtureTree;
  readonly log: string[] = [];
  readonly #temperature: CpuTemperature;
  readonly #frame = new Frame(buildLayout({ core: 0, gpu: 0, disk: 0 }));

  constructor(t: TestContext, tree = new FixtureTree(t)) {
    this.tree = tree;
    this.#temperature = new CpuTemperature(tree.sysroot, line => this.log.push(line));
    t.after(() => {
      this.#temperature.close();
    });
  }

  get found(): string {
    return this.#temperature.open().found;
  }

  get limitations(): readonly object[] {
    return this.#temperature.open().limitations;
  }

  read(ticks = 1): number | string {
    for (let tick = 0; tick < ticks; tick++) {
      this.#frame.clear();
      this.#temperature.read(this.#frame, this.#frame.layout.slots.get('temperature') ?? -1);
    }
    return this.#frame.value('temperature') ?? this.#frame.absence('temperature') ?? 'neither';
  }

  /** Writes a chip with sensors: the number of each, its label (empty for none) and its value. */
  chip(
    folder: number,
    name: string,
    ...sensors: readonly (readonly [n: number, label: string, value: number | string])[]
  ): this {
    const at = `/sys/class/hwmon/hwmon${String(folder)}`;
    this.tree.write(`${at}/name`, `${name}\n`);
    for (const [n, label, value] of sensors) {
      this.tree.write(`${at}/temp${String(n)}_input`, `${String(value)}\n`);
      if (label !== '') this.tree.write(`${at}/temp${String(n)}_label`, `${label}\n`);
    }
    return this;
  }
}

const input = (folder: number, n = 1): string =>
  `/sys/class/hwmon/hwmon${String(folder)}/temp${String(n)}_input`;

describe('CPU temperature', () => {
  test('coretemp: the hotter of two packages; neither their cores nor the drive, hotter still', t => {
    const bench = new Bench(t, new FixtureTree(t).apply('coretemp/first'));
    assert.equal(bench.found, 'temperature from coretemp (the hottest of 2 sensors)');
    // Package 0: 47000 millidegrees, package 1: 61000.
    assert.equal(bench.read(), 61);
    bench.tree.write(input(10), '63500\n');
    assert.equal(bench.read(), 63.5);
  });

  test('k10temp: Tdie before Tctl, which lies 27 °C above it on this model', t => {
    const bench = new Bench(t, new FixtureTree(t).apply('k10temp/first'));
    assert.equal(bench.found, 'temperature from k10temp (Tdie)');
    assert.equal(bench.read(), 45.6, '45625 millidegrees');
  });

  test('chips that do not measure the CPU are never taken for one', t => {
    const bench = new Bench(t, new FixtureTree(t).apply('no-cpu-sensors/first'));
    assert.equal(bench.found, '');
    assert.equal(bench.limitations.length, 1);
    assert.equal(bench.read(100), 'unsupported');
    assert.deepEqual(bench.log, []);
  });

  test('a machine without hardware monitoring has no temperature', t => {
    const bench = new Bench(t);
    assert.equal(bench.read(), 'unsupported');
  });

  const kinds: readonly (readonly [string, string, number | string, (bench: Bench) => Bench])[] = [
    [
      'one package of Intel',
      'temperature from coretemp (Package id 0)',
      55,
      bench => bench.chip(0, 'coretemp', [1, 'Package id 0', 55_000], [2, 'Core 0', 70_000]),
    ],
    [
      'an old kernel’s name of the package',
      'temperature from coretemp (Physical id 0)',
      55,
      bench => bench.chip(0, 'coretemp', [1, 'Physical id 0', 55_000], [2, 'Core 0', 70_000]),
    ],
    [
      'Intel before there was a sensor of the package: the hottest core',
      'temperature from coretemp (the hottest of 2 sensors)',
      58,
      bench => bench.chip(0, 'coretemp', [2, 'Core 0', 52_000], [3, 'Core 1', 58_000]),
    ],
    [
      'Zen without an offset: Tctl is all there is',
      'temperature from k10temp (Tctl)',
      60.1,
      bench => bench.chip(0, 'k10temp', [1, 'Tctl', 60_125], [3, 'Tccd1', 66_000]),
    ],
    [
      'AMD before Zen: no labels',
      'temperature from k10temp',
      33,
      bench => bench.chip(0, 'k10temp', [1, '', 33_000]),
    ],
    [
      'k10temp without labels has nothing but its first sensor',
      '',
      'unsupported',
      bench => bench.chip(0, 'k10temp', [2, '', 33_000]),
    ],
    [
      'two sockets of AMD',
      'temperature from k10temp (the hottest of 2 sensors)',
      50,
      bench => bench.chip(0, 'k10temp', [1, 'Tctl', 50_000]).chip(1, 'k10temp', [1, 'Tctl', 44_000]),
    ],
    [
      'zenpower, with the label of a machine with several nodes',
      'temperature from zenpower (cpu0 Tdie)',
      35.6,
      bench => bench.chip(0, 'zenpower', [1, 'cpu0 Tdie', 35_600], [2, 'cpu0 Tctl', 62_600]),
    ],
    [
      'a Raspberry Pi',
      'temperature from cpu_thermal',
      48.3,
      bench => bench.chip(0, 'cpu_thermal', [1, '', 48_312]).chip(1, 'rp1_adc', [1, '', 60_000]),
    ],
    [
      'a thermal zone’s name with dashes, and with its number',
      'temperature from cpu_thermal_0',
      41,
      bench => bench.chip(0, 'cpu-thermal_0', [1, '', 41_000]).chip(1, 'gpu_thermal_1', [1, '', 71_000]),
    ],
    [
      'groups of big and little cores: the hottest, and not the GPU or the whole chip',
      'temperature from bigcore0_thermal (the hottest of 3 sensors)',
      66,
      bench =>
        bench
          .chip(0, 'soc_thermal', [1, '', 90_000])
          .chip(1, 'bigcore0_thermal', [1, '', 61_000])
          .chip(2, 'bigcore1_thermal', [1, '', 66_000])
          .chip(3, 'littlecore_thermal', [1, '', 59_000])
          .chip(4, 'gpu_thermal', [1, '', 80_000]),
    ],
    [
      'zones of one name share a chip',
      'temperature from cpu_thermal (the hottest of 2 sensors)',
      43,
      bench => bench.chip(0, 'cpu_thermal', [1, '', 42_000], [2, '', 43_000]),
    ],
    [
      'a board that measures only the whole chip',
      'temperature from soc_thermal',
      51,
      bench => bench.chip(0, 'soc_thermal', [1, '', 51_000]).chip(1, 'ddr_thermal', [1, '', 60_000]),
    ],
    [
      'k10temp writes 0 for what it cannot tell',
      'temperature from k10temp (Tctl)',
      'failed',
      bench => bench.chip(0, 'k10temp', [1, 'Tctl', 0]),
    ],
    [
      'more than a CPU can stand is no temperature',
      'temperature from coretemp (Package id 0)',
      'failed',
      bench => bench.chip(0, 'coretemp', [1, 'Package id 0', 4_294_967_295]),
    ],
    [
      'below 0 °C is outside the column’s range',
      'temperature from cpu_thermal',
      'failed',
      bench => bench.chip(0, 'cpu_thermal', [1, '', -5000]),
    ],
  ];
  for (const [name, found, temperature, build] of kinds) {
    test(name, t => {
      const bench = build(new Bench(t));
      assert.equal(bench.found, found);
      assert.equal(bench.read(), temperature);
    });
  }

  test('only the labels that are needed are read: a wide CPU has hundreds', t => {
    const bench = new Bench(t).chip(0, 'coretemp', [1, 'Package id 0', 50_000]);
    for (let core = 0; core < 100; core++)
      bench.chip(0, 'coretemp', [core + 2, `Core ${String(core)}`, 40_000]);
    const read = t.mock.method(fs, 'readFileSync');
    assert.equal(bench.read(), 50);
    // The chip's name and one label.
    assert.equal(read.mock.callCount(), 2);
  });

  test('with one of two packages unreadable there is no hottest', t => {
    const bench = new Bench(t)
      .chip(0, 'coretemp', [1, 'Package id 0', 50_000])
      .chip(1, 'coretemp', [1, 'Package id 1', 40_000]);
    assert.equal(bench.read(), 50);
    bench.tree.write(input(1), '');
    assert.equal(bench.read(), 'failed');
    assert.equal(bench.read(), 'failed');
    bench.tree.write(input(1), '51000\n');
    assert.equal(bench.read(4), 51);
    assert.deepEqual(bench.log, [
      'the CPU’s temperature cannot be read',
      'the CPU’s temperature can be read again',
    ]);
  });

  test('a driver loaded anew has another number: it is found, and nothing else is read in its place', t => {
    const bench = new Bench(t).chip(2, 'coretemp', [1, 'Package id 0', 50_000]);
    assert.equal(bench.read(), 50);
    // The driver goes, a drive takes its number, and the driver comes back behind it.
    bench.tree.vanish(input(2));
    bench.chip(2, 'nvme', [1, 'Composite', 70_000]);
    assert.equal(bench.read(), 'failed');
    assert.equal(bench.read(), 'unsupported');
    bench.chip(3, 'coretemp', [1, 'Package id 0', 52_000]);
    assert.equal(bench.read(60), 52);
  });

  test('a driver that is loaded while we run is found', t => {
    const bench = new Bench(t);
    assert.equal(bench.read(200), 'unsupported');
    bench.chip(0, 'k10temp', [1, 'Tctl', 40_000]);
    assert.equal(bench.read(60), 40);
  });

  test('a package that is switched on while we run counts within a minute', t => {
    const bench = new Bench(t).chip(0, 'coretemp', [1, 'Package id 0', 40_000]);
    assert.equal(bench.read(), 40);
    bench.chip(1, 'coretemp', [1, 'Package id 1', 45_000]);
    assert.equal(bench.read(60), 45);
  });

  test('whatever its files hold, it does not throw and gives no impossible value', t => {
    const bench = new Bench(t).chip(0, 'coretemp', [1, 'Package id 0', 50_000]);
    fc.assert(
      fc.property(
        hostileText('coretemp\n'),
        hostileText('Package id 0\n'),
        hostileText('50000\n'),
        (name, label, value) => {
          bench.tree.write('/sys/class/hwmon/hwmon0/name', name);
          bench.tree.write('/sys/class/hwmon/hwmon0/temp1_label', label);
          bench.tree.write(input(0), value);
          for (const reading of [bench.read(), bench.read()]) {
            if (typeof reading === 'number') assert.ok(reading > 0 && reading <= 250, String(reading));
            else assert.match(reading, /^(failed|unsupported)$/);
          }
        },
      ),
      { numRuns: 200 },
    );
  });
});
