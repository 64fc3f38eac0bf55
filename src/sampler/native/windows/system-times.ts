import { Buffer } from 'node:buffer';
import { MEMORY, type NativeLibrary } from '../native-library.ts';

/** `sizeof(FILETIME)` */
const FILETIME_SIZE = 8;

type GetSystemTimes = (idle: Uint8Array, kernel: Uint8Array, user: Uint8Array) => number;

/** Idle, kernel and user time of all processors together, from `GetSystemTimes`. */
export class SystemTimes {
  /** Idle, kernel and user time in units of 100 ns, 64 bits each; kernel time has idle time in it. */
  readonly bytes = Buffer.alloc(3 * FILETIME_SIZE);
  readonly #get: GetSystemTimes;
  readonly #parts: readonly [Uint8Array, Uint8Array, Uint8Array];

  private constructor(get: GetSystemTimes) {
    this.#get = get;
    const part = (i: number): Uint8Array => this.bytes.subarray(i * FILETIME_SIZE, (i + 1) * FILETIME_SIZE);
    this.#parts = [part(0), part(1), part(2)];
  }

  /** `undefined` where the library does not tell them. */
  static open(kernel32: NativeLibrary): SystemTimes | undefined {
    const get: GetSystemTimes | undefined = kernel32.bind('GetSystemTimes', ['int', MEMORY, MEMORY, MEMORY]);
    return get && new SystemTimes(get);
  }

  /** Brings {@link bytes} up to date; false where that fails. */
  read(): boolean {
    return this.#get(...this.#parts) !== 0;
  }
}
