import type { WorkloadSpan } from '../../../src/common/workload.ts';
import type { ShownData } from '../../../webview/data/shown-data.ts';

/** What is to be shown, as a test writes it down. */
export interface ShownInput {
  readonly times: readonly number[];
  /** By column; NaN where there is no value. */
  readonly mean: Readonly<Record<string, readonly number[]>>;
  readonly min?: Readonly<Record<string, readonly number[]>>;
  readonly max?: Readonly<Record<string, readonly number[]>>;
  readonly from?: number;
  readonly to?: number;
  readonly stepMs?: number;
  /** Points before which something is missing. */
  readonly gaps?: readonly number[];
  readonly workload?: readonly WorkloadSpan[];
}

/** Data as the dashboard gives it to its sections. */
export function shown({
  times,
  mean,
  min,
  max,
  from = times[0] ?? 0,
  to = times.at(-1) ?? 0,
  stepMs = 0,
  gaps = [],
  workload = [],
}: ShownInput): ShownData {
  const of = (values: readonly number[] | undefined): Float64Array => Float64Array.from(values ?? []);
  return {
    from,
    to,
    stepMs,
    times: of(times),
    gaps: Uint8Array.from(times, (_, at) => (gaps.includes(at) ? 1 : 0)),
    columns: new Set(Object.keys(mean)),
    workload,
    revision: 0,
    isComplete: true,
    mean: column => of(mean[column]),
    min: column => (min ? of(min[column]) : undefined),
    max: column => (max ? of(max[column]) : undefined),
  };
}
