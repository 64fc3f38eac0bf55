/** What is known of a span of time: how long values were in force in it, and their least, mean and greatest. */
export class Bucket {
  /** Beginning of the span, milliseconds since 1970 UTC. */
  start = 0;
  /** Milliseconds of the span in which a row was in force. */
  covered = 0;
  /** Rows whose moment lies in the span. */
  rows = 0;
  readonly minima: Float64Array;
  readonly maxima: Float64Array;
  /** Milliseconds in which each column had a value. */
  readonly weights: Float64Array;
  readonly #sums: Float64Array;
  readonly #categories = new Map<string, number>();

  constructor(width: number) {
    this.minima = new Float64Array(width);
    this.maxima = new Float64Array(width);
    this.weights = new Float64Array(width);
    this.#sums = new Float64Array(width);
    this.clear(0);
  }

  get isEmpty(): boolean {
    return this.covered === 0 && this.rows === 0;
  }

  /** Begins a new span. */
  clear(start: number): void {
    this.start = start;
    this.covered = 0;
    this.rows = 0;
    this.minima.fill(Number.NaN);
    this.maxima.fill(Number.NaN);
    this.weights.fill(0);
    this.#sums.fill(0);
    this.#categories.clear();
  }

  /** The values were in force for `ms` milliseconds. */
  hold(values: Float64Array, category: string, ms: number): void {
    const { minima, maxima, weights } = this;
    const sums = this.#sums;
    this.covered += ms;
    for (let slot = 0; slot < sums.length; slot++) {
      const value = values[slot] ?? Number.NaN;
      if (Number.isNaN(value)) continue;
      weights[slot] = (weights[slot] ?? 0) + ms;
      sums[slot] = (sums[slot] ?? 0) + value * ms;
      if (!((minima[slot] ?? 0) <= value)) minima[slot] = value;
      if (!((maxima[slot] ?? 0) >= value)) maxima[slot] = value;
    }
    if (category !== '') this.#categories.set(category, (this.#categories.get(category) ?? 0) + ms);
  }

  /** Mean of a column over the time in which it had a value; NaN for none. */
  mean(slot: number): number {
    const mean = (this.#sums[slot] ?? 0) / (this.weights[slot] ?? 0);
    // The sum is rounded, and must not take the mean out of the values' range.
    return Math.min(Math.max(mean, this.minima[slot] ?? 0), this.maxima[slot] ?? 0);
  }

  /** The workload class in force for the longest; of two that were equally long, the first in the alphabet. */
  get category(): string {
    let longest = 0;
    let found = '';
    for (const [category, ms] of this.#categories) {
      if (ms > longest || (ms === longest && category < found)) {
        longest = ms;
        found = category;
      }
    }
    return found;
  }
}
