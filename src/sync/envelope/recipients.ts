import { createSecretKey, type KeyObject } from 'node:crypto';
import { Decrypter, Encrypter } from 'age-encryption';
import { isForOthers } from './age-errors.ts';
import { KEY_BYTES } from './derive.ts';
import { MOST_AGE_BYTES } from './header.ts';

/** A recipient cannot be one, or an identity cannot. The message holds neither. */
export class AgeKeyError extends Error {
  override readonly name = 'AgeKeyError';
}

/**
 * The data key for recipients: an age file (https://age-encryption.org/v1) whose content is the 32 bytes of the key.
 *
 * @param recipients age recipients, `age1…`; none gives an empty file
 * @throws AgeKeyError when one is not a recipient, or there are too many
 */
export async function wrapForRecipients(dataKey: KeyObject, recipients: readonly string[]): Promise<Buffer> {
  if (recipients.length === 0) return Buffer.alloc(0);
  const encrypter = new Encrypter();
  for (const [at, recipient] of recipients.entries()) {
    try {
      encrypter.addRecipient(recipient);
    } catch {
      throw new AgeKeyError(
        `recipient ${at + 1} is not an age recipient: it has the form age1…, of age-keygen`,
      );
    }
  }
  const file = Buffer.from(await encrypter.encrypt(dataKey.export()));
  if (file.length > MOST_AGE_BYTES)
    throw new AgeKeyError(`${recipients.length} recipients are more than the header of a file has room for`);
  return file;
}

/**
 * The data key that {@link wrapForRecipients} has wrapped; `undefined` when it is for other recipients.
 *
 * @param identities age identities, `AGE-SECRET-KEY-1…`
 * @throws AgeKeyError when one is not an identity
 * @throws Error when the age file is damaged
 */
export async function unwrapForRecipient(
  age: Uint8Array,
  identities: readonly string[],
): Promise<KeyObject | undefined> {
  const decrypter = new Decrypter();
  for (const [at, identity] of identities.entries()) {
    try {
      decrypter.addIdentity(identity);
    } catch {
      throw new AgeKeyError(`identity ${at + 1} is not an age identity: it has the form AGE-SECRET-KEY-1…`);
    }
  }
  try {
    const key = await decrypter.decrypt(age);
    if (key.length !== KEY_BYTES) throw new Error('it holds no key');
    return createSecretKey(key);
  } catch (error) {
    if (isForOthers(error)) return undefined;
    throw error;
  }
}
