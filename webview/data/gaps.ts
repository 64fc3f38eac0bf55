/** A step in time of more than this many usual steps is a gap: one missed sample is not, two are. */
const GAP_STEPS = 2.5;
/** Steps that are looked at to find the usual one. */
const LOOK = 5;

/**
 * Finds the single samples before which others are missing.
 *
 * The usual step is the median of the five steps around the one looked at, so that it follows a changed interval
 * and a lone sample between two gaps stays alone.
 *
 * @param times ascending
 * @returns for each row 1 when there is a gap between it and the row before it, else 0
 */
export function gapsBefore(times: Float64Array): Uint8Array {
  const { length } = times;
  const gaps = new Uint8Array(length);
  const steps = new Float64Array(LOOK);
  const step = (row: number): number => (times[row] ?? Number.NaN) - (times[row - 1] ?? Number.NaN);
  for (let row = 1; row < length; row++) {
    const own = step(row);
    // Most steps are like the one before them, and no longer than the median can be: nothing is sorted for these.
    const first = Math.max(1, Math.min(row - 2, length - LOOK));
    const last = Math.min(first + LOOK, length);
    let shortest = Number.POSITIVE_INFINITY;
    for (let at = first; at < last; at++) shortest = Math.min(shortest, step(at));
    if (own <= GAP_STEPS * shortest) continue;
    const count = last - first;
    for (let at = 0; at < count; at++) steps[at] = step(first + at);
    const sorted = steps.subarray(0, count).sort();
    gaps[row] = own > GAP_STEPS * (sorted[(count - 1) >> 1] ?? Number.NaN) ? 1 : 0;
  }
  return gaps;
}
