import type { Config } from '../../common/config/schema.ts';
import { credentialPlace, type Credentials, type PlacedCredentials } from '../../common/upload.ts';
import type { RingKey } from '../../sync/keys/key-ring.ts';
import type { KeyPlace } from './key-places.ts';

type Cloud = Config['cloud'];

/** Names of what credentials are made of. */
export type CredentialName =
  'accessKeyId' | 'secretAccessKey' | 'user' | 'password' | 'clientSecret' | 'refreshToken';

type Entered = Readonly<Partial<Record<CredentialName, string>>>;

/** What is known in the middle of a set-up. It is kept in memory alone, until the user consents. */
export interface Draft {
  /** Settings as they would be. */
  readonly cloud: Cloud;
  /** Parts of credentials, and the place that they were entered for. */
  readonly entered: { readonly place: string | undefined; readonly values: Entered };
  readonly keyPlace?: KeyPlace;
  /** The key to seal with. */
  readonly key?: {
    readonly ring: RingKey;
    /** It was made for this set-up and is kept nowhere yet. */
    readonly isNew: boolean;
  };
  /** Whether a recovery file with {@link key} has been written. */
  readonly hasRecoveryFile: boolean;
}

/** What a set-up begins with: what is set already, but for what it is about. */
export function beginDraft(cloud: Cloud): Draft {
  return {
    cloud: { ...cloud, enabled: true, encryptBeforeUpload: true },
    entered: { place: undefined, values: {} },
    hasRecoveryFile: false,
  };
}

/** What has been entered for the place that the draft names now; what was meant for another does not count. */
export function enteredFor({ cloud, entered }: Draft): Entered {
  return entered.place === credentialPlace(cloud) ? entered.values : {};
}

/** The draft with another part of its credentials; an empty one is taken out. */
export function withEntered(draft: Draft, name: CredentialName, value: string): Draft {
  const others = Object.entries(enteredFor(draft)).filter(([other]) => other !== name);
  const values = Object.fromEntries(value === '' ? others : [...others, [name, value]]);
  return { ...draft, entered: { place: credentialPlace(draft.cloud), values } };
}

/** The credentials that the draft has for its place; `undefined` where none are needed, or a part is missing. */
export function credentialsOf(draft: Draft): PlacedCredentials | undefined {
  const place = credentialPlace(draft.cloud);
  const credentials = whole(draft.cloud.provider, enteredFor(draft));
  return place === undefined || !credentials ? undefined : { place, credentials };
}

function whole(provider: Cloud['provider'], entered: Entered): Credentials | undefined {
  const { accessKeyId, secretAccessKey, user, password, refreshToken, clientSecret } = entered;
  switch (provider) {
    case 'folder':
      return undefined;
    case 's3':
      return accessKeyId === undefined || secretAccessKey === undefined
        ? undefined
        : { provider, accessKeyId, secretAccessKey };
    case 'webdav':
      return user === undefined || password === undefined ? undefined : { provider, user, password };
    case 'gdrive':
      if (refreshToken === undefined) return undefined;
      return { provider, refreshToken, ...(clientSecret === undefined ? {} : { clientSecret }) };
  }
}
