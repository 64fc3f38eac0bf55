import type { Category } from './workload.ts';

/** A headline metric over a session: its mean over the time in which it had a value, and its greatest value. */
export interface MeanAndPeak {
  readonly mean: number;
  readonly peak: number;
}

/** A stretch of time that was spent with one kind of work; docs/sessions.md says what makes one. */
export interface WorkloadSession {
  /** Empty where nothing told the kind of work. */
  readonly category: Category;
  /** Milliseconds since 1970 UTC. */
  readonly from: number;
  readonly to: number;
  /** Milliseconds of it with data; the rest are gaps of a few minutes at most. */
  readonly coveredMs: number;
  /** Milliseconds of those in which its class was the answer; in the others something else interrupted it. */
  readonly ofClassMs: number;
  /** Mean probability that the class is right while it was the answer, in %; left out where it is not known. */
  readonly confidence?: number;
  /** %; each is left out where nothing is known of it. */
  readonly cpu?: MeanAndPeak;
  readonly ram?: MeanAndPeak;
  /** % of the GPU that was busiest over the session, by its mean. */
  readonly gpu?: MeanAndPeak & { readonly gpu: number };
  /** % of the GPU whose memory was fullest over the session, by its mean. */
  readonly vram?: MeanAndPeak & { readonly gpu: number };
  readonly power?: SessionPower;
}

/** What is known of the power that the CPU package and the GPUs took. Nothing is put in for what is not known. */
export interface SessionPower {
  /** W, of all sources together as far as they are known, over the time in which any is. */
  readonly mean: number;
  /** W: the highest mean over a minute, or over ten of them in a list made of ten-minute sums. */
  readonly peak: number;
  /** Wh of all sources. */
  readonly wh: number;
  /** At least one, the CPU first. */
  readonly sources: readonly PowerSource[];
}

/** One meter. */
export interface PowerSource {
  /** Number of the GPU; left out for the CPU package. */
  readonly gpu?: number;
  /** Wh over the time in which its power was known. */
  readonly wh: number;
  /** Milliseconds in which it was. */
  readonly knownMs: number;
}
