import type { Span } from '../time/span.ts';

/** The most days back that are compared: as far as a span can be shown. */
export const MOST_DAYS_BACK = 400;

/**
 * How far back the same hours are of a day so many days before, in milliseconds: by the local clock, so that nine o'clock
 * stays nine o'clock when the clock was changed in between.
 */
export function offsetOf({ from, to }: Span, days: number): number {
  const middle = (from + to) / 2;
  const other = new Date(middle);
  other.setDate(other.getDate() - days);
  return middle - other.getTime();
}

/**
 * How many days before the end of a span a date is; `undefined` for what is no date, not before it, or too far back.
 *
 * @param date of a date field: `2026-02-27`
 */
export function daysBack({ to }: Span, date: string): number | undefined {
  const [year = Number.NaN, month = Number.NaN, day = Number.NaN] = date.split('-').map(Number);
  // A millisecond before: a span that ends at midnight is of the day before.
  const end = new Date(to - 1);
  const days = Math.round(
    (Date.UTC(end.getFullYear(), end.getMonth(), end.getDate()) - Date.UTC(year, month - 1, day)) /
      86_400_000,
  );
  return days >= 1 && days <= MOST_DAYS_BACK ? days : undefined;
}

/** The date so many days before the end of a span, as a date field has it. */
export function dateBack({ to }: Span, days: number): string {
  const date = new Date(to - 1);
  date.setDate(date.getDate() - days);
  const two = (value: number): string => String(value).padStart(2, '0');
  return `${String(date.getFullYear())}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
}

/** Whether this can be a number of days back: one that was kept. */
export function isDaysBack(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 1 && (value as number) <= MOST_DAYS_BACK;
}
