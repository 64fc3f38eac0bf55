import { readUnsigned64 } from '../../native/unsigned64.ts';

/** `sizeof(SYSTEM_PROCESSOR_PERFORMANCE_INFORMATION)` of `winternl.h`. */
export const PROCESSOR_TIMES_SIZE = 48;

/** Its members, in units of 100 ns since the start: kernel time has idle time and that of interrupts in it. */
const OFFSET = { idle: 0, kernel: 8, user: 16 } as const;

/**
 * How busy processors were between two readings of their times. What is read are the first members of
 * `SYSTEM_PROCESSOR_PERFORMANCE_INFORMATION`, which are also what `GetSystemTimes` gives: idle, kernel and user time.
 */
export class ProcessorTimes {
  /** Percent. Row 0 is all of them, row 1 + i the i-th processor; NaN where there is nothing to compare with. */
  readonly utilization: Float64Array;
  readonly #idle: Float64Array;
  readonly #time: Float64Array;
  #hasEarlier = false;

  constructor(processors: number) {
    this.utilization = new Float64Array(processors + 1).fill(Number.NaN);
    this.#idle = new Float64Array(processors);
    this.#time = new Float64Array(processors);
  }

  /**
   * Takes in a reading.
   *
   * @param offsets where the record of each processor starts
   * @throws RangeError when one does not lie within the bytes
   */
  update(bytes: Buffer, offsets: readonly number[]): void {
    this.utilization.fill(Number.NaN);
    let allWork = 0;
    let allTime = 0;
    for (let processor = 0; processor < this.#idle.length; processor++) {
      const record = offsets[processor] ?? Number.NaN;
      const idle = readUnsigned64(bytes, record + OFFSET.idle);
      const time =
        readUnsigned64(bytes, record + OFFSET.kernel) + readUnsigned64(bytes, record + OFFSET.user);
      const idled = idle - (this.#idle[processor] ?? Number.NaN);
      const passed = time - (this.#time[processor] ?? Number.NaN);
      this.#idle[processor] = idle;
      this.#time[processor] = time;
      // Times that go back, as those of a virtual machine that was moved can, tell nothing.
      if (!this.#hasEarlier || !(idled >= 0 && passed > 0)) continue;
      // They are not taken at one moment, so that idle time can be ahead a little.
      const work = Math.max(0, passed - idled);
      this.utilization[processor + 1] = (100 * work) / passed;
      allWork += work;
      allTime += passed;
    }
    if (allTime > 0) this.utilization[0] = (100 * allWork) / allTime;
    this.#hasEarlier = true;
  }

  /** Forgets earlier readings: the next one has nothing to compare with. */
  forget(): void {
    this.#hasEarlier = false;
    this.utilization.fill(Number.NaN);
  }
}
