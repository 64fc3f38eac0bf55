import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { type Absence, ABSENCES, Frame } from '../../src/common/frame.ts';
import { buildLayout } from '../../src/common/layout.ts';
import { maximumOf } from '../../src/common/units.ts';

const LAYOUT = buildLayout({ core: 1, gpu: 1, disk: 1 });
const REASONS: readonly Absence[] = ['unsupported', 'asleep', 'denied', 'failed'];

function slotOf(name: string): number {
  const slot = LAYOUT.slots.get(name);
  assert.ok(slot !== undefined, name);
  return slot;
}

/** What a column reads after `value` was stored in it: a value or the reason why there is none. */
function stored(name: string, value: number): number | Absence | undefined {
  const frame = new Frame(LAYOUT);
  frame.absent(slotOf(name), 'asleep');
  frame.set(slotOf(name), value);
  return frame.value(name) ?? frame.absence(name);
}

describe('Frame', () => {
  test('reads failed everywhere until something is written, and again after clear', () => {
    const frame = new Frame(LAYOUT);
    for (let round = 0; round < 2; round++) {
      for (const { name } of LAYOUT.columns) {
        assert.equal(frame.value(name), undefined, name);
        assert.equal(frame.absence(name), 'failed', name);
        frame.set(slotOf(name), 1);
        assert.equal(frame.value(name), 1, name);
        assert.equal(frame.absence(name), undefined, name);
      }
      frame.clear();
      assert.ok(frame.values.every(value => Number.isNaN(value)));
    }
  });

  test('rounds to the decimals of the metric', () => {
    assert.equal(stored('total_utilization', 12.34), 12.3);
    assert.equal(stored('total_utilization', 12.35), 12.4);
    assert.equal(stored('total_utilization', 99.96), 100);
    assert.equal(stored('load_avg_1m', 0.005), 0.01);
    assert.equal(stored('disk_read_rate_mbps', 0.0004), 0);
    assert.equal(stored('disk_read_rate_mbps', 0.0005), 0.001);
    assert.equal(stored('avg_freq_mhz', 2399.5), 2400);
    assert.equal(stored('context_switches', 1_234_567_890.4), 1_234_567_890);
  });

  test('turns down what is outside the range of the unit', () => {
    for (const [name, value] of [
      ['total_utilization', 100.0001],
      ['total_utilization', 101],
      ['temperature', 250.1],
      ['temperature', -40],
      ['power_watts', -0.001],
      ['context_switches', 2 ** 53],
      ['gpu0_throttle_reasons', 2 ** 64],
      ['avg_freq_mhz', Number.NaN],
      ['avg_freq_mhz', Number.POSITIVE_INFINITY],
      ['avg_freq_mhz', Number.NEGATIVE_INFINITY],
    ] as const) {
      assert.equal(stored(name, value), 'failed', `${name} = ${String(value)}`);
    }
  });

  test('takes the ends of the range', () => {
    assert.equal(stored('total_utilization', 100), 100);
    assert.equal(stored('total_utilization', 0), 0);
    assert.equal(stored('temperature', 250), 250);
    assert.equal(stored('disk_read_bytes', Number.MAX_SAFE_INTEGER), Number.MAX_SAFE_INTEGER);
  });

  test('stores a number in range and near to what was given, or says failed, whatever it gets', () => {
    const numbers = fc.oneof(fc.double(), fc.double({ min: 0, max: 300 }), fc.maxSafeInteger());
    fc.assert(
      fc.property(fc.nat(LAYOUT.columns.length - 1), numbers, (slot, value) => {
        const column = LAYOUT.columns[slot];
        assert.ok(column);
        const maximum = maximumOf(column.metric.unit);
        const got = stored(column.name, value);
        if (value >= 0 && value <= maximum) {
          assert.ok(typeof got === 'number' && got >= 0 && got <= maximum, String(got));
          const ulp = Math.max(value, 1) * Number.EPSILON;
          assert.ok(Math.abs(got - value) <= 0.5 * 10 ** -column.metric.decimals + ulp, String(got));
        } else {
          assert.equal(got, 'failed');
        }
      }),
      { numRuns: 1_000 },
    );
  });

  test('ignores a slot that is not there', () => {
    const frame = new Frame(LAYOUT);
    for (const slot of [-1, LAYOUT.columns.length, Number.NaN]) {
      frame.set(slot, 5);
      frame.absent(slot, 'denied');
    }
    assert.ok(frame.values.every(value => Number.isNaN(value)));
    assert.deepEqual(new Set(frame.states), new Set([ABSENCES.indexOf('failed')]));
  });

  test('keeps each reason for an absence, and forgets the value that was there', () => {
    const frame = new Frame(LAYOUT);
    for (const reason of REASONS) {
      frame.set(slotOf('ram_percent'), 40);
      frame.absent(slotOf('ram_percent'), reason);
      assert.equal(frame.value('ram_percent'), undefined);
      assert.equal(frame.absence('ram_percent'), reason);
      assert.ok(Number.isNaN(frame.values[slotOf('ram_percent')]));
    }
  });

  test('calls a column that the layout does not have unsupported', () => {
    const frame = new Frame(LAYOUT);
    assert.equal(frame.value('gpu7_utilization'), undefined);
    assert.equal(frame.absence('gpu7_utilization'), 'unsupported');
  });

  test('clones into a frame of its own', () => {
    const frame = new Frame(LAYOUT);
    Object.assign(frame, { seq: 7, utcMs: 1_700_000_000_123, monotonicMs: 456.5, category: 'gaming' });
    frame.set(slotOf('ram_percent'), 40);
    frame.absent(slotOf('temperature'), 'denied');
    const copy = frame.clone();
    frame.set(slotOf('ram_percent'), 50);
    frame.set(slotOf('temperature'), 60);
    assert.equal(copy.value('ram_percent'), 40);
    assert.equal(copy.absence('temperature'), 'denied');
    assert.deepEqual(
      { seq: copy.seq, utcMs: copy.utcMs, monotonicMs: copy.monotonicMs, category: copy.category },
      { seq: 7, utcMs: 1_700_000_000_123, monotonicMs: 456.5, category: 'gaming' },
    );
    assert.equal(copy.layout, LAYOUT);
  });
});
