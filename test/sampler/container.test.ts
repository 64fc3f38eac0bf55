import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { isContainer } from '../../src/sampler/container.ts';
import { FixtureTree } from './proc/fixture-tree.ts';

const NAMESPACE = '/proc/self/ns/cgroup';

describe('isContainer', () => {
  test('by what container engines leave', t => {
    assert.equal(isContainer(new FixtureTree(t).sysroot), false);
    for (const mark of [
      '/.dockerenv',
      '/run/.containerenv',
      '/run/systemd/container',
      '/var/run/secrets/kubernetes.io/serviceaccount/token',
    ]) {
      assert.equal(isContainer(new FixtureTree(t).write(mark, '').sysroot), true, mark);
    }
  });

  test('by a cgroup namespace that is not the machine’s first', t => {
    const first = new FixtureTree(t).link(NAMESPACE, 'cgroup:[4026531835]');
    assert.equal(isContainer(first.sysroot), false);
    const other = new FixtureTree(t).link(NAMESPACE, 'cgroup:[4026532620]');
    assert.equal(isContainer(other.sysroot), true);
  });

  test('a distribution of WSL is none, a container in it is one', t => {
    const wsl = new FixtureTree(t)
      .link(NAMESPACE, 'cgroup:[4026532620]')
      .write('/proc/sys/kernel/osrelease', '5.15.167.4-microsoft-standard-WSL2\n');
    assert.equal(isContainer(wsl.sysroot), false);
    assert.equal(isContainer(wsl.write('/.dockerenv', '').sysroot), true);
  });
});
