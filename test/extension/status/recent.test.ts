import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { block, sparkline } from '../../../src/extension/status/blocks.ts';
import { RECENT_SAMPLES, RecentValues } from '../../../src/extension/status/recent.ts';

const SLOTS = new Map([
  ['a', 0],
  ['b', 1],
]);
const frame = (second: number, ...values: (number | null)[]) => ({
  seq: second,
  utcMs: second * 1000,
  category: '',
  values,
  absent: '',
});
const N = Number.NaN;

describe('the last values', () => {
  test('are those of the last frames, the oldest first', () => {
    const recent = new RecentValues(['a', 'b', 'a', 'no such column'], SLOTS, 1000);
    assert.deepEqual(recent.columns, ['a', 'b']);
    for (let second = 1; second <= RECENT_SAMPLES + 5; second++)
      recent.add(frame(second, second, 2 * second));
    assert.deepEqual(recent.cells(['a'], 'max', 3), [123, 124, 125]);
    assert.deepEqual(recent.cells(['a', 'b'], 'sum', 2), [372, 375]);
    assert.deepEqual(recent.cells(['a', 'b'], 'max', 2), [248, 250]);
    assert.deepEqual(recent.cells(['a'], 'max', 2, 2), [122.5, 124.5]);
    assert.equal(recent.cells(['a'], 'max', RECENT_SAMPLES)[0], 6);
  });

  test('have a gap where samples are missing, a value is, or nothing was sampled yet', () => {
    const recent = new RecentValues(['a'], SLOTS, 1000);
    recent.add(frame(1, 1));
    recent.add(frame(2, null));
    recent.add(frame(5, 5));
    assert.deepEqual(recent.cells(['a'], 'max', 6), [N, 1, N, N, N, 5]);
    recent.add(frame(5000, 6));
    assert.deepEqual(recent.cells(['a'], 'max', 3), [N, N, 6]);
    recent.add(frame(1, 7));
    assert.deepEqual(recent.cells(['a'], 'max', 2), [6, 7], 'a clock that was set back leaves none');
    assert.deepEqual(recent.cells(['b'], 'max', 2), [N, N]);
  });

  test('can be taken over from the sampler, in the place of what is there', () => {
    const recent = new RecentValues(['a', 'b'], SLOTS, 1000);
    recent.add(frame(1, 9, 9));
    recent.replace({
      times: [2000, 3000, 5000],
      columns: ['b', 'x'],
      series: [
        [2, null, 5],
        [1, 1, 1],
      ],
    });
    assert.deepEqual(recent.cells(['b'], 'max', 5), [N, 2, N, N, 5]);
    assert.deepEqual(recent.cells(['a'], 'max', 2), [N, N]);
    recent.add(frame(6, 1, 6));
    assert.deepEqual(recent.cells(['b'], 'max', 2), [5, 6]);
  });
});

describe('a sparkline', () => {
  test('has the lowest block for 0 and the full one for the most', () => {
    assert.equal(sparkline([0, 14, 50, 100, 120], { most: 100 }), '▁▂▅██');
    assert.equal(block(100, 100), '█');
  });

  test('reaches up to its highest value, but is low where there is next to nothing', () => {
    assert.equal(sparkline([0, 100, 200]), '▁▅█');
    assert.equal(sparkline([0, 0.1, 0.2], { least: 1 }), '▁▂▂');
  });

  test('shows that a value is missing, other than a 0', () => {
    assert.equal(sparkline([N, 0, N], { most: 100 }), '┈▁┈');
    assert.equal(sparkline([N, N]), '┈┈');
  });
});
