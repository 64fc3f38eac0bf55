import { type CoreSource, OFFLINE } from './core-source.ts';

/** How cores become rows of pixels. */
export interface Rows {
  readonly count: number;
  /** Neighbouring cores that share a row; the last row may have fewer. */
  readonly coresPerRow: number;
  /** Height of a row in pixels of the screen. */
  readonly height: number;
}

/** As many rows as cores, each of the same whole number of pixels; where there are fewer pixels than cores, cores share rows. */
export function rowsFor(cores: number, pixels: number): Rows {
  const most = Math.max(1, Math.floor(pixels));
  const coresPerRow = Math.max(1, Math.ceil(cores / most));
  const count = Math.max(1, Math.ceil(cores / coresPerRow));
  return { count, coresPerRow, height: Math.max(1, Math.floor(most / count)) };
}

/**
 * Length in milliseconds of the time that a column of cells stands for: that between two samples, or of as many as share a
 * pixel.
 */
export function columnTime(span: number, pixels: number, stepMs: number): number {
  return stepMs * Math.max(1, Math.ceil(span / stepMs / Math.max(1, pixels)));
}

/**
 * The highest of the values of some cores at some moments: merging must not hide a core that is at its limit. Where none has
 * a value, {@link OFFLINE} when any of them was offline, else NaN.
 *
 * @param firstAt first of the moments, and `untilAt` the one after the last
 * @param firstCore first of the cores, and `untilCore` the one after the last
 */
export function busiest(
  source: CoreSource,
  firstAt: number,
  untilAt: number,
  firstCore: number,
  untilCore: number,
): number {
  let highest = Number.NaN;
  for (let at = firstAt; at < untilAt; at++) {
    for (let core = firstCore; core < untilCore; core++) {
      const value = source.value(at, core);
      // A reading is above OFFLINE, which is above nothing.
      if (!(highest >= value) && value >= OFFLINE) highest = value;
    }
  }
  return highest;
}

/**
 * The moments that belong to a column of cells, from the first to before the last. A column that no sample falls into
 * belongs to the sample before it, unless there is a gap or nothing after it.
 *
 * @param hint a moment at or before the first of them, to search from; `until` is one for the next column
 */
export function momentsOf(
  source: CoreSource,
  from: number,
  to: number,
  hint: number,
): { readonly first: number; readonly until: number } {
  let first = Math.max(0, hint);
  while (first < source.size && source.time(first) < from) first++;
  let until = first;
  while (until < source.size && source.time(until) < to) until++;
  if (until > first || first === 0 || first >= source.size) return { first, until };
  return source.isGap(first) ? { first, until: first } : { first: first - 1, until: first };
}

/** The last moment before `time`, or −1. */
export function momentBefore(source: CoreSource, time: number): number {
  let low = 0;
  let high = source.size;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (source.time(middle) < time) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}
