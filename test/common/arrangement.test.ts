import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { MOST_CORE_LINES, parseArrangement } from '../../src/common/arrangement.ts';

const place = { id: 'cpu-thermal', isHidden: false, width: 'half', height: 'large' } as const;

describe('parseArrangement', () => {
  test('takes what a dashboard saves, also after a trip through JSON', () => {
    for (const cores of ['none', 'all', [0, 3]] as const) {
      const arrangement = { places: [place, { ...place, id: 'gpu0', isHidden: true }], cores };
      assert.deepEqual(parseArrangement(JSON.parse(JSON.stringify(arrangement))), arrangement);
    }
  });

  test('leaves out what is wrong, doubled or too much', () => {
    const places = [
      place,
      place,
      { ...place, id: '../x' },
      { ...place, width: 'third' },
      { ...place, id: 7 },
      null,
    ];
    assert.deepEqual(parseArrangement({ places, cores: 'some' }), { places: [place], cores: 'all' });
    assert.deepEqual(parseArrangement({ places: [], cores: [1, 1, -1, 2.5, '3', 1e9] })?.cores, [1]);
    const many = Array.from({ length: 1_000 }, (_, at) => at);
    const full = parseArrangement({
      places: many.map(at => ({ ...place, id: `gpu${String(at)}` })),
      cores: many,
    });
    assert.equal(full?.places.length, 200);
    assert.equal((full.cores as readonly number[]).length, MOST_CORE_LINES);
  });

  test('property: never throws, and what it gives it takes again', () => {
    fc.assert(
      fc.property(fc.anything(), fc.anything(), (places, cores) => {
        for (const value of [places, { places, cores }, { places: [places], cores: [cores] }]) {
          const parsed = parseArrangement(value);
          if (parsed) assert.deepEqual(parseArrangement(parsed), parsed);
        }
      }),
    );
  });
});
