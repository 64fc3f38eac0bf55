/** A counter that seems to have come further than this between two readings has gone back. */
const HALF = 2 ** 31;

/**
 * Counters of 32 bits that start again at 0 when they are full, continued beyond that: what they were at the first reading,
 * and all that was added since. One that goes back otherwise, as that of a device that was reset does, adds nothing.
 */
export class WrappingCounters {
  readonly #values: Float64Array;
  readonly #earlier: Uint32Array;

  constructor(count: number) {
    this.#values = new Float64Array(count).fill(Number.NaN);
    this.#earlier = new Uint32Array(count);
  }

  /** The sum of all; NaN while one of them has not been read. */
  get sum(): number {
    let sum = 0;
    for (const value of this.#values) sum += value;
    return sum;
  }

  /** Takes in a reading of the counter with this index, and returns how far it has come. */
  update(index: number, reading: number): number {
    const before = this.#values[index] ?? Number.NaN;
    const passed = (reading - (this.#earlier[index] ?? 0)) >>> 0;
    const value = Number.isNaN(before) ? reading : before + (passed < HALF ? passed : 0);
    this.#values[index] = value;
    this.#earlier[index] = reading;
    return value;
  }
}
