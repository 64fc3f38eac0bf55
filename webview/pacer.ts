/**
 * Draws when there is something new, at most once in a given time, and never while the page is hidden: what was
 * asked for meanwhile is drawn once when it is seen again.
 */
export class Pacer {
  readonly #draw: () => void;
  #leastMs: number;
  #drawnAt = Number.NEGATIVE_INFINITY;
  #isDue = false;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(draw: () => void, leastMs: number) {
    this.#draw = draw;
    this.#leastMs = leastMs;
    document.addEventListener('visibilitychange', () => {
      if (this.#isDue) this.#schedule();
    });
  }

  /** The least time between two drawings, in milliseconds; what the user does is drawn at once all the same. */
  set leastMs(leastMs: number) {
    this.#leastMs = leastMs;
  }

  /** Asks for a drawing: `soon` as the pace allows, or `now` in answer to what the user did or waits for. */
  request(when: 'soon' | 'now' = 'soon'): void {
    if (when === 'now') this.#drawnAt = Number.NEGATIVE_INFINITY;
    else if (this.#isDue) return;
    this.#isDue = true;
    this.#schedule();
  }

  /** What was asked for has just been drawn in another way. */
  satisfy(): void {
    this.#isDue = false;
    this.#drawnAt = performance.now();
  }

  #schedule(): void {
    clearTimeout(this.#timer);
    if (document.hidden) return;
    this.#timer = setTimeout(
      () => {
        requestAnimationFrame(() => {
          if (!this.#isDue || document.hidden) return;
          this.#isDue = false;
          this.#drawnAt = performance.now();
          this.#draw();
        });
      },
      Math.max(0, this.#drawnAt + this.#leastMs - performance.now()),
    );
  }
}
