import type { RangeChunk } from '../../common/protocol.ts';
import type { Bucket } from '../rollup/bucket.ts';
import type { RollupRecords } from '../rollup/rollup-format.ts';

/** Collects buckets of any length up to its own into the points of an answer. */
export class RangeGrid {
  readonly columns: readonly string[];
  readonly #start: number;
  readonly #stepMs: number;
  readonly #points: number;
  readonly #weights: Float64Array;
  readonly #sums: Float64Array;
  readonly #minima: Float64Array;
  readonly #maxima: Float64Array;
  readonly #categories: Map<string, number>[];
  #sent = 0;

  /**
   * @param from milliseconds since 1970 UTC; the first point begins at the whole multiple of the step at or before it
   * @param to end of the span; the point that it lies in is the last
   */
  constructor(columns: readonly string[], from: number, to: number, stepMs: number) {
    this.columns = columns;
    this.#stepMs = stepMs;
    this.#start = Math.floor(from / stepMs) * stepMs;
    this.#points = Math.max(0, Math.ceil((to - this.#start) / stepMs));
    const cells = this.#points * columns.length;
    this.#weights = new Float64Array(cells);
    this.#sums = new Float64Array(cells);
    this.#minima = new Float64Array(cells).fill(Number.NaN);
    this.#maxima = new Float64Array(cells).fill(Number.NaN);
    this.#categories = Array.from({ length: this.#points }, () => new Map<string, number>());
  }

  get start(): number {
    return this.#start;
  }

  get end(): number {
    return this.#start + this.#points * this.#stepMs;
  }

  /** Adds a bucket whose slots are the grid's columns. */
  addBucket(bucket: Bucket): void {
    const point = this.#pointOf(bucket.start);
    if (point < 0) return;
    this.#addCategory(point, bucket.category, bucket.covered);
    for (let slot = 0; slot < this.columns.length; slot++) {
      const weight = bucket.weights[slot] ?? 0;
      if (weight > 0)
        this.#add(point, slot, weight, bucket.minima[slot], bucket.mean(slot), bucket.maxima[slot]);
    }
  }

  /** Adds a rollup's records. `slots[i]` is the slot of the grid's column `i` in them; −1 for none. */
  addRecords(records: RollupRecords, slots: readonly number[]): void {
    for (let index = 0; index < records.count; index++) {
      const point = this.#pointOf(records.start(index));
      if (point < 0) continue;
      const { covered, category } = records.facts(index);
      this.#addCategory(point, category, covered);
      for (const [slot, from] of slots.entries()) {
        if (from < 0) continue;
        const weight = records.weight(index, from);
        if (weight === 0) continue;
        this.#add(
          point,
          slot,
          weight,
          records.minimum(index, from),
          records.mean(index, from),
          records.maximum(index, from),
        );
      }
    }
  }

  /** The points that lie wholly before a moment and have not been taken yet; `undefined` when there are none. */
  take(before: number): RangeChunk | undefined {
    const from = this.#sent;
    const until = Math.min(this.#points, Math.floor((before - this.#start) / this.#stepMs));
    if (until <= from) return undefined;
    this.#sent = until;
    const points = Array.from({ length: until - from }, (_, k) => from + k);
    const width = this.columns.length;
    const series = (value: (cell: number) => number): (number | null)[][] =>
      this.columns.map((_, slot) => points.map(point => presentable(value(point * width + slot))));
    const chunk = {
      times: points.map(point => this.#start + point * this.#stepMs),
      categories: points.map(point => this.#longest(point)),
      mean: series(cell => (this.#sums[cell] ?? 0) / (this.#weights[cell] ?? 0)),
    };
    if (!this.#hasBands(from * width, until * width)) return chunk;
    return {
      ...chunk,
      min: series(cell => this.#minima[cell] ?? Number.NaN),
      max: series(cell => this.#maxima[cell] ?? Number.NaN),
    };
  }

  #pointOf(time: number): number {
    const point = Math.floor((time - this.#start) / this.#stepMs);
    return point < this.#sent || point >= this.#points ? -1 : point;
  }

  #add(
    point: number,
    slot: number,
    weight: number,
    min = Number.NaN,
    mean = Number.NaN,
    max = Number.NaN,
  ): void {
    const cell = point * this.columns.length + slot;
    this.#weights[cell] = (this.#weights[cell] ?? 0) + weight;
    this.#sums[cell] = (this.#sums[cell] ?? 0) + mean * weight;
    if (!((this.#minima[cell] ?? 0) <= min)) this.#minima[cell] = min;
    if (!((this.#maxima[cell] ?? 0) >= max)) this.#maxima[cell] = max;
  }

  #addCategory(point: number, category: string, ms: number): void {
    const categories = this.#categories[point];
    if (category !== '') categories?.set(category, (categories.get(category) ?? 0) + ms);
  }

  #longest(point: number): string {
    let found = '';
    let longest = 0;
    for (const [category, ms] of this.#categories[point] ?? []) {
      if (ms <= longest) continue;
      longest = ms;
      found = category;
    }
    return found;
  }

  /** Whether a value changed within a point. */
  #hasBands(from: number, until: number): boolean {
    for (let cell = from; cell < until; cell++) {
      if ((this.#minima[cell] ?? 0) < (this.#maxima[cell] ?? 0)) return true;
    }
    return false;
  }
}

/** Seven digits, as much as rollups and the live history hold. */
function presentable(value: number): number | null {
  return Number.isNaN(value) ? null : Number(value.toPrecision(7));
}
