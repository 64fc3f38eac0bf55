import type { ShownData } from '../data/shown-data.ts';

/** Stands for a core that gives no reading while others do, in the place of its utilization: it is offline. */
export const OFFLINE = -1;

/** What a heat map draws: utilization of cores at moments. */
export interface CoreSource {
  readonly cores: number;
  /** Number of moments. */
  readonly size: number;
  /** Milliseconds since 1970 UTC, ascending. */
  time(at: number): number;
  /** Whether something is missing between a moment and the one before it. */
  isGap(at: number): boolean;
  /** Percent; {@link OFFLINE}; NaN where there is no reading of any core. */
  value(at: number, core: number): number;
}

/** Cores of which the values are compared to find out whether the past is another one. */
const WATCHED_CORES = 8;

/** Steps between samples that the usual one is taken from. */
const STEPS = 31;
/** Steps are whole multiples of this, so that a tick that is late by a little does not change them. */
const STEP_GRAIN_MS = 100;

/** The cores of what is shown. It reads the dashboard's arrays, and is to be given the new ones each time before it is read. */
export class ShownCores implements CoreSource {
  /** Columns of the cores, in the order of their numbers. */
  readonly columns: readonly string[];
  #data: ShownData | undefined;
  #means: readonly Float64Array[] = [];
  /** The moments that were shown last, with a sum of some cores' readings at each. */
  #times = new Float64Array(0);
  #sums = new Float64Array(0);
  /** Whether any core has a reading at a moment: 1 yes, 2 no, 0 not looked at yet. */
  #states = new Uint8Array(0);
  #isOther = true;
  #stepMs = 1000;

  constructor(columns: readonly string[]) {
    this.columns = columns;
  }

  get cores(): number {
    return this.columns.length;
  }

  get size(): number {
    return this.#data?.times.length ?? 0;
  }

  /** Time between two moments, or the time that one stands for, milliseconds. */
  get stepMs(): number {
    return this.#stepMs;
  }

  /** Whether the moments of the last {@link show} are others than those before it, and not only some more at the end. */
  get isOther(): boolean {
    return this.#isOther;
  }

  /** Whether any core has a reading. */
  get hasReadings(): boolean {
    return this.#means.some(values => values.some(value => !Number.isNaN(value)));
  }

  /** Takes over what is shown now. */
  show(data: ShownData): void {
    this.#data = data;
    this.#means = this.columns.map(column => data.mean(column));
    this.#stepMs = data.stepMs > 0 ? data.stepMs : usualStep(data.times);
    this.#states = new Uint8Array(data.times.length);
    const times = data.times.slice();
    const sums = times.map((_, at) => this.#sumAt(at));
    this.#isOther = !isContinued(this.#times, this.#sums, times, sums);
    this.#times = times;
    this.#sums = sums;
  }

  time(at: number): number {
    return this.#data?.times[at] ?? Number.NaN;
  }

  isGap(at: number): boolean {
    return this.#data?.gaps[at] === 1;
  }

  value(at: number, core: number): number {
    const value = this.#means[core]?.[at] ?? Number.NaN;
    return Number.isNaN(value) && this.#hasReading(at) ? OFFLINE : value;
  }

  #hasReading(at: number): boolean {
    const known = this.#states[at];
    if (known !== 0) return known === 1;
    const has = this.#means.some(values => (values[at] ?? Number.NaN) >= 0);
    this.#states[at] = has ? 1 : 2;
    return has;
  }

  #sumAt(at: number): number {
    const stride = Math.max(1, Math.floor(this.cores / WATCHED_CORES));
    let sum = 0;
    for (let core = 0; core < this.cores; core += stride) {
      const value = this.#means[core]?.[at] ?? Number.NaN;
      sum += Number.isNaN(value) ? -1 : value;
    }
    return sum;
  }
}

/**
 * Whether moments are those that were there before, without the oldest and with some more at the end. The newest of before may
 * have changed: samples that come close together share a moment.
 */
function isContinued(
  timesBefore: Float64Array,
  sumsBefore: Float64Array,
  times: Float64Array,
  sums: Float64Array,
): boolean {
  const first = times[0] ?? Number.NaN;
  const start = timesBefore.indexOf(first);
  if (start < 0) return false;
  for (let at = start; at < timesBefore.length - 1; at++) {
    if (timesBefore[at] !== times[at - start] || sumsBefore[at] !== sums[at - start]) return false;
  }
  return true;
}

/** The median of the latest steps, in whole tenths of a second. */
function usualStep(times: Float64Array): number {
  const steps: number[] = [];
  for (let at = Math.max(1, times.length - STEPS); at < times.length; at++) {
    steps.push((times[at] ?? 0) - (times[at - 1] ?? 0));
  }
  steps.sort((a, b) => a - b);
  const median = steps[(steps.length - 1) >> 1] ?? 1000;
  return Math.max(1, Math.round(median / STEP_GRAIN_MS)) * STEP_GRAIN_MS;
}
