/** How long a workload lasts on average, in seconds: how unlikely a change is at any moment. */
const LASTS_SECONDS = 3600;
/** Seconds in which the evidence of the last seconds counts once: windows a second apart see nearly the same. */
const EVIDENCE_SECONDS = 5;
/** Log odds that another class must have more in the last seconds than the present one, to count as evidence for it. */
const DRIFT = 1.5;
/** Log odds that an abrupt change of what is seen is worth: a change of the work is much likelier then. */
const ABRUPT = 5.5;
/** Seconds over which the evidence for the present workload is averaged. */
const AVERAGE_SECONDS = 300;
/** Seconds of evidence that know as much as evidence ever does. */
const FULL_SECONDS = 30;
/** Least probability in the evidence: no single window rules a class out. */
export const LEAST = 0.01;

/** Log odds by which the evidence for a change must outweigh how unlikely it is that one came just now. */
const BARRIER = Math.log(LASTS_SECONDS / EVIDENCE_SECONDS);

/**
 * Smooths the probabilities of windows over time. Evidence is averaged for as long as a workload lasts, and begins anew
 * when the last seconds are better explained by a change than by chance: the evidence for each other class against the
 * present one is summed up for as long as there is any (Page's cumulative sum).
 */
export class Smoothing {
  readonly #count: number;
  /** Means of log probabilities since the last change. */
  readonly #lasting: Float64Array;
  /** Sums of evidence for each class against the present one, and since how many seconds they have been above nothing. */
  readonly #gains: Float64Array;
  readonly #gainSeconds: Float64Array;
  /** Sums of log probabilities of the last seconds, in the same seconds. */
  readonly #sums: Float64Array;
  /** Probability of each class. They sum to 1. */
  readonly probabilities: Float64Array;
  #present = 0;
  #lastingSeconds = 0;

  /** @param count number of classes */
  constructor(count: number) {
    this.#count = count;
    this.#lasting = new Float64Array(count);
    this.#gains = new Float64Array(count);
    this.#gainSeconds = new Float64Array(count);
    this.#sums = new Float64Array(count * count);
    this.probabilities = new Float64Array(count).fill(1 / Math.max(1, count));
  }

  /** Seconds since the last change, as far as they count. */
  get seconds(): number {
    return this.#lastingSeconds;
  }

  /**
   * Takes in the probabilities of long windows.
   *
   * @param seconds time since the last ones
   * @param sharpness what the averaged log probabilities are multiplied with, so that probabilities mean what they say:
   * many windows know more than one
   */
  add(long: Float64Array, seconds: number, sharpness: number): void {
    this.#lastingSeconds = Math.min(AVERAGE_SECONDS, this.#lastingSeconds + seconds);
    const share = Math.min(1, seconds / this.#lastingSeconds);
    for (let at = 0; at < this.#count; at++) {
      const before = this.#lasting[at] ?? 0;
      this.#lasting[at] = before + share * (logOf(long[at]) - before);
    }
    this.#normalize(sharpness);
  }

  /**
   * Looks at the probabilities of the last seconds alone.
   *
   * @param seconds time since the last ones
   * @returns for how many seconds the work has been another one, so that the long windows should begin anew there; 0
   * where it has not changed
   */
  watch(recent: Float64Array, seconds: number): number {
    const { best } = this;
    if (best !== this.#present) this.#forgetGains();
    this.#present = best;
    const count = this.#count;
    const present = logOf(recent[best]);
    let changed = -1;
    for (let at = 0; at < count; at++) {
      if (at === best) continue;
      const gain =
        (this.#gains[at] ?? 0) + ((logOf(recent[at]) - present - DRIFT) * seconds) / EVIDENCE_SECONDS;
      this.#gains[at] = Math.max(0, gain);
      if (gain <= 0) {
        this.#gainSeconds[at] = 0;
        this.#sums.fill(0, at * count, (at + 1) * count);
        continue;
      }
      this.#gainSeconds[at] = (this.#gainSeconds[at] ?? 0) + seconds;
      for (let other = 0; other < count; other++) {
        const place = at * count + other;
        this.#sums[place] = (this.#sums[place] ?? 0) + seconds * logOf(recent[other]);
      }
      if (gain > BARRIER && gain > (this.#gains[changed] ?? 0)) changed = at;
    }
    return changed < 0 ? 0 : this.#begin(changed);
  }

  /** Takes into account that what is seen has changed abruptly. */
  suspect(): void {
    this.#forgetGains();
    this.#gains.fill(ABRUPT);
  }

  /** Lets the evidence begin anew with nothing. */
  restart(): void {
    this.#lastingSeconds = 0;
    this.#forgetGains();
  }

  /** The likeliest class. */
  get best(): number {
    let best = 0;
    for (let at = 1; at < this.#count; at++)
      if ((this.probabilities[at] ?? 0) > (this.probabilities[best] ?? 0)) best = at;
    return best;
  }

  /** Lets the evidence begin anew when that for a class began. Returns the seconds since then. */
  #begin(changed: number): number {
    const seconds = this.#gainSeconds[changed] ?? 0;
    for (let at = 0; at < this.#count; at++)
      this.#lasting[at] = (this.#sums[changed * this.#count + at] ?? 0) / seconds;
    this.#lastingSeconds = Math.min(AVERAGE_SECONDS, seconds);
    this.#forgetGains();
    return seconds;
  }

  #forgetGains(): void {
    this.#gains.fill(0);
    this.#gainSeconds.fill(0);
    this.#sums.fill(0);
  }

  #normalize(full: number): void {
    const sharpness = 1 + (full - 1) * Math.min(1, this.#lastingSeconds / FULL_SECONDS);
    let highest = Number.NEGATIVE_INFINITY;
    for (let at = 0; at < this.#count; at++) highest = Math.max(highest, this.#lasting[at] ?? 0);
    let sum = 0;
    for (let at = 0; at < this.#count; at++) {
      const odds = Math.exp(sharpness * ((this.#lasting[at] ?? 0) - highest));
      this.probabilities[at] = odds;
      sum += odds;
    }
    for (let at = 0; at < this.#count; at++) this.probabilities[at] = (this.probabilities[at] ?? 0) / sum;
  }
}

function logOf(probability: number | undefined): number {
  return Math.log(LEAST + (probability ?? 0));
}
