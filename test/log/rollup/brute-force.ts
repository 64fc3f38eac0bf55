import type { TestRow } from '../reader/log-text.ts';

/** A bucket, worked out the slow way. */
export interface PlainBucket {
  covered: number;
  rows: number;
  min: number;
  max: number;
  mean: number;
  /** Milliseconds in which the column had a value. */
  weight: number;
}

/** When and for how long each row is in force, by the rules of docs/log-format.md, written anew. */
export function stretches(
  rows: readonly TestRow[],
  end: number,
): { from: number; to: number; row: TestRow }[] {
  const found: { from: number; to: number; row: TestRow }[] = [];
  let steps: number[] = [];
  for (const [index, row] of rows.entries()) {
    const interval = steps.length < 4 ? 1_000 : Math.min(...steps, 3_600_000);
    const limit = interval > 61_000 ? 2 * interval : 61_000;
    const tail = interval > 61_000 ? interval : 1_000;
    const next = rows[index + 1];
    const step = next ? next.time - row.time : Number.NaN;
    if (step === 0) continue;
    const holds = step > 0 && step <= limit;
    const to = next ? (holds ? next.time : row.time + tail) : Math.min(row.time + tail, end);
    found.push({ from: row.time, to, row });
    if (step > 0) steps = [...steps, step].slice(-4);
  }
  return found;
}

/** Buckets of one column by their beginning, from millisecond counts alone. */
export function bruteForce(
  rows: readonly TestRow[],
  column: string,
  stepMs: number,
  end: number,
): Map<number, PlainBucket> {
  const buckets = new Map<number, PlainBucket & { sum: number }>();
  const bucketAt = (start: number) => {
    const made = buckets.get(start) ?? {
      covered: 0,
      rows: 0,
      min: Number.NaN,
      max: Number.NaN,
      mean: Number.NaN,
      sum: 0,
      weight: 0,
    };
    buckets.set(start, made);
    return made;
  };
  for (const { time } of rows) bucketAt(time - (time % stepMs)).rows++;
  for (const { from, to, row } of stretches(rows, end)) {
    for (let at = from; at < to;) {
      const start = at - (at % stepMs);
      const until = Math.min(to, start + stepMs);
      const bucket = bucketAt(start);
      bucket.covered += until - at;
      const value = row.values[column];
      if (value !== undefined) {
        bucket.sum += value * (until - at);
        bucket.weight += until - at;
        bucket.mean = bucket.sum / bucket.weight;
        bucket.min = Math.min(value, Number.isNaN(bucket.min) ? value : bucket.min);
        bucket.max = Math.max(value, Number.isNaN(bucket.max) ? value : bucket.max);
      }
      at = until;
    }
  }
  return buckets;
}
