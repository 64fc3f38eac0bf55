/** What is held against a limit. */
export type Level = 'bad' | 'between' | 'good';

/** How long a state must last before it counts. */
export interface LatchTimes {
  readonly enterMs: number;
  readonly leaveMs: number;
}

/**
 * A state that does not flicker: it begins when the level has been bad for a time without a break, and ends when it has
 * been good for a time. In between it stays as it is.
 */
export class Latch {
  readonly #times: LatchTimes;
  #isOn = false;
  #since: number | undefined;

  constructor(times: LatchTimes) {
    this.#times = times;
  }

  /**
   * Takes what was seen now.
   *
   * @param nowMs on a clock that never goes back
   * @returns whether the state holds
   */
  update(level: Level, nowMs: number): boolean {
    if (level !== (this.#isOn ? 'good' : 'bad')) {
      this.#since = undefined;
      return this.#isOn;
    }
    this.#since ??= nowMs;
    if (nowMs - this.#since >= (this.#isOn ? this.#times.leaveMs : this.#times.enterMs)) {
      this.#isOn = !this.#isOn;
      this.#since = undefined;
    }
    return this.#isOn;
  }
}

/**
 * A value against two limits: bad from `bad` on, good below `good`. A value that is missing is good: what is not known is
 * no trouble.
 */
export function levelOf(value: number | undefined, { bad, good }: { bad: number; good: number }): Level {
  if (value === undefined || value < good) return 'good';
  return value >= bad ? 'bad' : 'between';
}
