import { KeyFolder } from '../../sync/keys/key-folder.ts';
import { byAge, KeyRing, type RingKey } from '../../sync/keys/key-ring.ts';
import type { KeyStore } from '../../sync/keys/key-store.ts';
import type { Vault } from '../../sync/keys/vault.ts';
import { systemVault, vaultNamed } from '../../sync/keys/vaults.ts';
import { t } from '../l10n.ts';
import { SecretKeyStore } from './secret-key-store.ts';
import type { Secrets } from './secrets.ts';

/** Where keys and credentials can be kept. */
export const KEY_PLACES = ['secrets', 'file', 'keyring'] as const;
export type KeyPlace = (typeof KEY_PLACES)[number];

/** A key, and where it is kept. */
export interface PlacedKey extends RingKey {
  readonly place: KeyPlace;
}

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
      case 'keyring':
        return new KeyFolder(this.#dataFolder, vaultOf(place));
    }
  }

  /**
   * The key that seals: the newest, wherever it is; `undefined` when there is none yet. Rejects with a KeyError when keys cannot
   * be read.
   */
  async newest(): Promise<PlacedKey | undefined> {
    const inSecrets = (await this.secrets.load()).newest;
    const inFolder = (await new KeyFolder(this.#dataFolder).list()).at(-1);
    if (inSecrets && (!inFolder || byAge(inFolder, inSecrets) < 0)) return { ...inSecrets, place: 'secrets' };
    return inFolder && { ...inFolder, place: inFolder.vault === 'file' ? 'file' : 'keyring' };
  }

  /** All keys, for a recovery file. Rejects as {@link newest} does. */
  async all(): Promise<readonly RingKey[]> {
    const inFolder = await new KeyFolder(this.#dataFolder).list();
    return new KeyRing([...(await this.secrets.load()).keys, ...inFolder]).keys;
  }
}

export function vaultOf(place: Exclude<KeyPlace, 'secrets'>): Vault {
  return place === 'file' ? vaultNamed('file') : systemVault();
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
