import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import type { Place } from '../../../src/common/arrangement.ts';
import { changed, merged, moved, neighbour, placesOf } from '../../../webview/layout/order.ts';

const USUAL = ['cpu', 'memory', 'gpu0', 'disk'].map(id => ({ id, width: 'half' as const }));
const place = (id: string, isHidden = false): Place => ({ id, isHidden, width: 'full', height: 'small' });
const ids = (places: readonly Place[]): string[] => places.map(({ id }) => id);

describe('the order of a dashboard', () => {
  test('is the usual one until the user says otherwise', () => {
    assert.deepEqual(ids(placesOf(USUAL, { places: [] })), ['cpu', 'memory', 'gpu0', 'disk']);
  });

  test('is the user’s; what is new comes after what it usually follows, and what is gone is left out', () => {
    const places = [place('disk'), place('gpu7'), place('memory'), place('cpu')];
    const order = placesOf(USUAL, { places });
    assert.deepEqual(ids(order), ['disk', 'memory', 'gpu0', 'cpu']);
    assert.equal(order[1]?.width, 'full');
    assert.deepEqual(ids(merged(order, places)), ['disk', 'memory', 'gpu0', 'cpu', 'gpu7']);
  });

  test('a move up or down goes over what is hidden', () => {
    const places = [place('a'), place('b', true), place('c')];
    assert.equal(neighbour(places, 'c', -1), 0);
    assert.equal(neighbour(places, 'a', 1), 2);
    assert.equal(neighbour(places, 'a', -1), 0);
    assert.deepEqual(ids(moved(places, 'c', neighbour(places, 'c', -1))), ['c', 'a', 'b']);
    assert.deepEqual(ids(moved(places, 'a', neighbour(places, 'a', 1))), ['b', 'c', 'a']);
  });

  test('a change concerns one part', () => {
    const places = changed([place('a'), place('b')], 'b', { isHidden: true, height: 'large' });
    assert.deepEqual(places, [place('a'), { ...place('b'), isHidden: true, height: 'large' }]);
  });

  test('property: nothing is ever lost or doubled', () => {
    const id = fc.constantFrom('cpu', 'memory', 'gpu0', 'disk', 'gpu7', 'old');
    fc.assert(
      fc.property(fc.uniqueArray(id), id, fc.integer({ min: -9, max: 9 }), (kept, target, to) => {
        const order = placesOf(USUAL, { places: kept.map(one => place(one)) });
        assert.deepEqual(ids(order).sort(), USUAL.map(one => one.id).sort());
        assert.deepEqual(ids(moved(order, target, to)).sort(), ids(order).sort());
      }),
    );
  });
});
