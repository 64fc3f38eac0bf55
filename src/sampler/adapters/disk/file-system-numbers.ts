/**
 * Least time between two times that new file systems are given columns: each starts another log file, and on some
 * machines (containers with volumes) there is a new one every minute.
 */
const NEW_COLUMNS_SECONDS = 600;

/**
 * Which file system has which number. It outlives the opening of an adapter, so that each keeps its number when the
 * adapter is opened anew, also where it is not mounted then.
 */
export class FileSystemNumbers {
  #keys: readonly string[] = [];
  #secondsToMore = 0;

  /** Keys of the file systems in the order of their numbers. */
  get keys(): readonly string[] {
    return this.#keys;
  }

  /** Whether it is time to number others. */
  get mayGrow(): boolean {
    return this.#secondsToMore <= 0;
  }

  /** Gives the next numbers to those of the keys that have none; returns all in the order of their numbers. */
  number(keys: readonly string[]): readonly string[] {
    if (this.#keys.length > 0) this.#secondsToMore = NEW_COLUMNS_SECONDS;
    this.#keys = [...this.#keys, ...keys.filter(key => !this.#keys.includes(key))];
    return this.#keys;
  }

  /** @param elapsedSeconds time since the last call; NaN on the first */
  tick(elapsedSeconds: number): void {
    if (elapsedSeconds > 0) this.#secondsToMore -= elapsedSeconds;
  }
}
