import { gapsBefore } from '../../../webview/data/gaps.ts';
import type { ShownData } from '../../../webview/data/shown-data.ts';

/** Some time of day at which the data of tests begin. */
export const DATA_START = 1_700_000_000_000;

/** Data of single samples, or, with a step, of means with the least and the greatest values a unit around them. */
export function dataOf(
  seconds: readonly number[],
  columns: Readonly<Record<string, readonly number[]>>,
  stepMs = 0,
): ShownData {
  const times = Float64Array.from(seconds, second => DATA_START + second * 1000);
  const lane = (column: string, add: number): Float64Array =>
    Float64Array.from(columns[column] ?? [], value => value + add);
  return {
    from: times[0] ?? DATA_START,
    to: (times.at(-1) ?? DATA_START) + stepMs,
    stepMs,
    times,
    gaps: stepMs === 0 ? gapsBefore(times) : new Uint8Array(times.length),
    columns: new Set(Object.keys(columns)),
    workload: [],
    revision: 0,
    isComplete: true,
    mean: column => lane(column, 0),
    min: column => (stepMs === 0 ? undefined : lane(column, -1)),
    max: column => (stepMs === 0 ? undefined : lane(column, 1)),
  };
}
