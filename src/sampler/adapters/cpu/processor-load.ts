/** Words a processor, and the places of its states: `CPU_STATE_*` of `<mach/machine.h>`. */
const STATES = 4;
const IDLE = 2;

/** A counter that seems to have come further than this within one tick has gone back. */
const HALF = 2 ** 31;

/**
 * How busy processors were between two readings of their tick counters (`struct processor_cpu_load_info` of
 * `<mach/processor_info.h>`). A processor works in user, system and nice time. Counters have 32 bits and start again at 0
 * after 497 days of one processor's time at 100 ticks a second; one that goes back a little counts as none.
 */
export class ProcessorLoad {
  /** Percent. Row 0 is the machine, row 1 + i the i-th processor; NaN where there is nothing to compare with. */
  readonly utilization: Float64Array;
  readonly #earlier: Uint32Array;
  #hasEarlier = false;

  constructor(processors: number) {
    this.utilization = new Float64Array(processors + 1).fill(Number.NaN);
    this.#earlier = new Uint32Array(processors * STATES);
  }

  /**
   * Takes in a reading.
   *
   * @param ticks ticks in user, system, idle and nice time of each processor; of another length than that of all
   * processors there is nothing to tell
   */
  update(ticks: Uint32Array): void {
    this.utilization.fill(Number.NaN);
    if (ticks.length !== this.#earlier.length) {
      this.#hasEarlier = false;
      return;
    }
    let allWork = 0;
    let allTime = 0;
    for (let processor = 0; processor < this.utilization.length - 1; processor++) {
      let work = 0;
      let time = 0;
      for (let state = 0; state < STATES; state++) {
        const at = processor * STATES + state;
        const passed = ((ticks[at] ?? 0) - (this.#earlier[at] ?? 0)) >>> 0;
        if (passed >= HALF) continue;
        time += passed;
        if (state !== IDLE) work += passed;
      }
      if (this.#hasEarlier && time > 0) this.utilization[processor + 1] = (100 * work) / time;
      allWork += work;
      allTime += time;
    }
    if (this.#hasEarlier && allTime > 0) this.utilization[0] = (100 * allWork) / allTime;
    this.#earlier.set(ticks);
    this.#hasEarlier = true;
  }

  /** Forgets earlier readings: the next one has nothing to compare with. */
  forget(): void {
    this.#hasEarlier = false;
    this.utilization.fill(Number.NaN);
  }
}
