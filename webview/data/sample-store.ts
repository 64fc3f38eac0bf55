import { MINUTE_MS } from '../time/span.ts';
import { ColumnStore } from './column-store.ts';

/** How far back single samples are kept: as long as the longest live span. */
export const LIVE_MS = 15 * MINUTE_MS;
/** A minute more, so that a line reaches the left edge. */
export const KEPT_MS = LIVE_MS + MINUTE_MS;

/**
 * Samples closer together than this share a row. Five minutes on a thousand pixels are 0.3 s a pixel: more rows could
 * hardly be seen, and would cost memory and drawing time at short intervals.
 */
export const RESOLUTION_MS = 500;

/**
 * The recent past of a set of series that are sampled together.
 *
 * Rows are in strict order of time. Time is cut into cells of {@link RESOLUTION_MS}; samples of one cell share a row,
 * which holds the mean of each series and the time of the latest sample. Rows older than {@link KEPT_MS} are dropped,
 * so the number of rows is bounded whatever the interval is.
 */
export class SampleStore {
  /** Names of the series; a row has a value for each, in this order. */
  readonly ids: readonly string[];
  readonly #rows: ColumnStore;
  /** Samples in the newest row, for each series. */
  readonly #samples: Uint32Array;
  readonly #index: ReadonlyMap<string, number>;

  constructor(ids: readonly string[]) {
    this.ids = ids;
    this.#rows = new ColumnStore(ids.length);
    this.#samples = new Uint32Array(ids.length);
    this.#index = new Map(ids.map((id, index) => [id, index]));
  }

  /** Number of rows. */
  get size(): number {
    return this.#rows.size;
  }

  /** Times of the rows, milliseconds since 1970 UTC, the oldest first. Valid until the next change. */
  get times(): Float64Array {
    return this.#rows.times;
  }

  /** Values of a series, one a row. Valid until the next change; empty where there is no series of that name. */
  values(id: string): Float64Array {
    return this.#rows.lane(this.indexOf(id));
  }

  /** The rows that there are now, which stay as they are; see {@link ColumnStore.snapshot}. */
  snapshot(): { readonly times: Float64Array; readonly values: (id: string) => Float64Array } {
    const { times, lane } = this.#rows.snapshot();
    return { times, values: id => lane(this.indexOf(id)) };
  }

  /** Position of a series in a row; −1 where there is none of that name. */
  indexOf(id: string): number {
    return this.#index.get(id) ?? -1;
  }

  /** Time of a row, milliseconds since 1970 UTC; NaN outside `[0, size)`. Row 0 is the oldest. */
  time(row: number): number {
    return this.#rows.time(row);
  }

  /** Value of a series in a row; NaN where there is none. */
  value(series: number, row: number): number {
    return this.#rows.get(series, row);
  }

  /**
   * Adds a sample.
   *
   * One that is as old as the newest row is a repetition and is ignored. One that is older means that the clock was
   * set back: the rows that now lie in the future are dropped.
   *
   * @param time milliseconds since 1970 UTC; ignored when not finite
   * @param values one for each of {@link ids}, NaN where there is none
   */
  push(time: number, values: ArrayLike<number>): void {
    if (!Number.isFinite(time) || time === this.time(this.size - 1)) return;
    this.#dropFrom(time);
    this.#rows.dropBefore(time - KEPT_MS);
    const newest = this.time(this.size - 1);
    if (Math.floor(time / RESOLUTION_MS) === Math.floor(newest / RESOLUTION_MS)) this.#merge(time, values);
    else this.#append(time, values);
  }

  /**
   * Puts rows from elsewhere in place of those of the same span of time. Rows before and after it stay.
   *
   * @param times ascending
   * @param read stores the values of row `row` of `times`, as for {@link push}
   */
  replaceSpan(times: ArrayLike<number>, read: (row: number, into: Float64Array) => void): void {
    const { length } = times;
    const first = times[0];
    const last = times[length - 1];
    if (first === undefined || last === undefined) return;
    const kept = this.#copy();
    this.#rows.truncate(0);
    for (const row of kept) if (row.time < first) this.push(row.time, row.values);
    const values = new Float64Array(this.ids.length);
    for (let row = 0; row < length; row++) {
      values.fill(Number.NaN);
      read(row, values);
      this.push(times[row] ?? Number.NaN, values);
    }
    for (const row of kept) if (row.time > last) this.push(row.time, row.values);
  }

  /** A store of other series. Those that both have keep their past; new ones have none. */
  withIds(ids: readonly string[]): SampleStore {
    const next = new SampleStore(ids);
    const sources = ids.map(id => this.indexOf(id));
    const values = new Float64Array(ids.length);
    for (const row of this.#copy()) {
      sources.forEach((source, series) => {
        values[series] = row.values[source] ?? Number.NaN;
      });
      next.push(row.time, values);
    }
    return next;
  }

  #dropFrom(time: number): void {
    let size = this.size;
    while (size > 0 && this.time(size - 1) >= time) size--;
    if (size === this.size) return;
    this.#rows.truncate(size);
    this.#countNewest();
  }

  #countNewest(): void {
    for (let series = 0; series < this.#samples.length; series++) {
      this.#samples[series] = Number.isNaN(this.value(series, this.size - 1)) ? 0 : 1;
    }
  }

  #append(time: number, values: ArrayLike<number>): void {
    const row = this.#rows.append(time);
    for (let series = 0; series < this.ids.length; series++)
      this.#rows.set(series, row, values[series] ?? Number.NaN);
    this.#countNewest();
  }

  #merge(time: number, values: ArrayLike<number>): void {
    const row = this.size - 1;
    this.#rows.setTime(row, time);
    for (let series = 0; series < this.ids.length; series++) {
      const value = values[series] ?? Number.NaN;
      if (Number.isNaN(value)) continue;
      const samples = (this.#samples[series] ?? 0) + 1;
      this.#samples[series] = samples;
      const mean = this.value(series, row);
      this.#rows.set(series, row, samples === 1 ? value : mean + (value - mean) / samples);
    }
  }

  #copy(): { time: number; values: Float64Array }[] {
    return Array.from({ length: this.size }, (_, row) => ({
      time: this.time(row),
      values: Float64Array.from(this.ids, (_id, series) => this.value(series, row)),
    }));
  }
}
