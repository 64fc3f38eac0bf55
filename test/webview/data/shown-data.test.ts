import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { pointAt, statisticsOf } from '../../../webview/data/shown-data.ts';
import { DATA_START, dataOf } from '../support/shown-data.ts';

const at = (second: number): number => DATA_START + second * 1000;

describe('pointAt', () => {
  test('finds the nearest single sample within reach', () => {
    const data = dataOf([0, 1, 4], { a: [1, 2, 3] });
    assert.equal(pointAt(data, at(0.4), 2_000), 0);
    assert.equal(pointAt(data, at(0.6), 2_000), 1);
    assert.equal(pointAt(data, at(3), 2_000), 2);
    assert.equal(pointAt(data, at(2.5), 1_000), undefined);
    assert.equal(pointAt(data, at(-5), 2_000), undefined);
    assert.equal(pointAt(data, at(5), 2_000), 2);
    assert.equal(pointAt(dataOf([], {}), at(0), 1e9), undefined);
  });

  test('finds the point that stands for a time, and none in a gap', () => {
    const data = dataOf([0, 60, 180], { a: [1, 2, 3] }, 60_000);
    assert.equal(pointAt(data, at(59.9), 0), 0);
    assert.equal(pointAt(data, at(60), 0), 1);
    assert.equal(pointAt(data, at(130), 0), undefined);
    assert.equal(pointAt(data, at(239), 0), 2);
    assert.equal(pointAt(data, at(-1), 0), undefined);
  });
});

describe('statisticsOf', () => {
  test('takes what is shown, with the extremes of the bands', () => {
    const data = {
      ...dataOf([0, 60, 120, 180], { a: [50, 10, Number.NaN, 20] }, 60_000),
      from: at(61),
      to: at(200),
    };
    assert.deepEqual(statisticsOf(data, 'a'), { mean: 15, least: 9, greatest: 21, last: 20 });
    assert.equal(statisticsOf(data, 'b'), undefined);
  });
});
