import { Buffer } from 'node:buffer';
import { MEMORY, type NativeLibrary } from '../native-library.ts';
import { ERROR } from './codes.ts';

/** Kinds of drives that `GetDriveTypeW` tells, of `fileapi.h`. */
export const DRIVE = { fixed: 3, remote: 4 } as const;

/** In the order of the bits of `GetLogicalDrives`. */
const LETTERS = Array.from({ length: 26 }, (_, i) => String.fromCharCode(0x41 + i));

/** Room for a device's name in characters of 16 bits. */
const TARGET_CHARACTERS = 1024;
/** Room for the names of all devices; doubled up to the most where it is too small. */
const FIRST_LIST_CHARACTERS = 32_768;
const MAX_LIST_CHARACTERS = 2 ** 22;

interface Functions {
  GetLogicalDrives(): number;
  GetDriveTypeW(root: string): number;
  QueryDosDeviceW(name: string | null, target: Uint8Array, characters: number): number;
  GetDiskFreeSpaceExW(
    root: string,
    available: BigUint64Array,
    total: BigUint64Array,
    free: BigUint64Array,
  ): number;
  GetLastError(): number;
}

/** Bytes of a volume. */
export interface VolumeSpace {
  readonly total: number;
  readonly free: number;
  /** What of the free space this user may have: less where there are quotas. */
  readonly available: number;
}

/** Drives with a letter and the names of devices. */
export class Volumes {
  /** Error code of the last call that gave nothing. */
  lastError: number = ERROR.success;
  readonly #functions: Functions;
  #text = Buffer.alloc(2 * TARGET_CHARACTERS);
  readonly #available = new BigUint64Array(1);
  readonly #total = new BigUint64Array(1);
  readonly #free = new BigUint64Array(1);

  private constructor(functions: Functions) {
    this.#functions = functions;
  }

  /** `undefined` where a function is missing: all have been there since Windows XP. */
  static open(kernel32: NativeLibrary): Volumes | undefined {
    const functions = kernel32.bindAll<Functions>({
      GetLogicalDrives: ['uint32_t'],
      GetDriveTypeW: ['uint32_t', 'str16'],
      QueryDosDeviceW: ['uint32_t', 'str16', MEMORY, 'uint32_t'],
      GetDiskFreeSpaceExW: ['int', 'str16', MEMORY, MEMORY, MEMORY],
      GetLastError: ['uint32_t'],
    });
    return functions && new Volumes(functions);
  }

  /** Letters of the drives, A to Z; none where that fails. */
  letters(): string[] {
    const mask = this.#functions.GetLogicalDrives();
    return LETTERS.filter((_, bit) => ((mask >>> bit) & 1) === 1);
  }

  /** Of {@link DRIVE}, or another number; told without asking the drive. */
  kindOf(letter: string): number {
    return this.#functions.GetDriveTypeW(`${letter}:\\`);
  }

  /**
   * What stands behind a letter: `\Device\HarddiskVolume3`, or `\??\C:\folder` for one that `subst` made. `undefined` where
   * there is nothing.
   */
  deviceOf(letter: string): string | undefined {
    const length = this.#ask(`${letter}:`, TARGET_CHARACTERS);
    return length === 0 ? undefined : this.#names(length)[0];
  }

  /** Names of all devices; `undefined` where they cannot be listed. */
  deviceNames(): string[] | undefined {
    for (let size = FIRST_LIST_CHARACTERS; size <= MAX_LIST_CHARACTERS; size *= 2) {
      const length = this.#ask(null, size);
      if (length > 0) return this.#names(length);
      if (this.lastError !== ERROR.insufficientBuffer) break;
    }
    return undefined;
  }

  /** `undefined` where there is no answer; {@link lastError} tells why. */
  spaceOf(root: string): VolumeSpace | undefined {
    if (this.#functions.GetDiskFreeSpaceExW(root, this.#available, this.#total, this.#free) === 0) {
      this.lastError = this.#functions.GetLastError();
      return undefined;
    }
    return {
      total: Number(this.#total[0]),
      free: Number(this.#free[0]),
      available: Number(this.#available[0]),
    };
  }

  /** Returns how many characters were filled. */
  #ask(name: string | null, characters: number): number {
    if (this.#text.length < 2 * characters) this.#text = Buffer.alloc(2 * characters);
    const length = this.#functions.QueryDosDeviceW(name, this.#text, characters);
    if (length === 0) this.lastError = this.#functions.GetLastError();
    return Math.min(length, characters);
  }

  #names(characters: number): string[] {
    return this.#text.toString('utf16le', 0, 2 * characters).split('\0');
  }
}
