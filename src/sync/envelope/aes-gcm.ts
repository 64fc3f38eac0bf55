import { createCipheriv, createDecipheriv, type KeyObject } from 'node:crypto';

/** Bytes of the tag that authenticates what was encrypted. */
export const TAG_BYTES = 16;

const OPTIONS = { authTagLength: TAG_BYTES } as const;

/**
 * Encrypts with AES-GCM (NIST SP 800-38D).
 *
 * @param nonce 12 bytes, never used before with this key
 * @returns what was encrypted, in pieces as it was given, and then the tag
 */
export function seal(
  key: KeyObject,
  nonce: Uint8Array,
  pieces: readonly Uint8Array[],
  associated?: Uint8Array,
): Buffer[] {
  const cipher = createCipheriv(cipherOf(key), key, nonce, OPTIONS);
  if (associated) cipher.setAAD(associated);
  const sealed = pieces.map(piece => cipher.update(piece));
  cipher.final();
  sealed.push(cipher.getAuthTag());
  return sealed;
}

/**
 * Decrypts what {@link seal} has encrypted.
 *
 * @returns all of it, once it has been authenticated; `undefined` when it is not what was encrypted
 */
export function open(
  key: KeyObject,
  nonce: Uint8Array,
  pieces: readonly Uint8Array[],
  tag: Uint8Array,
  associated?: Uint8Array,
): Buffer[] | undefined {
  const decipher = createDecipheriv(cipherOf(key), key, nonce, OPTIONS);
  if (associated) decipher.setAAD(associated);
  decipher.setAuthTag(tag);
  const opened = pieces.map(piece => decipher.update(piece));
  try {
    decipher.final();
    return opened;
  } catch {
    // All that it can say is that the tag does not fit.
    return undefined;
  }
}

/** All keys of sealed files have 256 bits; some of Tink's test vectors do not. */
function cipherOf(key: KeyObject): 'aes-256-gcm' | 'aes-128-gcm' {
  return key.symmetricKeySize === 32 ? 'aes-256-gcm' : 'aes-128-gcm';
}
