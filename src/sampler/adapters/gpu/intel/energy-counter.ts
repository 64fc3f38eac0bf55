import type { Absence } from '../../../../common/frame.ts';
import { NumberFile } from '../../../proc/number-file.ts';

const MICROJOULES_PER_JOULE = 1e6;
/** More than any card draws: what comes out above is a counter that was reset, not a reading. */
const MOST_WATTS = 2500;

/**
 * Power from a counter of energy, `energy<N>_input` of hwmon in microjoules. The drivers add up the hardware's 32 bits in a
 * number that lasts for centuries (`hwm_energy` of `i915_hwmon.c`, `xe_hwmon_energy_get` of `xe_hwmon.c`): one that goes down
 * was reset.
 */
export class EnergyCounter {
  /** Why the last read told nothing. */
  absence: Absence = 'failed';
  readonly #file: NumberFile;
  #before = Number.NaN;

  /** @param path the counter's file, which is opened when it is first read */
  constructor(path: string) {
    this.#file = new NumberFile(path);
  }

  /**
   * Does not throw.
   *
   * @param elapsedSeconds time since the last reading; NaN on the first
   * @returns mean watts since then. NaN on the first reading, after a reset, and when the counter stood still, which that of
   *   a GPU that is awake never does; {@link absence} tells why
   */
  read(elapsedSeconds: number): number {
    const now = this.#file.read();
    const before = this.#before;
    this.#before = now;
    this.absence = Number.isNaN(now) ? this.#file.absence : 'failed';
    const watts = (now - before) / MICROJOULES_PER_JOULE / elapsedSeconds;
    return watts > 0 && watts <= MOST_WATTS ? watts : Number.NaN;
  }

  /** The next reading has nothing to compare with: there was none for a while. */
  forget(): void {
    this.#before = Number.NaN;
  }

  retryNow(): void {
    this.#file.retryNow();
  }

  close(): void {
    this.#file.close();
  }
}
