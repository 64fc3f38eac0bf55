/** Time over which the share of a core is taken. */
const PERIOD_MS = 10_000;

/** What the view costs, as far as a page can find out about itself. */
export interface ViewCost {
  /** Time that our own code took to draw, as a share of the time that went by; in percent of a core. */
  readonly drawPercent: number;
  /** Tasks of the page that held it up for 50 ms and more, in the same time; `undefined` where the browser does not tell. */
  readonly longTasks: number | undefined;
  /** Memory of the page's JavaScript, MB of 2^20 bytes; `undefined` where the browser does not tell. */
  readonly heapMb: number | undefined;
}

/** Sums up what drawing takes, by the clock of the page. */
export class DrawMeter {
  readonly #clock: () => number;
  #from: number;
  #spent = 0;
  #longTasks = 0;
  #latest: Pick<ViewCost, 'drawPercent'> & { readonly longTasks: number } = {
    drawPercent: Number.NaN,
    longTasks: 0,
  };

  /** @param clock milliseconds since an arbitrary start */
  constructor(clock: () => number) {
    this.#clock = clock;
    this.#from = clock();
  }

  /** Does something and counts its time. */
  measure<T>(work: () => T): T {
    const start = this.#clock();
    try {
      return work();
    } finally {
      this.#spent += this.#clock() - start;
    }
  }

  /** A task held the page up. */
  addLongTask(): void {
    this.#longTasks++;
  }

  /** The latest whole period: NaN percent in the first. */
  get latest(): { readonly drawPercent: number; readonly longTasks: number } {
    const now = this.#clock();
    const elapsed = now - this.#from;
    if (elapsed >= PERIOD_MS) {
      this.#latest = { drawPercent: (100 * this.#spent) / elapsed, longTasks: this.#longTasks };
      this.#from = now;
      this.#spent = 0;
      this.#longTasks = 0;
    }
    return this.#latest;
  }
}
