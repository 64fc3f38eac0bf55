import { ByteReader } from '../../../proc/byte-reader.ts';
import { KeptFile } from '../../../proc/kept-file.ts';
import { ENGINES, EngineTimes } from './fdinfo.ts';

const NANOSECONDS_PER_SECOND = 1e9;

const reader = new ByteReader(4096);

/** What came of reading a client: its work is known, or it has gone, or it cannot be told this time. */
export type ClientOutcome = 'told' | 'gone' | 'failed';

/** An open device file of a GPU, whichever processes share it: a program's work for the GPU is counted in it. */
export class DrmClient {
  /** Its number in the driver; NaN where the kernel tells none. */
  readonly id: number;
  /** Whether the file could be read when it was opened. */
  readonly wasRead: boolean;
  /** What was read last. */
  readonly times = new EngineTimes();
  readonly #file: KeptFile;
  readonly #pdev: Uint8Array;
  readonly #work = new Float64Array(ENGINES).fill(Number.NaN);
  readonly #total = new Float64Array(ENGINES).fill(Number.NaN);

  /** @param path its `fdinfo`, which is read and kept open */
  constructor(path: string, pdev: Uint8Array) {
    this.#file = new KeptFile(path);
    this.#pdev = pdev;
    this.wasRead = this.#read();
    this.id = this.wasRead ? this.times.clientId : Number.NaN;
  }

  /** Whether it could be read and is one of the GPU that was asked for. */
  get isFound(): boolean {
    return !Number.isNaN(this.id) && !this.times.isOfOther;
  }

  /**
   * Reads it and adds its share of the time since the last reading, kind by kind, where 1 is all engines of a kind. Its
   * first reading adds nothing. Does not throw.
   *
   * @param elapsedSeconds time since the last reading; NaN on the first
   */
  addShares(into: Float64Array, elapsedSeconds: number): ClientOutcome {
    if (!this.#read()) return 'gone';
    const { times } = this;
    if (times.clientId !== this.id || times.isOfOther)
      return Number.isNaN(times.clientId) ? 'failed' : 'gone';
    let isTold = true;
    for (let engine = 0; engine < ENGINES; engine++) {
      const share = this.#share(engine, elapsedSeconds);
      if (Number.isNaN(share)) isTold = false;
      else into[engine] = (into[engine] ?? 0) + share;
    }
    return isTold ? 'told' : 'failed';
  }

  /** The next reading has nothing to compare with. */
  forget(): void {
    this.#work.fill(Number.NaN);
    this.#total.fill(Number.NaN);
  }

  close(): void {
    this.#file.close();
  }

  #read(): boolean {
    if (!this.#file.read(reader)) return false;
    this.times.decode(reader, this.#pdev);
    return true;
  }

  /** NaN when it was told before and is not now. */
  #share(engine: number, elapsedSeconds: number): number {
    const { times } = this;
    const nanoseconds = times.nanoseconds[engine] ?? Number.NaN;
    const isTimed = !Number.isNaN(nanoseconds);
    const work = isTimed ? nanoseconds : (times.cycles[engine] ?? Number.NaN);
    const total = isTimed ? Number.NaN : (times.totalCycles[engine] ?? Number.NaN);
    const workBefore = this.#work[engine] ?? Number.NaN;
    const totalBefore = this.#total[engine] ?? Number.NaN;
    this.#total[engine] = total;
    if (Number.isNaN(workBefore)) {
      this.#work[engine] = work;
      return 0;
    }
    // A value may go down for a while, and then the larger one before it stands.
    this.#work[engine] = Math.max(workBefore, work);
    if (isTimed !== Number.isNaN(totalBefore)) return Number.NaN;
    const span = isTimed ? elapsedSeconds * NANOSECONDS_PER_SECOND : total - totalBefore;
    return span > 0 ? Math.max(0, work - workBefore) / span / (times.capacity[engine] ?? 1) : Number.NaN;
  }
}
