import path from 'node:path';
import { type Disk, UNFINISHED, writeWhole } from '../disk.ts';
import { EnvelopeError } from '../envelope/errors.ts';
import { seal } from '../envelope/seal.ts';
import { unseal } from '../envelope/unseal.ts';
import { type KeyStore, sealingKey } from '../keys/key-store.ts';
import type { ResumeNote } from '../targets/target.ts';

const SUFFIX = '.note';

/**
 * What targets have to remember of files that they have begun to take, one sealed file each, for the local key: a note holds the
 * address of an upload session, and whoever has that can write in the user's name. One that cannot be opened any more counts
 * as none: the upload begins anew.
 */
export class ResumeNotes {
  readonly #disk: Disk;
  readonly #folder: string;
  readonly #keys: KeyStore;

  private constructor(disk: Disk, folder: string, keys: KeyStore) {
    this.#disk = disk;
    this.#folder = folder;
    this.#keys = keys;
  }

  /**
   * Opens a folder of notes, and removes those that are not wanted. Rejects with the system's error.
   *
   * @param wanted SHA-256 of the files that notes may be of
   */
  static async open(
    disk: Disk,
    folder: string,
    keys: KeyStore,
    wanted: ReadonlySet<string>,
  ): Promise<ResumeNotes> {
    await disk.makeFolder(folder);
    for (const name of await disk.list(folder)) {
      const isWanted = name.endsWith(SUFFIX) && wanted.has(name.slice(0, -SUFFIX.length));
      if (!isWanted || name.endsWith(UNFINISHED)) await disk.remove(path.join(folder, name));
    }
    return new ResumeNotes(disk, folder, keys);
  }

  /** The note of a file. Rejects with the system's error, or a KeyError of the store. */
  async of(sha256: string): Promise<ResumeNote> {
    const disk = this.#disk;
    const keys = this.#keys;
    const file = path.join(this.#folder, `${sha256}${SUFFIX}`);
    let text = await this.#read(file, sha256);
    return {
      get text() {
        return text;
      },
      async keep(next) {
        if (next === undefined) {
          await disk.remove(file);
        } else {
          const { key } = await sealingKey(keys);
          await writeWhole(disk, file, seal([Buffer.from(JSON.stringify([sha256, next]))], { key }));
        }
        text = next;
      },
    };
  }

  async remove(sha256: string): Promise<void> {
    await this.#disk.remove(path.join(this.#folder, `${sha256}${SUFFIX}`));
  }

  async #read(file: string, sha256: string): Promise<string | undefined> {
    if ((await this.#disk.sizeOf(file)) === undefined) return undefined;
    const { local } = await this.#keys.load();
    try {
      const pieces: Uint8Array[] = [];
      const { plaintext } = await unseal(this.#disk.read(file), { local });
      for await (const piece of plaintext) pieces.push(piece);
      const [of, text] = JSON.parse(Buffer.concat(pieces).toString()) as unknown[];
      // One that was put in the place of another is not this file's.
      return of === sha256 && typeof text === 'string' ? text : undefined;
    } catch (error) {
      if (error instanceof EnvelopeError) return undefined;
      throw error;
    }
  }
}
