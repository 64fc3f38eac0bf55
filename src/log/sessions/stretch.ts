import type { SessionBucket } from './session-bucket.ts';
import type { SessionColumns } from './session-columns.ts';

/** A stretch of time with one class in force, and the sums over it. */
export class Stretch {
  readonly category: string;
  /** Milliseconds since 1970 UTC. */
  from: number;
  to: number;
  /** Milliseconds with data. */
  covered = 0;
  /** Milliseconds of those in which {@link category} was in force. */
  ofClass = 0;
  /** A slot a column: milliseconds in which it had a value, the sum over them, and the greatest value. */
  readonly weights: Float64Array;
  readonly sums: Float64Array;
  readonly maxima: Float64Array;
  /** Milliseconds in which the power of any meter was known. */
  powerMs = 0;
  /** Greatest mean of all meters together over a bucket, in W; NaN for none. */
  mostWatts = Number.NaN;
  readonly #columns: SessionColumns;

  constructor(columns: SessionColumns, category: string, from: number) {
    const width = columns.names.length;
    this.#columns = columns;
    this.category = category;
    this.from = from;
    this.to = from;
    this.weights = new Float64Array(width);
    this.sums = new Float64Array(width);
    this.maxima = new Float64Array(width).fill(Number.NaN);
  }

  get lengthMs(): number {
    return this.to - this.from;
  }

  /** Adds a bucket of its own class, up to whose end it reaches now. */
  add({ covered, means, maxima, weights }: SessionBucket, stepMs: number, to: number): void {
    const inForce = Math.min(covered, stepMs);
    this.to = to;
    this.covered += inForce;
    this.ofClass += inForce;
    for (let slot = 0; slot < means.length; slot++) {
      const weight = weights[slot] ?? 0;
      if (weight > 0) this.#take(slot, weight, (means[slot] ?? 0) * weight, maxima[slot] ?? Number.NaN);
    }
    this.#addPower(means, weights);
  }

  /** Takes another stretch in, which is before it, after it, or between two of its parts. */
  absorb(other: Stretch): void {
    const isOwn = other.category === this.category;
    this.from = Math.min(this.from, other.from);
    this.to = Math.max(this.to, other.to);
    this.covered += other.covered;
    if (isOwn) this.ofClass += other.ofClass;
    for (let slot = 0; slot < this.sums.length; slot++) {
      // How sure another answer was says nothing about this one.
      if (slot === this.#columns.confidence && !isOwn) continue;
      const weight = other.weights[slot] ?? 0;
      if (weight > 0) this.#take(slot, weight, other.sums[slot] ?? 0, other.maxima[slot] ?? Number.NaN);
    }
    this.powerMs += other.powerMs;
    if (!(this.mostWatts >= other.mostWatts) && !Number.isNaN(other.mostWatts))
      this.mostWatts = other.mostWatts;
  }

  /** Mean of a column; NaN where it had no value. */
  mean(slot: number): number {
    const weight = this.weights[slot] ?? 0;
    return weight > 0 ? (this.sums[slot] ?? 0) / weight : Number.NaN;
  }

  #take(slot: number, weight: number, sum: number, most: number): void {
    this.weights[slot] = (this.weights[slot] ?? 0) + weight;
    this.sums[slot] = (this.sums[slot] ?? 0) + sum;
    if (!((this.maxima[slot] ?? 0) >= most)) this.maxima[slot] = most;
  }

  #addPower(means: Float64Array, weights: Float64Array): void {
    let wattMs = 0;
    let known = 0;
    for (const slot of this.#columns.meters) {
      const weight = weights[slot] ?? 0;
      if (weight === 0) continue;
      wattMs += (means[slot] ?? 0) * weight;
      known = Math.max(known, weight);
    }
    if (known === 0) return;
    this.powerMs += known;
    if (!(this.mostWatts >= wattMs / known)) this.mostWatts = wattMs / known;
  }
}
