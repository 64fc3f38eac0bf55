import { randomBytes } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip, createGzip } from 'node:zlib';
import { codeOf } from '../common/faults.ts';
import { formatLogFileName, parseLogFileName } from './file-name.ts';
import type { ListedFile } from './listing.ts';
import { syncDirectory } from '../runtime/sync-directory.ts';

/** A piece that is read and compressed at a time, on other threads; the thread that samples hands it on. */
const PIECE_BYTES = 65_536;
const UNFINISHED = /^metrics_[0-9a-f]{8}_.*\.csv\.gz\.[0-9a-f]{8}\.new$/;

export interface CompressionOptions {
  /** Whether this file is being written: it must stay as it is. Asked again before anything is taken away. */
  readonly isOpen: (name: string) => boolean;
  /** Ends the work early; the plain file stays. */
  readonly signal: AbortSignal;
}

/**
 * Replaces a closed log file by its `.csv.gz`: written beside, synced, renamed, the folder synced, and only then is the
 * plain one deleted. A crash at any point leaves the plain file, or both, or the compressed one, each whole; while there
 * are both, the plain one counts. {@link tidy} puts the rest right.
 *
 * Rejects with the system's error, or with that of `signal`; the plain file is there then.
 */
export async function compressLogFile(
  directory: string,
  file: ListedFile,
  { isOpen, signal }: CompressionOptions,
): Promise<void> {
  const plain = path.join(directory, file.name);
  const compressed = path.join(directory, formatLogFileName({ ...file, isCompressed: true }));
  const unfinished = `${compressed}.${randomBytes(4).toString('hex')}.new`;
  try {
    await pipeline(
      fs.createReadStream(plain, { highWaterMark: PIECE_BYTES }),
      createGzip({ chunkSize: PIECE_BYTES }),
      fs.createWriteStream(unfinished, { flags: 'wx', mode: 0o600 }),
      { signal },
    );
    await syncFile(unfinished);
    signal.throwIfAborted();
    // From the question to the answer's use nothing else runs: the writer cannot open the file in between.
    if (isOpen(file.name) || fs.statSync(plain).size !== file.bytes) throw new InUseError();
    fs.renameSync(unfinished, compressed);
  } catch (error) {
    fs.rmSync(unfinished, { force: true });
    throw error;
  }
  await syncDirectory(directory);
  fs.rmSync(plain, { force: true });
}

/** The file was written to while it was compressed: it stays plain for now. */
export class InUseError extends Error {
  override readonly name = 'InUseError';

  constructor() {
    super('the log file is in use');
  }
}

/**
 * Puts right what a crash during a compression left: files that were never finished go, and where a log file is there
 * both plain and compressed, the plain one goes when the other has all of it, else the other.
 *
 * Rejects with the system's error.
 */
export async function tidy(directory: string, isOpen: (name: string) => boolean): Promise<void> {
  const names = new Set(fs.readdirSync(directory));
  for (const name of names) {
    if (UNFINISHED.test(name)) fs.rmSync(path.join(directory, name), { force: true });
    const parsed = parseLogFileName(name);
    if (parsed?.isCompressed !== true) continue;
    const plainName = formatLogFileName({ ...parsed, isCompressed: false });
    if (!names.has(plainName)) continue;
    const plain = path.join(directory, plainName);
    const compressed = path.join(directory, name);
    const isWhole = (await plainSizeOf(compressed)) === fs.statSync(plain).size;
    fs.rmSync(isWhole && !isOpen(plainName) ? plain : compressed, { force: true });
  }
}

/** Bytes that a gzip file holds; `undefined` when it is damaged. */
async function plainSizeOf(file: string): Promise<number | undefined> {
  let bytes = 0;
  const count = new Writable({
    write(piece: Buffer, _encoding, done) {
      bytes += piece.length;
      done();
    },
  });
  try {
    await pipeline(fs.createReadStream(file), createGunzip(), count);
    return bytes;
  } catch (error) {
    if (codeOf(error)?.startsWith('Z_') === true) return undefined;
    throw error;
  }
}

async function syncFile(file: string): Promise<void> {
  const handle = await fs.promises.open(file, 'r+');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
