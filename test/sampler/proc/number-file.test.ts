import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { absenceOf } from '../../../src/sampler/proc/absence-of.ts';
import { NumberFile } from '../../../src/sampler/proc/number-file.ts';
import { FixtureTree } from './fixture-tree.ts';

const FILE = '/sys/x';

describe('NumberFile', () => {
  test('reads the number that stands there now', t => {
    const tree = new FixtureTree(t).write(FILE, '42\n');
    const file = new NumberFile(tree.sysroot.path(FILE));
    assert.equal(file.read(), 42);
    tree.write(FILE, '7\n');
    assert.equal(file.read(), 7);
    file.close();
  });

  for (const content of ['-1\n', 'x\n', '', '42', '4x\n', '\n', '0x10\n']) {
    test(`${JSON.stringify(content)} is no number`, t => {
      const tree = new FixtureTree(t).write(FILE, content);
      const file = new NumberFile(tree.sysroot.path(FILE));
      assert.ok(Number.isNaN(file.read()));
      assert.equal(file.absence, 'failed');
      file.close();
    });
  }

  test('a file that is not there is not supported, or as told', t => {
    const tree = new FixtureTree(t);
    for (const missing of ['unsupported', 'failed'] as const) {
      const file = new NumberFile(tree.sysroot.path(FILE), { missing });
      assert.ok(Number.isNaN(file.read()));
      assert.equal(file.absence, missing);
    }
  });

  test('any bytes are a whole number or none', t => {
    const tree = new FixtureTree(t).write(FILE, '1\n');
    const file = new NumberFile(tree.sysroot.path(FILE));
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1, maxLength: 200 }), bytes => {
        tree.write(FILE, bytes);
        const value = file.read();
        assert.ok(Number.isNaN(value) || value >= 0);
      }),
    );
    file.close();
  });
});

test('ENOTSUPP, which Node has no name for, means not supported', () => {
  const error = Object.assign(new Error('Unknown system error -524'), {
    errno: -524,
    code: 'Unknown system error -524',
  });
  assert.equal(absenceOf(error, 'failed'), 'unsupported');
});
