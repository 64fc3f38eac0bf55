import { SIGNALS } from './signals.ts';

/** Seconds that a step covers at least: faster samples are put together, so that bursts look the same at any rate. */
const STEP_SECONDS = 0.95;
/** Seconds of the longest window. */
export const LONGEST_SECONDS = 300;
/** A few steps more than the longest window can have. */
const CAPACITY = 320;
const WIDTH = SIGNALS.length;

/** The signals of the last five minutes, a step a second where the samples come that often. */
export class History {
  /** For each signal its steps, the oldest first; the latest is at {@link end} − 1. NaN where there is no value. */
  readonly series: readonly Float64Array[] = Array.from(
    { length: WIDTH },
    () => new Float64Array(2 * CAPACITY),
  );
  /** Seconds that each step covers. */
  readonly #seconds = new Float64Array(2 * CAPACITY);
  readonly #sums = new Float64Array(WIDTH);
  readonly #weights = new Float64Array(WIDTH);
  /** The latest step of each signal that has a value; −1 where there is none. */
  readonly #latest = new Int32Array(WIDTH).fill(-1);
  #partSeconds = 0;
  #end = 0;
  /** The first step that windows may look at. */
  #start = 0;

  /** Where the next step goes. */
  get end(): number {
    return this.#end;
  }

  /** Number of steps that windows may look at. */
  get length(): number {
    return this.#end - this.#start;
  }

  /**
   * Adds the signals of one sample.
   *
   * @param seconds time that it stands for
   * @returns whether it completed a step
   */
  add(signals: Float64Array, seconds: number): boolean {
    const sums = this.#sums;
    const weights = this.#weights;
    for (let at = 0; at < WIDTH; at++) {
      const value = signals[at] ?? Number.NaN;
      if (Number.isNaN(value)) continue;
      sums[at] = (sums[at] ?? 0) + value * seconds;
      weights[at] = (weights[at] ?? 0) + seconds;
    }
    this.#partSeconds += seconds;
    if (this.#partSeconds < STEP_SECONDS) return false;
    if (this.#end === 2 * CAPACITY) this.#makeRoom();
    for (let at = 0; at < WIDTH; at++) {
      const weight = weights[at] ?? 0;
      const series = this.series[at];
      if (series) series[this.#end] = weight > 0 ? (sums[at] ?? 0) / weight : Number.NaN;
      if (weight > 0) this.#latest[at] = this.#end;
    }
    this.#seconds[this.#end] = this.#partSeconds;
    this.#end++;
    this.#start = Math.max(this.#start, this.#end - CAPACITY);
    this.#forgetPart();
    return true;
  }

  /** Seconds that a step covers; 0 steps ago is the latest. */
  seconds(stepsAgo: number): number {
    return this.#seconds[this.#end - 1 - stepsAgo] ?? 0;
  }

  /** Number of steps in the last `seconds` seconds: at least one, where there is one. */
  stepsIn(seconds: number): number {
    const most = this.length;
    const limit = seconds + STEP_SECONDS / 2;
    let covered = 0;
    let steps = 0;
    while (steps < most) {
      covered += this.#seconds[this.#end - 1 - steps] ?? 0;
      if (steps > 0 && covered > limit) break;
      steps++;
    }
    return steps;
  }

  /** Whether a signal has a value in the last `steps` steps. */
  has(signal: number, steps: number): boolean {
    return (this.#latest[signal] ?? -1) >= this.#end - steps;
  }

  /** Lets the windows look at the last `steps` steps only: what was before is another workload. */
  startAt(steps: number): void {
    this.#start = Math.max(this.#start, this.#end - steps);
  }

  /** Forgets everything. */
  clear(): void {
    this.#start = this.#end;
    this.#forgetPart();
  }

  /** Moves the later half to the front. */
  #makeRoom(): void {
    for (const series of this.series) series.copyWithin(0, CAPACITY);
    this.#seconds.copyWithin(0, CAPACITY);
    this.#end -= CAPACITY;
    this.#start = Math.max(0, this.#start - CAPACITY);
    for (let at = 0; at < WIDTH; at++) this.#latest[at] = Math.max(-1, (this.#latest[at] ?? -1) - CAPACITY);
  }

  #forgetPart(): void {
    this.#sums.fill(0);
    this.#weights.fill(0);
    this.#partSeconds = 0;
  }
}
