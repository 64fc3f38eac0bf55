/** Units of a running time in a second: it is counted in 100 ns. */
const PER_SECOND = 1e7;
/**
 * A running time that seems to have come further than this many times the time that has passed is no running time. An engine
 * that finishes long work can be ahead of the clock, and then counts as busy all the time.
 */
const IMPLAUSIBLE = 10;

/** How busy the engines of a GPU were between two readings of the times for which they have been running. */
export class EngineLoad {
  /** Percent; NaN where there is nothing to compare with. */
  readonly utilization: Float64Array;
  readonly #earlier: Float64Array;
  /** Time since the earlier reading, seconds. Longer than a tick for an engine that was not read in between. */
  readonly #elapsed: Float64Array;

  constructor(engines: number) {
    this.utilization = new Float64Array(engines).fill(Number.NaN);
    this.#earlier = new Float64Array(engines).fill(Number.NaN);
    this.#elapsed = new Float64Array(engines);
  }

  /**
   * Takes in an engine's reading.
   *
   * @param runningTime 100 ns; NaN where it could not be read
   * @param elapsedSeconds time since the last call for this engine; NaN on the first
   */
  update(engine: number, runningTime: number, elapsedSeconds: number): void {
    const elapsed = (this.#elapsed[engine] ?? 0) + elapsedSeconds;
    this.utilization[engine] = Number.NaN;
    if (Number.isNaN(runningTime)) {
      this.#elapsed[engine] = elapsed;
      return;
    }
    const share = (runningTime - (this.#earlier[engine] ?? Number.NaN)) / (elapsed * PER_SECOND);
    if (share >= 0 && share <= IMPLAUSIBLE) this.utilization[engine] = Math.min(100, 100 * share);
    this.#earlier[engine] = runningTime;
    this.#elapsed[engine] = 0;
  }

  /** The load of the busiest of these engines; NaN where none of them can be told. */
  busiest(engines: readonly number[]): number {
    let busiest = Number.NaN;
    for (const engine of engines) {
      const load = this.utilization[engine] ?? Number.NaN;
      if (!(load <= busiest)) busiest = Number.isNaN(load) ? busiest : load;
    }
    return busiest;
  }
}
