import type { Config } from '../../common/config/schema.ts';
import { credentialPlace, type PlacedCredentials, type UploadSecrets } from '../../common/upload.ts';
import { CredentialFolder } from '../../sync/credentials/credential-folder.ts';
import type { RingKey } from '../../sync/keys/key-ring.ts';
import { type KeyPlace, KeyPlaces, vaultOf } from './key-places.ts';
import { SecretCredentials } from './secret-credentials.ts';
import type { Secrets } from './secrets.ts';

/** Keeps keys and credentials where the user wants them, and knows what of them a sampler must be given. */
export class Keeper {
  readonly keys: KeyPlaces;
  readonly #inSecrets: SecretCredentials;
  readonly #inFolder: CredentialFolder;

  constructor(secrets: Secrets, dataFolder: string) {
    this.keys = new KeyPlaces(secrets, dataFolder);
    this.#inSecrets = new SecretCredentials(secrets);
    this.#inFolder = new CredentialFolder(dataFolder);
  }

  /** Adds a key. Rejects with a KeyError when it cannot be kept. */
  async keepKey(place: KeyPlace, key: RingKey): Promise<void> {
    await this.keys.store(place).add([key]);
  }

  /** Keeps credentials, and forgets those for the same place that are kept elsewhere. Rejects with a KeyError when it cannot. */
  async keepCredentials(place: KeyPlace, placed: PlacedCredentials): Promise<void> {
    if (place === 'secrets') {
      await this.#inSecrets.keep(placed);
      await this.#inFolder.forget(placed.place);
    } else {
      await this.#inFolder.keep(placed.place, placed.credentials, vaultOf(place));
      await this.#inSecrets.forget(placed.place);
    }
  }

  /** Keeps credentials that a target has renewed. Only those that a window provided come back to it. */
  async keepRenewed(placed: PlacedCredentials): Promise<void> {
    await this.#inSecrets.keep(placed);
  }

  /** Credentials for where these settings lead, wherever they are kept. Rejects with a KeyError when they cannot be read. */
  async credentialsFor(cloud: Config['cloud']): Promise<PlacedCredentials | undefined> {
    const place = credentialPlace(cloud);
    if (place === undefined) return undefined;
    const credentials = (await this.#inSecrets.load(place)) ?? (await this.#inFolder.load(place));
    return credentials && { place, credentials };
  }

  /** Forgets credentials; gives nothing back where there were none. Rejects with a KeyError when it cannot. */
  async forgetCredentials(cloud: Config['cloud']): Promise<void> {
    const place = credentialPlace(cloud);
    if (place === undefined) return;
    await this.#inSecrets.forget(place);
    await this.#inFolder.forget(place);
  }

  /**
   * What a sampler cannot find by itself: what SecretStorage has for these settings. Keys are among it only where the newest, which
   * seals, is there. Rejects with a KeyError when keys cannot be read.
   */
  async secretsFor(cloud: Config['cloud']): Promise<UploadSecrets> {
    const newest = await this.keys.newest();
    const keys = newest?.place === 'secrets' ? (await this.keys.secrets.load()).keys : [];
    const place = credentialPlace(cloud);
    const credentials = place === undefined ? undefined : await this.#inSecrets.load(place);
    return {
      keys: keys.map(({ key, createdMs }) => ({ key: key.reveal().toString('base64'), createdMs })),
      ...(place === undefined || !credentials ? {} : { credentials: { place, credentials } }),
    };
  }
}
