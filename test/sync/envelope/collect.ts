import type { KeyObject } from 'node:crypto';
import type { Bytes } from '../../../src/sync/envelope/source.ts';
import { OURS, StreamDecrypter, StreamEncrypter } from '../../../src/sync/envelope/stream.ts';

/** All bytes of a source. */
export async function collect(bytes: Bytes): Promise<Buffer> {
  const pieces: Uint8Array[] = [];
  for await (const piece of bytes) pieces.push(piece);
  return Buffer.concat(pieces);
}

/** What came of reading a source to its end: the bytes that it gave, and what it threw. */
export interface Outcome {
  readonly released: Buffer;
  readonly error: unknown;
}

/** Reads a source as far as it goes. */
export async function outcomeOf(bytes: () => Promise<Bytes>): Promise<Outcome> {
  const pieces: Uint8Array[] = [];
  try {
    for await (const piece of await bytes()) pieces.push(piece);
    return { released: Buffer.concat(pieces), error: undefined };
  } catch (error) {
    return { released: Buffer.concat(pieces), error };
  }
}

/** Bytes that do not repeat from one place to the next. */
export function patterned(length: number): Buffer {
  const bytes = Buffer.alloc(length);
  for (let at = 0; at < length; at++) bytes[at] = (at * 31 + (at >> 8) * 7 + (at >> 16)) & 0xff;
  return bytes;
}

/** Cuts bytes into pieces of the sizes given, over and over, none of them empty at the end. */
export function* inPieces(bytes: Uint8Array, sizes: readonly number[]): Generator<Uint8Array> {
  for (let at = 0, turn = 0; at < bytes.length; turn++) {
    const size = sizes[turn % sizes.length] ?? bytes.length;
    yield bytes.subarray(at, at + size);
    at += size;
  }
}

/** A stream without a file's header around it. */
export async function* encryptStream(
  key: KeyObject,
  associated: Uint8Array,
  plaintext: Bytes,
  parameters = OURS,
): AsyncGenerator<Uint8Array> {
  const encrypter = new StreamEncrypter(key, associated, parameters);
  yield encrypter.header;
  for await (const piece of plaintext) yield* encrypter.add(piece);
  yield* encrypter.end();
}

/** The opposite of {@link encryptStream}. */
export async function* decryptStream(
  key: KeyObject,
  associated: Uint8Array,
  ciphertext: Bytes,
  parameters = OURS,
): AsyncGenerator<Uint8Array> {
  const decrypter = new StreamDecrypter(key, associated, parameters);
  for await (const piece of ciphertext) yield* decrypter.add(piece);
  yield* decrypter.end();
}
