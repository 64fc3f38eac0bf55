import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { ProcessorLoad } from '../../../../src/sampler/adapters/cpu/processor-load.ts';

/** User, system, idle and nice ticks of each processor. */
const ticks = (...processors: readonly (readonly [number, number, number, number])[]): Uint32Array =>
  Uint32Array.from(processors.flat());

const values = (load: ProcessorLoad): number[] => [...load.utilization];

describe('load of processors', () => {
  test('is the share of ticks that were not idle', () => {
    const load = new ProcessorLoad(2);
    load.update(ticks([1000, 500, 8000, 20], [10, 10, 10, 10]));
    assert.deepEqual(values(load), [NaN, NaN, NaN], 'there is nothing to compare with yet');
    // First: 30 + 10 + 50 + 10 = 100 ticks, of which 50 idle. Second: 20 + 0 + 80 + 0, of which 80 idle.
    load.update(ticks([1030, 510, 8050, 30], [30, 10, 90, 10]));
    // Both: 200 ticks, of which 130 idle.
    assert.deepEqual(values(load), [35, 50, 20]);
  });

  test('goes on when a counter of 32 bits starts again at 0', () => {
    const load = new ProcessorLoad(1);
    load.update(ticks([2 ** 32 - 10, 0, 2 ** 32 - 1, 0]));
    // 30 ticks of work: 10 up to the end and 20 from 0 on. 70 idle: 1 and 69.
    load.update(ticks([20, 0, 69, 0]));
    assert.deepEqual(values(load), [30, 30]);
  });

  test('takes no tick from a counter that goes back', () => {
    const load = new ProcessorLoad(1);
    load.update(ticks([100, 100, 1000, 0]));
    // Idle goes back by 5, user and system come 10 each.
    load.update(ticks([110, 110, 995, 0]));
    assert.deepEqual(values(load), [100, 100]);
  });

  test('is unknown when no tick has passed, and for a number of processors that it was not made for', () => {
    const load = new ProcessorLoad(2);
    load.update(ticks([1, 1, 1, 1], [1, 1, 1, 1]));
    load.update(ticks([1, 1, 1, 1], [2, 1, 2, 1]));
    assert.deepEqual(values(load), [50, NaN, 50]);
    load.update(ticks([9, 9, 9, 9]));
    assert.deepEqual(values(load), [NaN, NaN, NaN]);
    load.update(ticks([20, 20, 20, 20], [20, 20, 20, 20]));
    assert.deepEqual(values(load), [NaN, NaN, NaN], 'the reading before was not usable');
    load.update(ticks([21, 20, 20, 20], [20, 20, 21, 20]));
    assert.deepEqual(values(load), [50, 100, 0]);
    load.forget();
    assert.deepEqual(values(load), [NaN, NaN, NaN]);
    load.update(ticks([31, 20, 20, 20], [20, 20, 21, 20]));
    assert.deepEqual(values(load), [NaN, NaN, NaN]);
  });

  test('is a percentage or unknown, whatever the counters', () => {
    const word = fc.oneof(fc.nat(2 ** 32 - 1), fc.constantFrom(0, 1, 2 ** 31 - 1, 2 ** 31, 2 ** 32 - 1));
    const reading = fc.array(word, { maxLength: 16 }).map(words => Uint32Array.from(words));
    fc.assert(
      fc.property(fc.array(reading, { maxLength: 8 }), fc.nat(4), (readings, processors) => {
        const load = new ProcessorLoad(processors);
        for (const words of readings) {
          load.update(words);
          for (const value of load.utilization) {
            assert.ok(Number.isNaN(value) || (value >= 0 && value <= 100), String(value));
          }
        }
      }),
    );
  });
});
