import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { RangeResult } from '../../../src/common/protocol.ts';
import { RangeSeries } from '../../../webview/data/range-series.ts';
import { SampleStore } from '../../../webview/data/sample-store.ts';

const START = 1_700_000_040_000;
const STEP = 60_000;
const HEAD: RangeResult = { columns: ['a'], stepMs: STEP, source: '1m' };
const WISH = { from: START, to: START + 10 * STEP, columns: ['a'], points: 10 };

const nowhere = (): string => '';

/** Ten minutes of which the last half minute is still going on. */
function seriesOf(goesOn: boolean): RangeSeries {
  const series = new RangeSeries({ ...WISH, to: WISH.to - STEP / 2 }, [], goesOn);
  const times = Array.from({ length: 10 }, (_, at) => START + at * STEP);
  series.add({
    head: HEAD,
    times,
    categories: times.map((_, at) => (at < 4 ? 'idle' : at < 6 ? '' : 'gaming')),
    mean: [times.map((_, at) => (at === 5 ? null : at))],
    min: [times.map((_, at) => (at === 5 ? null : at - 1))],
    max: [times.map((_, at) => (at === 5 ? null : at + 1))],
  });
  series.finish(HEAD);
  return series;
}

describe('RangeSeries', () => {
  test('has the points with their bands, and a gap where nothing was recorded', () => {
    const { times, mean, min, max } = seriesOf(false).snapshot();
    assert.equal(times.length, 10);
    assert.deepEqual([...mean('a').slice(4, 7)], [4, Number.NaN, 6]);
    assert.deepEqual([...(min('a') ?? [])].slice(6), [5, 6, 7, 8]);
    assert.deepEqual([...(max('a') ?? [])].slice(6), [7, 8, 9, 10]);
    assert.equal(mean('b').length, 0);
  });

  test('comes in pieces, and says how much of it has come', () => {
    const series = new RangeSeries(WISH, [], false);
    assert.equal(series.share, 0);
    series.add({ head: HEAD, times: [START, START + 5 * STEP], categories: ['', ''], mean: [[1, 2]] });
    assert.equal(series.share, 0.5);
    assert.equal(series.snapshot().min('a'), undefined, 'nothing changed within a point');
    series.add({ times: [START + 6 * STEP], categories: [''], mean: [[3]], min: [[0]], max: [[9]] });
    assert.deepEqual([...(series.snapshot().max('a') ?? [])], [1, 2, 9]);
    assert.ok(!series.isComplete);
    series.finish(HEAD);
    assert.equal(series.share, 1);
  });

  test('the kinds of work of its points become spans, which end where it ends', () => {
    assert.deepEqual(seriesOf(false).workload, [
      { category: 'idle', from: START, to: START + 4 * STEP },
      { category: 'gaming', from: START + 6 * STEP, to: WISH.to - STEP / 2 },
    ]);
  });

  test('goes on with samples: the newest point is filled, then others follow, and a gap stays one', () => {
    const series = seriesOf(true);
    const samples = new SampleStore(['a']);
    // The point of minute 9 has a mean of 9 over its first half.
    for (let second = 31; second <= 60; second++) samples.push(START + 9 * STEP + second * 1000 - 500, [15]);
    series.follow(samples, () => 'gaming');
    const half = series.snapshot();
    assert.equal(half.times.length, 10);
    assert.ok(Math.abs((half.mean('a').at(-1) ?? 0) - 12) < 0.1, String(half.mean('a').at(-1)));
    assert.equal(half.max('a')?.at(-1), 15);
    // Three minutes later.
    for (let second = 0; second < 5; second++) samples.push(START + 13 * STEP + second * 1000, [1]);
    series.follow(samples, () => 'gaming');
    const later = series.snapshot();
    assert.deepEqual([...later.times].slice(-2), [START + 9 * STEP, START + 13 * STEP]);
    assert.deepEqual([...series.gaps].slice(-2), [0, 1]);
    assert.equal(later.mean('a').at(-1), 1);
    assert.equal(series.span.to, START + 13 * STEP + 4_000);
    assert.equal(half.times.length, 10, 'what was handed out stays as it was');
  });

  test('samples that are counted once are not counted again', () => {
    const series = seriesOf(true);
    const samples = new SampleStore(['a']);
    samples.push(START + 9 * STEP + 45_000, [100]);
    series.follow(samples, nowhere);
    const once = series.snapshot().mean('a').at(-1);
    series.follow(samples, nowhere);
    assert.equal(series.snapshot().mean('a').at(-1), once);
  });

  test('ends where samples are missing that nobody has any more', () => {
    const series = seriesOf(true);
    const samples = new SampleStore(['a']);
    samples.push(START + 60 * STEP, [1]);
    series.follow(samples, nowhere);
    assert.ok(!series.goesOn);
    assert.equal(series.snapshot().times.length, 10);
  });

  test('answers what it covers as finely as was asked for, and nothing finer', () => {
    const series = seriesOf(false);
    const inner = { from: START + STEP, to: START + 3 * STEP };
    assert.ok(series.answers({ from: START, to: START + 9 * STEP }, ['a'], 9));
    assert.ok(!series.answers(inner, ['a'], 10), 'a tenth of the minutes on as many points');
    assert.ok(series.answers(inner, ['a'], 2));
    assert.ok(!series.answers(inner, ['a', 'b'], 2), 'a column that was not asked for');
    assert.ok(!series.answers({ from: START - 1, to: START + STEP }, ['a'], 1));
  });
});
