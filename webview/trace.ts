import type { SeriesRing } from './series.ts';

/** A point of a line; `y` is NaN where the line breaks. */
export interface Point {
  x: number;
  y: number;
}

/** Which part of the past is drawn, and how finely. */
export interface TraceWindow {
  /** Time at `x` 0, milliseconds since 1970 UTC. */
  readonly now: number;
  /** Span shown, in milliseconds. */
  readonly span: number;
  /** Width of the plot in pixels. */
  readonly width: number;
}

/** A step in time of more than this many usual steps is a gap: one missed sample is not, two are. */
const GAP_STEPS = 2.5;

/** Length of the line that a lone sample is drawn as: less than a pixel, which round line ends make a dot. */
const DOT_SECONDS = 0.05;

/**
 * Finds the rows before which samples are missing.
 *
 * The usual step is the median of the five steps around the one looked at, so that it follows a changed interval
 * and a lone sample between two gaps stays alone.
 *
 * @returns for each row 1 when there is a gap between it and the row before it, else 0
 */
export function gapsBefore(ring: SeriesRing): Uint8Array {
  const gaps = new Uint8Array(ring.size);
  const steps: number[] = [];
  for (let row = 1; row < ring.size; row++) {
    steps.length = 0;
    const first = Math.max(1, Math.min(row - 2, ring.size - 5));
    for (let at = first; at < Math.min(first + 5, ring.size); at++)
      steps.push(ring.time(at) - ring.time(at - 1));
    steps.sort((a, b) => a - b);
    const usual = steps[(steps.length - 1) >> 1] ?? Number.NaN;
    gaps[row] = ring.time(row) - ring.time(row - 1) > GAP_STEPS * usual ? 1 : 0;
  }
  return gaps;
}

/**
 * Turns a series into the points of a line: `x` in seconds before now, `y` NaN at gaps.
 *
 * Where there are more than two rows a pixel, each pixel's rows become their lowest and highest value, so that a
 * short peak is never lost. Pixels are counted from a fixed moment and not from the window's edge: the picture moves
 * without flickering. A sample with gaps on both sides becomes a dot.
 *
 * Chart.js has a min-max decimation of its own, but it compares with NaN and so loses gaps and what follows them.
 *
 * @param gaps result of {@link gapsBefore}
 * @param into points of the last call, which are used again
 */
export function trace(
  ring: SeriesRing,
  series: number,
  gaps: Uint8Array,
  window: TraceWindow,
  into: Point[],
): void {
  const { now, span, width } = window;
  const cell = ring.size > 2 * width ? span / Math.max(1, width) : 0;
  let length = 0;
  const emit = (x: number, y: number): void => {
    const point = into[length];
    if (point) {
      point.x = x;
      point.y = y;
    } else into.push({ x, y });
    length++;
  };
  // Points since the last break, to tell a dot from a line.
  let run = 0;
  let pending: Extremes | undefined;
  const flush = (): void => {
    if (!pending) return;
    const { low, high } = pending;
    const [first, second] = low.x <= high.x ? [low, high] : [high, low];
    emit(first.x, first.y);
    run++;
    if (second !== first) {
      emit(second.x, second.y);
      run++;
    }
    pending = undefined;
  };
  const breakAt = (x: number): void => {
    flush();
    const last = into[length - 1];
    if (run === 1 && last) emit(last.x + DOT_SECONDS, last.y);
    if (run > 0) emit(x, Number.NaN);
    run = 0;
  };
  for (let row = firstRowOf(ring, now - span); row < ring.size; row++) {
    const time = ring.time(row);
    if (time > now) break;
    const x = (time - now) / 1000;
    const y = ring.value(series, row);
    if (gaps[row] === 1) breakAt(((ring.time(row - 1) + time) / 2 - now) / 1000);
    if (Number.isNaN(y)) {
      breakAt(x);
      continue;
    }
    const at = cell === 0 ? row : Math.floor(time / cell);
    if (pending?.cell !== at) flush();
    pending = extend(pending, at, { x, y });
  }
  flush();
  const last = into[length - 1];
  if (run === 1 && last) emit(last.x + DOT_SECONDS, last.y);
  into.length = length;
}

/** The point nearest to `x`, gaps included; `undefined` when there is none within `reach`. */
export function nearestPoint(points: readonly Point[], x: number, reach: number): Point | undefined {
  let low = 0;
  let high = points.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((points[middle]?.x ?? Number.NaN) < x) low = middle + 1;
    else high = middle;
  }
  const after = points[low];
  const before = points[low - 1];
  const nearest = before && (!after || x - before.x <= after.x - x) ? before : after;
  return nearest && Math.abs(nearest.x - x) <= reach ? nearest : undefined;
}

interface Extremes {
  readonly cell: number;
  low: Point;
  high: Point;
}

function extend(extremes: Extremes | undefined, cell: number, point: Point): Extremes {
  if (!extremes) return { cell, low: point, high: point };
  if (point.y < extremes.low.y) extremes.low = point;
  if (point.y > extremes.high.y) extremes.high = point;
  return extremes;
}

/** The last row at or before `time`, so that a line reaches the window's edge; the first row where there is none. */
function firstRowOf(ring: SeriesRing, time: number): number {
  let row = 0;
  while (row + 1 < ring.size && ring.time(row + 1) <= time) row++;
  return row;
}
