import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { parseCgroupMounts } from '../../../src/sampler/cgroup/cgroup-mounts.ts';
import { hostileText } from '../proc/hostile-text.ts';

const TABLE = [
  '22 27 0:21 / /proc rw,relatime - proc proc rw',
  '31 23 0:28 / /sys/fs/cgroup rw,mode=755 shared:7 - tmpfs tmpfs rw',
  '33 31 0:30 /docker/a\\040b /sys/fs/cgroup/cpu,cpuacct ro,nosuid master:9 propagate_from:2 - cgroup cgroup rw,cpu,cpuacct',
  '34 31 0:31 / /mnt/a\\134b rw - cgroup2 none rw,nsdelegate',
  '35 27 0:40 / /mnt/c rw - 9p drvfs rw,path=C:\\Program Files - cgroup',
].join('\n');

test('hierarchies of both versions among other mounts', () => {
  assert.deepEqual(parseCgroupMounts(TABLE), [
    {
      version: 1,
      options: ['rw', 'cpu', 'cpuacct'],
      root: '/docker/a b',
      mountPoint: '/sys/fs/cgroup/cpu,cpuacct',
    },
    { version: 2, options: ['rw', 'nsdelegate'], root: '/', mountPoint: '/mnt/a\\b' },
  ]);
});

test('whatever the table holds, roots and mount points are absolute', () => {
  fc.assert(
    fc.property(hostileText(TABLE), bytes => {
      for (const mount of parseCgroupMounts(Buffer.from(bytes).toString('utf8'))) {
        assert.ok(mount.root.startsWith('/') && mount.mountPoint.startsWith('/'));
      }
    }),
    { numRuns: 300 },
  );
});
