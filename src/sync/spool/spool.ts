import { createHash, randomBytes } from 'node:crypto';
import path from 'node:path';
import { SEALED_SUFFIX } from '../envelope/content.ts';
import { type Disk, UNFINISHED } from '../disk.ts';
import type { SealedFile } from '../journal/records.ts';
import type { Parcel } from '../targets/target.ts';

/** Ending of the names of files that are not sealed. */
export const PLAIN_SUFFIX = '.parquet';

/** What a file in the spool is, found out while it was written. */
export type SpooledFile = Pick<SealedFile, 'bytes' | 'sha256' | 'md5'>;

/**
 * The files that are to be sent, in a folder of this user's alone, each named by the SHA-256 of its bytes. A file has its name
 * only once the disk has all of it.
 */
export class Spool {
  readonly #disk: Disk;
  readonly #folder: string;
  /** Bytes of the files that are there, by name. */
  readonly #sizes = new Map<string, number>();
  #bytes = 0;

  private constructor(disk: Disk, folder: string) {
    this.#disk = disk;
    this.#folder = folder;
  }

  /**
   * Opens a spool, and removes what is in it without being wanted: what a crash has left. Rejects with the system's error.
   *
   * @param wanted names of the files that a journal knows
   */
  static async open(disk: Disk, folder: string, wanted: ReadonlySet<string>): Promise<Spool> {
    await disk.makeFolder(folder);
    const spool = new Spool(disk, folder);
    for (const name of await disk.list(folder)) {
      const bytes = wanted.has(name) ? await disk.sizeOf(path.join(folder, name)) : undefined;
      if (bytes === undefined) await disk.remove(path.join(folder, name));
      else spool.#note(name, bytes);
    }
    return spool;
  }

  /** Bytes of all its files. */
  get bytes(): number {
    return this.#bytes;
  }

  get isEmpty(): boolean {
    return this.#sizes.size === 0;
  }

  /** Writes a file and resolves once the disk has it and its name. Rejects with the system's error or that of the pieces. */
  async add(
    pieces: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
    isSealed: boolean,
  ): Promise<SpooledFile> {
    const beside = path.join(this.#folder, `${randomBytes(8).toString('hex')}${UNFINISHED}`);
    try {
      const file = await this.#write(beside, pieces);
      const name = nameOf(file.sha256, isSealed);
      await this.#disk.rename(beside, path.join(this.#folder, name));
      this.#note(name, file.bytes);
      await this.#disk.syncFolder(this.#folder);
      return file;
    } catch (error) {
      // Room for others, on a disk that may be full; what cannot be removed now is when the spool is opened next.
      await this.#disk.remove(beside).catch(() => undefined);
      throw error;
    }
  }

  /** Whether a file is there as it was written. Rejects with the system's error when it cannot be read. */
  async isWhole(file: SealedFile): Promise<boolean> {
    if (this.#sizes.get(nameIn(file)) !== file.bytes) return false;
    const hash = createHash('sha256');
    for await (const piece of this.read(file)) hash.update(piece);
    return hash.digest('hex') === file.sha256;
  }

  /** The bytes of a file, of all of it or from one position up to before another. Rejects with the system's error. */
  read(file: SealedFile, from?: number, to?: number): AsyncIterable<Uint8Array> {
    return this.#disk.read(path.join(this.#folder, nameIn(file)), from, to);
  }

  parcel(file: SealedFile): Parcel {
    const { path: where, bytes, sha256, md5 } = file;
    return { path: where, bytes, sha256, md5, read: (from, to) => this.read(file, from, to) };
  }

  /** Deletes a file; all well when it is not there. */
  async remove(file: SealedFile): Promise<void> {
    const name = nameIn(file);
    await this.#disk.remove(path.join(this.#folder, name));
    this.#note(name, 0);
  }

  #note(name: string, bytes: number): void {
    this.#bytes += bytes - (this.#sizes.get(name) ?? 0);
    if (bytes > 0) this.#sizes.set(name, bytes);
    else this.#sizes.delete(name);
  }

  async #write(file: string, pieces: AsyncIterable<Uint8Array> | Iterable<Uint8Array>): Promise<SpooledFile> {
    const open = await this.#disk.create(file);
    const sha256 = createHash('sha256');
    const md5 = createHash('md5');
    let bytes = 0;
    try {
      for await (const piece of pieces) {
        await open.write(piece, bytes);
        sha256.update(piece);
        md5.update(piece);
        bytes += piece.length;
      }
      await open.sync();
    } finally {
      await open.close();
    }
    return { bytes, sha256: sha256.digest('hex'), md5: md5.digest('hex') };
  }
}

/**
 * The bytes of a file in a spool that nobody may have open; `undefined` when it is not there as it was written. Rejects with the
 * system's error.
 */
export async function readSpooled(disk: Disk, folder: string, file: SealedFile): Promise<Buffer | undefined> {
  const where = path.join(folder, nameIn(file));
  if ((await disk.sizeOf(where)) !== file.bytes) return undefined;
  const pieces: Uint8Array[] = [];
  for await (const piece of disk.read(where)) pieces.push(piece);
  const bytes = Buffer.concat(pieces);
  return createHash('sha256').update(bytes).digest('hex') === file.sha256 ? bytes : undefined;
}

/** Name of a file in the spool, which is its last at the target too. */
export function nameIn({ path: where }: Pick<SealedFile, 'path'>): string {
  return where.slice(where.lastIndexOf('/') + 1);
}

/** Name of a file with such bytes. */
export function nameOf(sha256: string, isSealed: boolean): string {
  return `${sha256}${isSealed ? SEALED_SUFFIX : PLAIN_SUFFIX}`;
}
