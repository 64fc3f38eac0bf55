import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import type { WorkloadSession } from '../../../src/common/workload-session.ts';
import {
  changesFrom,
  nextSorting,
  sortSessions,
  type SortKey,
  USUAL_SORTING,
  withTail,
} from '../../../webview/sessions/session-list.ts';
import { HOUR, MINUTE, NOON, session } from './support.ts';

const energy = (wh: number): Pick<WorkloadSession, 'power'> => ({
  power: { mean: wh, peak: wh, wh, sources: [{ wh, knownMs: HOUR }] },
});

const LIST = [
  session({ from: NOON, to: NOON + HOUR, cpu: { mean: 5, peak: 90 } }),
  session({
    from: NOON + HOUR,
    to: NOON + 2 * HOUR,
    category: 'gaming',
    gpu: { gpu: 1, mean: 80, peak: 99 },
  }),
  session({
    from: NOON + 2 * HOUR,
    to: NOON + 5 * HOUR,
    category: 'idle',
    cpu: { mean: 1, peak: 2 },
    ...energy(7),
  }),
  session({ from: NOON + 5 * HOUR, to: NOON + 6 * HOUR, category: '', ...energy(30) }),
];

/** Places in {@link LIST} after sorting. */
function order(key: SortKey, isDescending: boolean): number[] {
  return sortSessions(LIST, { key, isDescending }).map(one => LIST.indexOf(one));
}

describe('the list of sessions', () => {
  test('is sorted by any column, without a value last, equal ones the newest first', () => {
    assert.deepEqual(order('start', true), [3, 2, 1, 0]);
    assert.deepEqual(order('start', false), [0, 1, 2, 3]);
    assert.deepEqual(order('length', true), [2, 3, 1, 0]);
    assert.deepEqual(order('class', false), [0, 1, 2, 3]);
    assert.deepEqual(order('class', true), [2, 1, 0, 3]);
    assert.deepEqual(order('cpu', true), [0, 2, 3, 1]);
    assert.deepEqual(order('cpu', false), [2, 0, 3, 1]);
    assert.deepEqual(order('gpu', false), [1, 3, 2, 0]);
    assert.deepEqual(order('energy', true), [3, 2, 1, 0]);
    assert.deepEqual(order('power', false), [2, 3, 1, 0]);
    assert.deepEqual(order('vram', true), [3, 2, 1, 0]);
    assert.deepEqual(order('ram', true), [3, 2, 1, 0]);
  });

  test('is turned round by another click on its column; numbers begin with the greatest', () => {
    assert.deepEqual(nextSorting(USUAL_SORTING, 'start'), { key: 'start', isDescending: false });
    assert.deepEqual(nextSorting(USUAL_SORTING, 'energy'), { key: 'energy', isDescending: true });
    assert.deepEqual(nextSorting(USUAL_SORTING, 'class'), { key: 'class', isDescending: false });
  });

  test('is read anew from the first session that may still change', () => {
    assert.equal(changesFrom([]), undefined);
    assert.equal(changesFrom(LIST), NOON + 5 * HOUR);
    const [first, ...others] = LIST;
    assert.ok(first);
    const short = session({ from: NOON + 6 * HOUR, to: NOON + 6 * HOUR + 4 * MINUTE });
    assert.equal(changesFrom([first, ...others, short]), NOON + 5 * HOUR);
    const long = session({ from: NOON + 6 * HOUR, to: NOON + 6 * HOUR + 10 * MINUTE });
    assert.equal(changesFrom([first, ...others, long]), NOON + 6 * HOUR);
  });

  test('brought up to date, has what was read anew in the place of what was there, and nothing too old', () => {
    const tail = [session({ from: NOON + 5 * HOUR, to: NOON + 7 * HOUR, category: 'idle' })];
    assert.deepEqual(withTail(LIST, tail, NOON + 5 * HOUR, 0), [...LIST.slice(0, 3), ...tail]);
    assert.deepEqual(withTail(LIST, [], NOON + 5 * HOUR, NOON + 2 * HOUR), [LIST[2]]);
    fc.assert(
      fc.property(fc.integer({ min: 0, max: LIST.length }), at => {
        const from = LIST[at]?.from ?? Number.POSITIVE_INFINITY;
        assert.deepEqual(withTail(LIST, LIST.slice(at), from, 0), LIST);
      }),
    );
  });
});
