import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { parseCpuList } from '../../../../src/sampler/adapters/cpu/cpu-list.ts';

test('reads lists of CPU numbers as the kernel prints them', () => {
  assert.deepEqual(parseCpuList('0\n'), [0]);
  assert.deepEqual(parseCpuList('0-3\n'), [0, 1, 2, 3]);
  assert.deepEqual(parseCpuList('0-3,8-11\n'), [0, 1, 2, 3, 8, 9, 10, 11]);
  assert.deepEqual(parseCpuList('0,2,4-5'), [0, 2, 4, 5]);
  assert.deepEqual(parseCpuList('3,1-3'), [1, 2, 3]);
  assert.equal(parseCpuList('0-511').length, 512);
});

test('anything else is no list', () => {
  for (const text of ['', '\n', '-1', '3-1', '0-', 'a', '0;1', '0-100000000', '99999', '0,,1']) {
    assert.deepEqual(parseCpuList(text), [], JSON.stringify(text));
  }
});

test('whatever the text, the numbers ascend and are few', () => {
  const texts = fc.oneof(fc.string(), fc.stringMatching(/^[0-9,-]{0,30}$/));
  fc.assert(
    fc.property(texts, text => {
      const ids = parseCpuList(text);
      assert.ok(ids.length <= 8192);
      ids.forEach((id, index) => assert.ok(id > (ids[index - 1] ?? -1)));
    }),
  );
});
