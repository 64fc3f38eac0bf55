import type { Absence } from '../../common/frame.ts';
import { ByteReader } from './byte-reader.ts';
import { KeptFile, type KeptFileOptions } from './kept-file.ts';

const reader = new ByteReader(64);

/** A file of `/sys` that holds one whole number, kept open. One that is not there is `unsupported` unless told. */
export class NumberFile {
  /** Why the last read gave no number. */
  absence: Absence = 'failed';
  readonly #file: KeptFile;

  constructor(path: string, options: KeptFileOptions = {}) {
    this.#file = new KeptFile(path, { missing: 'unsupported', ...options });
  }

  /** The number; NaN when there is none or it is negative, and {@link absence} tells why. Does not throw. */
  read(): number {
    if (!this.#file.read(reader)) {
      this.absence = this.#file.absence;
      return Number.NaN;
    }
    this.absence = 'failed';
    return reader.unsigned();
  }

  /** Forgets the pause after a failure: the next read tries at once. */
  retryNow(): void {
    this.#file.retryNow();
  }

  close(): void {
    this.#file.close();
  }
}
