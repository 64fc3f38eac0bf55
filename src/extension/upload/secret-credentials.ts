import { createHash } from 'node:crypto';
import type { Credentials, PlacedCredentials } from '../../common/upload.ts';
import { parseCredentials } from '../../sync/credentials/credentials.ts';
import { parsed, type Secrets } from './secrets.ts';

const NAME = 'optimetrics.sync.credentials';

/** Credentials in VS Code's SecretStorage, a secret for each place that they were entered for. */
export class SecretCredentials {
  readonly #secrets: Secrets;

  constructor(secrets: Secrets) {
    this.#secrets = secrets;
  }

  /** Those for a place; `undefined` when there are none, or they are not as they were written. */
  async load(place: string): Promise<Credentials | undefined> {
    const kept = parsed(await this.#secrets.get(nameOf(place)));
    if (typeof kept !== 'object' || kept === null || !('place' in kept) || kept.place !== place)
      return undefined;
    return 'credentials' in kept ? parseCredentials(kept.credentials) : undefined;
  }

  async keep(placed: PlacedCredentials): Promise<void> {
    await this.#secrets.store(nameOf(placed.place), JSON.stringify(placed));
  }

  async forget(place: string): Promise<void> {
    await this.#secrets.delete(nameOf(place));
  }
}

/** A name that tells no address. */
function nameOf(place: string): string {
  return `${NAME}.${createHash('sha256').update(place).digest('hex').slice(0, 32)}`;
}
