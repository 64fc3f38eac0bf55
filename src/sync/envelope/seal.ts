import { createSecretKey, type KeyObject, randomBytes } from 'node:crypto';
import type { Content } from './content.ts';
import { KEY_BYTES } from './derive.ts';
import { bindingOf, encodeHeader, newAssociated } from './header.ts';
import { type LocalKey, WRAP_NONCE_BYTES } from './local-key.ts';
import { wrapForRecipients } from './recipients.ts';
import type { Bytes } from './source.ts';
import { StreamEncrypter } from './stream.ts';

export interface SealOptions {
  /** Opens the file again. */
  readonly key: LocalKey;
  /** Age recipients, `age1…`, who can open it too. With any, the file does not tell which local key it is of. */
  readonly recipients?: readonly string[];
  /** `bytes` when left out. */
  readonly content?: Content;
}

/**
 * Seals bytes into a file, as docs/encryption.md describes it. Memory does not grow with the size.
 *
 * @throws AgeKeyError when one of the recipients is none, or there are too many; before anything is read
 * @throws whatever the source throws
 */
export async function* seal(plaintext: Bytes, options: SealOptions): AsyncGenerator<Uint8Array, void> {
  const dataKey = createSecretKey(randomBytes(KEY_BYTES));
  const header = await newHeader(dataKey, options);
  const encrypter = new StreamEncrypter(dataKey, bindingOf(header));
  yield Buffer.concat([header, encrypter.header]);
  // Not “yield*”, which takes as long as encrypting 10 KB for each piece.
  for await (const piece of plaintext) for (const sealed of encrypter.add(piece)) yield sealed;
  for (const sealed of encrypter.end()) yield sealed;
}

async function newHeader(
  dataKey: KeyObject,
  { key, recipients = [], content = 'bytes' }: SealOptions,
): Promise<Buffer> {
  const nonce = randomBytes(WRAP_NONCE_BYTES);
  const age = await wrapForRecipients(dataKey, recipients);
  const keyId = key.idInFile(nonce, age.length > 0);
  const wrapped = key.wrap(dataKey, nonce, newAssociated({ content, keyId }));
  return encodeHeader({ content, keyId, nonce, wrapped, age }, dataKey);
}
