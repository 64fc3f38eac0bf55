import fs from 'node:fs';
import { createGunzip } from 'node:zlib';
import { codeOf } from '../../common/faults.ts';

const CHUNK = 65_536;

/** The end of a compressed file is missing or does not check. What came before it has been delivered. */
export class TruncatedError extends Error {
  override readonly name = 'TruncatedError';
}

/** Whether a file is compressed, by its name. */
export function isCompressed(file: string): boolean {
  return file.endsWith('.gz');
}

/**
 * The bytes of a file, uncompressed, piece by piece. A piece is valid until the next is asked for.
 *
 * A plain file is read synchronously: such a read takes microseconds, and the pool that asynchronous ones need can be
 * held up by a blocked driver.
 *
 * A plain file that has been compressed since its name was read is read compressed.
 *
 * @param from bytes to leave out at the beginning; a compressed file is read from its beginning all the same
 * @throws TruncatedError at the end of a compressed file that is damaged or cut
 * @throws the system's error when the file cannot be read
 */
export async function* fileBytes(file: string, from = 0): AsyncGenerator<Uint8Array> {
  const compressed = `${file}.gz`;
  if (isCompressed(file)) yield* without(gunzipped(file), from);
  else if (!fs.existsSync(file) && fs.existsSync(compressed)) yield* without(gunzipped(compressed), from);
  else yield* plain(file, from);
}

function* plain(file: string, from: number): Generator<Uint8Array> {
  const fd = fs.openSync(file, 'r');
  try {
    const buffer = Buffer.allocUnsafe(CHUNK);
    for (let at = from; ;) {
      const length = fs.readSync(fd, buffer, 0, CHUNK, at);
      if (length === 0) return;
      at += length;
      yield buffer.subarray(0, length);
    }
  } finally {
    fs.closeSync(fd);
  }
}

async function* gunzipped(file: string): AsyncGenerator<Uint8Array> {
  const source = fs.createReadStream(file, { highWaterMark: CHUNK });
  const gunzip = createGunzip({ chunkSize: CHUNK });
  let fault: unknown;
  source.once('error', error => {
    fault = error;
    gunzip.destroy(error);
  });
  try {
    yield* source.pipe(gunzip) as AsyncIterable<Uint8Array>;
  } catch (error) {
    if (fault !== undefined || !/^(Z_|ERR_STREAM_PREMATURE)/.test(codeOf(error) ?? '')) throw error;
    throw new TruncatedError('the compressed data is damaged or cut short');
  } finally {
    source.destroy();
    gunzip.destroy();
  }
}

async function* without(pieces: AsyncIterable<Uint8Array>, count: number): AsyncGenerator<Uint8Array> {
  let left = count;
  for await (const piece of pieces) {
    if (left < piece.length) yield left === 0 ? piece : piece.subarray(left);
    left = Math.max(0, left - piece.length);
  }
}
