import type { FrameMessage, HistoryResult } from '../../common/protocol.ts';

/** Samples that are kept. */
export const RECENT_SAMPLES = 120;

/** How several columns become one value. */
export type Aggregate = 'max' | 'sum';

/** How late a sample may be, in intervals, before one is missing. */
const LATE = 1.5;

/**
 * The last values of some columns, for sparklines. A sample that is missing leaves a gap.
 */
export class RecentValues {
  readonly #series: ReadonlyMap<string, Float64Array>;
  readonly #slots: readonly (readonly [series: Float64Array, slot: number])[];
  readonly #intervalMs: number;
  #next = 0;
  #count = 0;
  #lastMs = Number.NaN;

  /**
   * @param columns those to keep; one that no frame has is left out
   * @param slots slot of each column of a frame
   * @param intervalMs time between two frames
   */
  constructor(columns: Iterable<string>, slots: ReadonlyMap<string, number>, intervalMs: number) {
    const known = [...new Set(columns)].filter(column => slots.has(column));
    this.#series = new Map(
      known.map(column => [column, new Float64Array(RECENT_SAMPLES).fill(Number.NaN)] as const),
    );
    this.#slots = [...this.#series].map(([column, series]) => [series, slots.get(column) ?? -1] as const);
    this.#intervalMs = intervalMs;
  }

  /** Names of the columns that are kept. */
  get columns(): readonly string[] {
    return [...this.#series.keys()];
  }

  /** Adds a frame that is later than the last one. */
  add({ utcMs, values }: FrameMessage): void {
    this.#skipTo(utcMs);
    for (const [series, slot] of this.#slots) series[this.#next] = values[slot] ?? Number.NaN;
    this.#advance(utcMs);
  }

  /** Puts what the sampler remembers in the place of all that is here. */
  replace({ times, columns, series }: HistoryResult): void {
    this.#count = 0;
    this.#lastMs = Number.NaN;
    for (const one of this.#series.values()) one.fill(Number.NaN);
    const targets = columns.map(column => this.#series.get(column));
    times.forEach((time, index) => {
      this.#skipTo(time);
      targets.forEach((target, at) => {
        if (target) target[this.#next] = series[at]?.[index] ?? Number.NaN;
      });
      this.#advance(time);
    });
  }

  /**
   * The last samples, each cell the mean of those it stands for, the oldest first; NaN where there are none.
   *
   * @param perCell samples that one cell stands for
   */
  cells(columns: readonly string[], aggregate: Aggregate, count: number, perCell = 1): number[] {
    const known = columns.map(column => this.#series.get(column)).filter(series => series !== undefined);
    return Array.from({ length: count }, (_, cell) => {
      let sum = 0;
      let samples = 0;
      for (let back = (count - cell) * perCell; back > (count - cell - 1) * perCell; back--) {
        const value = this.#value(known, aggregate, back);
        if (Number.isNaN(value)) continue;
        sum += value;
        samples++;
      }
      return samples === 0 ? Number.NaN : sum / samples;
    });
  }

  #value(series: readonly Float64Array[], aggregate: Aggregate, back: number): number {
    if (back > this.#count) return Number.NaN;
    const at = (this.#next - back + 2 * RECENT_SAMPLES) % RECENT_SAMPLES;
    let result = Number.NaN;
    for (const one of series) {
      const value = one[at] ?? Number.NaN;
      if (Number.isNaN(value)) continue;
      if (Number.isNaN(result)) result = value;
      else result = aggregate === 'sum' ? result + value : Math.max(result, value);
    }
    return result;
  }

  /** Leaves a gap for the samples that are missing before this one; a clock that was set back leaves none. */
  #skipTo(utcMs: number): void {
    const missing = (utcMs - this.#lastMs) / this.#intervalMs;
    if (!(missing > LATE)) return;
    for (let left = Math.min(RECENT_SAMPLES, Math.round(missing) - 1); left > 0; left--) {
      for (const series of this.#series.values()) series[this.#next] = Number.NaN;
      this.#advance(utcMs);
    }
  }

  #advance(utcMs: number): void {
    this.#next = (this.#next + 1) % RECENT_SAMPLES;
    this.#count = Math.min(RECENT_SAMPLES, this.#count + 1);
    this.#lastMs = utcMs;
  }
}
