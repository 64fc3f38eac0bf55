import assert from 'node:assert/strict';
import fs from 'node:fs';
import { describe, test, type TestContext } from 'node:test';
import { Cpufreq, cpufreqPath, isCpufreqSlow } from '../../../../src/sampler/adapters/cpu/cpufreq.ts';
import { createCpuAdapter } from '../../../../src/sampler/adapters/cpu/linux.ts';
import { FixtureTree, openAdapter } from '../../proc/fixture-tree.ts';

const upTo = (count: number): number[] => Array.from({ length: count }, (_, i) => i);

/** A tree in which every core runs at `mhz`. */
function treeAt(t: TestContext, ids: readonly number[], mhz: number): FixtureTree {
  const tree = new FixtureTree(t);
  writeAll(tree, ids, mhz);
  return tree;
}

function writeAll(tree: FixtureTree, ids: readonly number[], mhz: number): void {
  for (const id of ids) tree.write(cpufreqPath(id), `${String(mhz * 1000)}\n`);
}

/** How many cores were read at the `mhz`. */
const coresAt = (cpufreq: Cpufreq, mhz: number): number => cpufreq.mhz.filter(each => each === mhz).length;
const online = (): boolean => true;

describe('cpufreq on wide machines', () => {
  test('up to 64 cores are all read in every tick', t => {
    const ids = upTo(64);
    const tree = treeAt(t, ids, 1000);
    const cpufreq = new Cpufreq(tree.sysroot, ids);
    for (const mhz of [1000, 1001, 1002]) {
      writeAll(tree, ids, mhz);
      cpufreq.update(online);
      assert.equal(coresAt(cpufreq, mhz), 64);
    }
    cpufreq.close();
  });

  test('of 150 cores 64 are read in a tick, in turn, and the others keep their values', t => {
    const ids = upTo(150);
    const tree = treeAt(t, ids, 1000);
    const cpufreq = new Cpufreq(tree.sysroot, ids);
    const read = t.mock.method(fs, 'readSync');
    cpufreq.update(online);
    assert.equal(coresAt(cpufreq, 1000), 150, 'none has a value at first, so all are read');
    assert.equal(read.mock.callCount(), 150);

    writeAll(tree, ids, 2000);
    const counts: number[] = [];
    const reads: number[] = [];
    for (let tick = 0; tick < 3; tick++) {
      const before = read.mock.callCount();
      cpufreq.update(online);
      reads.push(read.mock.callCount() - before);
      counts.push(coresAt(cpufreq, 2000));
    }
    // The first read began with core 0; so these go on with 64 to 127, then 128 to 149 and 0 to 41, then 42 to 105.
    assert.deepEqual(counts, [64, 128, 150]);
    assert.deepEqual(reads, [64, 64, 64]);
    assert.equal(cpufreq.mhz.some(Number.isNaN), false);
    cpufreq.close();
  });

  test('a core that comes back is read at once, whosever turn it is', t => {
    const ids = upTo(200);
    const tree = treeAt(t, ids, 1000);
    const cpufreq = new Cpufreq(tree.sysroot, ids);
    cpufreq.update(online);
    // The next turn is that of 64 to 127.
    cpufreq.update(index => index !== 190);
    assert.ok(Number.isNaN(cpufreq.mhz[190]), 'the clock of a core that is offline does not hold');
    tree.vanish(cpufreqPath(190));
    tree.write(cpufreqPath(190), '3000000\n');
    tree.write(cpufreqPath(0), '1500000\n');
    cpufreq.update(online);
    assert.equal(cpufreq.mhz[190], 3000);
    cpufreq.close();
  });
});

describe('kernels that measure the clock while the reader waits', () => {
  /** Lets every read of a file that matches take so many milliseconds. */
  function slowDown(t: TestContext, pattern: RegExp, milliseconds: number): { nowMs: number } {
    const clock = { nowMs: 0 };
    const pathOf = new Map<number, string>();
    const { openSync, readSync, readFileSync } = fs;
    t.mock.method(performance, 'now', () => clock.nowMs);
    const pass = (file: string): void => {
      if (pattern.test(file)) clock.nowMs += milliseconds;
    };
    t.mock.method(fs, 'openSync', (file: string) => {
      const descriptor = openSync(file, 'r');
      pathOf.set(descriptor, file);
      return descriptor;
    });
    t.mock.method(fs, 'readSync', (...args: Parameters<typeof readSync>) => {
      pass(pathOf.get(args[0]) ?? '');
      return readSync(...args);
    });
    t.mock.method(fs, 'readFileSync', (file: string, encoding: BufferEncoding) => {
      pass(file);
      return readFileSync(file, encoding);
    });
    return clock;
  }

  test('are told by two slow reads; one may be chance', t => {
    const ids = [0, 1, 2, 5];
    const tree = treeAt(t, ids, 1000);
    assert.equal(isCpufreqSlow(tree.sysroot, [7, 9]), false, 'there is nothing to read');
    slowDown(t, /cpu[15]\/cpufreq/, 10);
    assert.equal(isCpufreqSlow(tree.sysroot, ids), false);
    assert.equal(isCpufreqSlow(tree.sysroot, [1, 0, 5]), false);
    assert.equal(isCpufreqSlow(tree.sysroot, [1, 5]), true);
    assert.equal(isCpufreqSlow(tree.sysroot, [1, 3, 5, 0]), true, 'a core that is offline is passed over');
    assert.equal(isCpufreqSlow(tree.sysroot, [5]), true, 'one is all there is');
  });

  test('are read through /proc/cpuinfo, every 5 s', async t => {
    const tree = treeAt(t, [0, 1], 1000)
      .write('/proc/stat', 'cpu  1 0 0 1 0 0 0 0\ncpu0 1 0 0 1 0 0 0 0\ncpu1 1 0 0 1 0 0 0 0\n')
      .write('/proc/cpuinfo', cpuinfo(2000));
    slowDown(t, /cpufreq|cpuinfo/, 10);
    const cpu = await openAdapter(t, createCpuAdapter(), tree.sysroot);
    assert.match(cpu.info.found, /frequency from \/proc\/cpuinfo/);
    const seen: unknown[] = [];
    for (let tick = 1; tick <= 11; tick++) {
      tree.write('/proc/cpuinfo', cpuinfo(2000 + tick));
      seen.push(cpu.read(tick === 1 ? Number.NaN : 1).reading('core_1_freq_mhz'));
    }
    assert.deepEqual(seen, [2000, 2000, 2000, 2000, 2000, 2006, 2006, 2006, 2006, 2006, 2011]);
  });

  test('and tell no clock in /proc/cpuinfo are asked for one core a tick', async t => {
    const tree = treeAt(t, [0, 1, 2], 1000).write(
      '/proc/stat',
      'cpu  1 0 0 1 0 0 0 0\ncpu0 1 0 0 1 0 0 0 0\ncpu1 1 0 0 1 0 0 0 0\ncpu2 1 0 0 1 0 0 0 0\n',
    );
    slowDown(t, /cpufreq/, 10);
    const cpu = await openAdapter(t, createCpuAdapter(), tree.sysroot);
    assert.match(cpu.info.found, /frequency from cpufreq/);
    assert.equal(cpu.read(Number.NaN).reading('avg_freq_mhz'), 1000);
    writeAll(tree, [0, 1, 2], 1300);
    // One of three cores is at 1300 MHz, then two, then all.
    const means = [1, 2, 3].map(() => cpu.read(1).reading('avg_freq_mhz'));
    assert.deepEqual(means, [1100, 1200, 1300]);
  });
});

function cpuinfo(mhz: number): string {
  return [0, 1].map(id => `processor\t: ${String(id)}\ncpu MHz\t\t: ${String(mhz)}.0\n\n`).join('');
}
