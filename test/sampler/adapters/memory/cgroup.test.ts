import assert from 'node:assert/strict';
import fs from 'node:fs';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { createMemoryAdapter } from '../../../../src/sampler/adapters/memory/linux.ts';
import { FixtureTree, openAdapter } from '../../proc/fixture-tree.ts';
import { hostileText } from '../../proc/hostile-text.ts';

const POD = '/sys/fs/cgroup/pod';
const V1 = '/sys/fs/cgroup/memory';
const NO_PRESSURE = {
  cpu_pressure: 'unsupported',
  memory_pressure: 'unsupported',
  io_pressure: 'unsupported',
};
/** What `cgroup2-nested` and `cgroup2-unlimited` have as machines. */
const MACHINE = {
  // 8 388 608 kB, of which 6 291 456 are available
  ram_total_mb: 8192,
  ram_used_mb: 2048,
  ram_available_mb: 6144,
  ram_percent: 25,
  swap_total_mb: 2048,
  swap_used_mb: 0,
  swap_percent: 0,
  ...NO_PRESSURE,
};

describe('memory adapter in a cgroup', () => {
  test('cgroup v2: the tightest limit and the working set of the cgroup that has it', async t => {
    const tree = new FixtureTree(t).apply('cgroup2-nested/first');
    const memory = await openAdapter(t, createMemoryAdapter(), tree.sysroot);
    assert.deepEqual(memory.read(Number.NaN).readings, {
      // pod: 1 GiB; pod/app: 2 GiB; the machine: 8 GiB; memory.high does not count
      ram_total_mb: 1024,
      // 943 718 400 − 104 857 600 = 838 860 800 bytes
      ram_used_mb: 800,
      ram_available_mb: 224,
      // 800 / 1024 = 78.125 %
      ram_percent: 78.1,
      // pod/app: 128 MiB, of which 33 554 432 bytes
      swap_total_mb: 128,
      swap_used_mb: 32,
      swap_percent: 25,
      ...NO_PRESSURE,
    });
    assert.deepEqual(memory.adapter.limits, { memory: { mb: 1024, hostMb: 8192 } });
    tree.apply('cgroup2-nested/second');
    // 996 147 200 − 104 857 600 bytes
    assert.equal(memory.read(1).reading('ram_used_mb'), 850);
    assert.equal(memory.info.limitations?.length, 1, 'pressure alone');
    assert.deepEqual(memory.log, []);
  });

  test('cgroup v1: the limit that holds from above, of memory and of swap', async t => {
    const tree = new FixtureTree(t).apply('cgroup1/first');
    const memory = await openAdapter(t, createMemoryAdapter(), tree.sysroot);
    assert.deepEqual(memory.read(Number.NaN).readings, {
      // its own limit is 512 MiB, hierarchical_memory_limit 256 MiB
      ram_total_mb: 256,
      // 209 715 200 − 20 971 520 bytes
      ram_used_mb: 180,
      ram_available_mb: 76,
      // 180 / 256 = 70.3125 %
      ram_percent: 70.3,
      // hierarchical_memsw_limit 384 MiB, less 256
      swap_total_mb: 128,
      // 16 777 216 bytes
      swap_used_mb: 16,
      swap_percent: 12.5,
      ...NO_PRESSURE,
    });
    assert.deepEqual(memory.adapter.limits, { memory: { mb: 256, hostMb: 4096 } });
  });

  test('cgroup v1 without a limit, and without accounting of swap', async t => {
    const tree = new FixtureTree(t).apply('cgroup1/first');
    const unlimited = '9223372036854771712\n';
    tree
      .write(`${V1}/memory.limit_in_bytes`, unlimited)
      .write(`${V1}/memory.memsw.limit_in_bytes`, unlimited);
    const stat = fs.readFileSync(tree.sysroot.path(`${V1}/memory.stat`), 'utf8');
    const boundless = stat.replace(/^(hierarchical_\w+) \d+$/gm, `$1 ${unlimited.trim()}`);
    tree.write(`${V1}/memory.stat`, boundless);
    const memory = await openAdapter(t, createMemoryAdapter(), tree.sysroot);
    memory.read(Number.NaN);
    assert.equal(memory.adapter.limits, undefined);
    assert.equal(memory.reading('ram_total_mb'), 4096);
    assert.equal(memory.reading('swap_total_mb'), 1024);

    tree.write(`${V1}/memory.limit_in_bytes`, '1073741824\n').vanish(`${V1}/memory.memsw.limit_in_bytes`);
    tree.write(`${V1}/memory.stat`, boundless.replace(/^hierarchical_.*\n/gm, ''));
    memory.read(1).read(4);
    assert.equal(memory.reading('ram_total_mb'), 1024);
    assert.equal(memory.reading('swap_total_mb'), 1024, 'swap is the machine’s where only memory is limited');
  });

  test('no limit: the machine', async t => {
    const tree = new FixtureTree(t).apply('cgroup2-unlimited/first');
    const memory = await openAdapter(t, createMemoryAdapter(), tree.sysroot);
    assert.deepEqual(memory.read(Number.NaN).readings, MACHINE);
    assert.equal(memory.adapter.limits, undefined);
  });

  test('a limit is lowered below what is in use, then taken away, then set again', async t => {
    const tree = new FixtureTree(t).apply('cgroup2-nested/first');
    const memory = await openAdapter(t, createMemoryAdapter(), tree.sysroot);
    memory.read(Number.NaN);
    const before = memory.adapter.limits;
    memory.read(1).read(4);
    assert.equal(memory.adapter.limits, before, 'the same object while nothing changes');

    tree.apply('cgroup2-nested/lowered');
    memory.read(1).read(4);
    assert.deepEqual(memory.adapter.limits, { memory: { mb: 256, hostMb: 8192 } });
    assert.equal(memory.reading('ram_total_mb'), 256);
    assert.equal(memory.reading('ram_used_mb'), 256);
    assert.equal(memory.reading('ram_available_mb'), 0);
    assert.equal(memory.reading('ram_percent'), 100);

    tree.apply('cgroup2-nested/removed');
    memory.read(1).read(4);
    assert.equal(memory.adapter.limits, undefined);
    assert.deepEqual(memory.readings, MACHINE);

    // 2 GiB
    tree.write(`${POD}/memory.max`, '2147483648\n');
    memory.read(1).read(4);
    // 800 / 2048 = 39.0625 %
    assert.equal(memory.reading('ram_percent'), 39.1);
  });

  test('of equal limits the outermost counts, with what is beside us', async t => {
    const tree = new FixtureTree(t).apply('cgroup2-nested/first');
    tree.write(`${POD}/app/memory.max`, '1073741824\n');
    const memory = await openAdapter(t, createMemoryAdapter(), tree.sysroot);
    assert.equal(memory.read(Number.NaN).reading('ram_used_mb'), 800, 'that of pod, not of pod/app');
  });

  test('a limit of nothing, and one that is none of the machine’s size, are none', async t => {
    const tree = new FixtureTree(t).apply('cgroup2-nested/removed').apply('cgroup2-nested/first');
    tree.write(`${POD}/app/memory.max`, 'max\n').write(`${POD}/app/memory.swap.max`, 'max\n');
    for (const content of [
      '0\n',
      '8589934592\n',
      '9223372036854771712\n',
      '18446744073709551615\n',
      '-1\n',
      '',
    ]) {
      tree.write(`${POD}/memory.max`, content);
      const memory = await openAdapter(t, createMemoryAdapter(), tree.sysroot);
      assert.deepEqual(memory.read(Number.NaN).readings, MACHINE, content);
      memory.adapter.close();
    }
  });

  test('no swap allowed is no swap, whatever the machine has', async t => {
    const tree = new FixtureTree(t).apply('cgroup2-nested/first');
    tree
      .write(`${POD}/app/worker/memory.swap.max`, '0\n')
      .write(`${POD}/app/worker/memory.swap.current`, '0\n');
    const memory = await openAdapter(t, createMemoryAdapter(), tree.sysroot);
    memory.read(Number.NaN);
    assert.equal(memory.reading('swap_total_mb'), 0);
    assert.equal(memory.reading('swap_used_mb'), 0);
    assert.equal(memory.reading('swap_percent'), 0);
  });

  test('limits that /proc/meminfo has already in it (lxcfs) count once', async t => {
    const tree = new FixtureTree(t).apply('cgroup2-nested/first');
    tree.write(
      '/proc/meminfo',
      'MemTotal: 1048576 kB\nMemAvailable: 524288 kB\nSwapTotal: 0 kB\nSwapFree: 0 kB\n',
    );
    const memory = await openAdapter(t, createMemoryAdapter(), tree.sysroot);
    assert.equal(memory.read(Number.NaN).reading('ram_percent'), 50);
    assert.equal(memory.adapter.limits, undefined);
  });

  test('usage that cannot be read: the reason for one tick, then the machine', async t => {
    const tree = new FixtureTree(t).apply('cgroup2-nested/first');
    const memory = await openAdapter(t, createMemoryAdapter(), tree.sysroot);
    memory.read(Number.NaN);
    tree.vanish(`${POD}/memory.current`);
    memory.read(1);
    assert.equal(memory.reading('ram_total_mb'), 1024);
    assert.equal(memory.reading('ram_used_mb'), 'failed');
    assert.equal(memory.reading('ram_available_mb'), 'failed');
    assert.equal(memory.reading('ram_percent'), 'failed');
    assert.equal(memory.reading('swap_percent'), 25);
    assert.equal(memory.read(1).reading('ram_total_mb'), 8192);
    tree.write(`${POD}/memory.current`, '943718400\n');
    memory.read(1).read(4);
    assert.equal(memory.reading('ram_used_mb'), 800, 'and back');

    const again = await openAdapter(t, createMemoryAdapter(), tree.vanish(`${POD}/memory.stat`).sysroot);
    assert.ok(again.info.limitations?.some(({ what }) => what === 'share of the memory limit'));
    assert.equal(again.read(Number.NaN).reading('ram_total_mb'), 8192);
  });

  test('a container whose cgroup cannot be seen is told of', async t => {
    const tree = new FixtureTree(t).apply('container/first').write('/.dockerenv', '');
    const memory = await openAdapter(t, createMemoryAdapter(), tree.sysroot);
    const limitation = memory.info.limitations?.find(({ what }) => what === 'memory limit of this container');
    assert.match(limitation?.why ?? '', /whole machine/);
    assert.equal(memory.read(Number.NaN).reading('ram_total_mb'), 2000);
  });

  test('whatever its files hold, it never throws and writes no impossible value', async t => {
    for (const [stage, files] of [
      [
        'cgroup2-nested/first',
        [`${POD}/memory.max`, `${POD}/memory.current`, `${POD}/memory.stat`, `${POD}/app/memory.swap.max`],
      ],
      [
        'cgroup1/first',
        [
          `${V1}/memory.limit_in_bytes`,
          `${V1}/memory.usage_in_bytes`,
          `${V1}/memory.stat`,
          '/proc/self/cgroup',
        ],
      ],
    ] as const) {
      const tree = new FixtureTree(t).apply(stage);
      const samples = files.map(file => fs.readFileSync(tree.sysroot.path(file), 'utf8'));
      const memory = await openAdapter(t, createMemoryAdapter(), tree.sysroot);
      fc.assert(
        fc.property(fc.tuple(...samples.map(hostileText)), contents => {
          contents.forEach((content, i) => void tree.write(files[i] ?? '', content));
          memory.read(1).read(5).read(5);
          const [total, used] = [memory.frame.value('ram_total_mb'), memory.frame.value('ram_used_mb')];
          assert.ok(total !== undefined, 'the machine’s at least');
          if (used !== undefined) assert.ok(used <= total);
        }),
        { numRuns: 150 },
      );
    }
  });
});
