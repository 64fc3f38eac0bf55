import fs from 'node:fs';
import path from 'node:path';
import { codeOf } from '../common/faults.ts';
import { syncDirectory } from '../runtime/sync-directory.ts';
import { trimPartialLine } from './trim.ts';

/** A write that took only part of a row: the disk is full. The part is taken back before this is thrown. */
export class ShortWriteError extends Error {
  override readonly name = 'ShortWriteError';
  readonly code = 'ENOSPC';
}

/** One log file open for appending whole rows. */
export class LogFile {
  readonly name: string;
  readonly #directory: string;
  readonly #fd: number;
  #size: number;
  #isSynced = false;
  #isSyncing = false;
  /** What is to happen once the sync in flight has come back. */
  #afterSync: (() => void) | undefined;

  private constructor(directory: string, name: string, fd: number, size: number) {
    this.#directory = directory;
    this.name = name;
    this.#fd = fd;
    this.#size = size;
  }

  /**
   * Opens a file for appending, or makes it with its header. A partial last line, left by a crash in the middle of a
   * write, is cut off.
   *
   * @returns `undefined` when the file has another header; it is left alone
   * @throws the system's error when the file cannot be used; one that was made for it is gone then
   */
  static open(directory: string, name: string, header: string): LogFile | undefined {
    const file = path.join(directory, name);
    const fd = fs.openSync(file, 'a+', 0o600);
    try {
      const size = trimPartialLine(fd);
      if (size === 0) return new LogFile(directory, name, fd, 0).#begin(header);
      if (startsWith(fd, header)) return new LogFile(directory, name, fd, size);
    } catch (error) {
      fs.closeSync(fd);
      throw error;
    }
    fs.closeSync(fd);
    return undefined;
  }

  /** Bytes in the file. */
  get size(): number {
    return this.#size;
  }

  /** Whether the file was deleted (its folder with it, perhaps) or cut short by somebody else while it was open. */
  get isLost(): boolean {
    const { nlink, size } = fs.fstatSync(this.#fd);
    return nlink === 0 || size < this.#size;
  }

  /**
   * Appends one row, or several, in one write.
   *
   * @throws ShortWriteError or the system's error; the file then ends with the row before
   */
  append(rows: string): void {
    const bytes = Buffer.from(rows, 'latin1');
    let written = 0;
    try {
      written = fs.writeSync(this.#fd, bytes);
    } finally {
      if (written !== bytes.length) fs.ftruncateSync(this.#fd, this.#size);
    }
    if (written !== bytes.length) throw new ShortWriteError('the disk took only part of a row');
    this.#size += bytes.length;
    this.#isSynced = false;
  }

  /**
   * Has the disk take all rows so far, without waiting for it. One such call is in flight at a time; while one is, and
   * where nothing is new, it does nothing.
   *
   * @param onFault told why the disk did not take them
   */
  sync(onFault: (error: Error) => void): void {
    if (this.#isSynced || this.#isSyncing) return;
    this.#isSyncing = true;
    this.#isSynced = true;
    fs.fsync(this.#fd, error => {
      this.#isSyncing = false;
      if (error) {
        this.#isSynced = false;
        onFault(error);
      }
      this.#afterSync?.();
    });
  }

  /** Closes the file for good without waiting: its rows go to the disk, then its name. `onFault` as for {@link sync}. */
  seal(onFault: (error: Error) => void): void {
    const finish = (): void => {
      fs.close(this.#fd, () => {
        syncDirectory(this.#directory).catch((error: unknown) => {
          // A folder that is gone has no names.
          if (codeOf(error) !== 'ENOENT') onFault(error as Error);
        });
      });
    };
    // A descriptor that is closed under a call in flight may be another file's by the time the call begins.
    const sealed = (): void => {
      this.#afterSync = finish;
      if (this.#isSynced) finish();
      else this.sync(onFault);
    };
    if (this.#isSyncing) this.#afterSync = sealed;
    else sealed();
  }

  /** Closes the file at once, with its rows on the disk. @throws the system's error; it is closed nevertheless */
  close(): void {
    try {
      if (!this.#isSynced || this.#isSyncing) fs.fsyncSync(this.#fd);
    } finally {
      fs.closeSync(this.#fd);
    }
  }

  #begin(header: string): this {
    try {
      this.append(header);
      return this;
    } catch (error) {
      // A file without a header is none. On a full disk its name can still be removed.
      fs.rmSync(path.join(this.#directory, this.name), { force: true });
      throw error;
    }
  }
}

function startsWith(fd: number, header: string): boolean {
  const expected = Buffer.from(header, 'latin1');
  const actual = Buffer.alloc(expected.length);
  return fs.readSync(fd, actual, 0, actual.length, 0) === expected.length && actual.equals(expected);
}
