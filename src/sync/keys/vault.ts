/** Where the bytes of a key are kept. */
export const VAULTS = ['file', 'secret-service', 'keychain', 'dpapi'] as const;

export type VaultName = (typeof VAULTS)[number];

/**
 * Keeps the bytes of keys. It runs when keys are made, imported or loaded, at set-up and at start, never on a tick: some start
 * a process.
 */
export interface Vault {
  readonly name: VaultName;

  /**
   * Keeps the key; whether it did is seen by {@link recall}. Rejects with a {@link KeyError} when it cannot.
   *
   * @returns what the file of the key holds for it
   */
  keep(id: string, key: Buffer): Promise<string>;

  /** The key. Rejects with a {@link KeyError} when it is not there or cannot be had. */
  recall(id: string, kept: string): Promise<Buffer>;
}
