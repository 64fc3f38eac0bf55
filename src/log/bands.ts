import type { Metric } from '../common/metrics.ts';

/**
 * Part of a counter's rate by which it may differ from the held one. Wider than for gauges, whatever the setting says:
 * every row has the exact count, so that nothing is lost but how the events of less than a minute were spread, and
 * events that come one by one vary by more than a few percent from second to second.
 */
export const COUNTER_SHARE = 0.5;

/** Differences that are only in the binary representation of decimals do not count: 3.3 − 2.3 is 1 and no less. */
const ROUNDING = 1 - 1e-9;

/**
 * Half width of the band around a held value: a value inside it differs by less. 0 means that any change leaves it.
 *
 * - A gauge is held at its value; the half width is the larger of `share` of that value and the metric's floor.
 * - A counter is held at its rate, that between the last two rows; the half width is the larger of
 *   {@link COUNTER_SHARE} of that rate and the metric's floor, in events per second. See {@link rateOf}.
 * - A bit mask, an ordinal and the like, which have no sizes that could be compared, have no band.
 *
 * @param held the value of the last row or, for a counter, the rate
 * @param share relative threshold of gauges, 0.02 for 2 %
 */
export function halfWidth(metric: Metric, held: number, share: number): number {
  return bandWidth(metric.floor, shareFor(metric, share), held);
}

/** The relative part of the metric's band. */
export function shareFor({ kind, unit }: Metric, share: number): number {
  if (unit === 'bit mask') return 0;
  return kind === 'counter' ? COUNTER_SHARE : share;
}

/** {@link halfWidth} from its parts, for the filter, which has them in arrays. */
export function bandWidth(floor: number, share: number, held: number): number {
  return Math.max(floor, share * Math.abs(held)) * ROUNDING;
}

/**
 * Events per second of a counter between two moments, milliseconds since 1970 UTC, the later one first. NaN when it was
 * reset or no time has passed.
 *
 * Between two rows a counter is held at the rate `r` that the last row has towards the row before it: `t` after that
 * row it is taken to be `count + r·t`. A sample is left out only while its rate since the last row is inside the band
 * around `r`.
 */
export function rateOf(count: number, utcMs: number, earlierCount: number, earlierUtcMs: number): number {
  if (!(utcMs > earlierUtcMs) || count < earlierCount) return Number.NaN;
  return (1000 * (count - earlierCount)) / (utcMs - earlierUtcMs);
}
