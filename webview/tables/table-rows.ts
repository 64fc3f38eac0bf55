import type { ShownData } from '../data/shown-data.ts';

/** Most rows of a table that is read row by row. */
export const MOST_ROWS = 240;

/** What a row says of one series; NaN where there was no reading. */
export interface Cell {
  readonly mean: number;
  readonly least: number;
  readonly greatest: number;
}

export interface TableRow {
  /** Begin of the time that the row stands for, milliseconds since 1970 UTC. */
  readonly time: number;
  /** One for each series, in their order. */
  readonly cells: readonly Cell[];
}

/** What is shown, as rows. */
export interface TableData {
  /** The newest first. */
  readonly rows: readonly TableRow[];
  /** Points of what is shown that share a row. */
  readonly pointsPerRow: number;
  /** Whether a row stands for a stretch of time, so that its mean, least and greatest value can differ. */
  readonly isBanded: boolean;
}

/**
 * The points in the shown span as at most {@link MOST_ROWS} rows: the whole span, with as many neighbouring points to a row as
 * it takes. Rows in which no series has a reading are left out.
 */
export function tableRows(data: ShownData, series: readonly string[], most = MOST_ROWS): TableData {
  const { times, from, to } = data;
  let first = 0;
  while (first < times.length && (times[first] ?? 0) < from) first++;
  let until = times.length;
  while (until > first && (times[until - 1] ?? 0) > to) until--;
  const pointsPerRow = Math.max(1, Math.ceil((until - first) / most));
  const values = series.map(id => {
    const mean = data.mean(id);
    return { mean, least: data.min(id) ?? mean, greatest: data.max(id) ?? mean };
  });
  const rows: TableRow[] = [];
  // Rows end with the newest point, so that the newest row is a whole one.
  for (let end = until; end > first; end -= pointsPerRow) {
    const start = Math.max(first, end - pointsPerRow);
    const cells = values.map(({ mean, least, greatest }) => cellOf(mean, least, greatest, start, end));
    if (cells.some(({ mean }) => !Number.isNaN(mean))) rows.push({ time: times[start] ?? 0, cells });
  }
  return { rows, pointsPerRow, isBanded: pointsPerRow > 1 || data.stepMs > 0 };
}

function cellOf(
  means: Float64Array,
  minima: Float64Array,
  maxima: Float64Array,
  start: number,
  end: number,
): Cell {
  let sum = 0;
  let count = 0;
  let least = Number.NaN;
  let greatest = Number.NaN;
  for (let at = start; at < end; at++) {
    const mean = means[at] ?? Number.NaN;
    if (Number.isNaN(mean)) continue;
    sum += mean;
    count++;
    const [low, high] = [minima[at] ?? mean, maxima[at] ?? mean];
    if (!(least <= low)) least = low;
    if (!(greatest >= high)) greatest = high;
  }
  return { mean: sum / count, least, greatest };
}
