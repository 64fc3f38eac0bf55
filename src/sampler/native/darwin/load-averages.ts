import { MEMORY, type NativeLibrary } from './library.ts';

/** Averages over 1, 5 and 15 minutes. */
const COUNT = 3;

type Getloadavg = (values: Float64Array, count: number) => number;

/** Load averages, from getloadavg(3). */
export class LoadAverages {
  /** Over 1, 5 and 15 minutes; NaN where the last read did not tell. */
  readonly values = new Float64Array(COUNT).fill(Number.NaN);
  readonly #read: Getloadavg;

  private constructor(read: Getloadavg) {
    this.#read = read;
  }

  /** `undefined` where the library does not tell them. */
  static open(system: NativeLibrary): LoadAverages | undefined {
    const read: Getloadavg | undefined = system.bind('getloadavg', ['int', MEMORY, 'int']);
    return read && new LoadAverages(read);
  }

  read(): void {
    const known = this.#read(this.values, COUNT);
    this.values.fill(Number.NaN, Math.max(0, known));
  }
}
