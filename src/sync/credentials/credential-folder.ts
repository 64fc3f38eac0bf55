import { createHash, randomBytes } from 'node:crypto';
import fs from 'node:fs/promises';
import path from 'node:path';
import * as v from 'valibot';
import { codeOf, describeFault } from '../../common/faults.ts';
import type { Credentials } from '../../common/upload.ts';
import { syncDirectory } from '../../runtime/sync-directory.ts';
import { KeyError } from '../keys/key-error.ts';
import { readPrivateFile } from '../keys/private-file.ts';
import { isPrivate } from '../keys/private.ts';
import { type SecretName, type Vault, VAULTS } from '../keys/vault.ts';
import { vaultNamed } from '../keys/vaults.ts';
import { parseCredentials } from './credentials.ts';

/** Folder of the credentials in the user's data folder. */
export const CREDENTIAL_FOLDER = 'sync-credentials';

/** Credentials have some hundred bytes, an S3 session token two thousand. */
const MOST_BYTES = 65_536;

const RECORD = v.object({
  format: v.literal('optimetrics-credentials'),
  version: v.literal(1),
  place: v.string(),
  vault: v.picklist(VAULTS),
  kept: v.string(),
});

/** Signs in again: what to do when credentials cannot be had. */
const AGAIN = 'sign in again: optimetrics sync login';

/**
 * Credentials in a folder of the user's: a file for each place, readable by them alone, and where they are in a keyring, what it
 * is asked for. The place is bound in: a file under another name, or for another place, counts as none of it.
 */
export class CredentialFolder {
  readonly #folder: string;

  /** @param dataDirectory the user's */
  constructor(dataDirectory: string) {
    this.#folder = path.join(dataDirectory, CREDENTIAL_FOLDER);
  }

  /**
   * The credentials for a place; `undefined` when there are none.
   *
   * Rejects with a KeyError when they are there and cannot be had, or others can read them.
   *
   * @param place see `credentialPlace`
   */
  async load(place: string): Promise<Credentials | undefined> {
    const record = await this.#read(place);
    if (!record) return undefined;
    const bytes = await vaultNamed(record.vault).recall(nameOf(place), record.kept);
    const content = v.safeParse(v.object({ place: v.literal(place), credentials: v.unknown() }), json(bytes));
    const credentials = content.success ? parseCredentials(content.output.credentials) : undefined;
    if (!credentials)
      throw new KeyError(`the credentials that are kept are not for the place in the settings; ${AGAIN}`);
    return credentials;
  }

  /**
   * Keeps credentials, in place of those that are there. Rejects with a KeyError when it cannot.
   *
   * @param vault where those are that are there when left out, or the file
   */
  async keep(place: string, credentials: Credentials, vault?: Vault): Promise<void> {
    const there = vault ? undefined : await this.#read(place).catch(() => undefined);
    const used = vault ?? vaultNamed(there?.vault ?? 'file');
    const name = nameOf(place);
    const bytes = Buffer.from(JSON.stringify({ place, credentials }));
    const kept = await used.keep(name, bytes);
    if (!(await used.recall(name, kept)).equals(bytes))
      throw new KeyError('the keyring does not give back what was put into it; use --store file');
    const record = { format: 'optimetrics-credentials', version: 1, place, vault: used.name, kept };
    try {
      await fs.mkdir(this.#folder, { recursive: true, mode: 0o700 });
      await this.#requirePrivate();
      await this.#write(name.id, `${JSON.stringify(record)}\n`);
    } catch (error) {
      if (codeOf(error) === undefined) throw error;
      throw new KeyError(
        `the credentials cannot be kept in OptiMetrics' data folder: ${describeFault(error)}`,
      );
    }
  }

  /** Forgets the credentials for a place; gives whether there were any. Rejects with a KeyError when it cannot. */
  async forget(place: string): Promise<boolean> {
    const record = await this.#read(place).catch(() => undefined);
    if (record) await vaultNamed(record.vault).forget(nameOf(place));
    try {
      await fs.rm(this.#file(place));
      return true;
    } catch (error) {
      if (codeOf(error) === 'ENOENT') return false;
      throw new KeyError(`the credentials cannot be deleted: ${describeFault(error)}`);
    }
  }

  async #read(place: string): Promise<v.InferOutput<typeof RECORD> | undefined> {
    try {
      await this.#requirePrivate();
      await fs.access(this.#file(place));
    } catch (error) {
      if (codeOf(error) === 'ENOENT') return undefined;
      if (codeOf(error) === undefined) throw error;
      throw new KeyError(`the credentials cannot be read: ${describeFault(error)}`);
    }
    const name = `${CREDENTIAL_FOLDER}/${nameOf(place).id}.json`;
    const record = v.safeParse(
      RECORD,
      await readPrivateFile(this.#file(place), {
        name,
        kind: 'a file of credentials',
        mostBytes: MOST_BYTES,
        advice: 'change them where they are from',
      }),
    );
    if (!record.success || record.output.place !== place)
      throw new KeyError(`${name} is not a file of credentials of this version; ${AGAIN}`);
    return record.output;
  }

  /** @throws KeyError when others can look in or write there; the system's error */
  async #requirePrivate(): Promise<void> {
    const stat = await fs.lstat(this.#folder);
    if (!stat.isDirectory() || !isPrivate(stat))
      throw new KeyError(
        `the folder ${CREDENTIAL_FOLDER} in OptiMetrics' data folder is not this user's alone; make it so: chmod 700 ${CREDENTIAL_FOLDER}, and if others could read there, change the credentials where they are from`,
      );
  }

  async #write(id: string, text: string): Promise<void> {
    const beside = path.join(this.#folder, `.${id}.${randomBytes(8).toString('hex')}`);
    try {
      await fs.writeFile(beside, text, { mode: 0o600, flag: 'wx', flush: true });
      await fs.rename(beside, path.join(this.#folder, `${id}.json`));
    } catch (error) {
      await fs.rm(beside, { force: true });
      throw error;
    }
    await syncDirectory(this.#folder);
  }

  #file(place: string): string {
    return path.join(this.#folder, `${nameOf(place).id}.json`);
  }
}

function nameOf(place: string): SecretName {
  const id = createHash('sha256').update(`credentials ${place}`).digest('hex').slice(0, 32);
  return { id, what: 'credentials' };
}

function json(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString('utf8'));
  } catch {
    return undefined;
  }
}
