import type { Absence } from '../../../../common/frame.ts';
import { NumberFile } from '../../../proc/number-file.ts';

const MILLISECONDS_PER_SECOND = 1e3;
/** i915 tells the counter in 32 bits. */
const WRAP = 2 ** 32;
/** How far a counter may run ahead of our clock within one interval, in ms: both are read at slightly different moments. */
const SLACK_MS = 50;

/**
 * Share of time in which a part of a GPU was not in its sleep state RC6 (C6), from the counter of milliseconds in that state:
 * i915's `rc6_residency_ms`, xe's `idle_residency_ms` (Linux, `intel_gt_sysfs_pm.c`, `xe_gt_idle.c`). Engines can work only
 * then, so that they were busy for as long or less.
 */
export class AwakeShare {
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
   * @returns percent; NaN when it is not known, and {@link absence} tells why
   */
  read(elapsedSeconds: number): number {
    const now = this.#file.read();
    const before = this.#before;
    this.#before = now;
    this.absence = 'failed';
    if (Number.isNaN(now)) {
      this.absence = this.#file.absence;
      return Number.NaN;
    }
    if (now === 0) {
      // It has never slept: some GPUs may not (Data Center GPU Max), and then it tells nothing of their work.
      this.absence = 'unsupported';
      return Number.NaN;
    }
    const elapsedMs = elapsedSeconds * MILLISECONDS_PER_SECOND;
    const hasWrapped = now < before && before < WRAP && before - now > WRAP / 2;
    const asleepMs = hasWrapped ? now - before + WRAP : now - before;
    if (!(elapsedMs > 0 && asleepMs >= 0 && asleepMs <= elapsedMs + SLACK_MS)) return Number.NaN;
    return Math.max(0, 1 - asleepMs / elapsedMs) * 100;
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
