import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { dateBack, daysBack, MOST_DAYS_BACK, offsetOf } from '../../../webview/compare/other-day.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

/** By the local clock of whoever runs the tests. */
const at = (year: number, month: number, day: number, hour: number, minute = 0): number =>
  new Date(year, month - 1, day, hour, minute).getTime();

describe('the same hours of another day', () => {
  test('are the same by the local clock, whether it was changed in between or not', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: at(2020, 1, 1, 12), max: at(2030, 1, 1, 12) }),
        fc.integer({ min: 10_000, max: DAY }),
        fc.integer({ min: 1, max: MOST_DAYS_BACK }),
        (from, length, days) => {
          const offset = offsetOf({ from, to: from + length }, days);
          assert.ok(Math.abs(offset - days * DAY) <= HOUR);
          const middle = new Date(from + length / 2);
          const other = new Date(from + length / 2 - offset);
          // An hour that is left out when the clock is set forward is another one on that day.
          const minutes = (date: Date): number => date.getHours() * 60 + date.getMinutes();
          assert.ok([0, 60, 1_380].includes(Math.abs(minutes(middle) - minutes(other))));
        },
      ),
    );
    const noon = at(2026, 2, 27, 12);
    assert.equal(offsetOf({ from: noon, to: noon + HOUR }, 1), DAY);
  });

  test('a date is so many days before the end of what is shown', () => {
    const span = { from: at(2026, 2, 27, 9), to: at(2026, 2, 27, 17) };
    assert.equal(daysBack(span, '2026-02-26'), 1);
    assert.equal(daysBack(span, '2026-01-28'), 30);
    assert.equal(daysBack(span, '2026-02-27'), undefined);
    assert.equal(daysBack(span, '2026-03-01'), undefined);
    assert.equal(daysBack(span, '2020-01-01'), undefined);
    assert.equal(daysBack(span, ''), undefined);
    assert.equal(daysBack(span, 'yesterday'), undefined);
    // A day that is shown whole ends at the midnight of the next.
    assert.equal(daysBack({ from: at(2026, 2, 27, 0), to: at(2026, 2, 28, 0) }, '2026-02-26'), 1);
    for (const days of [1, 2, 7, 60, 399]) assert.equal(daysBack(span, dateBack(span, days)), days);
    assert.equal(dateBack(span, 27), '2026-01-31');
  });
});
