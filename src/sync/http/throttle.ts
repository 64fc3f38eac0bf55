import { setTimeout as delay } from 'node:timers/promises';

/** Bytes may be late by this and are then sent together: a timer is not exact. */
const BURST_MS = 50;
/** Bounds of {@link Throttle.pieceBytes}. */
const SMALLEST_PIECE = 64;
const LARGEST_PIECE = 16_384;

/** Bounds how many bytes a second are sent: a bucket that fills at that rate (a token bucket, RFC 2697 in one colour). */
export class Throttle {
  /** How much to send at a time: a quarter of a second's worth, so that a slow bound never looks like a stall. */
  readonly pieceBytes: number;
  readonly #bytesPerMs: number;
  /** Moment, by the monotonic clock, at which all that was admitted has had its time. */
  #paidUntilMs = 0;

  /** @param bytesPerSecond no bound when `undefined` */
  constructor(bytesPerSecond = Number.POSITIVE_INFINITY) {
    this.#bytesPerMs = bytesPerSecond / 1000;
    this.pieceBytes = Math.min(Math.max(Math.floor(bytesPerSecond / 4), SMALLEST_PIECE), LARGEST_PIECE);
  }

  /** Resolves when so many bytes may go. Rejects with the signal's reason. */
  async admit(bytes: number, signal?: AbortSignal): Promise<void> {
    signal?.throwIfAborted();
    if (this.#bytesPerMs === Number.POSITIVE_INFINITY) return;
    const now = performance.now();
    this.#paidUntilMs = Math.max(this.#paidUntilMs, now - BURST_MS) + bytes / this.#bytesPerMs;
    const waitMs = this.#paidUntilMs - now;
    if (waitMs <= BURST_MS) return;
    try {
      await delay(waitMs, undefined, signal ? { signal } : {});
    } catch (error) {
      signal?.throwIfAborted();
      throw error;
    }
  }
}
