/** Changing the tooltip closes one that is open, so it follows the text more slowly. */
const TOOLTIP_MS = 10_000;

/** Says when the tooltip is made anew: at once after an event, else slowly, and not while nobody looks at the window. */
export class TooltipPace {
  #at = Number.NEGATIVE_INFINITY;
  #hasEvent = true;

  /** Something has happened that the tooltip must say. */
  event(): void {
    this.#hasEvent = true;
  }

  /**
   * Whether it is to be made now; if so, it counts as made.
   *
   * @param nowMs on a clock that never goes back
   */
  isDue(nowMs: number, isFocused: boolean): boolean {
    if (!this.#hasEvent && !(isFocused && nowMs - this.#at >= TOOLTIP_MS)) return false;
    this.#hasEvent = false;
    this.#at = nowMs;
    return true;
  }
}
