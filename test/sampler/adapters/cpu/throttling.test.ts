import assert from 'node:assert/strict';
import fs from 'node:fs';
import { describe, test, type TestContext } from 'node:test';
import fc from 'fast-check';
import { Frame } from '../../../../src/common/frame.ts';
import { buildLayout } from '../../../../src/common/layout.ts';
import { CpuThrottling } from '../../../../src/sampler/adapters/cpu/throttling.ts';
import { FixtureTree } from '../../proc/fixture-tree.ts';
import { hostileText } from '../../proc/hostile-text.ts';

const cpuFolder = (id: number): string => `/sys/devices/system/cpu/cpu${String(id)}`;
const countOf = (id: number): string => `${cpuFolder(id)}/thermal_throttle/package_throttle_count`;
const packageOf = (id: number): string => `${cpuFolder(id)}/topology/physical_package_id`;

/** The throttle counter of a tree as it gets into a frame. */
class Bench {
  readonly tree: FixtureTree;
  readonly log: string[] = [];
  readonly #throttling: CpuThrottling;
  readonly #frame = new Frame(buildLayout({ core: 0, gpu: 0, disk: 0 }));

  constructor(t: TestContext, tree = new FixtureTree(t)) {
    this.tree = tree;
    this.#throttling = new CpuThrottling(tree.sysroot, line => this.log.push(line));
    t.after(() => {
      this.#throttling.close();
    });
  }

  get limitations(): readonly string[] {
    return this.#throttling.open().limitations.map(({ what }) => what);
  }

  cpu(id: number, packageId: number, count: number): this {
    this.tree.write(packageOf(id), `${String(packageId)}\n`).write(countOf(id), `${String(count)}\n`);
    return this;
  }

  read(ticks = 1): number | string {
    for (let tick = 0; tick < ticks; tick++) {
      this.#frame.clear();
      this.#throttling.read(this.#frame, this.#frame.layout.slots.get('package_throttles') ?? -1);
    }
    return this.#frame.value('package_throttles') ?? this.#frame.absence('package_throttles') ?? 'neither';
  }
}

describe('throttling of the CPU packages', () => {
  test('two packages: the first CPU of each counts, the counters of cores do not', t => {
    const bench = new Bench(t, new FixtureTree(t).apply('thermal-throttle/first'));
    assert.deepEqual(bench.limitations, []);
    // CPU 0 tells 1204 for package 0, CPU 2 tells 37 for package 1.
    assert.equal(bench.read(), 1241);
    bench.tree.write(countOf(0), '1210\n').write(countOf(1), '9999\n');
    assert.equal(bench.read(), 1247);
    assert.deepEqual(bench.log, []);
  });

  test('a CPU that was never throttled has 0, which is a value', t => {
    assert.equal(new Bench(t).cpu(0, 0, 0).read(), 0);
  });

  test('AMD’s CPUs and virtual machines have no counter', t => {
    const bench = new Bench(t);
    for (const id of [0, 1]) bench.tree.write(packageOf(id), '0\n');
    assert.deepEqual(bench.limitations, ['CPU throttling']);
    assert.equal(bench.read(100), 'unsupported');
    assert.deepEqual(bench.log, []);
  });

  test('without /sys there is no counter', t => {
    const bench = new Bench(t);
    assert.deepEqual(bench.limitations, ['CPU throttling']);
    assert.equal(bench.read(), 'unsupported');
  });

  test('an offline CPU has no files: the next of its package speaks', t => {
    const bench = new Bench(t).cpu(1, 0, 5).cpu(2, 0, 4);
    bench.tree.write(`${cpuFolder(0)}/online`, '0\n');
    assert.equal(bench.read(), 5);
    bench.tree.vanish(countOf(1)).vanish(packageOf(1));
    assert.equal(bench.read(), 'failed');
    assert.equal(bench.read(2), 4);
    assert.deepEqual(bench.log, [
      'the CPU’s throttle counter cannot be read',
      'the CPU’s throttle counter can be read again',
    ]);
  });

  test('one unreadable package of two leaves no sum', t => {
    const bench = new Bench(t).cpu(0, 0, 7).cpu(1, 1, 8);
    assert.equal(bench.read(), 15);
    bench.tree.write(countOf(1), 'many\n');
    assert.equal(bench.read(), 'failed');
    bench.tree.write(countOf(1), '9\n');
    assert.equal(bench.read(), 16);
  });

  test('512 CPUs in two packages: two reads a tick', t => {
    const bench = new Bench(t);
    for (let id = 0; id < 512; id++) bench.cpu(id, id < 256 ? 0 : 1, 1000 + id);
    // CPU 0 and CPU 256.
    assert.equal(bench.read(), 1000 + 1256);
    const read = t.mock.method(fs, 'readSync');
    const look = t.mock.method(fs, 'readFileSync');
    assert.equal(bench.read(50), 2256);
    assert.equal(read.mock.callCount(), 50 * 2);
    assert.equal(look.mock.callCount(), 0);
  });

  test('whatever its files hold, it does not throw and gives no impossible value', t => {
    const bench = new Bench(t).cpu(0, 0, 1204).cpu(1, 1, 37);
    fc.assert(
      fc.property(hostileText('1204\n'), hostileText('0\n'), hostileText('37\n'), (one, id, two) => {
        bench.tree.write(countOf(0), one).write(packageOf(0), id).write(countOf(1), two);
        for (const reading of [bench.read(), bench.read()]) {
          if (typeof reading === 'number') assert.ok(Number.isSafeInteger(reading) && reading >= 0);
          else assert.match(reading, /^(failed|unsupported)$/);
        }
      }),
      { numRuns: 200 },
    );
  });
});
