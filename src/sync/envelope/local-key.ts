import {
  createHash,
  createHmac,
  createSecretKey,
  type KeyObject,
  randomBytes,
  timingSafeEqual,
} from 'node:crypto';
import { open, seal } from './aes-gcm.ts';
import { deriveKey, KEY_BYTES, PURPOSE } from './derive.ts';

/** Bytes of a key id. */
export const KEY_ID_BYTES = 16;

/** Bytes of the nonce with which a data key is wrapped. */
export const WRAP_NONCE_BYTES = 12;

/** Bytes of a wrapped data key: itself and the tag. */
export const WRAPPED_BYTES = KEY_BYTES + 16;

/**
 * A key of this user: what is sealed with it can be opened with it. Its bytes are behind a `KeyObject`, so that printing
 * or serialising it, by mistake too, shows none of them.
 */
export class LocalKey {
  /** Names the key without telling anything of it: 32 hexadecimal digits. */
  readonly id: string;
  readonly #secret: KeyObject;
  readonly #wrapping: KeyObject;
  readonly #naming: KeyObject;

  private constructor(secret: KeyObject) {
    this.#secret = secret;
    this.#wrapping = deriveKey(secret, PURPOSE.wrap);
    this.#naming = deriveKey(secret, PURPOSE.keyId);
    this.id = createHash('sha256')
      .update(this.#naming.export())
      .digest()
      .subarray(0, KEY_ID_BYTES)
      .toString('hex');
  }

  /** A new key of random bytes. */
  static generate(): LocalKey {
    return LocalKey.of(randomBytes(KEY_BYTES));
  }

  /** @throws RangeError unless there are 32 bytes */
  static of(bytes: Uint8Array): LocalKey {
    if (bytes.length !== KEY_BYTES) throw new RangeError(`a key has ${KEY_BYTES} bytes, not ${bytes.length}`);
    return new LocalKey(createSecretKey(bytes));
  }

  /** The bytes, for whoever keeps the key. */
  reveal(): Buffer {
    return this.#secret.export();
  }

  /**
   * What a file says of its key: the key's id, or one that is different in each file, so that those who receive files of
   * many machines cannot tell which come from the same.
   *
   * @param nonce with which the data key is wrapped
   */
  idInFile(nonce: Uint8Array, isForOthers: boolean): Buffer {
    return isForOthers
      ? createHmac('sha256', this.#naming).update(nonce).digest().subarray(0, KEY_ID_BYTES)
      : Buffer.from(this.id, 'hex');
  }

  /** Whether a file says that this is its key. */
  isNamedBy(idInFile: Uint8Array, nonce: Uint8Array, isForOthers: boolean): boolean {
    return timingSafeEqual(this.idInFile(nonce, isForOthers), idInFile);
  }

  /**
   * Encrypts a data key with AES-256-GCM.
   *
   * @param nonce random, never used before
   * @param associated bound to it
   */
  wrap(dataKey: KeyObject, nonce: Uint8Array, associated: Uint8Array): Buffer {
    return Buffer.concat(seal(this.#wrapping, nonce, [dataKey.export()], associated));
  }

  /** The data key that was wrapped; `undefined` when nonce, associated data or the wrapped key are not what they were. */
  unwrap(wrapped: Uint8Array, nonce: Uint8Array, associated: Uint8Array): KeyObject | undefined {
    const opened = open(
      this.#wrapping,
      nonce,
      [wrapped.subarray(0, KEY_BYTES)],
      wrapped.subarray(KEY_BYTES),
      associated,
    );
    return opened && createSecretKey(Buffer.concat(opened));
  }
}
