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
  /** `WIDTH` values a step; step `i` starts at `(i % CAPACITY) * WIDTH`. */
  readonly #values = new Float64Array(CAPACITY * WIDTH);
  readonly #seconds = new Float64Array(CAPACITY);
  readonly #sums = new Float64Array(WIDTH);
  readonly #weights = new Float64Array(WIDTH);
  #partSeconds = 0;
  /** Number of steps since the start. */
  #count = 0;
  /** The first step that windows may look at. */
  #start = 0;

  /** Number of steps that windows may look at. */
  get length(): number {
    return this.#count - this.#start;
  }

  /**
   * Adds the signals of one sample.
   *
   * @param seconds time that it stands for
   * @returns whether it completed a step
   */
  add(signals: Float64Array, seconds: number): boolean {
    for (let at = 0; at < WIDTH; at++) {
      const value = signals[at] ?? Number.NaN;
      if (Number.isNaN(value)) continue;
      this.#sums[at] = (this.#sums[at] ?? 0) + value * seconds;
      this.#weights[at] = (this.#weights[at] ?? 0) + seconds;
    }
    this.#partSeconds += seconds;
    if (this.#partSeconds < STEP_SECONDS) return false;
    const place = this.#count % CAPACITY;
    for (let at = 0; at < WIDTH; at++) {
      const weight = this.#weights[at] ?? 0;
      this.#values[place * WIDTH + at] = weight > 0 ? (this.#sums[at] ?? 0) / weight : Number.NaN;
    }
    this.#seconds[place] = this.#partSeconds;
    this.#count++;
    this.#start = Math.max(this.#start, this.#count - CAPACITY);
    this.#sums.fill(0);
    this.#weights.fill(0);
    this.#partSeconds = 0;
    return true;
  }

  /** Value of a signal, 0 steps ago being the latest step. NaN where there is none. */
  value(signal: number, stepsAgo: number): number {
    return this.#values[((this.#count - 1 - stepsAgo) % CAPACITY) * WIDTH + signal] ?? Number.NaN;
  }

  /** Seconds that a step covers. */
  seconds(stepsAgo: number): number {
    return this.#seconds[(this.#count - 1 - stepsAgo) % CAPACITY] ?? 0;
  }

  /** Number of steps in the last `seconds` seconds: at least one, where there is one. */
  stepsIn(seconds: number): number {
    let covered = 0;
    let steps = 0;
    while (steps < this.length) {
      const next = this.seconds(steps);
      if (steps > 0 && covered + next > seconds + STEP_SECONDS / 2) break;
      covered += next;
      steps++;
    }
    return steps;
  }

  /** Seconds that the windows may look back. */
  age(): number {
    let covered = 0;
    for (let step = 0; step < this.length; step++) covered += this.seconds(step);
    return covered;
  }

  /** Lets the windows look at the last `steps` steps only: what was before is another workload. */
  startAt(steps: number): void {
    this.#start = Math.max(this.#start, this.#count - steps);
  }

  /** Forgets everything. */
  clear(): void {
    this.#start = this.#count;
    this.#sums.fill(0);
    this.#weights.fill(0);
    this.#partSeconds = 0;
  }
}
