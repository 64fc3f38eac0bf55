import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { SpanBuilder } from '../../src/common/workload-spans.ts';

const spansOf = (samples: readonly (readonly [string, number])[]): (readonly [string, number, number])[] => {
  const builder = new SpanBuilder();
  for (const [category, second] of samples) builder.add(category, second * 1000);
  return builder.spans.map(({ category, from, to }) => [category, from / 1000, to / 1000]);
};

describe('spans of classes', () => {
  test('reach from their first sample to the first of the next one', () => {
    assert.deepEqual(
      spansOf([
        ['idle', 1],
        ['idle', 2],
        ['gaming', 3],
        ['gaming', 4],
        ['idle', 5],
      ]),
      [
        ['idle', 1, 3],
        ['gaming', 3, 5],
        ['idle', 5, 5],
      ],
    );
  });

  test('end where there is no answer, and where nothing was sampled', () => {
    assert.deepEqual(
      spansOf([
        ['', 1],
        ['idle', 2],
        ['idle', 3],
        ['', 4],
        ['', 5],
        ['idle', 6],
        ['idle', 7],
        ['idle', 100],
        ['idle', 101],
      ]),
      [
        ['idle', 2, 4],
        ['idle', 6, 7],
        ['idle', 100, 101],
      ],
    );
  });

  test('do not break at a long interval, nor at one or two missed samples', () => {
    const minutes = Array.from({ length: 10 }, (_, minute) => ['idle', minute * 60] as const);
    // Nobody knows the spacing of the first.
    assert.deepEqual(spansOf(minutes), [
      ['idle', 0, 0],
      ['idle', 60, 540],
    ]);
    assert.deepEqual(
      spansOf([
        ['idle', 1],
        ['idle', 2],
        ['idle', 5],
      ]),
      [['idle', 1, 5]],
    );
  });

  test('forget the future when the clock is set back', () => {
    assert.deepEqual(
      spansOf([
        ['idle', 1],
        ['idle', 2],
        ['gaming', 3],
        ['gaming', 9],
        ['gaming', 10],
        ['coding', 2.5],
        ['coding', 3.5],
      ]),
      [
        ['idle', 1, 2.5],
        ['coding', 2.5, 3.5],
      ],
    );
  });

  test('are in order and never overlap, whatever comes', () => {
    const sample = fc.tuple(fc.constantFrom('', 'a', 'b'), fc.oneof(fc.nat(100), fc.constant(Number.NaN)));
    fc.assert(
      fc.property(fc.array(sample, { maxLength: 60 }), samples => {
        const spans = spansOf(samples);
        spans.forEach(([category, from, to], at) => {
          assert.ok(category !== '' && from <= to);
          const [, , before] = spans[at - 1] ?? ['', 0, 0];
          assert.ok(from >= before);
        });
      }),
    );
  });

  test('that are over can be dropped', () => {
    const builder = new SpanBuilder();
    for (const [category, time] of [
      ['a', 1],
      ['b', 1000],
      ['b', 2000],
    ] as const)
      builder.add(category, time);
    builder.dropBefore(1500);
    assert.deepEqual(builder.spans, [{ category: 'b', from: 1000, to: 2000 }]);
  });
});
