/** How far back the dashboard draws. */
export const WINDOW_MS = 10 * 60_000;

/**
 * Samples closer together than this share a row. Ten minutes on a thousand pixels are 0.6 s a pixel: more rows could
 * not be seen, and would cost memory and drawing time at short intervals.
 */
export const RESOLUTION_MS = 500;

const KEPT_MS = WINDOW_MS + 60_000;

/**
 * The recent past of a set of series that are sampled together: a ring of rows in typed arrays.
 *
 * Rows are in strict order of time. Time is cut into cells of {@link RESOLUTION_MS}; samples of one cell share a row,
 * which holds the mean of each series and the time of the latest sample. Rows older than eleven minutes are dropped,
 * so the number of rows is bounded whatever the interval is.
 */
export class SeriesRing {
  /** Names of the series; a row has a value for each, in this order. */
  readonly ids: readonly string[];
  readonly #capacity = Math.ceil(KEPT_MS / RESOLUTION_MS) + 2;
  readonly #times = new Float64Array(this.#capacity);
  readonly #values: readonly Float64Array[];
  /** Samples in the newest row, for each series. */
  readonly #samples: Uint32Array;
  readonly #index: ReadonlyMap<string, number>;
  #start = 0;
  #size = 0;

  constructor(ids: readonly string[]) {
    this.ids = ids;
    this.#values = ids.map(() => new Float64Array(this.#capacity));
    this.#samples = new Uint32Array(ids.length);
    this.#index = new Map(ids.map((id, index) => [id, index]));
  }

  /** Number of rows. */
  get size(): number {
    return this.#size;
  }

  /** Position of a series in a row; −1 where there is none of that name. */
  indexOf(id: string): number {
    return this.#index.get(id) ?? -1;
  }

  /** Time of a row, milliseconds since 1970 UTC; NaN outside `[0, size)`. Row 0 is the oldest. */
  time(row: number): number {
    return row >= 0 && row < this.#size ? (this.#times[this.#slot(row)] ?? Number.NaN) : Number.NaN;
  }

  /** Value of a series in a row; NaN where there is none. */
  value(series: number, row: number): number {
    if (row < 0 || row >= this.#size) return Number.NaN;
    return this.#values[series]?.[this.#slot(row)] ?? Number.NaN;
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
    if (!Number.isFinite(time) || time === this.time(this.#size - 1)) return;
    this.#dropFrom(time);
    this.#dropBefore(time - KEPT_MS);
    const newest = this.time(this.#size - 1);
    if (Math.floor(time / RESOLUTION_MS) === Math.floor(newest / RESOLUTION_MS)) this.#merge(time, values);
    else this.#append(time, values);
  }

  /**
   * Puts rows from elsewhere in place of those of the same span of time. Rows before and after it stay.
   *
   * @param times ascending
   * @param read stores the values of row `row` of `times`, as for {@link push}
   */
  replaceSpan(times: readonly number[], read: (row: number, into: Float64Array) => void): void {
    const first = times[0];
    const last = times.at(-1);
    if (first === undefined || last === undefined) return;
    const kept = this.#copy();
    this.#size = 0;
    for (const row of kept) if (row.time < first) this.push(row.time, row.values);
    const values = new Float64Array(this.ids.length);
    times.forEach((time, row) => {
      values.fill(Number.NaN);
      read(row, values);
      this.push(time, values);
    });
    for (const row of kept) if (row.time > last) this.push(row.time, row.values);
  }

  /** A ring for other series. Those that both have keep their past; new ones have none. */
  withIds(ids: readonly string[]): SeriesRing {
    const next = new SeriesRing(ids);
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

  #slot(row: number): number {
    return (this.#start + row) % this.#capacity;
  }

  #dropFrom(time: number): void {
    const before = this.#size;
    while (this.#size > 0 && this.time(this.#size - 1) >= time) this.#size--;
    if (this.#size < before) this.#countNewest();
  }

  #dropBefore(time: number): void {
    while (this.#size > 0 && this.time(0) < time) {
      this.#start = (this.#start + 1) % this.#capacity;
      this.#size--;
    }
  }

  #countNewest(): void {
    for (let series = 0; series < this.#samples.length; series++) {
      this.#samples[series] = Number.isNaN(this.value(series, this.#size - 1)) ? 0 : 1;
    }
  }

  #append(time: number, values: ArrayLike<number>): void {
    const slot = this.#slot(this.#size);
    this.#size++;
    this.#times[slot] = time;
    this.#values.forEach((column, series) => {
      column[slot] = values[series] ?? Number.NaN;
    });
    this.#countNewest();
  }

  #merge(time: number, values: ArrayLike<number>): void {
    const slot = this.#slot(this.#size - 1);
    this.#times[slot] = time;
    this.#values.forEach((column, series) => {
      const value = values[series] ?? Number.NaN;
      if (Number.isNaN(value)) return;
      const samples = (this.#samples[series] ?? 0) + 1;
      this.#samples[series] = samples;
      const mean = column[slot] ?? Number.NaN;
      column[slot] = samples === 1 ? value : mean + (value - mean) / samples;
    });
  }

  #copy(): { time: number; values: Float64Array }[] {
    return Array.from({ length: this.#size }, (_, row) => ({
      time: this.time(row),
      values: Float64Array.from(this.ids, (_id, series) => this.value(series, row)),
    }));
  }
}
