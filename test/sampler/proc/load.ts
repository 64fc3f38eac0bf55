import { Buffer } from 'node:buffer';
import type { ByteReader } from '../../../src/sampler/proc/byte-reader.ts';

/** Puts `text` into a reader as if it had been read from a file. */
export function load(reader: ByteReader, text: string | Uint8Array): void {
  const content = Buffer.from(text);
  while (reader.bytes.length < content.length) reader.grow();
  content.copy(reader.bytes);
  reader.rewind(content.length);
}
