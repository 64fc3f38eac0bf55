import { KeyFolder } from '../../sync/keys/key-folder.ts';
import type { RingKey } from '../../sync/keys/key-ring.ts';
import type { KeyStore } from '../../sync/keys/key-store.ts';
import { systemVault, vaultNamed } from '../../sync/keys/vaults.ts';
import { t } from '../l10n.ts';
import { type Secrets, SecretKeyStore } from './secret-key-store.ts';

/** Where keys and credentials can be kept. */
export const KEY_PLACES = ['secrets', 'file', 'keyring'] as const;
export type KeyPlace = (typeof KEY_PLACES)[number];

/** The places where the user's keys are. */
export class KeyPlaces {
  readonly secrets: SecretKeyStore;
  readonly #dataFolder: string;

  constructor(secrets: Secrets, dataFolder: string) {
    this.secrets = new SecretKeyStore(secrets);
    this.#dataFolder = dataFolder;
  }

  store(place: KeyPlace): KeyStore {
    switch (place) {
      case 'secrets':
        return this.secrets;
      case 'file':
        return new KeyFolder(this.#dataFolder, vaultNamed('file'));
      case 'keyring':
        return new KeyFolder(this.#dataFolder, systemVault());
    }
  }

  /** The key that would seal from there; `undefined` where there is none yet. Rejects with a KeyError as stores do. */
  async newest(place: KeyPlace): Promise<RingKey | undefined> {
    if (place === 'secrets') return (await this.secrets.load()).newest;
    // Of a folder with keys in several vaults the newest seals, wherever it is.
    const newest = (await new KeyFolder(this.#dataFolder).list()).at(-1);
    const isThere = newest && (newest.vault === 'file') === (place === 'file');
    return isThere ? { key: newest.key, createdMs: newest.createdMs } : undefined;
  }
}

/** Where a key is kept, in words. */
export function placeWords(place: KeyPlace): string {
  switch (place) {
    case 'secrets':
      return t('in VS Code’s SecretStorage');
    case 'file':
      return t('in a file that only you can read');
    case 'keyring':
      return t('in the system’s keyring');
  }
}

/** The beginning of a key's id, by which people tell keys apart. */
export function shortId(id: string): string {
  return id.slice(0, 8);
}
