import assert from 'node:assert/strict';
import fs from 'node:fs';
import { describe, test } from 'node:test';
import { isContainer } from '../../src/sampler/container.ts';
import { Sysroot } from '../../src/sampler/sysroot.ts';
import { FixtureTree } from './proc/fixture-tree.ts';

const NAMESPACE = '/proc/self/ns/cgroup';

describe('isContainer', () => {
  test('is told on Linux only, whatever lies about in the root folder', t => {
    const real = process.platform;
    t.after(() => {
      Object.defineProperty(process, 'platform', { value: real });
    });
    t.mock.method(fs, 'existsSync', () => true);
    for (const platform of ['win32', 'darwin']) {
      Object.defineProperty(process, 'platform', { value: platform });
      assert.equal(isContainer(new Sysroot()), false, platform);
    }
  });

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
