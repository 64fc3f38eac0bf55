import type { Absence } from '../../../common/frame.ts';

/** Where the cores' clocks are read. */
export interface FrequencySource {
  /** For the doctor: the kind of source. */
  readonly name: string;
  /** MHz of each core, in the order of the columns; NaN where there is none. */
  readonly mhz: Float64Array;
  /**
   * Reads the clocks that are due.
   *
   * @param isOnline tells whether the core with this index is running; others are not asked
   * @param elapsedSeconds time since the last call; NaN on the first
   */
  update(isOnline: (index: number) => boolean, elapsedSeconds: number): void;
  /** Why a core that is online has no clock. */
  absence(index: number): Absence;
  close(): void;
}
