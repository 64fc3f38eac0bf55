import { type KeyObject, randomBytes } from 'node:crypto';
import { open, seal, TAG_BYTES } from './aes-gcm.ts';
import { hkdf, KEY_BYTES } from './derive.ts';
import { DamagedChunkError, TrailingDataError, TruncatedError } from './errors.ts';
import { Pieces } from './pieces.ts';

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

/** Encrypts a stream. Holds at most a chunk, and the piece that it was given last. */
export class StreamEncrypter {
  /** Comes first. */
  readonly header: Buffer;
  readonly #chunks: Chunks;
  readonly #pieces = new Pieces();
  readonly #chunkBytes: number;
  #bytes: number;

  /** @param associated has to be the same at decryption */
  constructor(dataKey: KeyObject, associated: Uint8Array, parameters = OURS) {
    const salt = randomBytes(parameters.keyBytes);
    const prefix = randomBytes(PREFIX_BYTES);
    this.header = Buffer.concat([Buffer.from([streamHeaderBytes(parameters)]), salt, prefix]);
    this.#chunks = new Chunks(hkdf(dataKey, salt, associated, parameters), prefix);
    this.#chunkBytes = parameters.chunkBytes - TAG_BYTES;
    this.#bytes = this.#chunkBytes - this.header.length;
  }

  /**
   * Takes a piece of the plaintext, which must not change any more, and gives what is ready of the ciphertext.
   *
   * @throws RangeError beyond 2^32 chunks, which are 256 TiB
   */
  *add(piece: Uint8Array): Generator<Buffer, void> {
    this.#pieces.add(piece);
    // What fills a chunk just so may be the last.
    while (this.#pieces.length > this.#bytes) {
      yield* this.#chunks.seal(this.#pieces.take(this.#bytes), false);
      this.#bytes = this.#chunkBytes;
    }
  }

  /** What is left of the ciphertext, when all of the plaintext has come. @throws RangeError as {@link add} */
  end(): Buffer[] {
    return this.#chunks.seal(this.#pieces.take(this.#pieces.length), true);
  }
}

/**
 * Decrypts what {@link StreamEncrypter} has encrypted. Nothing of a chunk is handed out before it has been authenticated, at
 * its place and as the last or not; that all of it has come is only known at the end.
 */
export class StreamDecrypter {
  readonly #begin: (header: Buffer) => Chunks;
  readonly #headerBytes: number;
  readonly #chunkBytes: number;
  readonly #pieces = new Pieces();
  #chunks: Chunks | undefined;
  #bytes: number;

  constructor(dataKey: KeyObject, associated: Uint8Array, parameters = OURS) {
    this.#begin = header => readHeader(header, dataKey, associated, parameters);
    this.#headerBytes = streamHeaderBytes(parameters);
    this.#chunkBytes = parameters.chunkBytes;
    this.#bytes = this.#chunkBytes - this.#headerBytes;
  }

  /**
   * Takes a piece of the ciphertext, which must not change any more, and gives what is ready of the plaintext.
   *
   * @throws DamagedChunkError for a chunk that is not what was encrypted there with this key and associated data
   * @throws TrailingDataError when it follows the last chunk, and that is a full one
   */
  *add(piece: Uint8Array): Generator<Buffer, void> {
    this.#pieces.add(piece);
    if (!this.#chunks && this.#pieces.length >= this.#headerBytes)
      this.#chunks = this.#begin(this.#pieces.takeJoined(this.#headerBytes));
    while (this.#chunks && this.#pieces.length > this.#bytes) {
      yield* this.#chunks.open(this.#pieces, this.#bytes, false);
      this.#bytes = this.#chunkBytes;
    }
  }

  /**
   * What is left of the plaintext, when all of the ciphertext has come.
   *
   * @throws DamagedChunkError as {@link add}
   * @throws TruncatedError when the last chunk is missing, or is too short to be one
   */
  end(): Buffer[] {
    if (!this.#chunks) throw new TruncatedError('before its first chunk');
    return this.#chunks.open(this.#pieces, this.#pieces.length, true);
  }
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
