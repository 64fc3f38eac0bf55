import * as v from 'valibot';
import { LocalKey } from '../../sync/envelope/local-key.ts';
import { KeyError } from '../../sync/keys/key-error.ts';
import { byAge, KeyRing, type RingKey } from '../../sync/keys/key-ring.ts';
import type { KeyStore } from '../../sync/keys/key-store.ts';
import { t } from '../l10n.ts';
import { parsed, type Secrets } from './secrets.ts';

/** Name of the secret that lists the ids of the keys, and beginning of those that hold one each. */
const NAME = 'optimetrics.sync.keys';

/** Rounds in which an id that another window has overwritten is listed again. */
const ROUNDS = 5;

const KEY_BYTES = 32;

const LIST = v.array(v.pipe(v.string(), v.regex(/^[0-9a-f]{32}$/)));
const KEY = v.object({
  version: v.literal(1),
  created: v.pipe(v.string(), v.isoTimestamp()),
  key: v.pipe(v.string(), v.base64()),
});

/**
 * Keys in VS Code's SecretStorage, which keeps them encrypted on the machine in front of the user (in a browser's storage where
 * VS Code runs in one): a secret each, never changed, and one that lists them.
 */
export class SecretKeyStore implements KeyStore {
  readonly #secrets: Secrets;

  constructor(secrets: Secrets) {
    this.#secrets = secrets;
  }

  async load(): Promise<KeyRing> {
    const ids = await this.#ids();
    if (!ids)
      throw new KeyError(
        t('the list of the keys in VS Code’s SecretStorage is damaged; import the recovery file'),
      );
    const keys: RingKey[] = [];
    for (const id of ids) {
      const key = await this.#read(id);
      if (!key)
        throw new KeyError(
          t('the key {0} in VS Code’s SecretStorage is gone or damaged; import the recovery file', id),
        );
      keys.push(key);
    }
    return new KeyRing(keys);
  }

  /** What cannot be read is put right by a key that is added: that of a recovery file, say. */
  async add(keys: readonly RingKey[]): Promise<void> {
    for (const { key, createdMs } of [...keys].sort(byAge)) {
      if ((await this.#read(key.id)) !== undefined) continue;
      const record = {
        version: 1,
        created: new Date(createdMs).toISOString(),
        key: key.reveal().toString('base64'),
      };
      await this.#secrets.store(nameOf(key.id), JSON.stringify(record));
      // Before anything is sealed with it.
      if ((await this.#read(key.id)) === undefined) throw notKept();
    }
    await this.#list(keys.map(({ key }) => key.id));
  }

  /** Deletes all keys: what only they open can be read by nobody then. */
  async clear(): Promise<void> {
    for (const id of (await this.#ids()) ?? []) await this.#secrets.delete(nameOf(id));
    await this.#secrets.delete(NAME);
  }

  /** Two windows have no lock for this: who finds its ids overwritten lists them again. */
  async #list(ids: readonly string[]): Promise<void> {
    for (let round = 0; round < ROUNDS; round++) {
      const listed = (await this.#ids()) ?? [];
      const missing = ids.filter(id => !listed.includes(id));
      if (missing.length === 0) return;
      await this.#secrets.store(NAME, JSON.stringify([...listed, ...missing]));
    }
    throw notKept();
  }

  /** Ids of the keys; `undefined` when the list is not as it was written. */
  async #ids(): Promise<readonly string[] | undefined> {
    const text = await this.#secrets.get(NAME);
    if (text === undefined) return [];
    const list = v.safeParse(LIST, parsed(text));
    return list.success ? list.output : undefined;
  }

  /** A key; `undefined` when it is not there, or is not as it was written. */
  async #read(id: string): Promise<RingKey | undefined> {
    const record = v.safeParse(KEY, parsed(await this.#secrets.get(nameOf(id))));
    if (!record.success) return undefined;
    const bytes = Buffer.from(record.output.key, 'base64');
    const key = bytes.length === KEY_BYTES ? LocalKey.of(bytes) : undefined;
    return key?.id === id ? { key, createdMs: Date.parse(record.output.created) } : undefined;
  }
}

function notKept(): KeyError {
  return new KeyError(
    t('VS Code’s SecretStorage does not give back the key that was put into it; keep it in a file'),
  );
}

function nameOf(id: string): string {
  return `${NAME}.${id}`;
}
