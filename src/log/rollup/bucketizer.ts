import { Holding } from '../reader/holding.ts';
import { Bucket } from './bucket.ts';

/** From where and with what the rows that follow a bucket are read. */
export interface Resume {
  /** Number of the log file of its day. */
  readonly part: number;
  /** Where the line of the row in force begins: bytes from the beginning of the file, uncompressed. */
  readonly offset: number;
  /** From when on that row counts, milliseconds since 1970 UTC: before it, it has been counted. */
  readonly countsFrom: number;
  /** Steps between the rows before it, the oldest first; see {@link Holding}. */
  readonly steps: readonly number[];
}

/**
 * Sums rows up into buckets of equal length. Rows come in the order of the log; so do the buckets, one after the other.
 * When the clock was set back, a bucket that has been handed on comes a second time, with what came later.
 */
export class Bucketizer {
  readonly #stepMs: number;
  readonly #emit: (bucket: Bucket, resume: Resume) => void;
  readonly #bucket: Bucket;
  readonly #holding = new Holding();
  /** The row in force. */
  readonly #values: Float64Array;
  #category = '';
  #time = Number.NaN;
  #part = 0;
  #offset = 0;
  /** Until when the row in force has been counted. */
  #counted = 0;
  #resume: Resume | undefined;

  /**
   * @param width columns of a row
   * @param stepMs length of a bucket; buckets begin at whole multiples of it since 1970 UTC
   * @param emit gets each bucket when it is over; it is used again after that
   * @param resume where a former run of buckets ended; rows before that are ignored
   */
  constructor(
    width: number,
    stepMs: number,
    emit: (bucket: Bucket, resume: Resume) => void,
    resume?: Resume,
  ) {
    this.#stepMs = stepMs;
    this.#emit = emit;
    this.#bucket = new Bucket(width);
    this.#values = new Float64Array(width);
    this.#resume = resume;
    if (resume) this.#holding.steps = resume.steps;
  }

  /** Takes the next row: `width` values of `values` from `at` on. */
  add(time: number, values: Float64Array, at: number, category: string, part = 0, offset = 0): void {
    const resume = this.#resume;
    if (resume) {
      if (part < resume.part || (part === resume.part && offset < resume.offset)) return;
      this.#resume = undefined;
      this.#begin(resume.countsFrom);
    } else if (Number.isNaN(this.#time)) {
      this.#begin(time);
    } else {
      this.#step(time, part, offset);
    }
    this.#time = time;
    this.#part = part;
    this.#offset = offset;
    this.#category = category;
    const own = this.#values;
    for (let slot = 0; slot < own.length; slot++) own[slot] = values[at + slot] ?? Number.NaN;
    if (time >= this.#counted) this.#bucket.rows++;
  }

  /**
   * No row follows, or one at `next` that is not taken: the row in force is counted until then, if it holds that long,
   * but not beyond `limit`. Hands on what there is.
   */
  finish(next = Number.NaN, limit = Number.POSITIVE_INFINITY): void {
    if (!Number.isNaN(this.#time)) {
      const holds = next > this.#time && next - this.#time <= this.#holding.limitMs;
      this.#hold(Math.min(holds ? next : this.#time + this.#holding.lastRowMs, limit));
    }
    if (!this.#bucket.isEmpty) this.#emit(this.#bucket, this.#here());
    this.#bucket.clear(this.#bucket.start);
  }

  #step(time: number, part: number, offset: number): void {
    const step = time - this.#time;
    const holds = step > 0 && step <= this.#holding.limitMs;
    if (step === 0) return;
    this.#hold(holds ? time : this.#time + this.#holding.lastRowMs);
    if (step > 0) this.#holding.add(step);
    if (holds) return;
    // A new stretch begins with this row; what was summed up before it is handed on, unless it goes on in the same bucket.
    this.#part = part;
    this.#offset = offset;
    this.#begin(time);
  }

  #begin(time: number): void {
    const start = Math.floor(time / this.#stepMs) * this.#stepMs;
    this.#counted = time;
    if (start === this.#bucket.start) return;
    if (!this.#bucket.isEmpty) this.#emit(this.#bucket, this.#here());
    this.#bucket.clear(start);
  }

  /** Counts the row in force up to `until`, bucket by bucket. */
  #hold(until: number): void {
    const bucket = this.#bucket;
    while (this.#counted < until) {
      const end = bucket.start + this.#stepMs;
      const to = Math.min(until, end);
      bucket.hold(this.#values, this.#category, to - this.#counted);
      this.#counted = to;
      if (to < end) return;
      this.#emit(bucket, this.#here());
      bucket.clear(end);
    }
  }

  #here(): Resume {
    return {
      part: this.#part,
      offset: this.#offset,
      countsFrom: this.#counted,
      steps: this.#holding.steps,
    };
  }
}
