/** How long a GPU that can sleep must be idle before it is left alone. */
export const IDLE_SECONDS = 10;
/** How long it is then left alone; drivers put a GPU to sleep 5 to 15 s after its last user has gone. */
export const REST_SECONDS = 20;
/** The longest idle time that is asked for after rests that did not lead to sleep. */
const MAX_IDLE_SECONDS = 600;

/**
 * Decides when a GPU that can sleep is left alone so that it does: a program that has NVML open, or asks a driver
 * every second, keeps such a GPU awake for good (5 to 7 W on a laptop). A GPU that does not fall asleep, because something
 * else keeps it awake, is left alone ever more rarely.
 */
export class RestPolicy {
  #idleSeconds = 0;
  #neededSeconds = IDLE_SECONDS;

  /**
   * Notes a tick of reading; returns whether a rest should begin.
   *
   * @param isIdle whether every GPU can sleep, and sleeps or is idle
   * @param elapsedSeconds time since the last tick; NaN on the first
   */
  noteTick(isIdle: boolean, elapsedSeconds: number): boolean {
    if (!isIdle) this.#idleSeconds = 0;
    else if (elapsedSeconds > 0) this.#idleSeconds += elapsedSeconds;
    return this.#idleSeconds >= this.#neededSeconds;
  }

  /** A rest has ended. */
  noteRest(hasSlept: boolean): void {
    this.#idleSeconds = 0;
    this.#neededSeconds = hasSlept ? IDLE_SECONDS : Math.min(this.#neededSeconds * 2, MAX_IDLE_SECONDS);
  }
}
