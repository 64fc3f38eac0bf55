import type { Category, WorkloadSpan } from './workload.ts';

/** Time without a sample, beside the usual spacing, that does not count as a gap yet. */
const LEAST_GAP_MS = 5_000;
/** Spacings without a sample that make a gap. */
const GAP_SPACINGS = 2.5;

/**
 * Makes spans of samples that come one by one. A span reaches from its first sample to the first of the next span, or to
 * its last where nothing follows: time in which nothing was sampled belongs to no class.
 */
export class SpanBuilder {
  readonly #spans: { readonly category: Category; readonly from: number; to: number }[] = [];
  #last = Number.NaN;
  #spacing = 0;
  /** Whether the last sample belongs to the last span. */
  #isOpen = false;

  /** What has been built, in order of time. */
  get spans(): readonly WorkloadSpan[] {
    return this.#spans;
  }

  /**
   * Adds a sample. One that is not later than the last one means that the clock was set back: what now lies in the future
   * is forgotten.
   *
   * @param category empty where there was no answer
   * @param time milliseconds since 1970 UTC; ignored when not finite
   */
  add(category: Category, time: number): void {
    if (!Number.isFinite(time)) return;
    if (time <= this.#last) this.dropFrom(time);
    const since = time - this.#last;
    const follows = since <= Math.max(LEAST_GAP_MS, GAP_SPACINGS * this.#spacing);
    const open = this.#isOpen && follows ? this.#spans.at(-1) : undefined;
    if (open) open.to = time;
    this.#isOpen = category !== '';
    if (category !== '' && category !== open?.category) this.#spans.push({ category, from: time, to: time });
    this.#spacing = since > 0 ? since : 0;
    this.#last = time;
  }

  /**
   * Begins with what another has built, to go on from there.
   *
   * @param times moments of the samples it was built of, ascending
   */
  restore(spans: readonly WorkloadSpan[], times: readonly number[]): void {
    const last = times.at(-1) ?? Number.NaN;
    this.#spans.splice(0, Number.POSITIVE_INFINITY, ...spans.map(span => ({ ...span })));
    this.#spacing = last - (times.at(-2) ?? last);
    this.#last = last;
    this.#isOpen = this.#spans.at(-1)?.to === last;
  }

  /** Forgets what is not before `time`. */
  dropFrom(time: number): void {
    for (let span = this.#spans.at(-1); span && span.to >= time; span = this.#spans.at(-1)) {
      if (span.from < time) {
        span.to = time;
        break;
      }
      this.#spans.pop();
    }
    this.#last = Number.NaN;
    this.#spacing = 0;
    this.#isOpen = false;
  }

  /** Forgets what was over before `time`. */
  dropBefore(time: number): void {
    while ((this.#spans[0]?.to ?? Number.POSITIVE_INFINITY) < time) this.#spans.shift();
  }
}
