import assert from 'node:assert/strict';
import fs from 'node:fs';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { createCpuAdapter } from '../../../../src/sampler/adapters/cpu/linux.ts';
import { FixtureTree, openAdapter } from '../../proc/fixture-tree.ts';
import { hostileText } from '../../proc/hostile-text.ts';

const POD = '/sys/fs/cgroup/pod';
const V1 = '/sys/fs/cgroup/cpu,cpuacct';

const usage = (seconds: number): string => `usage_usec ${seconds * 1e6}\nuser_usec 0\nsystem_usec 0\n`;

describe('CPU adapter in a cgroup', () => {
  test('cgroup v2: utilization is the share of the tightest quota, cores are the machine’s', async t => {
    const tree = new FixtureTree(t).apply('cgroup2-nested/first');
    const cpu = await openAdapter(t, createCpuAdapter(), tree.sysroot);
    cpu.read(Number.NaN);
    assert.equal(cpu.reading('total_utilization'), 'failed', 'there is nothing to compare with yet');
    // 2 cores at pod/app, 1.5 at pod, 4 in the machine
    assert.deepEqual(cpu.adapter.limits, { cpu: { cores: 1.5, hostCores: 4 } });

    tree.apply('cgroup2-nested/second');
    cpu.read(1);
    // pod used 10.75 − 10 s in 1 s, of 1.5; the machine was busy to 90 %
    assert.equal(cpu.reading('total_utilization'), 50);
    assert.equal(cpu.reading('core_0_utilization'), 100);
    assert.equal(cpu.reading('core_3_utilization'), 60);
    assert.equal(cpu.reading('load_avg_1m'), 3);
    assert.deepEqual(cpu.log, []);
    assert.deepEqual(
      cpu.info.limitations?.filter(({ what }) => what.includes('limit')),
      [],
    );
  });

  test('cgroup v1: the same from its files', async t => {
    const tree = new FixtureTree(t).apply('cgroup1/first');
    const cpu = await openAdapter(t, createCpuAdapter(), tree.sysroot);
    cpu.read(Number.NaN);
    assert.deepEqual(cpu.adapter.limits, { cpu: { cores: 0.5, hostCores: 2 } });
    tree.apply('cgroup1/second');
    // 7.6 − 7 s in 2 s, of 0.5 cores; the machine was busy to 50 %
    assert.equal(cpu.read(2).reading('total_utilization'), 60);
    tree.write(`${V1}/cpuacct.usage`, '8700000000\n');
    assert.equal(cpu.read(2).reading('total_utilization'), 100, '1.1 s of at most 1: a burst');
  });

  test('no limit: the machine', async t => {
    const tree = new FixtureTree(t).apply('cgroup2-unlimited/first');
    const cpu = await openAdapter(t, createCpuAdapter(), tree.sysroot);
    cpu.read(Number.NaN);
    tree.apply('cgroup2-unlimited/second');
    // (1360 − 1000) of (4400 − 4000)
    assert.equal(cpu.read(1).reading('total_utilization'), 90);
    assert.equal(cpu.adapter.limits, undefined);
  });

  test('a limit that changes while running shows within five seconds; so does one that goes and comes', async t => {
    const tree = new FixtureTree(t).apply('cgroup2-nested/first');
    const cpu = await openAdapter(t, createCpuAdapter(), tree.sysroot);
    cpu.read(Number.NaN);
    const before = cpu.adapter.limits;
    cpu.read(1).read(4);
    assert.equal(cpu.adapter.limits, before, 'the same object while nothing changes');

    tree.apply('cgroup2-nested/lowered').write(`${POD}/cpu.stat`, usage(10.1));
    cpu.read(4);
    tree.write(`${POD}/cpu.stat`, usage(10.3));
    cpu.read(1);
    assert.deepEqual(cpu.adapter.limits, { cpu: { cores: 0.5, hostCores: 4 } });
    // 0.2 s of 0.5
    assert.equal(cpu.reading('total_utilization'), 40);

    tree.apply('cgroup2-nested/removed').apply('cgroup2-nested/second');
    cpu.read(1).read(4);
    assert.equal(cpu.adapter.limits, undefined);
    tree.write(
      '/proc/stat',
      fs.readFileSync(tree.sysroot.path('/proc/stat'), 'utf8').replace('3040', '3140'),
    );
    // nothing but 100 ticks of idling
    assert.equal(cpu.read(1).reading('total_utilization'), 0);

    tree.write(`${POD}/cpu.max`, '300000 100000\n').write(`${POD}/cpu.stat`, usage(20));
    cpu.read(1).read(4);
    tree.write(`${POD}/cpu.stat`, usage(21.5));
    assert.equal(cpu.read(1).reading('total_utilization'), 50);
  });

  test('a cpuset is a limit; the smaller of it and the quota counts', async t => {
    const tree = new FixtureTree(t).apply('cgroup2-nested/first');
    tree.write('/sys/fs/cgroup/pod/app/cpuset.cpus.effective', '2\n');
    tree.write('/sys/fs/cgroup/pod/app/cpu.stat', usage(5));
    const cpu = await openAdapter(t, createCpuAdapter(), tree.sysroot);
    cpu.read(Number.NaN);
    assert.deepEqual(cpu.adapter.limits, { cpu: { cores: 1, hostCores: 4 } });
    tree.write('/sys/fs/cgroup/pod/app/cpu.stat', usage(5.25));
    // pod/app has the cpuset, so its 0.25 s count
    assert.equal(cpu.read(1).reading('total_utilization'), 25);
  });

  test('a controller that is switched on while running is found', async t => {
    const tree = new FixtureTree(t).apply('cgroup2-nested/first');
    const cpu = await openAdapter(t, createCpuAdapter(), tree.sysroot);
    for (let tick = 0; tick < 200; tick++) cpu.read(1);
    tree.write(`${POD}/app/worker/cpu.max`, '25000 50000\n');
    cpu.read(1).read(4);
    assert.deepEqual(cpu.adapter.limits, { cpu: { cores: 0.5, hostCores: 4 } });
  });

  test('a process that is moved to another cgroup gets that one’s limit', async t => {
    const tree = new FixtureTree(t).apply('cgroup2-nested/first');
    const cpu = await openAdapter(t, createCpuAdapter(), tree.sysroot);
    cpu.read(Number.NaN);
    tree
      .write('/sys/fs/cgroup/other/cpu.max', '300000 100000\n')
      .write('/sys/fs/cgroup/other/cpu.stat', usage(1))
      .write('/proc/self/cgroup', '0::/other\n');
    cpu.read(1).read(4);
    assert.deepEqual(cpu.adapter.limits, { cpu: { cores: 3, hostCores: 4 } });
    tree.write('/sys/fs/cgroup/other/cpu.stat', usage(2.5));
    assert.equal(cpu.read(1).reading('total_utilization'), 50);
  });

  test('a limit that is none below the machine’s cores is none', async t => {
    const tree = new FixtureTree(t).apply('cgroup2-nested/removed').apply('cgroup2-nested/first');
    tree.write(`${POD}/app/cpu.max`, 'max 100000\n');
    for (const content of [
      '400000 100000\n',
      '6400000 100000\n',
      '0 100000\n',
      '100000 0\n',
      '-1 100000\n',
    ]) {
      tree.write(`${POD}/cpu.max`, content);
      const cpu = await openAdapter(t, createCpuAdapter(), tree.sysroot);
      cpu.read(Number.NaN);
      assert.equal(cpu.adapter.limits, undefined, content);
      cpu.adapter.close();
    }
  });

  test('cores that go offline under the limit leave the machine as it is', async t => {
    const tree = new FixtureTree(t).apply('cgroup2-nested/first');
    tree.write('/sys/devices/system/cpu/present', '0-3\n');
    const cpu = await openAdapter(t, createCpuAdapter(), tree.sysroot);
    cpu.read(Number.NaN);
    tree.write('/proc/stat', 'cpu  1050 0 0 3050 0 0 0 0 0 0\ncpu0 300 0 0 800 0 0 0 0 0 0\n');
    cpu.read(1).read(4);
    assert.equal(cpu.adapter.limits, undefined, 'one core is less than one and a half');
  });

  test('a limit whose usage cannot be read: the machine’s values, and the doctor is told', async t => {
    const tree = new FixtureTree(t).apply('cgroup1/first');
    // Moved by hand in one hierarchy of cgroup v1 and not in the others.
    tree.write('/proc/self/cgroup', '4:cpuset:/docker/5f0c\n3:cpu:/docker/5f0c\n2:cpuacct:/\n');
    tree.vanish(`${V1}/cpuacct.usage`);
    const cpu = await openAdapter(t, createCpuAdapter(), tree.sysroot);
    assert.ok(cpu.info.limitations?.some(({ what }) => what === 'share of the CPU limit'));
    cpu.read(Number.NaN);
    tree.apply('cgroup1/second').vanish(`${V1}/cpuacct.usage`);
    assert.equal(cpu.read(1).reading('total_utilization'), 50);
    assert.equal(cpu.adapter.limits, undefined);
  });

  test('usage that cannot be read any more: a reason for one tick, then the machine', async t => {
    const tree = new FixtureTree(t).apply('cgroup2-nested/first');
    const cpu = await openAdapter(t, createCpuAdapter(), tree.sysroot);
    cpu.read(Number.NaN).read(1);
    tree.vanish(`${POD}/cpu.stat`);
    assert.equal(cpu.read(1).reading('total_utilization'), 'failed');
    tree.apply('cgroup2-nested/second').vanish(`${POD}/cpu.stat`);
    assert.equal(cpu.read(1).reading('total_utilization'), 90);
    assert.equal(cpu.adapter.limits, undefined);
    tree.write(`${POD}/cpu.stat`, usage(1));
    cpu.read(1).read(4);
    tree.write(`${POD}/cpu.stat`, usage(1.75));
    assert.equal(cpu.read(1).reading('total_utilization'), 50, 'and back');
  });

  test('a container whose cgroup cannot be seen, or not be read, is told of', async t => {
    const hidden = new FixtureTree(t).apply('container/first').write('/.dockerenv', '');
    const cpu = await openAdapter(t, createCpuAdapter(), hidden.sysroot);
    const limitation = cpu.info.limitations?.find(({ what }) => what === 'CPU limit of this container');
    assert.match(limitation?.why ?? '', /whole machine/);
    assert.ok(limitation?.remedy);

    const tree = new FixtureTree(t).apply('cgroup2-nested/first');
    const open = fs.openSync;
    const mock = t.mock.method(fs, 'openSync', (path: string, flags: string) => {
      if (path.endsWith('cpu.max')) throw Object.assign(new Error('no'), { code: 'EACCES' });
      return open(path, flags);
    });
    const denied = await openAdapter(t, createCpuAdapter(), tree.sysroot);
    assert.ok(
      denied.info.limitations?.some(({ what, why }) => what === 'CPU limit' && why.includes('may not')),
    );
    denied.read(Number.NaN);
    tree.apply('cgroup2-nested/second');
    assert.equal(denied.read(1).reading('total_utilization'), 90);
    for (let tick = 0; tick < 200; tick++) denied.read(1);
    mock.mock.restore();
    denied.read(1).read(4);
    assert.deepEqual(denied.adapter.limits, { cpu: { cores: 1.5, hostCores: 4 } }, 'allowed after all');
  });

  test('without a limit nothing of the cgroup is read in between, and with one only its usage', async t => {
    const reads = async (stage: string): Promise<number[]> => {
      const tree = new FixtureTree(t).apply(stage);
      const cpu = await openAdapter(t, createCpuAdapter(), tree.sysroot);
      cpu.read(Number.NaN);
      const read = t.mock.method(fs, 'readSync');
      const counts = [1, 1, 1, 1].map(elapsed => {
        const before = read.mock.callCount();
        cpu.read(elapsed);
        return read.mock.callCount() - before;
      });
      read.mock.restore();
      return counts;
    };
    const [free = 0] = await reads('container/first');
    const unlimited = await reads('cgroup2-unlimited/first');
    assert.deepEqual([unlimited[0], unlimited[2]], [free, free]);
    const limited = await reads('cgroup2-nested/first');
    assert.deepEqual([limited[0], limited[2]], [free + 1, free + 1]);
  });

  test('whatever its files hold, it never throws and writes no impossible value', async t => {
    for (const [stage, files] of [
      [
        'cgroup2-nested/first',
        ['/proc/self/cgroup', `${POD}/cpu.max`, `${POD}/cpu.stat`, `${POD}/cpuset.cpus.effective`],
      ],
      [
        'cgroup1/first',
        [`${V1}/cpu.cfs_quota_us`, `${V1}/cpu.cfs_period_us`, `${V1}/cpuacct.usage`, '/proc/self/mountinfo'],
      ],
    ] as const) {
      const tree = new FixtureTree(t).apply(stage);
      const samples = files.map(file => fs.readFileSync(tree.sysroot.path(file), 'utf8'));
      const cpu = await openAdapter(t, createCpuAdapter(), tree.sysroot);
      fc.assert(
        fc.property(
          fc.tuple(...samples.map(hostileText)),
          fc.constantFrom(1, 5, 0, -1, Number.NaN),
          (contents, elapsed) => {
            contents.forEach((content, i) => void tree.write(files[i] ?? '', content));
            cpu.read(elapsed).read(2).read(2);
            const limit = cpu.adapter.limits?.cpu;
            if (limit) assert.ok(limit.cores > 0 && limit.cores < limit.hostCores);
          },
        ),
        { numRuns: 150 },
      );
    }
  });
});
