/** Seconds between two looks at what limits there are: as long as a change may take to show. */
export const LIMITS_SECONDS = 5;

/** Tells when something that changes rarely is to be looked at again. */
export class Pace {
  readonly #seconds: number;
  #left = 0;

  /** @param seconds between two looks */
  constructor(seconds: number) {
    this.#seconds = seconds;
  }

  /**
   * To be asked once a tick.
   *
   * @param elapsedSeconds time since the last tick; NaN on the first
   */
  isDue(elapsedSeconds: number): boolean {
    if (elapsedSeconds > 0) this.#left -= elapsedSeconds;
    // Ticks come a little early or late: half a tick short of the pause is the pause.
    if (this.#left > (elapsedSeconds > 0 ? elapsedSeconds / 2 : 0)) return false;
    this.#left = this.#seconds;
    return true;
  }

  /** The next tick is to look. */
  hurry(): void {
    this.#left = 0;
  }
}
