/**
 * Takes the clocks of this process into our hands, so that days pass in minutes: `Date.now()` and `performance.now()` stand
 * still until they are told to go on. Timers go on as before.
 */
export class FastClock {
  #passedMs = 0;

  /** @param utcMs what the clock says now, milliseconds since 1970 UTC */
  constructor(utcMs: number) {
    Date.now = () => utcMs + this.#passedMs;
    performance.now = () => this.#passedMs;
  }

  /** Lets time pass. */
  advance(ms: number): void {
    this.#passedMs += ms;
  }

  /** Milliseconds that have passed. */
  get passedMs(): number {
    return this.#passedMs;
  }
}
