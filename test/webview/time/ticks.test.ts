import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../../webview/time/span.ts';
import { midnight, timeTicks } from '../../../webview/time/ticks.ts';

/** Some local midnight, in the time zone that the test runs in. */
const DAY = new Date(2026, 0, 15).getTime();

describe('the ticks of the time axis', () => {
  test('are at round minutes over minutes, whatever the span begins with', () => {
    const from = DAY + 9 * HOUR_MS + 123_456;
    const ticks = timeTicks({ from, to: from + 5 * MINUTE_MS }, 500);
    assert.deepEqual(
      ticks.map(({ value }) => (value - DAY - 9 * HOUR_MS) / MINUTE_MS),
      [3, 4, 5, 6, 7],
    );
  });

  test('are at round hours over a day, with a date where the day begins', () => {
    const ticks = timeTicks({ from: DAY - 12 * HOUR_MS - 1, to: DAY + 12 * HOUR_MS - 1 }, 700);
    assert.deepEqual(
      ticks.map(({ value }) => (value - DAY) / HOUR_MS),
      [-12, -9, -6, -3, 0, 3, 6, 9],
    );
    const labels = ticks.map(({ label }) => label);
    assert.match(labels[4] ?? '', /15/);
    assert.match(labels[3] ?? '', /\d+:00/);
  });

  test('are at midnights over weeks, the same ones while the view moves', () => {
    const week = { from: DAY - 30 * DAY_MS, to: DAY };
    const ticks = timeTicks(week, 600);
    assert.ok(ticks.length >= 3);
    for (const { value } of ticks) assert.equal(value, midnight(value));
    const moved = timeTicks({ from: week.from + DAY_MS, to: week.to + DAY_MS }, 600);
    const both = new Set(ticks.map(({ value }) => value));
    const shared = moved.filter(({ value }) => value < week.to);
    assert.ok(shared.length > 0 && shared.every(({ value }) => both.has(value)));
  });

  test('property: ascending, inside the span, and no closer than their labels are wide', () => {
    const length = fc.double({ min: 10_000, max: 400 * DAY_MS, noNaN: true });
    fc.assert(
      fc.property(length, fc.integer({ min: 150, max: 2_000 }), fc.nat(10 * 365), (ms, width, day) => {
        const span = { from: DAY - day * DAY_MS, to: DAY - day * DAY_MS + ms };
        const ticks = timeTicks(span, width);
        // A change of the clock makes a day an hour shorter.
        const least = ((ms / width) * 60 * 23) / 24 - HOUR_MS;
        ticks.forEach(({ value }, at) => {
          assert.ok(value >= span.from && value <= span.to);
          const before = ticks[at - 1]?.value;
          if (before !== undefined) assert.ok(value > before && value - before >= Math.min(least, ms));
        });
        assert.ok(ticks.length <= width / 40 + 2, `${String(ticks.length)} ticks on ${String(width)}`);
      }),
      { numRuns: 300 },
    );
  });
});
