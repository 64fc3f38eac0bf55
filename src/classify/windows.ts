import type { History } from './history.ts';
import { AT, SIGNALS, type Signal } from './signals.ts';

/** Seconds of the three windows. */
export const WINDOWS = { short: 10, middle: 60, long: 300 } as const;

/** Seconds of the blocks in which bursts and floors are looked for. */
const BLOCK_SECONDS = 5;
/** Longest step in seconds from which the shape of bursts can still be seen. */
const COARSEST_SHAPE = 2.5;
/** Periods looked for, in steps. */
const SHORTEST_PERIOD = 3;
const LONGEST_PERIOD = 25;
const MOST_STEPS = 64;

/**
 * Statistics of the signals over the last 10, 60 and 300 seconds, or over as much of them as the history has. All steps
 * without a value are left out; NaN where too few are there.
 */
export class Windows {
  readonly #history: History;
  readonly #mean10 = empty();
  readonly #mean60 = empty();
  readonly #spread60 = empty();
  readonly #least60 = empty();
  readonly #low60 = empty();
  readonly #high60 = empty();
  readonly #first60 = empty();
  readonly #last60 = empty();
  readonly #all = [
    this.#mean10,
    this.#mean60,
    this.#spread60,
    this.#least60,
    this.#low60,
    this.#high60,
    this.#first60,
    this.#last60,
  ];
  readonly #series = new Float64Array(MOST_STEPS);
  #steps10 = 0;
  #steps60 = 0;
  #steps300 = 0;
  #blockSteps = 1;
  #stepSeconds = 1;

  constructor(history: History) {
    this.#history = history;
  }

  /**
   * Looks at the history as it is now.
   *
   * @param seconds how far back to look at most
   */
  update(seconds: number = WINDOWS.long): void {
    const history = this.#history;
    this.#steps10 = history.stepsIn(Math.min(seconds, WINDOWS.short));
    this.#steps60 = Math.min(MOST_STEPS, history.stepsIn(Math.min(seconds, WINDOWS.middle)));
    this.#steps300 = seconds <= WINDOWS.middle ? this.#steps60 : history.stepsIn(seconds);
    let covered = 0;
    for (let step = 0; step < this.#steps60; step++) covered += history.seconds(step);
    this.#stepSeconds = this.#steps60 === 0 ? 1 : covered / this.#steps60;
    this.#blockSteps = Math.max(1, Math.round(BLOCK_SECONDS / this.#stepSeconds));
    for (let signal = 0; signal < SIGNALS.length; signal++) {
      if (history.has(signal, this.#steps60)) this.#summarize(signal);
      else this.#clear(signal);
    }
  }

  /** A signal without a value. */
  #clear(signal: number): void {
    for (const statistic of this.#all) statistic[signal] = Number.NaN;
  }

  #summarize(signal: number): void {
    const series = this.#history.series[signal] ?? NONE;
    const end = this.#history.end;
    const from = end - this.#steps60;
    const from10 = end - this.#steps10;
    const blockSteps = this.#blockSteps;
    let sum = 0;
    let squares = 0;
    let count = 0;
    let sum10 = Number.NaN;
    let count10 = 0;
    let least = Number.POSITIVE_INFINITY;
    let low = Number.POSITIVE_INFINITY;
    let high = Number.NEGATIVE_INFINITY;
    let block = 0;
    let inBlock = 0;
    let first = Number.NaN;
    let last = Number.NaN;
    for (let at = end - 1; at >= from; at--) {
      const value = series[at] ?? 0;
      // NaN is not there: no comparison with it holds.
      if (value >= 0) {
        if (count === 0) last = value;
        first = value;
        sum += value;
        squares += value * value;
        count++;
        if (value < least) least = value;
        block += value;
        inBlock++;
        if (inBlock === blockSteps) {
          block /= inBlock;
          if (block < low) low = block;
          if (block > high) high = block;
          block = 0;
          inBlock = 0;
        }
      }
      if (at === from10) {
        sum10 = sum;
        count10 = count;
      }
    }
    const mean = sum / count;
    this.#mean10[signal] = sum10 / count10;
    this.#mean60[signal] = mean;
    this.#spread60[signal] = count > 2 ? Math.sqrt(Math.max(0, squares / count - mean * mean)) : Number.NaN;
    this.#least60[signal] = count > 0 ? least : Number.NaN;
    this.#low60[signal] = high >= low ? low : Number.NaN;
    this.#high60[signal] = high >= low ? high : Number.NaN;
    this.#first60[signal] = first;
    this.#last60[signal] = last;
  }

  /** Mean over 10 s. */
  mean10(signal: Signal): number {
    return this.#mean10[AT[signal]] ?? Number.NaN;
  }

  /** Mean over 60 s. */
  mean60(signal: Signal): number {
    return this.#mean60[AT[signal]] ?? Number.NaN;
  }

  /** Standard deviation over 60 s. */
  spread60(signal: Signal): number {
    return this.#spread60[AT[signal]] ?? Number.NaN;
  }

  /** Least value of 60 s. */
  least60(signal: Signal): number {
    return this.#least60[AT[signal]] ?? Number.NaN;
  }

  /** Mean of the least 5 s within 60 s. */
  low60(signal: Signal): number {
    return this.#low60[AT[signal]] ?? Number.NaN;
  }

  /** Mean of the greatest 5 s within 60 s. */
  high60(signal: Signal): number {
    return this.#high60[AT[signal]] ?? Number.NaN;
  }

  /** Latest value less the first one within 60 s. */
  growth60(signal: Signal): number {
    return (this.#last60[AT[signal]] ?? Number.NaN) - (this.#first60[AT[signal]] ?? Number.NaN);
  }

  /** Share of the steps of 60 s whose value is above `level`. */
  above60(signal: Signal, level: number): number {
    if (this.#isAbsent(signal)) return Number.NaN;
    const series = this.#history.series[AT[signal]] ?? NONE;
    const end = this.#history.end;
    let above = 0;
    let count = 0;
    for (let at = end - this.#steps60; at < end; at++) {
      const value = series[at] ?? 0;
      if (value >= 0) count++;
      if (value > level) above++;
    }
    return above / count;
  }

  /** Mean and standard deviation over 300 s of means over 10 s. */
  long(signal: Signal): { readonly mean: number; readonly spread: number } {
    if (!this.#history.has(AT[signal], this.#steps300)) return NOTHING;
    const series = this.#history.series[AT[signal]] ?? NONE;
    const end = this.#history.end;
    const size = Math.max(1, Math.round(WINDOWS.short / this.#stepSeconds));
    let sum = 0;
    let squares = 0;
    let blocks = 0;
    let block = 0;
    let inBlock = 0;
    for (let at = end - 1; at >= end - this.#steps300; at--) {
      const value = series[at] ?? 0;
      if (!(value >= 0)) continue;
      block += value;
      if (++inBlock < size) continue;
      block /= size;
      sum += block;
      squares += block * block;
      blocks++;
      block = 0;
      inBlock = 0;
    }
    const mean = sum / blocks;
    const spread = blocks > 2 ? Math.sqrt(Math.max(0, squares / blocks - mean * mean)) : Number.NaN;
    return { mean, spread };
  }

  /**
   * How strongly a signal repeats itself within 60 s, 0 to 1: the greatest autocorrelation at periods of 3 to 25 steps
   * that is a peak. Rough steps hide it: NaN.
   */
  repetition60(signal: Signal): number {
    const count = this.#copy(signal);
    if (count < 2 * SHORTEST_PERIOD + 10 || this.#stepSeconds > COARSEST_SHAPE) return Number.NaN;
    const series = this.#series;
    const mean = this.mean60(signal);
    let energy = 0;
    for (let at = 0; at < count; at++) energy += ((series[at] ?? 0) - mean) ** 2;
    if (energy / count < 1e-6) return 0;
    let best = 0;
    let before = 1;
    let beforeThat = 1;
    for (let lag = SHORTEST_PERIOD - 1; lag <= Math.min(LONGEST_PERIOD, count >> 1); lag++) {
      let product = 0;
      for (let at = lag; at < count; at++)
        product += ((series[at] ?? 0) - mean) * ((series[at - lag] ?? 0) - mean);
      const correlation = (product / energy) * (count / (count - lag));
      if (before > beforeThat && before >= correlation && before > best) best = before;
      beforeThat = before;
      before = correlation;
    }
    return Math.min(1, best);
  }

  /** How much of the spread of 60 s is slow: autocorrelation from one step to the next, 0 to 1. */
  persistence60(signal: Signal): number {
    const count = this.#copy(signal);
    if (count < 10 || this.#stepSeconds > COARSEST_SHAPE) return Number.NaN;
    const series = this.#series;
    const mean = this.mean60(signal);
    let energy = 0;
    let product = 0;
    for (let at = 0; at < count; at++) {
      const deviation = (series[at] ?? 0) - mean;
      energy += deviation * deviation;
      if (at > 0) product += deviation * ((series[at - 1] ?? 0) - mean);
    }
    if (energy / count < 1e-6) return Number.NaN;
    return Math.max(0, product / energy);
  }

  /** Copies the values of 60 s that are there, the oldest first; returns how many. */
  #copy(signal: Signal): number {
    if (this.#isAbsent(signal)) return 0;
    const series = this.#history.series[AT[signal]] ?? NONE;
    const end = this.#history.end;
    let count = 0;
    for (let at = end - this.#steps60; at < end; at++) {
      const value = series[at] ?? 0;
      if (value >= 0) this.#series[count++] = value;
    }
    return count;
  }

  #isAbsent(signal: Signal): boolean {
    return Number.isNaN(this.mean60(signal));
  }
}

const NONE = new Float64Array(0);
const NOTHING = { mean: Number.NaN, spread: Number.NaN };

function empty(): Float64Array {
  return new Float64Array(SIGNALS.length).fill(Number.NaN);
}
