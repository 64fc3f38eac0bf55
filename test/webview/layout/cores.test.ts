import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { MOST_CORE_LINES } from '../../../src/common/arrangement.ts';
import { coreListText, parseCoreList } from '../../../webview/layout/cores.ts';

describe('a list of cores', () => {
  test('is numbers and ranges', () => {
    assert.deepEqual(parseCoreList('0-3, 8', 16), [0, 1, 2, 3, 8]);
    assert.deepEqual(parseCoreList(' 5;5 2–3 ', 16), [2, 3, 5]);
    assert.equal(coreListText([0, 1, 2, 3, 8]), '0–3, 8');
  });

  test('is refused when it is none, names a core that is not there, or too many', () => {
    for (const text of ['', ',', 'a', '1-', '-1', '3-2', '16', '0-15,1 x', '1.5'])
      assert.equal(parseCoreList(text, 16), undefined, text);
    assert.equal(parseCoreList('0-15', 64)?.length, MOST_CORE_LINES);
    assert.equal(parseCoreList('0-16', 64), undefined);
    assert.equal(parseCoreList('0-9,20-29', 64), undefined);
  });

  test('property: what is written is read back', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.nat(511), { minLength: 1, maxLength: MOST_CORE_LINES }), cores => {
        const sorted = [...cores].sort((a, b) => a - b);
        assert.deepEqual(parseCoreList(coreListText(sorted), 512), sorted);
      }),
    );
  });
});
