import type { Bucket } from '../rollup/bucket.ts';
import type { RollupRecords } from '../rollup/rollup-format.ts';

/** What sessions are made of: a span of one length, and what is known of it. */
export interface SessionBucket {
  /** Milliseconds since 1970 UTC. */
  readonly start: number;
  /** Milliseconds with data. */
  readonly covered: number;
  /** The moment at which its data begins, where that is known. */
  readonly begins?: number;
  /** The class in force for the longest; empty for none. */
  readonly category: string;
  /** A slot a column; NaN where there was no value. */
  readonly means: Float64Array;
  readonly maxima: Float64Array;
  /** Milliseconds in which each column had a value. */
  readonly weights: Float64Array;
}

/** A copy of a bucket whose slots are those wanted; `begins` is the moment at which its data does. */
export function ofBucket(bucket: Bucket, begins: number): SessionBucket {
  const { start, covered, category, maxima, weights } = bucket;
  return {
    start,
    covered,
    begins,
    category,
    means: weights.map((_, slot) => bucket.mean(slot)),
    maxima: maxima.slice(),
    weights: weights.slice(),
  };
}

/** A record of a rollup. `slots[i]` is the slot in it of what is wanted in slot `i`; −1 for none. */
export function ofRecord(records: RollupRecords, index: number, slots: readonly number[]): SessionBucket {
  const { start, covered, category } = records.facts(index);
  const value = (read: (slot: number) => number, none: number): Float64Array =>
    Float64Array.from(slots, slot => (slot < 0 ? none : read(slot)));
  return {
    start,
    covered,
    category,
    means: value(slot => records.mean(index, slot), Number.NaN),
    maxima: value(slot => records.maximum(index, slot), Number.NaN),
    weights: value(slot => records.weight(index, slot), 0),
  };
}

/**
 * Buckets in order of time, those of one span put together: one comes a second time when the clock was set back, and from
 * each of two hardware ids.
 */
export function inOrder(buckets: readonly SessionBucket[]): SessionBucket[] {
  const sorted = [...buckets].sort((a, b) => a.start - b.start);
  const found: SessionBucket[] = [];
  for (const bucket of sorted) {
    const last = found.at(-1);
    if (last?.start === bucket.start) found[found.length - 1] = together(last, bucket);
    else found.push(bucket);
  }
  return found;
}

function together(a: SessionBucket, b: SessionBucket): SessionBucket {
  const weights = a.weights.map((weight, slot) => weight + (b.weights[slot] ?? 0));
  return {
    start: a.start,
    covered: a.covered + b.covered,
    category: b.covered > a.covered ? b.category : a.category,
    means: a.means.map((mean, slot) => {
      const own = a.weights[slot] ?? 0;
      const others = b.weights[slot] ?? 0;
      if (own === 0 || others === 0) return own === 0 ? (b.means[slot] ?? Number.NaN) : mean;
      return (mean * own + (b.means[slot] ?? 0) * others) / (own + others);
    }),
    maxima: a.maxima.map((most, slot) => {
      const other = b.maxima[slot] ?? Number.NaN;
      return most >= other || Number.isNaN(other) ? most : other;
    }),
    weights,
  };
}
