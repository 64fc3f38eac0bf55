/** Running this long without a fault makes the next restart the first again. */
const STABLE_MS = 30_000;
/** Longest wait, in seconds. */
const LONGEST_S = 60;

/** Waits between restarts: none before the first, then 1, 2, 4 … 60 seconds. */
export class Backoff {
  #faults = 0;
  #runningSince: number | undefined;

  /** It runs, as of `nowMs` on the monotonic clock. */
  running(nowMs: number): void {
    this.#runningSince = nowMs;
  }

  /** It failed or died: milliseconds to wait before starting it again. */
  nextDelayMs(nowMs: number): number {
    if (this.#runningSince !== undefined && nowMs - this.#runningSince >= STABLE_MS) this.#faults = 0;
    this.#runningSince = undefined;
    const faults = this.#faults++;
    return faults === 0 ? 0 : Math.min(LONGEST_S, 2 ** (faults - 1)) * 1000;
  }

  /** Somebody asks for a start by hand: no wait. */
  reset(): void {
    this.#faults = 0;
  }
}
