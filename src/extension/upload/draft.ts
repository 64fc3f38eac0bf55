import type { Config } from '../../common/config/schema.ts';
import type { Credentials } from '../../sync/credentials/credentials.ts';
import type { RingKey } from '../../sync/keys/key-ring.ts';
import type { KeyPlace } from './key-places.ts';

/** What is known in the middle of a set-up. It is kept in memory alone, until the user consents. */
export interface Draft {
  /** Settings as they would be. */
  readonly cloud: Config['cloud'];
  /** Entered for the place that {@link cloud} names, and for no other. */
  readonly credentials: Credentials;
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
