/** Shortest useful time between the priming read and the first tick: rates need some time to be rates over. */
const SETTLE_MS = 200;
/** Longest delay a timer can have; a longer one would fire at once. */
const TIMER_LIMIT_MS = 2 ** 31 - 1;

/**
 * Delay from now to the next tick: the next whole multiple of the interval on the wall clock, but never so soon after
 * the last tick that two ticks fall together (a timer that fired early, a clock that was set). Ticks missed in a stall
 * or a suspend are not made up.
 *
 * @param wallMs now, milliseconds since 1970 UTC
 * @param sinceLastMs time since the last tick on the monotonic clock
 */
export function delayToNextTick(wallMs: number, sinceLastMs: number, intervalMs: number): number {
  const phase = wallMs % intervalMs;
  const toBoundary = intervalMs - (phase < 0 ? phase + intervalMs : phase);
  return sinceLastMs + toBoundary < intervalMs / 2 ? toBoundary + intervalMs : toBoundary;
}

/** Delay to the first tick: the next whole second (or interval, when shorter) that leaves time to measure over. */
export function delayToFirstTick(wallMs: number, intervalMs: number): number {
  const grid = Math.min(1000, intervalMs);
  const toBoundary = grid - (wallMs % grid);
  return toBoundary >= Math.min(SETTLE_MS, grid / 2) ? toBoundary : toBoundary + grid;
}

/** Calls back once an interval, on whole multiples of it on the wall clock, never more than once for a stall. */
export class TickLoop {
  readonly #onTick: (elapsedSeconds: number) => void;
  #intervalMs: number;
  #timer: NodeJS.Timeout | undefined;
  #last = 0;
  #running = false;

  /** @param onTick gets the time since the last tick (or the start) on the monotonic clock, in seconds */
  constructor(intervalMs: number, onTick: (elapsedSeconds: number) => void) {
    this.#intervalMs = intervalMs;
    this.#onTick = onTick;
  }

  /** Starts now; the caller has just made its priming read. */
  start(): void {
    this.#running = true;
    this.#last = performance.now();
    this.#arm(delayToFirstTick(Date.now(), this.#intervalMs));
  }

  /** Changes the interval from the next tick on. */
  set intervalMs(intervalMs: number) {
    if (intervalMs === this.#intervalMs) return;
    this.#intervalMs = intervalMs;
    if (this.#running) this.#armNext();
  }

  get intervalMs(): number {
    return this.#intervalMs;
  }

  stop(): void {
    this.#running = false;
    clearTimeout(this.#timer);
  }

  #armNext(): void {
    this.#arm(delayToNextTick(Date.now(), performance.now() - this.#last, this.#intervalMs));
  }

  #arm(delayMs: number): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(
      () => {
        this.#tick();
      },
      Math.min(delayMs, TIMER_LIMIT_MS),
    );
  }

  #tick(): void {
    const now = performance.now();
    const elapsed = now - this.#last;
    this.#last = now;
    try {
      this.#onTick(elapsed / 1000);
    } finally {
      if (this.#running) this.#armNext();
    }
  }
}
