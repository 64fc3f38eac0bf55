import { MEMORY, type NativeLibrary } from './library.ts';

/** `sizeof(struct statfs)` with 64-bit inodes, see `<sys/mount.h>`. */
export const STATFS_SIZE = 2168;

/** `MNT_NOWAIT` of `<sys/mount.h>`: what the kernel knows, without asking a file system that may not answer. */
const NO_WAIT = 2;
/** Room for file systems that are mounted between two calls. */
const SPARE = 8;
/** More than anybody mounts: a count beyond it is nonsense. */
const MAX_MOUNTS = 4096;

type Getfsstat = (table: Uint8Array | null, bytes: number, flags: number) => number;

/** The table of mounted file systems, from getfsstat(2). */
export class MountTable {
  readonly #getfsstat: Getfsstat;
  #table: Buffer = Buffer.alloc(0);

  private constructor(getfsstat: Getfsstat) {
    this.#getfsstat = getfsstat;
  }

  /**
   * `undefined` where the library does not tell them.
   *
   * @param arch as `process.arch`: on Intel the name without a suffix is that of a form with 32-bit inodes and another
   * structure, kept for programs of long ago
   */
  static open(system: NativeLibrary, arch: string): MountTable | undefined {
    const symbol = arch === 'x64' ? 'getfsstat$INODE64' : 'getfsstat';
    const getfsstat: Getfsstat | undefined = system.bind(symbol, ['int', MEMORY, 'int', 'int']);
    return getfsstat && new MountTable(getfsstat);
  }

  /** The table: {@link STATFS_SIZE} bytes a mount, valid until the next call. `undefined` where there is none. */
  read(): Buffer | undefined {
    const mounts = this.#getfsstat(null, 0, NO_WAIT);
    if (mounts < 0 || mounts > MAX_MOUNTS) return undefined;
    const wanted = (mounts + SPARE) * STATFS_SIZE;
    if (this.#table.length < wanted) this.#table = Buffer.alloc(wanted);
    const listed = this.#getfsstat(this.#table, this.#table.length, NO_WAIT);
    if (listed < 0) return undefined;
    return this.#table.subarray(0, listed * STATFS_SIZE);
  }
}
