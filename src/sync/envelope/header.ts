import { createHash, createHmac, type KeyObject, timingSafeEqual } from 'node:crypto';
import { type Content, CONTENTS } from './content.ts';
import { deriveKey, PURPOSE } from './derive.ts';
import { DamagedHeaderError, NewerVersionError, NotSealedError, TruncatedError } from './errors.ts';
import { KEY_ID_BYTES, WRAP_NONCE_BYTES, WRAPPED_BYTES } from './local-key.ts';
import type { Source } from './source.ts';

/**
 * As that of PNG it shows what transfers do to files: a byte that is no ASCII, both line ends, and the end of a text on DOS.
 */
const MAGIC = Buffer.from([0x89, 0x4f, 0x4d, 0x53, 0x0d, 0x0a, 0x1a, 0x0a]);
const VERSION = 1;

const MAC_BYTES = 32;
const VERSION_AT = MAGIC.length;
const CONTENT_AT = VERSION_AT + 1;
const KEY_ID_AT = CONTENT_AT + 1;
const NONCE_AT = KEY_ID_AT + KEY_ID_BYTES;
const WRAPPED_AT = NONCE_AT + WRAP_NONCE_BYTES;
const AGE_LENGTH_AT = WRAPPED_AT + WRAPPED_BYTES;
const AGE_AT = AGE_LENGTH_AT + 2;

/** Most bytes of the age file in a header: 160 recipients with X25519 keys, or 10 with hybrid ones. */
export const MOST_AGE_BYTES = 16_384;

/** What comes before the content. */
export interface Header {
  readonly content: Content;
  /** Of the local key; see {@link LocalKey.idInFile}. */
  readonly keyId: Buffer;
  /** With which the data key is wrapped for the local key. */
  readonly nonce: Buffer;
  readonly wrapped: Buffer;
  /** An age file that holds the data key, for the recipients; empty when there are none. */
  readonly age: Buffer;
}

/** A header as it was read, not yet authenticated. */
export interface ReadHeader extends Header {
  /** All of it, with its authentication code. */
  readonly bytes: Buffer;
}

/** What is bound to the wrapped data key: all before its nonce. */
export function newAssociated({ content, keyId }: Pick<Header, 'content' | 'keyId'>): Buffer {
  return Buffer.concat([MAGIC, Buffer.from([VERSION, CONTENTS.indexOf(content)]), keyId]);
}

/** The same of a header that was read. */
export function associatedOf({ bytes }: ReadHeader): Buffer {
  return bytes.subarray(0, NONCE_AT);
}

/** The bytes of a header, authenticated with the data key. */
export function encodeHeader(header: Header, dataKey: KeyObject): Buffer {
  const ageLength = Buffer.alloc(2);
  ageLength.writeUInt16BE(header.age.length);
  const body = Buffer.concat([newAssociated(header), header.nonce, header.wrapped, ageLength, header.age]);
  return Buffer.concat([body, macOf(body, dataKey)]);
}

/**
 * Reads a header. Nothing in it is to be trusted before {@link authenticateHeader} says so.
 *
 * @throws NotSealedError when the first bytes are others
 * @throws NewerVersionError for a version after 1
 * @throws TruncatedError when the source ends within the header
 * @throws DamagedHeaderError for what no header can hold
 */
export async function readHeader(source: Source): Promise<ReadHeader> {
  const first = await source.read(MAGIC.length + 1);
  if (first.length < MAGIC.length || !first.subarray(0, MAGIC.length).equals(MAGIC))
    throw new NotSealedError();
  const version = first[VERSION_AT];
  if (version === undefined) throw new TruncatedError('in its header');
  if (version > VERSION) throw new NewerVersionError(version);
  if (version < VERSION) throw new DamagedHeaderError('there is no version 0');
  const fixed = Buffer.concat([first, await source.read(AGE_AT - first.length)]);
  if (fixed.length < AGE_AT) throw new TruncatedError('in its header');
  const ageLength = fixed.readUInt16BE(AGE_LENGTH_AT);
  if (ageLength > MOST_AGE_BYTES)
    throw new DamagedHeaderError(`its part for recipients has more than ${MOST_AGE_BYTES} bytes`);
  const rest = await source.read(ageLength + MAC_BYTES);
  if (rest.length < ageLength + MAC_BYTES) throw new TruncatedError('in its header');
  return {
    bytes: Buffer.concat([fixed, rest]),
    content: CONTENTS[fixed.readUInt8(CONTENT_AT)] ?? 'bytes',
    keyId: fixed.subarray(KEY_ID_AT, NONCE_AT),
    nonce: fixed.subarray(NONCE_AT, WRAPPED_AT),
    wrapped: fixed.subarray(WRAPPED_AT, AGE_LENGTH_AT),
    age: rest.subarray(0, ageLength),
  };
}

/** @throws DamagedHeaderError when a bit of it is another than was written by whoever had the data key */
export function authenticateHeader({ bytes }: ReadHeader, dataKey: KeyObject): void {
  const body = bytes.subarray(0, -MAC_BYTES);
  if (!timingSafeEqual(macOf(body, dataKey), bytes.subarray(-MAC_BYTES)))
    throw new DamagedHeaderError('it is not what was written');
}

/**
 * What is bound to every chunk: the SHA-256 of the header. Not the header itself, because some implementations of HKDF,
 * Node's among them, take no more than 1024 bytes.
 */
export function bindingOf(header: Uint8Array): Buffer {
  return createHash('sha256').update(header).digest();
}

function macOf(body: Buffer, dataKey: KeyObject): Buffer {
  return createHmac('sha256', deriveKey(dataKey, PURPOSE.header)).update(body).digest();
}
