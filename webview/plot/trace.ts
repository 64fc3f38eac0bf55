import type { ShownData } from '../data/shown-data.ts';

/** A point of a line; `y` is NaN where the line breaks. */
export interface Point {
  /** Milliseconds since 1970 UTC. */
  x: number;
  y: number;
}

/** Which part of the past is drawn, and how finely. */
export interface TraceWindow {
  /** Milliseconds since 1970 UTC. */
  readonly from: number;
  readonly to: number;
  /** Width of the plot in pixels. */
  readonly width: number;
}

/** What becomes of the values that share a pixel. */
export type Merge = 'extremes' | 'mean' | 'least' | 'greatest';

/** What of {@link ShownData} a line is made of. */
export type TraceSource = Pick<ShownData, 'times' | 'gaps' | 'stepMs'>;

/** Length of the line that a lone point is drawn as, in pixels: less than one, which round line ends make a dot. */
const DOT_PIXELS = 0.1;

/**
 * Turns values into the points of a line, with breaks at gaps.
 *
 * Where there are more than two values a pixel, those of a pixel become one point, or with `extremes` two, the lowest
 * and the highest, so that a short peak is never lost. Pixels are counted from a fixed moment and not from the window's
 * edge: the picture moves without flickering. A point with gaps on both sides becomes a dot. A value that stands for a
 * time is drawn in the middle of it.
 *
 * Chart.js has a min-max decimation of its own, but it compares with NaN and so loses gaps and what follows them.
 *
 * @param values one for each of the source's times
 * @param into points of the last call, which are used again
 */
export function trace(
  source: TraceSource,
  values: Float64Array,
  merge: Merge,
  window: TraceWindow,
  into: Point[],
): void {
  const { times, gaps, stepMs } = source;
  const { from, to, width } = window;
  const first = firstRow(times, from);
  const end = endRow(times, to);
  const pixelMs = (to - from) / Math.max(1, width);
  const cellMs = end - first > 2 * width ? pixelMs : 0;
  const writer = new LineWriter(into, merge, pixelMs * DOT_PIXELS);
  for (let row = first; row < end; row++) {
    const time = times[row] ?? Number.NaN;
    const y = values[row] ?? Number.NaN;
    const x = time + stepMs / 2;
    if (gaps[row] === 1) writer.breakAt(((times[row - 1] ?? time) + time + stepMs) / 2);
    if (Number.isNaN(y)) writer.breakAt(x);
    else writer.add(cellMs === 0 ? row : Math.floor(x / cellMs), x, y);
  }
  writer.end();
}

/** The last row at or before `time`, so that a line reaches the window's edge; the first row where there is none. */
export function firstRow(times: Float64Array, time: number): number {
  return Math.max(0, rowsUpTo(times, time) - 1);
}

/** The place after the first row that is later than `time`, so that a line reaches the window's other edge. */
export function endRow(times: Float64Array, time: number): number {
  return Math.min(times.length, rowsUpTo(times, time) + 1);
}

/** Number of rows up to a time. */
function rowsUpTo(times: Float64Array, time: number): number {
  let low = 0;
  let high = times.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((times[middle] ?? Number.NaN) <= time) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Writes points into an array of them, merges those of a pixel, and makes breaks and dots. */
class LineWriter {
  readonly #into: Point[];
  readonly #merge: Merge;
  readonly #dotMs: number;
  #length = 0;
  /** Points since the last break, to tell a dot from a line. */
  #run = 0;
  #cell = Number.NaN;
  #count = 0;
  #sumX = 0;
  #sumY = 0;
  #lowX = 0;
  #low = 0;
  #highX = 0;
  #high = 0;

  constructor(into: Point[], merge: Merge, dotMs: number) {
    this.#into = into;
    this.#merge = merge;
    this.#dotMs = dotMs;
  }

  add(cell: number, x: number, y: number): void {
    if (cell !== this.#cell) {
      this.#flush();
      this.#cell = cell;
      this.#lowX = this.#highX = x;
      this.#low = this.#high = y;
    }
    this.#count++;
    this.#sumX += x;
    this.#sumY += y;
    if (y < this.#low) {
      this.#low = y;
      this.#lowX = x;
    }
    if (y > this.#high) {
      this.#high = y;
      this.#highX = x;
    }
  }

  breakAt(x: number): void {
    this.#flush();
    this.#makeDot(x);
    if (this.#run > 0) this.#emit(x, Number.NaN);
    this.#run = 0;
  }

  end(): void {
    this.#flush();
    this.#makeDot();
    this.#into.length = this.#length;
  }

  /** @param before moment that it must not reach beyond */
  #makeDot(before = Number.POSITIVE_INFINITY): void {
    const last = this.#into[this.#length - 1];
    if (this.#run === 1 && last) this.#emit(Math.min(last.x + this.#dotMs, before), last.y);
  }

  #flush(): void {
    const count = this.#count;
    if (count === 0) return;
    const x = this.#sumX / count;
    if (this.#merge === 'mean') this.#emit(x, this.#sumY / count);
    else if (this.#merge === 'least') this.#emit(x, this.#low);
    else if (this.#merge === 'greatest') this.#emit(x, this.#high);
    else this.#emitExtremes();
    this.#count = this.#sumX = this.#sumY = 0;
    this.#cell = Number.NaN;
  }

  #emitExtremes(): void {
    if (this.#lowX <= this.#highX) this.#emit(this.#lowX, this.#low);
    if (this.#lowX !== this.#highX) this.#emit(this.#highX, this.#high);
    if (this.#lowX > this.#highX) this.#emit(this.#lowX, this.#low);
  }

  #emit(x: number, y: number): void {
    const point = this.#into[this.#length];
    if (point) {
      point.x = x;
      point.y = y;
    } else this.#into.push({ x, y });
    this.#length++;
    if (!Number.isNaN(y)) this.#run++;
  }
}
