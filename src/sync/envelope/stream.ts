import { type KeyObject, randomBytes } from 'node:crypto';
import { open, seal, TAG_BYTES } from './aes-gcm.ts';
import { hkdf, KEY_BYTES } from './derive.ts';
import { DamagedChunkError, TrailingDataError, TruncatedError } from './errors.ts';
import { Pieces } from './pieces.ts';
import type { Bytes } from './source.ts';

/**
 * AES-GCM-HKDF-Streaming as Google's Tink defines it, with a key of 256 bits, HKDF-SHA-256, a derived key of 256 bits
 * and ciphertext segments (chunks) of 64 KiB; see
 * https://developers.google.com/tink/streaming-aead/aes_gcm_hkdf_streaming. Its security is analysed in Hoang and Shen,
 * “Security of Streaming Encryption in Google's Tink Library” (https://eprint.iacr.org/2020/1019).
 */

/** What Tink lets one choose. Others than {@link OURS} are for trying Tink's own test vectors. */
export interface StreamParameters {
  readonly digest: 'sha256' | 'sha1' | 'sha512';
  /** Bytes of the derived key, and of the salt. */
  readonly keyBytes: 32 | 16;
  /** Bytes of a chunk with its tag; the last may have fewer. The first counts the stream's header. */
  readonly chunkBytes: number;
}

/** Those of a sealed file. */
export const OURS: StreamParameters = { digest: 'sha256', keyBytes: KEY_BYTES, chunkBytes: 65_536 };

const PREFIX_BYTES = 7;

/** Bytes before the first chunk: their number, the salt and the prefix of the nonces. */
export function streamHeaderBytes({ keyBytes }: StreamParameters): number {
  return 1 + keyBytes + PREFIX_BYTES;
}

/** The counter in a nonce has 32 bits. */
const MOST_CHUNKS = 2 ** 32;

/**
 * Encrypts a stream. Holds at most a chunk and what the source hands over at a time.
 *
 * @param associated has to be the same at decryption
 * @throws RangeError beyond 2^32 chunks, which are 256 TiB
 * @throws whatever the source throws
 */
export async function* encryptStream(
  dataKey: KeyObject,
  associated: Uint8Array,
  plaintext: Bytes,
  parameters = OURS,
): AsyncGenerator<Uint8Array, void> {
  const salt = randomBytes(parameters.keyBytes);
  const prefix = randomBytes(PREFIX_BYTES);
  const chunks = new Chunks(hkdf(dataKey, salt, associated, parameters), prefix);
  yield Buffer.concat([Buffer.from([streamHeaderBytes(parameters)]), salt, prefix]);
  const pieces = new Pieces();
  let bytes = parameters.chunkBytes - streamHeaderBytes(parameters) - TAG_BYTES;
  for await (const piece of plaintext) {
    pieces.add(piece);
    // What fills a chunk just so may be the last.
    while (pieces.length > bytes) {
      yield* chunks.seal(pieces.take(bytes), false);
      bytes = parameters.chunkBytes - TAG_BYTES;
    }
  }
  yield* chunks.seal(pieces.take(pieces.length), true);
}

/**
 * Decrypts what {@link encryptStream} has encrypted. Nothing of a chunk is handed out before it has been authenticated, at
 * its place and as the last or not; that all of it has come is only known at the end.
 *
 * @throws DamagedChunkError for a chunk that is not what was encrypted there with this key and associated data
 * @throws TruncatedError when the last chunk is missing, or is too short to be one
 * @throws TrailingDataError when something follows the last chunk, and that is a full one
 * @throws whatever the source throws
 */
export async function* decryptStream(
  dataKey: KeyObject,
  associated: Uint8Array,
  ciphertext: Bytes,
  parameters = OURS,
): AsyncGenerator<Uint8Array, void> {
  const headerBytes = streamHeaderBytes(parameters);
  const pieces = new Pieces();
  let chunks: Chunks | undefined;
  let bytes = parameters.chunkBytes - headerBytes;
  for await (const piece of ciphertext) {
    pieces.add(piece);
    if (!chunks && pieces.length >= headerBytes)
      chunks = readHeader(pieces.takeJoined(headerBytes), dataKey, associated, parameters);
    while (chunks && pieces.length > bytes) {
      yield* chunks.open(pieces, bytes, false);
      bytes = parameters.chunkBytes;
    }
  }
  if (!chunks) throw new TruncatedError('before its first chunk');
  yield* chunks.open(pieces, pieces.length, true);
}

/** @throws DamagedChunkError when it has another size: the rest can only be found wrong together with the first chunk */
function readHeader(
  header: Buffer,
  dataKey: KeyObject,
  associated: Uint8Array,
  parameters: StreamParameters,
): Chunks {
  if (header[0] !== header.length) throw new DamagedChunkError(0, false);
  const prefixAt = header.length - PREFIX_BYTES;
  const key = hkdf(dataKey, header.subarray(1, prefixAt), associated, parameters);
  return new Chunks(key, header.subarray(prefixAt));
}

/** The chunks of one stream, one after the other. */
class Chunks {
  readonly #key: KeyObject;
  readonly #nonce: Buffer;
  #next = 0;

  constructor(key: KeyObject, prefix: Uint8Array) {
    this.#key = key;
    this.#nonce = Buffer.concat([prefix, Buffer.alloc(5)]);
  }

  seal(pieces: readonly Uint8Array[], isLast: boolean): Buffer[] {
    if (this.#next === MOST_CHUNKS) throw new RangeError('more than a sealed file can hold (256 TiB)');
    return seal(this.#key, this.#nonceOf(this.#next++, isLast), pieces);
  }

  open(sealed: Pieces, bytes: number, isLast: boolean): Buffer[] {
    const chunk = this.#next++;
    // Only the chunk of an empty plaintext is empty.
    if (bytes < TAG_BYTES + (chunk === 0 ? 0 : 1)) throw new TruncatedError(`in its chunk number ${chunk}`);
    const pieces = sealed.take(bytes - TAG_BYTES);
    const tag = sealed.takeJoined(TAG_BYTES);
    const opened = open(this.#key, this.#nonceOf(chunk, isLast), pieces, tag);
    if (opened) return opened;
    if (!open(this.#key, this.#nonceOf(chunk, !isLast), pieces, tag))
      throw new DamagedChunkError(chunk, isLast);
    throw isLast ? new TruncatedError(`after its chunk number ${chunk}`) : new TrailingDataError(chunk);
  }

  /** Prefix, number of the chunk and a byte that is 1 for the last. The cipher copies it. */
  #nonceOf(chunk: number, isLast: boolean): Buffer {
    this.#nonce.writeUInt32BE(chunk, PREFIX_BYTES);
    this.#nonce.writeUInt8(isLast ? 1 : 0, PREFIX_BYTES + 4);
    return this.#nonce;
  }
}
