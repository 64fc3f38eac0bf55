import fs from 'node:fs/promises';
import path from 'node:path';
import { codeOf } from '../common/faults.ts';
import { syncDirectory } from '../runtime/sync-directory.ts';

/**
 * The few things that journal and spool do with the disk, so that tests can have it fail, and the power fail, at each of
 * them. All reject with the system's error.
 */
export interface Disk {
  /** Makes a folder, and its parents, for this user alone; all well when it is there. */
  makeFolder(folder: string): Promise<void>;
  /** Names in a folder; none when it is not there. */
  list(folder: string): Promise<string[]>;
  /** In bytes; `undefined` when there is no such file. */
  sizeOf(file: string): Promise<number | undefined>;
  /** The bytes of a file from one position up to before another, the end when left out. */
  read(file: string, from?: number, to?: number): AsyncIterable<Uint8Array>;
  /** A new file that only this user can read; rejects when the name is taken. Its name is safe after {@link syncFolder}. */
  create(file: string): Promise<OpenFile>;
  /** A file that is there, for reading and writing. */
  open(file: string): Promise<OpenFile>;
  /** Gives a file another name, over one that has that name. Safe after {@link syncFolder}. */
  rename(from: string, to: string): Promise<void>;
  /** All well when it is not there. */
  remove(file: string): Promise<void>;
  /** Has the disk take what others have written to a file; all well when it is not there. */
  syncFile(file: string): Promise<void>;
  /** Has the disk take the names in a folder. */
  syncFolder(folder: string): Promise<void>;
}

/** What is written is safe from a power cut after {@link OpenFile.sync}, and only then. */
export interface OpenFile {
  /** Writes all of it, from a position on. */
  write(bytes: Uint8Array, at: number): Promise<void>;
  sync(): Promise<void>;
  close(): Promise<void>;
}

/** This machine's disk. */
export const realDisk: Disk = {
  async makeFolder(folder) {
    await fs.mkdir(folder, { recursive: true, mode: 0o700 });
  },

  async list(folder) {
    try {
      return await fs.readdir(folder);
    } catch (error) {
      if (codeOf(error) === 'ENOENT') return [];
      throw error;
    }
  },

  async sizeOf(file) {
    try {
      return (await fs.stat(file)).size;
    } catch (error) {
      if (codeOf(error) === 'ENOENT') return undefined;
      throw error;
    }
  },

  async *read(file, from = 0, to) {
    const handle = await fs.open(file);
    if (to !== undefined && to <= from) {
      await handle.close();
      return;
    }
    yield* handle.createReadStream({ start: from, ...(to === undefined ? {} : { end: to - 1 }) });
  },

  async create(file) {
    return new RealFile(await fs.open(file, 'wx', 0o600));
  },

  async open(file) {
    return new RealFile(await fs.open(file, 'r+'));
  },

  async rename(from, to) {
    await fs.rename(from, to);
  },

  async remove(file) {
    await fs.rm(file, { force: true });
  },

  async syncFile(file) {
    try {
      // Windows syncs only what may be written; elsewhere that right is not needed.
      const handle = await fs.open(file, process.platform === 'win32' ? 'r+' : 'r');
      try {
        await handle.sync();
      } finally {
        await handle.close();
      }
    } catch (error) {
      if (codeOf(error) !== 'ENOENT') throw error;
    }
  },

  syncFolder: syncDirectory,
};

class RealFile implements OpenFile {
  readonly #handle: fs.FileHandle;

  constructor(handle: fs.FileHandle) {
    this.#handle = handle;
  }

  async write(bytes: Uint8Array, at: number): Promise<void> {
    // One call may write less than it was given.
    for (let done = 0; done < bytes.length;)
      done += (await this.#handle.write(bytes, done, bytes.length - done, at + done)).bytesWritten;
  }

  sync(): Promise<void> {
    return this.#handle.sync();
  }

  close(): Promise<void> {
    return this.#handle.close();
  }
}

/** Writes a whole file under a name that it has only once the disk has all of it. */
export async function writeWhole(
  disk: Disk,
  file: string,
  pieces: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
): Promise<void> {
  const beside = `${file}${UNFINISHED}`;
  await disk.remove(beside);
  const open = await disk.create(beside);
  try {
    let at = 0;
    for await (const piece of pieces) {
      await open.write(piece, at);
      at += piece.length;
    }
    await open.sync();
  } finally {
    await open.close();
  }
  await disk.rename(beside, file);
  await disk.syncFolder(path.dirname(file));
}

/** What {@link writeWhole} adds to the name of a file that it has not finished. */
export const UNFINISHED = '.new';
