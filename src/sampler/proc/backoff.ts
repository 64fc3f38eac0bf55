/** Longest pause between two attempts, in ticks. */
const LONGEST_PAUSE = 60;

/** Spaces out attempts at something that fails: after 1 tick, then 2, 4, 8 … up to 60 ticks. */
export class Backoff {
  #pause = 1;
  #wait = 0;

  /** To be asked once a tick: whether the next attempt is due. */
  due(): boolean {
    if (this.#wait === 0) return true;
    this.#wait--;
    return false;
  }

  /** The attempt failed. */
  failed(): void {
    this.#wait = this.#pause - 1;
    this.#pause = Math.min(this.#pause * 2, LONGEST_PAUSE);
  }

  /** The attempt succeeded, or there is a reason to believe that the next one will. */
  reset(): void {
    this.#pause = 1;
    this.#wait = 0;
  }
}
