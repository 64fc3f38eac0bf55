import type { Surroundings } from './options.ts';
import { RoundEnd } from './round-end.ts';

/** Tries of one thing in a round. */
const MOST_TRIES = 6;
const BASE_MS = 1_000;
const CAP_MS = 60_000;

/**
 * Time before the next try: at random from 0 to 1, 2, 4 … seconds (“full jitter”), at most a minute, but not less than the other
 * side has asked for.
 *
 * @param failed tries that have failed, from 1
 */
export function backoffMs(failed: number, random: number, retryAfterMs = 0): number {
  return Math.max(retryAfterMs, random * Math.min(CAP_MS, BASE_MS * 2 ** (failed - 1)));
}

/** Tries one thing again and again, until that is enough for the round. */
export class Tries {
  #failed = 0;
  readonly #signal: AbortSignal;
  readonly #surroundings: Pick<Surroundings, 'now' | 'sleep' | 'random'>;

  constructor(surroundings: Pick<Surroundings, 'now' | 'sleep' | 'random'>, signal: AbortSignal) {
    this.#surroundings = surroundings;
    this.#signal = signal;
  }

  /**
   * Waits until the next try.
   *
   * Rejects with a {@link RoundEnd} when there have been enough, or the other side wants to be left alone for longer than a round
   * waits; with the signal's reason when that is aborted.
   *
   * @param onWait told until when
   */
  async wait(
    reason: string,
    retryAfterMs: number | undefined,
    onWait: (untilMs: number) => void,
  ): Promise<void> {
    this.#failed++;
    const { now, sleep, random } = this.#surroundings;
    const ms = backoffMs(this.#failed, random(), retryAfterMs);
    const untilMs = now() + ms;
    if (this.#failed >= MOST_TRIES || ms > CAP_MS)
      throw new RoundEnd({ state: 'waiting', reason, remedy: '', nextTryMs: untilMs });
    onWait(untilMs);
    await sleep(ms, this.#signal);
  }
}
