import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { countCpus } from '../../../src/sampler/cgroup/cpu-sources.ts';
import { hostileText } from '../proc/hostile-text.ts';

test('counts the CPUs of a list', () => {
  for (const [list, count] of [
    ['0\n', 1],
    ['0-3\n', 4],
    ['0-3,8-11\n', 8],
    ['1,3,5-6\n', 4],
    ['0-511\n', 512],
  ] as const) {
    assert.equal(countCpus(list), count, list);
  }
});

test('no count for what is empty, cut off, in disorder or no list', () => {
  for (const list of ['', '\n', '0-3', '3-0\n', '0-3,2\n', '0,\n', '-1\n', 'all\n', '0-3,8-1', '9999999\n']) {
    assert.ok(Number.isNaN(countCpus(list)), JSON.stringify(list));
  }
});

test('whatever the list is, the count is positive or none', () => {
  fc.assert(
    fc.property(hostileText('0-3,8-11,16\n'), bytes => {
      const count = countCpus(Buffer.from(bytes).toString('latin1'));
      assert.ok(Number.isNaN(count) || (Number.isInteger(count) && count > 0));
    }),
    { numRuns: 300 },
  );
});
