import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { parseMembership } from '../../../src/sampler/cgroup/membership.ts';
import { hostileText } from '../proc/hostile-text.ts';

const HYBRID = '4:cpu,cpuacct:/docker/5f0c\n3:memory:/a b/c:d\n1:name=systemd:/init.scope\n0::/init.scope\n';

test('cgroup v2 alone', () => {
  const { unified, controllers } = parseMembership('0::/user.slice/session-3.scope\n');
  assert.equal(unified, '/user.slice/session-3.scope');
  assert.equal(controllers.size, 0);
});

test('both versions: each controller by its name, with whatever is in its path', () => {
  const { unified, controllers } = parseMembership(HYBRID);
  assert.equal(unified, '/init.scope');
  assert.deepEqual(Object.fromEntries(controllers), {
    'cpu': '/docker/5f0c',
    'cpuacct': '/docker/5f0c',
    'memory': '/a b/c:d',
    'name=systemd': '/init.scope',
  });
});

test('cgroup v1 alone has no unified path', () => {
  assert.equal(parseMembership('2:cpu:/\n').unified, undefined);
});

test('whatever the file holds, paths are absolute', () => {
  fc.assert(
    fc.property(hostileText(HYBRID), bytes => {
      const { unified, controllers } = parseMembership(Buffer.from(bytes).toString('utf8'));
      for (const path of [unified ?? '/', ...controllers.values()]) assert.ok(path.startsWith('/'));
    }),
    { numRuns: 300 },
  );
});
