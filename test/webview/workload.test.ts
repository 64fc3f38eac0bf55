import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { CATEGORIES, UNKNOWN } from '../../src/common/workload.ts';
import { classesOf, classOf, segmentsOf } from '../../webview/workload/band.ts';
import { timesRows } from '../../webview/workload/times-table.ts';

const NOW = 1_700_000_000_000;
const MINUTE = 60_000;
const TEN_MINUTES = { from: NOW - 10 * MINUTE, to: NOW };
const span = (category: string, from: number, to: number) => ({
  category,
  from: NOW + from * MINUTE,
  to: NOW + to * MINUTE,
});

describe('the band', () => {
  test('shows what of the spans is in the window', () => {
    const spans = [
      span('idle', -30, -11),
      span('coding_development', -11, -5),
      span('idle', -4, -3),
      span('gaming', -3, 1),
    ];
    assert.deepEqual(
      segmentsOf(spans, TEN_MINUTES).map(({ category, left, width }) => [category, left, width]),
      [
        ['coding_development', 0, 0.5],
        ['idle', 0.6, 0.1],
        ['gaming', 0.7, 0.3],
      ],
    );
    assert.deepEqual(segmentsOf([span('idle', -2, -2)], TEN_MINUTES), []);
  });

  test('never reaches beyond its ends, whatever the spans are', () => {
    const minute = fc.double({ min: -40, max: 5, noNaN: true });
    fc.assert(
      fc.property(fc.array(fc.tuple(minute, minute)), pairs => {
        const spans = pairs.map(([a, b]) => span('idle', Math.min(a, b), Math.max(a, b)));
        for (const { left, width } of segmentsOf(spans, TEN_MINUTES))
          assert.ok(left >= 0 && width > 0 && left + width <= 1 + 1e-9);
      }),
    );
  });

  test('has a legend of its classes, the longest first', () => {
    const spans = [span('idle', -9, -7), span('gaming', -7, -4), span('idle', -4, -2)];
    assert.deepEqual(classesOf(segmentsOf(spans, TEN_MINUTES)), [
      { category: 'idle', ms: 4 * MINUTE },
      { category: 'gaming', ms: 3 * MINUTE },
    ]);
  });

  test('has a look of its own for every class, and one for those of the user’s own', () => {
    const style = readFileSync(new URL('../../webview/workload/workload.css', import.meta.url), 'utf8');
    const looks = [...CATEGORIES, UNKNOWN, 'my_own'].map(category => {
      const name = `[data-class='${classOf(category)}']`;
      const rules = style.split('}').filter(rule => rule.includes(name) && rule.includes('--class-'));
      assert.ok(rules.length > 0, category);
      return rules.map(rule => rule.slice(rule.indexOf('{'))).join();
    });
    assert.equal(new Set(looks).size, looks.length);
  });
});

test('the table lists the classes of the week, the longest first, and not more than fit', () => {
  assert.deepEqual(
    timesRows({
      atMs: 0,
      today: { idle: 5, gaming: 0.4 },
      week: { idle: 50, gaming: 200, web_browsing: 0.2 },
    }),
    [
      { category: 'gaming', today: 0.4, week: 200, share: 1 },
      { category: 'idle', today: 5, week: 50, share: 0.25 },
    ],
  );
  const week = Object.fromEntries(Array.from({ length: 20 }, (_, at) => [`c${String(at)}`, 10 + at]));
  assert.deepEqual(
    timesRows({ atMs: 0, today: {}, week }).map(({ category }) => category),
    [19, 18, 17, 16, 15, 14, 13, 12].map(at => `c${String(at)}`),
  );
  assert.deepEqual(timesRows({ atMs: 0, today: {}, week: {} }), []);
});
