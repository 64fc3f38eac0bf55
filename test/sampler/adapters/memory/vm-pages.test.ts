import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { pagesInUse } from '../../../../src/sampler/adapters/memory/vm-pages.ts';
import { vmStatisticsOf } from '../../../fixtures/darwin/structures.ts';

describe('pages in use', () => {
  test('are those of programs, wired and compressed ones; caches are not', () => {
    const info = vmStatisticsOf({ wired: 100_000, purgeable: 20_000, compressor: 50_000, internal: 400_000 });
    // (400 000 − 20 000) + 100 000 + 50 000
    assert.equal(pagesInUse(info, 38), 530_000);
    assert.equal(
      pagesInUse(info, 36),
      530_000,
      'what was added after the counters in question is not needed',
    );
  });

  test('are at least those that are wired and compressed', () => {
    const info = vmStatisticsOf({ wired: 5, purgeable: 10, compressor: 3, internal: 7 });
    assert.equal(pagesInUse(info, 38), 8);
  });

  test('are unknown when the kernel fills less of the structure', () => {
    const info = vmStatisticsOf({ wired: 1, purgeable: 1, compressor: 1, internal: 1 });
    for (const words of [0, 15, 24, 35]) assert.ok(Number.isNaN(pagesInUse(info, words)), String(words));
    assert.ok(Number.isNaN(pagesInUse(info.subarray(0, 20), 38)));
  });

  test('are a whole number or unknown, whatever the structure', () => {
    const words = fc.array(fc.nat(2 ** 32 - 1), { maxLength: 70 }).map(list => Uint32Array.from(list));
    fc.assert(
      fc.property(words, fc.nat(80), (info, filled) => {
        const pages = pagesInUse(info, filled);
        assert.ok(Number.isNaN(pages) || (Number.isInteger(pages) && pages >= 0 && pages < 3 * 2 ** 32));
      }),
    );
  });
});
