import fs from 'node:fs/promises';
import path from 'node:path';
import { codeOf } from '../../common/faults.ts';
import type { UploadSecrets } from '../../common/upload.ts';
import { LocalKey } from '../envelope/local-key.ts';
import { KeyError } from '../keys/key-error.ts';
import { KeyFolder } from '../keys/key-folder.ts';
import { KeyRing, type RingKey } from '../keys/key-ring.ts';
import type { KeyStore } from '../keys/key-store.ts';

/** Says that VS Code keeps the keys, so that none is made elsewhere while no window has handed them over. */
const MARK = 'keys-in-vscode';

/** What the user has to know when the first key has been made. */
export const KEY_MADE =
  'a key was made, for what is uploaded; without it nobody can read that. Keep a copy elsewhere: optimetrics keys export FILE';

/**
 * The keys with which uploads are sealed: those that a window has handed over, and those of the user's folder. Where there are
 * none at all, one is made in the folder; not where a window keeps them and is not there.
 */
export class UploadKeys implements KeyStore {
  readonly #folder: KeyFolder;
  readonly #mark: string;
  readonly #provided: readonly RingKey[];
  readonly #onMade: () => void;

  /**
   * @param onMade told when a key has been made: the user has to know what losing it means
   * @throws KeyError when what was handed over are no keys
   */
  constructor(
    dataDirectory: string,
    provided: UploadSecrets['keys'] = [],
    onMade: () => void = () => undefined,
  ) {
    this.#folder = new KeyFolder(dataDirectory);
    this.#mark = path.join(dataDirectory, 'sync', MARK);
    this.#onMade = onMade;
    this.#provided = provided.map(({ key, createdMs }) => ({ key: keyOf(key), createdMs }));
  }

  async load(): Promise<KeyRing> {
    const { keys } = await this.#folder.load();
    const ring = new KeyRing([...this.#provided, ...keys]);
    if (this.#provided.length > 0) await this.#setMark();
    else if (!ring.newest && (await this.#isMarked()))
      throw new KeyError(
        'VS Code keeps the key for uploads, and no window has handed it over; open a window, or export the key there and run optimetrics keys import',
      );
    return ring;
  }

  async add(keys: readonly RingKey[]): Promise<void> {
    await this.#folder.add(keys);
    this.#onMade();
  }

  async #setMark(): Promise<void> {
    await fs.mkdir(path.dirname(this.#mark), { recursive: true, mode: 0o700 });
    await fs.writeFile(this.#mark, '', { mode: 0o600 });
  }

  async #isMarked(): Promise<boolean> {
    try {
      await fs.access(this.#mark);
      return true;
    } catch (error) {
      if (codeOf(error) === 'ENOENT') return false;
      throw error;
    }
  }
}

function keyOf(base64: string): LocalKey {
  try {
    return LocalKey.of(Buffer.from(base64, 'base64'));
  } catch {
    throw new KeyError('what VS Code has handed over is not a key; set up uploads again');
  }
}
