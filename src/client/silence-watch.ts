/** How often the silence is looked at. */
const CHECK_MS = 250;

/**
 * Notices when something that should speak regularly has been silent for too long.
 *
 * Only time in which this process itself ran on time counts: after our own stall, or a suspend of the machine, what
 * was said in the meantime still waits to be read.
 */
export class SilenceWatch {
  readonly #onSilence: () => void;
  #allowedMs = 0;
  #silentMs = 0;
  #lastCheck = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(onSilence: () => void) {
    this.#onSilence = onSilence;
  }

  /** Starts, or starts over, allowing `allowedMs` of silence. */
  start(allowedMs: number): void {
    this.stop();
    this.#allowedMs = allowedMs;
    this.#silentMs = 0;
    this.#lastCheck = performance.now();
    this.#timer = setInterval(() => {
      this.#check();
    }, CHECK_MS);
    this.#timer.unref();
  }

  /** Something was said. */
  heard(allowedMs = this.#allowedMs): void {
    this.#allowedMs = allowedMs;
    this.#silentMs = 0;
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  #check(): void {
    const now = performance.now();
    this.#silentMs += Math.min(now - this.#lastCheck, 2 * CHECK_MS);
    this.#lastCheck = now;
    if (this.#silentMs < this.#allowedMs) return;
    this.stop();
    this.#onSilence();
  }
}
