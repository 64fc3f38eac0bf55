import { withoutInterruptions } from './interruptions.ts';
import type { SessionBucket } from './session-bucket.ts';
import type { SessionColumns } from './session-columns.ts';
import { Stretch } from './stretch.ts';

/** Time without data that ends a session. */
export const BREAK_MS = 5 * 60_000;

/** Makes sessions of buckets that come in order of time. */
export class SessionBuilder {
  readonly #columns: SessionColumns;
  readonly #stepMs: number;
  readonly #sessions: Stretch[] = [];
  /** Stretches since the last break. */
  #part: Stretch[] = [];
  #last: SessionBucket | undefined;

  /** @param stepMs length of a bucket */
  constructor(columns: SessionColumns, stepMs: number) {
    this.#columns = columns;
    this.#stepMs = stepMs;
  }

  /**
   * Takes the next bucket, whose slots are those of the columns. One without data, or that does not begin after the end of
   * the one before, is ignored.
   */
  add(bucket: SessionBucket): void {
    const { start, covered, category } = bucket;
    const end = this.#last ? this.#last.start + this.#stepMs : Number.NEGATIVE_INFINITY;
    if (!(covered > 0) || start < end) return;
    const isNext = start === end;
    if (!isNext) this.#tighten();
    if (start - end >= BREAK_MS) this.#closePart();
    let stretch = this.#part.at(-1);
    if (stretch?.category !== category) {
      // After time without data it is the end of the bucket that has some.
      const from = isNext ? start : (bucket.begins ?? start + this.#stepMs - Math.min(covered, this.#stepMs));
      stretch = new Stretch(this.#columns, category, from);
      this.#part.push(stretch);
    }
    stretch.add(bucket, this.#stepMs, start + this.#stepMs);
    this.#last = bucket;
  }

  /** No bucket follows: all sessions, in order of time. */
  finish(): readonly Stretch[] {
    this.#tighten();
    this.#closePart();
    this.#last = undefined;
    return this.#sessions;
  }

  /** Nothing follows the last bucket: it is its beginning that has data. */
  #tighten(): void {
    const stretch = this.#part.at(-1);
    if (!this.#last || !stretch) return;
    const { start, covered, begins = start } = this.#last;
    stretch.to = Math.min(begins + covered, start + this.#stepMs);
    // A bucket alone.
    if (stretch.from > start) stretch.from = begins;
  }

  #closePart(): void {
    this.#sessions.push(...withoutInterruptions(this.#part, this.#stepMs));
    this.#part = [];
  }
}
