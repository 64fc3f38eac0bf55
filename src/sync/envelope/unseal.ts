import type { KeyObject } from 'node:crypto';
import type { Content } from './content.ts';
import { DamagedHeaderError, UnknownKeyError } from './errors.ts';
import { associatedOf, authenticateHeader, bindingOf, type ReadHeader, readHeader } from './header.ts';
import type { LocalKey } from './local-key.ts';
import { AgeKeyError, unwrapForRecipient } from './recipients.ts';
import { type Bytes, Source } from './source.ts';
import { StreamDecrypter } from './stream.ts';

/** What may open a file. */
export interface OpeningKeys {
  readonly local?: readonly LocalKey[];
  /** Age identities, `AGE-SECRET-KEY-1…`, for files that were sealed for their recipients. */
  readonly identities?: readonly string[];
}

/** A file that is being opened. */
export interface Unsealed {
  readonly content: Content;
  /**
   * Chunk by chunk, each once it has been authenticated. That the file is complete is only known at the end: until then,
   * nothing may be made of what came. Closes the source at its end; whoever does not begin to read it closes the source.
   *
   * @throws DamagedChunkError, TruncatedError or TrailingDataError; see {@link StreamDecrypter}
   */
  readonly plaintext: AsyncGenerator<Uint8Array, void>;
}

/**
 * Opens a file that was sealed by {@link seal}. Its header is authenticated when this resolves. Closes the source when it
 * fails.
 *
 * @throws NotSealedError, NewerVersionError or TruncatedError; see {@link readHeader}
 * @throws UnknownKeyError when none of the keys is for it
 * @throws DamagedHeaderError when a key is for it and something in the header is not as it was written
 * @throws AgeKeyError when one of the identities is none
 * @throws whatever the source throws
 */
export async function unseal(sealed: Bytes, keys: OpeningKeys): Promise<Unsealed> {
  const source = new Source(sealed);
  try {
    const header = await readHeader(source);
    const dataKey = await dataKeyOf(header, keys);
    authenticateHeader(header, dataKey);
    return {
      content: header.content,
      plaintext: decrypt(source, new StreamDecrypter(dataKey, bindingOf(header.bytes))),
    };
  } catch (error) {
    await source.close();
    throw error;
  }
}

async function* decrypt(source: Source, decrypter: StreamDecrypter): AsyncGenerator<Uint8Array, void> {
  try {
    for (let piece = await source.next(); piece; piece = await source.next())
      for (const opened of decrypter.add(piece)) yield opened;
    for (const opened of decrypter.end()) yield opened;
  } finally {
    await source.close();
  }
}

async function dataKeyOf(header: ReadHeader, keys: OpeningKeys): Promise<KeyObject> {
  const { local = [], identities = [] } = keys;
  const isForOthers = header.age.length > 0;
  const key = local.find(one => one.isNamedBy(header.keyId, header.nonce, isForOthers));
  if (key) {
    const dataKey = key.unwrap(header.wrapped, header.nonce, associatedOf(header));
    if (!dataKey) throw new DamagedHeaderError('the wrapped data key is not what was written');
    return dataKey;
  }
  if (isForOthers && identities.length > 0) {
    const dataKey = await dataKeyForRecipient(header, identities);
    if (dataKey) return dataKey;
  }
  throw new UnknownKeyError(header.keyId.toString('hex'), why(header, keys));
}

async function dataKeyForRecipient(
  header: ReadHeader,
  identities: readonly string[],
): Promise<KeyObject | undefined> {
  try {
    return await unwrapForRecipient(header.age, identities);
  } catch (error) {
    if (error instanceof AgeKeyError) throw error;
    throw new DamagedHeaderError('its part for recipients is not what was written');
  }
}

function why({ keyId, age }: ReadHeader, { local = [], identities = [] }: OpeningKeys): string {
  const counted = `${local.length} local ${local.length === 1 ? 'key' : 'keys'}`;
  if (age.length === 0) {
    const tried =
      identities.length > 0 ? '; it was sealed for no recipients, so that no identity opens it' : '';
    return `it was sealed with the local key ${keyId.toString('hex')}, and that is not among ${counted}${tried}`;
  }
  return identities.length > 0
    ? `neither one of ${counted} nor an identity given is for it`
    : `none of ${counted} is for it, and no identity was given`;
}
