import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { ProcessorTimes } from '../../../../src/sampler/adapters/cpu/processor-times.ts';
import { processorTimesOf } from '../../../fixtures/windows/structures.ts';

const OFFSETS = [0, 48];

const times = (...list: readonly (readonly [idle: bigint, kernel: bigint, user: bigint])[]): Buffer =>
  Buffer.concat(list.map(([idle, kernel, user]) => processorTimesOf({ idle, kernel, user })));

describe('times of processors on Windows', () => {
  test('kernel time has idle time in it', () => {
    const load = new ProcessorTimes(2);
    load.update(times([0n, 0n, 0n], [2n ** 60n, 2n ** 60n, 0n]), OFFSETS);
    assert.deepEqual([...load.utilization], [Number.NaN, Number.NaN, Number.NaN]);
    // The first was idle for 6 of 8 s, the second for none of 8 s of which 3 s are kernel time.
    load.update(
      times([60_000_000n, 70_000_000n, 10_000_000n], [2n ** 60n, 2n ** 60n + 30_000_000n, 50_000_000n]),
      OFFSETS,
    );
    assert.deepEqual([...load.utilization], [62.5, 25, 100]);
  });

  test('a processor whose times go back or stand still has none, and is left out of the sum', () => {
    const load = new ProcessorTimes(2);
    load.update(times([100n, 200n, 100n], [100n, 200n, 100n]), OFFSETS);
    load.update(times([50n, 100n, 50n], [105n, 220n, 100n]), OFFSETS);
    assert.deepEqual([...load.utilization], [75, Number.NaN, 75]);
    load.update(times([50n, 100n, 50n], [105n, 220n, 100n]), OFFSETS);
    assert.deepEqual([...load.utilization], [Number.NaN, Number.NaN, Number.NaN]);
  });

  test('idle time that is ahead counts as all of it', () => {
    const load = new ProcessorTimes(1);
    load.update(times([0n, 0n, 0n]), OFFSETS);
    load.update(times([101n, 100n, 0n]), OFFSETS);
    assert.deepEqual([...load.utilization], [0, 0]);
  });

  test('after forgetting there is nothing to compare with', () => {
    const load = new ProcessorTimes(1);
    load.update(times([0n, 0n, 0n]), OFFSETS);
    load.forget();
    load.update(times([1n, 2n, 1n]), OFFSETS);
    assert.ok(Number.isNaN(load.utilization[0]));
    load.update(times([2n, 4n, 2n]), OFFSETS);
    assert.ok(Math.abs((load.utilization[0] ?? 0) - 200 / 3) < 1e-9);
  });

  test('are shares between 0 and 100 %, whatever the bytes', () => {
    const record = fc.uint8Array({ minLength: 96, maxLength: 96 });
    fc.assert(
      fc.property(fc.array(record, { minLength: 1, maxLength: 5 }), list => {
        const load = new ProcessorTimes(2);
        for (const bytes of list) {
          load.update(Buffer.from(bytes), OFFSETS);
          for (const share of load.utilization) {
            assert.ok(Number.isNaN(share) || (share >= 0 && share <= 100), String(share));
          }
        }
      }),
    );
  });

  test('that are cut off are an error', () => {
    const load = new ProcessorTimes(2);
    assert.throws(() => {
      load.update(Buffer.alloc(60), OFFSETS);
    }, RangeError);
    assert.throws(() => {
      load.update(Buffer.alloc(96), [0]);
    }, RangeError);
  });
});
