import type { WorkloadSpan } from '../../src/common/workload.ts';

/**
 * What is known of the span on the screen, in one form whatever it was made of: single samples over minutes, means with their
 * least and greatest value over hours and days.
 *
 * A point has a place in {@link times} and the same place in every column's array. The arrays belong to the dashboard: read
 * them while you draw and keep none of them, for they are used again.
 */
export interface ShownData {
  /** The span that is shown, milliseconds since 1970 UTC. Points may lie a little outside of it. */
  readonly from: number;
  readonly to: number;
  /** Time that a point stands for, from its own on; 0 where points are single samples. */
  readonly stepMs: number;
  /** Milliseconds since 1970 UTC, ascending. */
  readonly times: Float64Array;
  /** 1 where something is missing between a point and the one before it. */
  readonly gaps: Uint8Array;
  /** Columns of which something is known in this span; over days there are fewer than over minutes. */
  readonly columns: ReadonlySet<string>;
  /** Kinds of work in the span, in order of time. */
  readonly workload: readonly WorkloadSpan[];
  /** Changes when something else has changed than that samples have come at the end, and time has gone on. */
  readonly revision: number;
  /** Whether more of it is still being read. */
  readonly isComplete: boolean;
  /** Values of a column, NaN where there is none: of single samples, or means. Empty for a column that is not there. */
  mean(column: string): Float64Array;
  /** The least and the greatest values; `undefined` where points are single samples. */
  min(column: string): Float64Array | undefined;
  max(column: string): Float64Array | undefined;
  /** The same hours of another day, at the times of the span; left out where none is compared. */
  readonly under?: UnderData;
}

/** What is laid under what is shown. */
export interface UnderData extends Omit<ShownData, 'under'> {
  /** What the other day is called beside a value: `day before`. */
  readonly title: string;
}

/**
 * The point that is shown at a moment: the nearest single sample, or the one that stands for that time. `undefined` where there
 * is none near it.
 *
 * @param reachMs how far a single sample may be from the moment
 */
export function pointAt(
  data: Pick<ShownData, 'times' | 'stepMs'>,
  moment: number,
  reachMs: number,
): number | undefined {
  const { times, stepMs } = data;
  let low = 0;
  let high = times.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((times[middle] ?? Number.NaN) <= moment) low = middle + 1;
    else high = middle;
  }
  const before = low - 1;
  if (stepMs > 0) return before >= 0 && moment - (times[before] ?? 0) < stepMs ? before : undefined;
  const toNext = (times[low] ?? Number.POSITIVE_INFINITY) - moment;
  const toLast = before < 0 ? Number.POSITIVE_INFINITY : moment - (times[before] ?? 0);
  const nearest = toNext < toLast ? low : before;
  return Math.min(toNext, toLast) <= reachMs ? nearest : undefined;
}

/** What a series shows at a moment; `undefined` where it has a gap. @param reachMs as for {@link pointAt} */
export function valueAt(
  data: Pick<ShownData, 'times' | 'stepMs' | 'mean'>,
  column: string,
  moment: number,
  reachMs: number,
): number | undefined {
  const at = pointAt(data, moment, reachMs);
  const value = at === undefined ? undefined : data.mean(column)[at];
  return value === undefined || Number.isNaN(value) ? undefined : value;
}

/** Mean and extremes of a column over what is shown, and its last value; `undefined` where it has none. */
export function statisticsOf(
  data: Omit<ShownData, 'under'>,
  column: string,
):
  | { readonly mean: number; readonly least: number; readonly greatest: number; readonly last: number }
  | undefined {
  const { times, from, to, stepMs } = data;
  const means = data.mean(column);
  const minima = data.min(column) ?? means;
  const maxima = data.max(column) ?? means;
  let sum = 0;
  let count = 0;
  let least = Number.POSITIVE_INFINITY;
  let greatest = Number.NEGATIVE_INFINITY;
  let last = Number.NaN;
  for (let at = 0; at < means.length; at++) {
    const value = means[at] ?? Number.NaN;
    const time = times[at] ?? Number.NaN;
    if (Number.isNaN(value) || time + stepMs < from || time > to) continue;
    sum += value;
    count++;
    least = Math.min(least, minima[at] ?? value);
    greatest = Math.max(greatest, maxima[at] ?? value);
    last = value;
  }
  return count === 0 ? undefined : { mean: sum / count, least, greatest, last };
}
