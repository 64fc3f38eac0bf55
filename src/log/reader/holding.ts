import { GAP_MS } from '../format.ts';

/** Steps between rows that are looked back at. */
const REMEMBERED = 4;
/** How long a row counts that none follows: one interval, a second where that is not known. */
const LAST_ROW_MS = 1_000;
/** The longest interval that can be set. */
const LONGEST_INTERVAL_MS = 3_600_000;

/**
 * Decides how long a row holds. The log leaves out a sample that differs too little from the row before; so a row holds
 * until the next one, unless that comes after {@link GAP_MS}.
 *
 * Where samples are taken less often than once a minute, each is a row, and the log does not say how often that is: the
 * smallest of the last four steps is taken for the interval, and a row holds for up to two of them.
 */
export class Holding {
  readonly #steps = new Float64Array(REMEMBERED);
  #next = 0;

  /** A row came `stepMs` after the one before. */
  add(stepMs: number): void {
    this.#steps[this.#next] = stepMs;
    this.#next = (this.#next + 1) % REMEMBERED;
  }

  /** The steps remembered, the oldest first; 0 for none. */
  get steps(): number[] {
    return Array.from({ length: REMEMBERED }, (_, k) => this.#steps[(this.#next + k) % REMEMBERED] ?? 0);
  }

  set steps(steps: readonly number[]) {
    this.#steps.fill(0);
    this.#steps.set(steps.slice(0, REMEMBERED));
    this.#next = 0;
  }

  /** The longest step over which a row holds, in milliseconds. */
  get limitMs(): number {
    const interval = this.#interval;
    return interval > GAP_MS ? 2 * interval : GAP_MS;
  }

  /** How long a row counts that is followed by none, or only after a gap. */
  get lastRowMs(): number {
    const interval = this.#interval;
    return interval > GAP_MS ? interval : LAST_ROW_MS;
  }

  get #interval(): number {
    let least = LONGEST_INTERVAL_MS;
    for (const step of this.#steps) {
      // Fewer than four do not tell an interval from a gap.
      if (step === 0) return LAST_ROW_MS;
      if (step < least) least = step;
    }
    return least;
  }
}
