import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { EnergyMeter } from '../../../../src/sampler/adapters/cpu/energy-meter.ts';

/** As of a desktop CPU: 2^32 units of 61 µJ. */
const RANGE = 262_143_328_850;

/** Gives the counters at moments a second apart, or as told; what each gives. */
function watts(
  moments: readonly (readonly number[])[],
  { ranges = [RANGE, RANGE], seconds = 1 }: { ranges?: readonly number[]; seconds?: number } = {},
): number[] {
  const meter = new EnergyMeter();
  return moments.map(counters => meter.watts(Float64Array.from(counters), ranges, 1, seconds));
}

describe('EnergyMeter', () => {
  test('growth of energy over time is power', () => {
    // 15.5 J in 1 s, then 31 J.
    assert.deepEqual(watts([[1_000_000], [16_500_000], [47_500_000]]), [Number.NaN, 15.5, 31]);
    // 15.5 J in 0.25 s.
    assert.deepEqual(watts([[1_000_000], [16_500_000]], { seconds: 0.25 }), [Number.NaN, 62]);
  });

  test('packages are added up', () => {
    assert.deepEqual(
      watts([
        [5_000_000, 900_000_000],
        [45_000_000, 960_000_000],
      ]),
      [Number.NaN, 100],
    );
  });

  test('a counter that has started anew goes on from its range', () => {
    // 0.5 J to the end of the range, and 20 J behind it.
    assert.deepEqual(watts([[262_142_828_850], [20_000_000]]), [Number.NaN, 20.5]);
    // The other package has not: 20.5 + 30.
    assert.deepEqual(
      watts([
        [262_142_828_850, 1],
        [20_000_000, 30_000_001],
      ]),
      [Number.NaN, 50.5],
    );
  });

  test('a counter that was reset is no power', () => {
    // Reset to 5 J from 100 kJ: around the range that would be 162 kW.
    assert.deepEqual(watts([[100_000_000_000], [5_000_000], [35_000_000]]), [Number.NaN, Number.NaN, 30]);
    // One without a range that goes down was reset.
    assert.deepEqual(watts([[50_000_000], [5_000_000]], { ranges: [Number.NaN] }), [Number.NaN, Number.NaN]);
  });

  test('more than a package can draw is no power, even if the others are fine', () => {
    assert.deepEqual(
      watts([
        [0, 0],
        [30_000_000, 1_000_000_001],
      ]),
      [Number.NaN, Number.NaN],
    );
    assert.deepEqual(
      watts([
        [0, 0],
        [30_000_000, 1_000_000_000],
      ]),
      [Number.NaN, 1030],
    );
  });

  test('a counter that stands still is none', () => {
    assert.deepEqual(watts([[7], [7]]), [Number.NaN, Number.NaN]);
    assert.deepEqual(
      watts([
        [7, 1],
        [7, 30_000_000],
      ]),
      [Number.NaN, Number.NaN],
    );
  });

  test('when the counter could have gone round once more, nobody knows', () => {
    // 1000 W fill the range of 262143 J in 262.1 s.
    const grown = [[0], [26_000_000_000]];
    assert.deepEqual(watts(grown, { seconds: 260 }), [Number.NaN, 100]);
    assert.deepEqual(watts(grown, { seconds: 263 }), [Number.NaN, Number.NaN]);
    // One that never goes round can be looked at once an hour: 26 kJ in 3600 s.
    assert.deepEqual(watts(grown, { seconds: 2600, ranges: [Number.NaN] }), [Number.NaN, 10]);
  });

  test('a counter beyond its range is not to be trusted', () => {
    assert.deepEqual(watts([[0], [RANGE + 1_000_000]]), [Number.NaN, Number.NaN]);
    assert.deepEqual(watts([[RANGE + 1_000_000], [5_000_000]]), [Number.NaN, Number.NaN]);
  });

  test('other counters have nothing to compare with', () => {
    const meter = new EnergyMeter();
    const at = (counter: number, generation: number): number =>
      meter.watts(Float64Array.of(counter), [RANGE], generation, 1);
    assert.deepEqual([at(1_000_000, 1), at(2_000_000, 1)], [Number.NaN, 1]);
    assert.deepEqual([at(4_000_000, 2), at(5_000_000, 2)], [Number.NaN, 1]);
    meter.forget();
    assert.deepEqual([at(9_000_000, 2), at(11_000_000, 2)], [Number.NaN, 2]);
    assert.ok(Number.isNaN(meter.watts(new Float64Array(0), [], 2, 1)));
  });

  test('whatever the counters, power is within what CPUs draw, or there is none', () => {
    const counter = fc.oneof(
      fc.nat(),
      fc.double(),
      fc.constantFrom(RANGE, RANGE - 1, RANGE + 1, -1, 0, 2 ** 53),
    );
    fc.assert(
      fc.property(
        fc.array(fc.tuple(counter, counter), { maxLength: 8 }),
        fc.oneof(fc.double(), fc.constantFrom(0, -1, 1, 0.1, Number.NaN)),
        fc.constantFrom(RANGE, Number.NaN, 0, -5, 1),
        (moments, seconds, range) => {
          for (const value of watts(moments, { seconds, ranges: [range, RANGE] })) {
            assert.ok(Number.isNaN(value) || (value > 0 && value <= 2000), String(value));
          }
        },
      ),
    );
  });
});
