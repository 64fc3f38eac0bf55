/** How often the silence is looked at once it has lasted for half of what is allowed. */
const CHECK_MS = 250;
/** How long after half of what is allowed: what is said regularly is said just then, and has been heard by this time. */
const SLACK_MS = 20;

/**
 * Notices when something that should speak regularly has been silent for too long.
 *
 * Only time in which this process itself ran on time counts: after our own stall, or a suspend of the machine, what
 * was said in the meantime still waits to be read.
 *
 * Something that speaks twice in the time that is allowed, as a sampler does, costs a timer each time that it speaks and no
 * more: waking up is most of what a process does that is told something once a second.
 */
export class SilenceWatch {
  readonly #onSilence: () => void;
  #allowedMs = 0;
  #heardAt = 0;
  /** As of the last check. */
  #silentMs = 0;
  #lastCheck = 0;
  #waitMs = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(onSilence: () => void) {
    this.#onSilence = onSilence;
  }

  /** Starts, or starts over, allowing `allowedMs` of silence. */
  start(allowedMs: number): void {
    this.stop();
    this.#allowedMs = allowedMs;
    this.#silentMs = 0;
    this.#heardAt = this.#lastCheck = performance.now();
    this.#wait();
  }

  /** Something was said. */
  heard(allowedMs = this.#allowedMs): void {
    this.#heardAt = performance.now();
    if (allowedMs === this.#allowedMs) return;
    this.#allowedMs = allowedMs;
    if (this.#timer) this.start(allowedMs);
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  #wait(): void {
    const half = this.#allowedMs / 2 - this.#silentMs;
    this.#waitMs = half > CHECK_MS ? half + SLACK_MS : CHECK_MS;
    this.#timer = setTimeout(() => {
      this.#check();
    }, this.#waitMs);
    this.#timer.unref();
  }

  #check(): void {
    const now = performance.now();
    const passed = now - this.#lastCheck;
    const ranMs = passed > this.#waitMs + CHECK_MS ? 2 * CHECK_MS : passed;
    this.#silentMs =
      this.#heardAt >= this.#lastCheck ? Math.min(ranMs, now - this.#heardAt) : this.#silentMs + ranMs;
    this.#lastCheck = now;
    if (this.#silentMs < this.#allowedMs) {
      this.#wait();
      return;
    }
    this.stop();
    this.#onSilence();
  }
}
