import fs from 'node:fs';
import type { Absence } from '../../common/frame.ts';
import { codeOf } from '../../common/faults.ts';
import { absenceOf } from './absence-of.ts';
import { Backoff } from './backoff.ts';
import type { ByteReader } from './byte-reader.ts';

/**
 * Files of `/proc` that are made of records hand out whole records and at most a page in one read, so a read may stop
 * short before the end. None has records longer than half the smallest page: a read shorter than that is the last.
 */
const SURELY_LAST = 2048;

/** Largest content taken in; `/proc/stat` of the widest machines stays far below. */
const LARGEST = 2 ** 24;

/** How a {@link KeptFile} speaks of itself. */
export interface KeptFileOptions {
  /** Why there is no value when there is no such file; `failed` unless told. */
  readonly missing?: Absence;
  /** What an error means, where a driver has its own use of the codes; {@link absenceOf} unless told. */
  readonly absenceOf?: (error: unknown, missing: Absence) => Absence;
  /** What the file holds, in words that name no path: used in log messages. */
  readonly what?: string;
  /** Told once when the file can no longer be read, and once when it can again. */
  readonly log?: (message: string) => void;
}

/**
 * A file that is opened once and read from its start every tick. When a read fails the file is closed, and opened
 * again on later ticks with growing pauses.
 */
export class KeptFile {
  /** Why the last read gave nothing. */
  absence: Absence = 'failed';
  readonly #path: string;
  readonly #missing: Absence;
  readonly #absenceOf: (error: unknown, missing: Absence) => Absence;
  readonly #what: string;
  readonly #log: ((message: string) => void) | undefined;
  readonly #backoff = new Backoff();
  #descriptor = -1;
  #isFailing = false;
  #isReported = false;

  constructor(path: string, options: KeptFileOptions = {}) {
    this.#path = path;
    this.#missing = options.missing ?? 'failed';
    this.#absenceOf = options.absenceOf ?? absenceOf;
    this.#what = options.what ?? '';
    this.#log = options.log;
  }

  /**
   * Reads the whole content into `into` and rewinds it. Does not throw.
   *
   * @returns false when there is nothing to read this tick; {@link absence} tells why
   */
  read(into: ByteReader): boolean {
    if (this.#descriptor < 0 && !this.#backoff.due()) return false;
    try {
      if (this.#descriptor < 0) this.#descriptor = fs.openSync(this.#path, 'r');
      const length = readWhole(this.#descriptor, into);
      if (length === 0) {
        this.#fail('failed', 'empty');
        return false;
      }
      into.rewind(length);
    } catch (error) {
      this.#fail(this.#absenceOf(error, this.#missing), codeOf(error) ?? '');
      return false;
    }
    if (this.#isFailing) this.#recover();
    return true;
  }

  /** Forgets the pause: the next read tries at once. */
  retryNow(): void {
    this.#backoff.reset();
  }

  close(): void {
    if (this.#descriptor < 0) return;
    const descriptor = this.#descriptor;
    this.#descriptor = -1;
    try {
      fs.closeSync(descriptor);
    } catch {
      // The descriptor is gone either way.
    }
  }

  #fail(absence: Absence, code: string): void {
    this.close();
    this.absence = absence;
    this.#backoff.failed();
    this.#isFailing = true;
    // What this kernel does not offer is told by the doctor; it is not a fault.
    if (this.#isReported || absence === 'unsupported' || this.#what === '') return;
    this.#log?.(`${this.#what} cannot be read (${code})`);
    this.#isReported = true;
  }

  #recover(): void {
    this.#isFailing = false;
    this.#backoff.reset();
    if (this.#isReported) this.#log?.(`${this.#what} can be read again`);
    this.#isReported = false;
  }
}

function readWhole(descriptor: number, into: ByteReader): number {
  let length = 0;
  for (;;) {
    if (length === into.bytes.length) {
      if (length >= LARGEST) throw new RangeError('file too large');
      into.grow();
    }
    const room = into.bytes.length - length;
    const count = fs.readSync(descriptor, into.bytes, length, room, length);
    length += count;
    if (count === 0 || (count < room && count < SURELY_LAST)) return length;
  }
}
