import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isContainer } from '../../src/sampler/container.ts';
import { FixtureTree } from './proc/fixture-tree.ts';

test('a container is known by what its engine leaves', t => {
  assert.equal(isContainer(new FixtureTree(t).sysroot), false);
  for (const mark of ['/.dockerenv', '/run/.containerenv', '/run/systemd/container']) {
    assert.equal(isContainer(new FixtureTree(t).write(mark, '').sysroot), true, mark);
  }
});
