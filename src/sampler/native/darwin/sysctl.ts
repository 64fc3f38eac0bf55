import type { Absence } from '../../../common/frame.ts';
import type { ByteReader } from '../../proc/byte-reader.ts';
import { type DarwinLibraries, MEMORY } from './library.ts';
import { readUnsigned64 } from '../unsigned64.ts';

/** Of `<sys/errno.h>`. */
const ERRNO = { notPermitted: 1, noEntry: 2, outOfMemory: 12, accessDenied: 13 } as const;

/** The kernel answers no table that comes near it; a size beyond it is nonsense. */
const MAX_TABLE_BYTES = 16 * 2 ** 20;
/** A table that outgrows its room between two calls is asked for again, so many times. */
const TABLE_TRIES = 3;

type Sysctl = (
  name: Int32Array,
  levels: number,
  old: Uint8Array | null,
  size: Uint32Array,
  fresh: null,
  freshSize: number,
) => number;
type SysctlByName = (
  name: string,
  old: Uint8Array,
  size: Uint32Array,
  fresh: null,
  freshSize: number,
) => number;

/** Values of the kernel's state, see sysctl(3). */
export class SysctlReader {
  /** Why the last read gave nothing. */
  absence: Absence = 'unsupported';
  readonly #byNumber: Sysctl | undefined;
  readonly #byName: SysctlByName | undefined;
  readonly #errno: () => number;
  /** `size_t` in its two halves: setting it makes no bigint. */
  readonly #size = new Uint32Array(2);
  readonly #integer = Buffer.alloc(8);

  constructor({ system, koffi }: DarwinLibraries) {
    this.#byNumber = system.bind('sysctl', ['int', MEMORY, 'uint32_t', MEMORY, MEMORY, MEMORY, 'size_t']);
    this.#byName = system.bind('sysctlbyname', ['int', 'str', MEMORY, MEMORY, MEMORY, 'size_t']);
    this.#errno = () => koffi.errno();
  }

  /** Reads an unsigned integer of 32 or 64 bits; NaN where there is none. */
  readInteger(name: string): number {
    const length = this.readStructure(name, this.#integer);
    if (length === 4) return this.#integer.readUInt32LE(0);
    if (length === 8) return readUnsigned64(this.#integer, 0);
    if (length >= 0) this.absence = 'failed';
    return Number.NaN;
  }

  /** Reads a structure into `target` and returns its size; −1 where there is none, or it is larger than `target`. */
  readStructure(name: string, target: Uint8Array): number {
    if (!this.#byName) {
      this.absence = 'unsupported';
      return -1;
    }
    this.#setSize(target.length);
    if (this.#byName(name, target, this.#size, null, 0) !== 0) {
      this.absence = absenceOfErrno(this.#errno());
      return -1;
    }
    return this.#getSize();
  }

  /** Reads a table of any size into `target`, which grows as needed; false where there is none. */
  readTable(name: Int32Array, target: ByteReader): boolean {
    if (!this.#byNumber) {
      this.absence = 'unsupported';
      return false;
    }
    for (let tries = 0; tries < TABLE_TRIES; tries++) {
      this.#setSize(target.bytes.length);
      if (this.#byNumber(name, name.length, target.bytes, this.#size, null, 0) === 0) {
        target.rewind(this.#getSize());
        return true;
      }
      const errno = this.#errno();
      this.absence = absenceOfErrno(errno);
      if (errno !== ERRNO.outOfMemory || !this.#makeRoom(name, target)) return false;
    }
    return false;
  }

  #makeRoom(name: Int32Array, target: ByteReader): boolean {
    this.#setSize(0);
    if (this.#byNumber?.(name, name.length, null, this.#size, null, 0) !== 0) return false;
    const wanted = this.#getSize();
    if (wanted > MAX_TABLE_BYTES) return false;
    do target.grow();
    while (target.bytes.length < wanted);
    return true;
  }

  #setSize(bytes: number): void {
    this.#size[0] = bytes;
    this.#size[1] = 0;
  }

  #getSize(): number {
    return (this.#size[1] ?? 0) * 2 ** 32 + (this.#size[0] ?? 0);
  }
}

function absenceOfErrno(errno: number): Absence {
  switch (errno) {
    case ERRNO.notPermitted:
    case ERRNO.accessDenied:
      return 'denied';
    case ERRNO.noEntry:
      return 'unsupported';
    default:
      return 'failed';
  }
}
