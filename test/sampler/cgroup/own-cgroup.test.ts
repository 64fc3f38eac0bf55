import assert from 'node:assert/strict';
import { describe, test, type TestContext } from 'node:test';
import fc from 'fast-check';
import { OwnCgroup } from '../../../src/sampler/cgroup/own-cgroup.ts';
import { FixtureTree } from '../proc/fixture-tree.ts';
import { hostileText } from '../proc/hostile-text.ts';

interface Where {
  /** `/proc/self/cgroup`; not there unless given. */
  readonly cgroup?: string;
  /** Lines of `/proc/self/mountinfo`: root, mount point, type and options. */
  readonly mounts?: readonly (readonly [root: string, mountPoint: string, type: string, options?: string])[];
  /** Directories that there are. */
  readonly directories: readonly string[];
}

function treeOf(t: TestContext, { cgroup, mounts, directories }: Where): FixtureTree {
  const tree = new FixtureTree(t);
  if (cgroup !== undefined) tree.write('/proc/self/cgroup', cgroup);
  if (mounts) {
    const lines = mounts.map(
      ([root, mountPoint, type, options = 'rw'], i) =>
        `${30 + i} 23 0:28 ${root} ${mountPoint} rw shared:4 - ${type} ${type} ${options}\n`,
    );
    tree.write('/proc/self/mountinfo', lines.join(''));
  }
  for (const directory of directories) tree.write(`${directory}/cgroup.procs`, '');
  return tree;
}

/** Directories of our cgroup by `controller` and of those above; the version first. */
function find(t: TestContext, where: Where, controller = 'memory'): unknown[] | undefined {
  const own = new OwnCgroup(treeOf(t, where).sysroot);
  t.after(() => {
    own.close();
  });
  assert.equal(own.hasMoved(), true);
  const found = own.find(controller);
  return found && [found.version, ...found.levels.map(level => `${level.path} ${level.directory}`)];
}

const V2 = '/sys/fs/cgroup';

describe('our own cgroup', () => {
  test('on cgroup v2 with its slices', t => {
    assert.deepEqual(
      find(t, {
        cgroup: '0::/user.slice/a b.scope\n',
        mounts: [['/', V2, 'cgroup2']],
        directories: [`${V2}/user.slice/a b.scope`],
      }),
      [2, `/user.slice/a b.scope ${V2}/user.slice/a b.scope`, `/user.slice ${V2}/user.slice`, `/ ${V2}`],
    );
  });

  test('in a cgroup namespace, where both paths are the container’s', t => {
    assert.deepEqual(find(t, { cgroup: '0::/\n', mounts: [['/', V2, 'cgroup2']], directories: [V2] }), [
      2,
      `/ ${V2}`,
    ]);
  });

  test('without a namespace, where the container’s mount begins at its own cgroup', t => {
    assert.deepEqual(
      find(t, {
        cgroup: '7:memory:/docker/5f0c/sub\n',
        mounts: [['/docker/5f0c', '/sys/fs/cgroup/memory', 'cgroup', 'rw,memory']],
        directories: ['/sys/fs/cgroup/memory/sub'],
      }),
      [1, '/docker/5f0c/sub /sys/fs/cgroup/memory/sub', '/docker/5f0c /sys/fs/cgroup/memory'],
    );
  });

  test('a path that only begins with the same letters is not below the mount', t => {
    assert.deepEqual(
      find(t, {
        cgroup: '0::/docker/5f0cab\n',
        mounts: [['/docker/5f0c', V2, 'cgroup2']],
        directories: [V2, `${V2}ab`, `${V2}/ab`],
      }),
      [2, `/docker/5f0c ${V2}`],
    );
  });

  test('a path that leads nowhere below the mount: the mount’s top stands for it', t => {
    for (const cgroup of ['0::/kubepods/pod1/5f0c\n', '0::/../../machine.slice/libpod-5f0c\n']) {
      assert.deepEqual(
        find(t, { cgroup, mounts: [['/', V2, 'cgroup2']], directories: [V2] }),
        [2, `/ ${V2}`],
        cgroup,
      );
    }
  });

  test('of several mounts, the one that our path is below', t => {
    // Podman with the host's cgroups mounted beside its own.
    assert.deepEqual(
      find(t, {
        cgroup: '0::/\n',
        mounts: [
          ['/../..', '/cgroup-in', 'cgroup2'],
          ['/', V2, 'cgroup2'],
        ],
        directories: ['/cgroup-in', V2],
      }),
      [2, `/ ${V2}`],
    );
  });

  test('a mount that another one covers is passed over', t => {
    assert.deepEqual(
      find(t, {
        cgroup: '0::/a\n',
        mounts: [
          ['/', '/gone', 'cgroup2'],
          ['/', V2, 'cgroup2'],
        ],
        directories: [`${V2}/a`],
      }),
      [2, `/a ${V2}/a`, `/ ${V2}`],
    );
  });

  test('with both versions, a controller is where its line says', t => {
    const where: Where = {
      cgroup: '4:cpu,cpuacct:/a\n3:memory:/b\n0::/c\n',
      mounts: [
        ['/', '/sys/fs/cgroup/unified', 'cgroup2'],
        ['/', '/sys/fs/cgroup/cpu,cpuacct', 'cgroup', 'rw,cpu,cpuacct'],
        ['/', '/sys/fs/cgroup/memory', 'cgroup', 'rw,memory'],
      ],
      directories: ['/sys/fs/cgroup/unified/c', '/sys/fs/cgroup/cpu,cpuacct/a', '/sys/fs/cgroup/memory/b'],
    };
    assert.deepEqual(find(t, where, 'memory')?.slice(0, 2), [1, '/b /sys/fs/cgroup/memory/b']);
    assert.deepEqual(find(t, where, 'cpuacct')?.slice(0, 2), [1, '/a /sys/fs/cgroup/cpu,cpuacct/a']);
    assert.deepEqual(find(t, where, 'cpuset')?.slice(0, 2), [2, '/c /sys/fs/cgroup/unified/c']);
  });

  test('mount points with a space', t => {
    assert.deepEqual(
      find(t, {
        cgroup: '0::/\n',
        mounts: [['/', '/my\\040groups', 'cgroup2']],
        directories: ['/my groups'],
      }),
      [2, '/ /my groups'],
    );
  });

  test('a controller that is not mounted is not seen', t => {
    const where: Where = {
      cgroup: '3:memory:/a\n0::/\n',
      mounts: [['/', '/sys/fs/cgroup/unified', 'cgroup2']],
      directories: ['/sys/fs/cgroup/unified', '/sys/fs/cgroup/memory'],
    };
    assert.equal(find(t, where), undefined);
    assert.equal(find(t, { directories: [] }), undefined);
  });

  test('without a mount table, cgroups are where everybody has them', t => {
    assert.deepEqual(find(t, { directories: [V2] }), [2, `/ ${V2}`]);
    assert.deepEqual(find(t, { cgroup: '3:memory:/a\n', directories: [`${V2}/memory/a`] }), [
      1,
      `/a ${V2}/memory/a`,
      `/ ${V2}/memory`,
    ]);
  });

  test('has moved when its path is another', t => {
    const tree = treeOf(t, {
      cgroup: '0::/a\n',
      mounts: [['/', V2, 'cgroup2']],
      directories: [`${V2}/a`, `${V2}/b`],
    });
    const own = new OwnCgroup(tree.sysroot);
    t.after(() => {
      own.close();
    });
    assert.deepEqual([own.hasMoved(), own.hasMoved()], [true, false]);
    tree.write('/proc/self/cgroup', '0::/b\n');
    assert.deepEqual([own.hasMoved(), own.hasMoved()], [true, false]);
    assert.equal(own.find('cpu')?.levels[0]?.directory, `${V2}/b`);
  });

  test('whatever the files hold, no directory is outside of the mounts', t => {
    const tree = new FixtureTree(t);
    const own = new OwnCgroup(tree.sysroot);
    t.after(() => {
      own.close();
    });
    const cgroup = '3:memory,cpu:/docker/5f0c\n0::/../a/b\n';
    const mounts =
      '30 23 0:28 /docker /sys/fs/cgroup/memory rw - cgroup c rw,memory,cpu\n31 23 0:28 /.. /sys/fs/../up rw - cgroup2 c rw\n32 23 0:28 / /sys/fs/cgroup rw - cgroup2 c rw\n';
    tree.write('/sys/fs/cgroup/memory/5f0c/cgroup.procs', '');
    tree.write('/sys/fs/cgroup/a/b/cgroup.procs', '');
    fc.assert(
      fc.property(hostileText(cgroup), hostileText(mounts), (first, second) => {
        tree.write('/proc/self/cgroup', first).write('/proc/self/mountinfo', second);
        own.hasMoved();
        for (const controller of ['memory', 'cpu', 'cpuset']) {
          const levels = own.find(controller)?.levels ?? [{ path: '/', directory: '/' }];
          assert.ok(levels.length > 0);
          for (const { directory } of levels) assert.ok(!directory.split('/').includes('..'), directory);
        }
      }),
      { numRuns: 300 },
    );
  });
});
