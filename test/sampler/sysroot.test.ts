import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Sysroot } from '../../src/sampler/sysroot.ts';

test('the system itself is read at its own paths', () => {
  const system = new Sysroot();
  assert.equal(system.isFixture, false);
  assert.equal(system.path('/proc/stat'), '/proc/stat');
});

test('a fixture tree stands in for it, and nothing outside is reached', () => {
  const tree = new Sysroot('/tmp/tree/');
  assert.equal(tree.isFixture, true);
  assert.equal(tree.path('/proc/stat'), '/tmp/tree/proc/stat');
  assert.equal(new Sysroot('/tmp/../tmp/tree').path('/proc'), '/tmp/tree/proc');
});

test('a tree must be absolute', () => {
  for (const root of ['', '.', 'tree', '../tree']) assert.throws(() => new Sysroot(root), RangeError);
});
