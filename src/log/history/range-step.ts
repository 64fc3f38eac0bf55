import type { RollupSeconds } from '../rollup/rollup-name.ts';

/** Points that an answer has at most, unless the request says otherwise. */
export const USUAL_POINTS = 1_000;
export const MOST_POINTS = 5_000;
/** Points of all columns together that an answer has at most: they take 32 bytes each while it is made. */
const MOST_CELLS = 500_000;

/** From what a range is answered, and how long a point of the answer is. */
export interface RangeStep {
  readonly source: 'rows' | RollupSeconds;
  readonly stepMs: number;
}

/**
 * Up to this length of a point, rows are read. Then minutes are at least as good as a quarter of the points asked for,
 * and reading six hours of rows is the most that an answer waits for.
 */
const ROWS_UP_TO_MS = 22_000;
/** From here on 10 min rollups give at least as many points. */
const MINUTES_UP_TO_MS = 300_000;

/** Chooses the source and the length of a point for a span: the shortest that gives no more points than wanted. */
export function rangeStep(spanMs: number, points = USUAL_POINTS, columns = 1): RangeStep {
  const most = Math.min(points, MOST_POINTS, MOST_CELLS / Math.max(1, columns));
  const wanted = spanMs / Math.max(1, Math.floor(most));
  if (wanted <= ROWS_UP_TO_MS) return { source: 'rows', stepMs: multiple(wanted, 1_000) };
  if (wanted <= MINUTES_UP_TO_MS) return { source: 60, stepMs: multiple(wanted, 60_000) };
  return { source: 600, stepMs: multiple(wanted, 600_000) };
}

function multiple(wanted: number, of: number): number {
  return Math.max(1, Math.ceil(wanted / of)) * of;
}
