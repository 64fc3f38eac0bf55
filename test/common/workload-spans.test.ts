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

  test('go on from those that another has built', () => {
    const samples = [
      ['idle', 1000],
      ['idle', 2000],
      ['gaming', 3000],
      ['gaming', 4000],
    ] as const;
    const whole = new SpanBuilder();
    for (const [category, time] of samples) whole.add(category, time);
    for (const at of [0, 1, 2, 3, 4]) {
      const first = new SpanBuilder();
      for (const [category, time] of samples.slice(0, at)) first.add(category, time);
      const second = new SpanBuilder();
      second.add('before', 500);
      second.restore(
        first.spans,
        samples.slice(0, at).map(([, time]) => time),
      );
      for (const [category, time] of samples.slice(at)) second.add(category, time);
      assert.deepEqual(second.spans, whole.spans, `after ${String(at)}`);
    }
    const open = new SpanBuilder();
    open.restore([{ category: 'idle', from: 0, to: 5000 }], [4000, 5000, 6000]);
    open.add('idle', 7000);
    assert.equal(open.spans.length, 2, 'the last sample had no answer');
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
