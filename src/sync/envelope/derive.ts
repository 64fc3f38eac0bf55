import { createSecretKey, hkdfSync, type KeyObject } from 'node:crypto';

/** Bytes of every key: all are of 256 bits. */
export const KEY_BYTES = 32;

/**
 * What keys are derived for, one each: the same bytes are never used for two purposes. They stand in
 * docs/encryption.md, and changing one makes another format.
 */
export const PURPOSE = {
  /** Of a local key: wraps data keys. */
  wrap: 'optimetrics/sealed/v1/wrap',
  /** Of a local key: makes its id, and the id that changes from file to file. */
  keyId: 'optimetrics/sealed/v1/key-id',
  /** Of a data key: authenticates the header. */
  header: 'optimetrics/sealed/v1/header',
} as const;

const NO_SALT = new Uint8Array();

/** A key for one purpose: HKDF-SHA-256 (RFC 5869) of `key` without salt, the purpose as info, 32 bytes. */
export function deriveKey(key: KeyObject, purpose: string): KeyObject {
  return hkdf(key, NO_SALT, Buffer.from(purpose, 'latin1'));
}

/** HKDF (RFC 5869). */
export function hkdf(
  key: KeyObject,
  salt: Uint8Array,
  info: Uint8Array,
  { digest = 'sha256', keyBytes = KEY_BYTES } = {},
): KeyObject {
  return createSecretKey(new Uint8Array(hkdfSync(digest, key, salt, info, keyBytes)));
}
