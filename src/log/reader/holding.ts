/** The log has a row at least this often, or once an interval where that is longer. */
const LONGEST_QUIET_MS = 60_000;
/** What a tick may come late. */
const LATE_MS = 5_000;
/** Steps that are looked back at. */
const REMEMBERED = 4;
/** The longest interval that there is. */
const LONGEST_INTERVAL_MS = 3_600_000;
/** How long a row counts that none follows. */
const LAST_ROW_MS = 1_000;

/**
 * Decides how long a row holds. The log leaves out a sample that differs too little from the row before; so a row holds
 * until the next one, unless the next comes so late that there must have been no samples in between.
 *
 * The log does not say how often samples are taken. The smallest of the last four steps between rows is taken for the
 * interval; a step of about a minute is what an idle machine's log has at any interval, and says nothing.
 */
export class Holding {
  readonly #steps = new Float64Array(REMEMBERED);
  #next = 0;

  /** Begins anew. */
  clear(): void {
    this.#steps.fill(0);
    this.#next = 0;
  }

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
    const usual = LONGEST_QUIET_MS + LATE_MS;
    return interval > usual ? 2 * interval : interval > LONGEST_QUIET_MS - LATE_MS ? usual : usual + interval;
  }

  /** How long a row counts that is followed by none, or only after a gap. */
  get lastRowMs(): number {
    const interval = this.#interval;
    return interval > LONGEST_QUIET_MS + LATE_MS ? interval : LAST_ROW_MS;
  }

  get #interval(): number {
    let least = Number.POSITIVE_INFINITY;
    for (const step of this.#steps) if (step > 0 && step < least) least = step;
    return least === Number.POSITIVE_INFINITY ? LAST_ROW_MS : Math.min(least, LONGEST_INTERVAL_MS);
  }
}
