import { randomBytes } from 'node:crypto';
import fs from 'node:fs/promises';
import path from 'node:path';
import { codeOf, describeFault } from '../../common/faults.ts';
import { LocalKey } from '../envelope/local-key.ts';
import { syncDirectory } from '../../runtime/sync-directory.ts';
import { KeyError } from './key-error.ts';
import { readKeyFile } from './key-file.ts';
import { byAge, KeyRing, type RingKey } from './key-ring.ts';
import type { KeyStore } from './key-store.ts';
import { isPrivate } from './private.ts';
import { keyName, type Vault, type VaultName } from './vault.ts';
import { vaultNamed } from './vaults.ts';

/** Folder of the keys in the user's data folder. */
export const KEY_FOLDER = 'sync-keys';

const KEY_FILE = /^([0-9a-f]{32})\.json$/;
const LEFTOVER = /^\.[0-9a-f]{32}\.[0-9a-f]{16}$/;
/** Nobody takes so long to write a file of 200 bytes. */
const LEFTOVER_MS = 60_000;

/** A key and the vault that has its bytes. */
export interface KeptKey extends RingKey {
  readonly vault: VaultName;
}

/**
 * Keys in a folder of the user's: a file each, named by the key's id, readable by them alone. A file is written beside and
 * renamed, and never changed after, so that any number of processes can add keys at the same time.
 */
export class KeyFolder implements KeyStore {
  readonly #folder: string;
  readonly #vault: Vault | undefined;

  /**
   * @param dataDirectory the user's
   * @param vault for keys that are added; where the newest key is when left out, or the file
   */
  constructor(dataDirectory: string, vault?: Vault) {
    this.#folder = path.join(dataDirectory, KEY_FOLDER);
    this.#vault = vault;
  }

  async load(): Promise<KeyRing> {
    return new KeyRing(await this.list());
  }

  /** All keys with where they are kept, the oldest first. Rejects as {@link load} does. */
  async list(): Promise<KeptKey[]> {
    const kept: KeptKey[] = [];
    for (const name of await this.#names()) {
      const id = KEY_FILE.exec(name)?.[1];
      if (id !== undefined) kept.push(await this.#read(id));
    }
    return kept.sort(byAge);
  }

  async add(keys: readonly RingKey[]): Promise<void> {
    if (keys.length === 0) return;
    const vault = this.#vault ?? vaultNamed((await this.list()).at(-1)?.vault ?? 'file');
    try {
      await fs.mkdir(this.#folder, { recursive: true, mode: 0o700 });
      await this.#removeLeftovers();
      for (const one of keys) await this.#write(one, vault);
      // What is sealed with a key must not outlive its name.
      await syncDirectory(this.#folder);
    } catch (error) {
      if (codeOf(error) === undefined) throw error;
      throw new KeyError(`the key cannot be kept in OptiMetrics' data folder: ${describeFault(error)}`);
    }
  }

  /** @throws KeyError when others can look in or write there */
  async #names(): Promise<string[]> {
    try {
      const stat = await fs.lstat(this.#folder);
      if (!stat.isDirectory() || !isPrivate(stat))
        throw new KeyError(
          `the folder ${KEY_FOLDER} in OptiMetrics' data folder is not this user's alone; make it so: chmod 700 ${KEY_FOLDER}, and if others could write there, look at what is in it`,
        );
      return await fs.readdir(this.#folder);
    } catch (error) {
      if (codeOf(error) === 'ENOENT') return [];
      if (codeOf(error) === undefined) throw error;
      throw new KeyError(`the keys cannot be read: ${describeFault(error)}`);
    }
  }

  async #read(id: string): Promise<KeptKey> {
    const { vault, kept, createdMs } = await readKeyFile(path.join(this.#folder, `${id}.json`), id);
    const bytes = await vaultNamed(vault).recall(keyName(id), kept);
    let key: LocalKey | undefined;
    try {
      key = LocalKey.of(bytes);
    } catch {
      // Not 32 bytes: told below.
    }
    if (key?.id !== id)
      throw new KeyError(
        `the key in ${KEY_FOLDER}/${id}.json is not the one of that name; delete that file and import the recovery file`,
      );
    return { key, createdMs, vault };
  }

  async #write({ key, createdMs }: RingKey, vault: Vault): Promise<void> {
    const kept = await vault.keep(keyName(key.id), key.reveal());
    // Before anything is sealed with it.
    if (!(await vault.recall(keyName(key.id), kept)).equals(key.reveal()))
      throw new KeyError(`the keyring does not give back the key that was put into it; use --store file`);
    const record = {
      format: 'optimetrics-key',
      version: 1,
      id: key.id,
      created: new Date(createdMs).toISOString(),
      vault: vault.name,
      kept,
    };
    const beside = path.join(this.#folder, `.${key.id}.${randomBytes(8).toString('hex')}`);
    try {
      await fs.writeFile(beside, `${JSON.stringify(record)}\n`, { mode: 0o600, flag: 'wx', flush: true });
      await fs.rename(beside, path.join(this.#folder, `${key.id}.json`));
    } catch (error) {
      await fs.rm(beside, { force: true });
      throw error;
    }
  }

  /** Removes what processes left that died while they were writing. */
  async #removeLeftovers(): Promise<void> {
    for (const name of await this.#names()) {
      if (!LEFTOVER.test(name)) continue;
      const file = path.join(this.#folder, name);
      const madeMs = (await fs.stat(file).catch(() => undefined))?.mtimeMs ?? Date.now();
      if (Date.now() - madeMs > LEFTOVER_MS) await fs.rm(file, { force: true });
    }
  }
}
