import type { KeyRing, RingKey } from './key-ring.ts';

/**
 * Where the local keys of a user are kept: {@link KeyFolder} for the sampler and the command line, VS Code's SecretStorage
 * for the extension. Keys are only ever added.
 */
export interface KeyStore {
  /**
   * Rejects with a {@link KeyError} when keys are there and cannot be read, all of them or one: sealing with another key than
   * the newest, unnoticed, is not what the user asked for.
   */
  load(): Promise<KeyRing>;

  /**
   * Adds keys. Two who add at the same time both succeed, and a key that is there already stays as it is.
   *
   * Rejects with a {@link KeyError} when they cannot be kept; those that come first may be there then.
   */
  add(keys: readonly RingKey[]): Promise<void>;
}

/** Makes a key that seals from now on; those that there are still open. Rejects as {@link KeyStore} does. */
export async function rotateKeys(store: KeyStore, nowMs = Date.now()): Promise<RingKey> {
  const key = (await store.load()).next(nowMs);
  await store.add([key]);
  return key;
}

/**
 * The key to seal with; made when there is none yet. Two that make one at the same time may seal with two: both open.
 * Rejects as {@link KeyStore} does.
 */
export async function sealingKey(store: KeyStore, nowMs = Date.now()): Promise<RingKey> {
  return (await store.load()).newest ?? rotateKeys(store, nowMs);
}

/**
 * Adds the keys of a recovery file that are not there yet.
 *
 * @returns those. Rejects as {@link KeyStore} does
 */
export async function mergeKeys(store: KeyStore, imported: KeyRing): Promise<readonly RingKey[]> {
  const there = await store.load();
  const missing = imported.keys.filter(({ key }) => !there.has(key.id));
  await store.add(missing);
  return missing;
}
