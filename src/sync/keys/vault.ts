/** Where the bytes of a key are kept. */
export const VAULTS = ['file', 'secret-service', 'keychain', 'dpapi'] as const;

export type VaultName = (typeof VAULTS)[number];

/** A secret as vaults know it. */
export interface SecretName {
  /** 32 hexadecimal digits. */
  readonly id: string;
  /** As messages call it: `key 5f0c…`, `credentials`. */
  readonly what: string;
}

/** A local key as vaults know it. */
export function keyName(id: string): SecretName {
  return { id, what: `key ${id}` };
}

/**
 * Keeps the bytes of keys, and credentials. It runs when they are made, imported or loaded, at set-up and at start, never on a
 * tick: some start a process.
 */
export interface Vault {
  readonly name: VaultName;

  /**
   * Keeps the secret; whether it did is seen by {@link recall}. Rejects with a {@link KeyError} when it cannot.
   *
   * @returns what the secret's own file holds for it
   */
  keep(secret: SecretName, bytes: Buffer): Promise<string>;

  /** The secret. Rejects with a {@link KeyError} when it is not there or cannot be had. */
  recall(secret: SecretName, kept: string): Promise<Buffer>;

  /** Forgets what {@link keep} has kept beside the secret's own file; all well when there is nothing. */
  forget(secret: SecretName): Promise<void>;
}
