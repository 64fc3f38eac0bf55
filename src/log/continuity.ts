import type { Frame } from '../common/frame.ts';
import { GAP_MS } from './format.ts';

/** How far the two clocks may drift apart between two samples: time servers slew a clock, they do not step it, below this. */
const STEP_MS = 1_000;

/** For how long the clock must have run on before it is believed what day it is. */
const SURE_AFTER_MS = 600_000;

/** Notices where one sample does not follow on from the one before it. */
export class Continuity {
  #utcMs = Number.NaN;
  #monotonicMs = Number.NaN;
  #steadySinceMs = Number.NaN;

  /**
   * Whether something lies between the last frame and this one: the clock was set, the machine slept, or there was no
   * sample for so long that readers take it for a gap. Called once for each frame.
   */
  isBrokenBy({ utcMs, monotonicMs }: Frame): boolean {
    const step = monotonicMs - this.#monotonicMs;
    const isStepped = Math.abs(utcMs - this.#utcMs - step) > STEP_MS;
    if (isStepped || Number.isNaN(this.#steadySinceMs)) this.#steadySinceMs = monotonicMs;
    this.#utcMs = utcMs;
    this.#monotonicMs = monotonicMs;
    return isStepped || step > GAP_MS;
  }

  /** Whether the clock has gone on for ten minutes without being set. */
  get isClockSure(): boolean {
    return this.#monotonicMs - this.#steadySinceMs >= SURE_AFTER_MS;
  }
}
