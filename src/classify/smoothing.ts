/** How long a workload lasts on average, in seconds: how unlikely a change is at any moment. */
const LASTS_SECONDS = 1800;
/** Seconds in which the evidence of a window counts once: windows a second apart see nearly the same. */
const EVIDENCE_SECONDS = 4;
/** Seconds of evidence by which a change is judged. */
const RECENT_SECONDS = 8;
/** Seconds over which the evidence for the present workload is averaged. */
const AVERAGE_SECONDS = 120;
/** Seconds of evidence for the work before that are kept where a change is only likely. */
const KEPT_SECONDS = 3;
/** Seconds of evidence that know as much as evidence ever does. */
const FULL_SECONDS = 30;
/** Least probability in the evidence: no single window rules a class out. */
export const LEAST = 0.01;

/**
 * How much likelier another class must be than the present one, as the mean of log odds over {@link RECENT_SECONDS}: so
 * much that all of it outweighs how unlikely it is that a workload which lasts for half an hour changed just now.
 */
const CHANGE = Math.log(LASTS_SECONDS / RECENT_SECONDS) / (RECENT_SECONDS / EVIDENCE_SECONDS);

/**
 * Smooths the probabilities of windows over time. Evidence is averaged for as long as a workload lasts, and begins anew
 * when the last seconds are better explained by a change than by chance.
 */
export class Smoothing {
  readonly #count: number;
  readonly #sharpness: number;
  /** Means of log probabilities: since the last change, and of the last seconds. */
  readonly #lasting: Float64Array;
  readonly #recent: Float64Array;
  /** Probability of each class. They sum to 1. */
  readonly probabilities: Float64Array;
  #lastingSeconds = 0;
  #recentSeconds = 0;

  /**
   * @param count number of classes
   * @param sharpness what the averaged log probabilities are multiplied with, so that probabilities mean what they say:
   * many windows know more than one
   */
  constructor(count: number, sharpness: number) {
    this.#count = count;
    this.#sharpness = sharpness;
    this.#lasting = new Float64Array(count);
    this.#recent = new Float64Array(count);
    this.probabilities = new Float64Array(count).fill(1 / Math.max(1, count));
  }

  /**
   * Takes in the probabilities of the long windows and those of the last seconds alone.
   *
   * @param seconds time since the last ones
   * @returns whether the workload has changed, so that the long windows should begin anew
   */
  add(long: Float64Array, short: Float64Array, seconds: number): boolean {
    this.#lastingSeconds = Math.min(AVERAGE_SECONDS, this.#lastingSeconds + seconds);
    this.#recentSeconds = Math.min(RECENT_SECONDS, this.#recentSeconds + seconds);
    mix(this.#lasting, long, Math.min(1, seconds / this.#lastingSeconds));
    mix(this.#recent, short, Math.min(1, seconds / this.#recentSeconds));
    const hasChanged = this.#hasChanged();
    if (hasChanged) {
      this.#lasting.set(this.#recent);
      this.#lastingSeconds = this.#recentSeconds;
    }
    this.#normalize();
    return hasChanged;
  }

  /** Lets the evidence count for little: what was before says hardly anything about what is now. */
  doubt(): void {
    this.#lastingSeconds = Math.min(this.#lastingSeconds, KEPT_SECONDS);
  }

  /** Forgets everything. */
  clear(): void {
    this.#lastingSeconds = 0;
    this.#recentSeconds = 0;
  }

  /** The likeliest class. */
  get best(): number {
    let best = 0;
    for (let at = 1; at < this.#count; at++)
      if ((this.probabilities[at] ?? 0) > (this.probabilities[best] ?? 0)) best = at;
    return best;
  }

  #hasChanged(): boolean {
    if (this.#recentSeconds < RECENT_SECONDS || this.#lastingSeconds < 2 * RECENT_SECONDS) return false;
    const present = this.#recent[this.best] ?? 0;
    for (let at = 0; at < this.#count; at++) if ((this.#recent[at] ?? 0) - present > CHANGE) return true;
    return false;
  }

  #normalize(): void {
    const sharpness = 1 + (this.#sharpness - 1) * Math.min(1, this.#lastingSeconds / FULL_SECONDS);
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

function mix(mean: Float64Array, probabilities: Float64Array, share: number): void {
  for (let at = 0; at < mean.length; at++) {
    const before = mean[at] ?? 0;
    mean[at] = before + share * (Math.log(LEAST + (probabilities[at] ?? 0)) - before);
  }
}
