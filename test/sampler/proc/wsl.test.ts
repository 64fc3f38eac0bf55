import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isWsl } from '../../../src/sampler/proc/wsl.ts';
import { FixtureTree } from './fixture-tree.ts';

test('WSL is known by its kernel', t => {
  const tree = new FixtureTree(t);
  assert.equal(isWsl(tree.sysroot), false);
  for (const [release, expected] of [
    ['5.15.167.4-microsoft-standard-WSL2', true],
    ['6.6.87.2-microsoft-standard-WSL2', true],
    ['4.4.0-19041-Microsoft', true],
    ['6.8.0-1015-azure', false],
    ['6.1.0-18-amd64', false],
  ] as const) {
    assert.equal(isWsl(tree.write('/proc/sys/kernel/osrelease', `${release}\n`).sysroot), expected, release);
  }
});
