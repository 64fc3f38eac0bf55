import fs from 'node:fs';
import path from 'node:path';
import { formatLogFileName, parseLogFileName } from './file-name.ts';

const NEWLINE = 0x0a;
const TAIL_CHUNK = 65_536;

/** A write that took only part of a row: the disk is full. The part is taken back before this is thrown. */
export class ShortWriteError extends Error {
  override readonly name = 'ShortWriteError';
  readonly code = 'ENOSPC';
}

/** One log file open for appending whole rows. */
export class LogFile {
  readonly name: string;
  readonly #fd: number;
  #size: number;

  private constructor(name: string, fd: number, size: number) {
    this.name = name;
    this.#fd = fd;
    this.#size = size;
  }

  /**
   * Opens the day's latest file when its header is `header`, else starts the next one. A partial last line, left by a
   * crash in the middle of a write, is cut off.
   *
   * @throws the system's error when the folder or the file cannot be used
   */
  static open(directory: string, id8: string, date: string, header: string): LogFile {
    let number = latestNumber(directory, id8, date);
    for (;;) {
      const name = formatLogFileName({ id8, date, number });
      const fd = fs.openSync(path.join(directory, name), 'a+', 0o600);
      try {
        const size = trimPartialLine(fd);
        if (size === 0) return new LogFile(name, fd, 0).#begin(header);
        if (startsWith(fd, header)) return new LogFile(name, fd, size);
      } catch (error) {
        fs.closeSync(fd);
        throw error;
      }
      fs.closeSync(fd);
      number++;
    }
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
   * Appends one row, or several with their header, in one write.
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
  }

  close(): void {
    fs.closeSync(this.#fd);
  }

  #begin(header: string): this {
    this.append(header);
    return this;
  }
}

function latestNumber(directory: string, id8: string, date: string): number {
  let latest = 0;
  for (const entry of fs.readdirSync(directory)) {
    const name = parseLogFileName(entry);
    if (name?.id8 === id8 && name.date === date && name.number > latest) latest = name.number;
  }
  return latest;
}

/** Cuts the file after its last line end and returns its size then. */
function trimPartialLine(fd: number): number {
  const size = fs.fstatSync(fd).size;
  const chunk = Buffer.allocUnsafe(TAIL_CHUNK);
  for (let end = size; end > 0;) {
    const start = Math.max(0, end - TAIL_CHUNK);
    const length = fs.readSync(fd, chunk, 0, end - start, start);
    const newline = chunk.subarray(0, length).lastIndexOf(NEWLINE);
    if (newline >= 0) {
      const whole = start + newline + 1;
      if (whole !== size) fs.ftruncateSync(fd, whole);
      return whole;
    }
    end = start;
  }
  if (size !== 0) fs.ftruncateSync(fd, 0);
  return 0;
}

function startsWith(fd: number, header: string): boolean {
  const expected = Buffer.from(header, 'latin1');
  const actual = Buffer.alloc(expected.length);
  return fs.readSync(fd, actual, 0, actual.length, 0) === expected.length && actual.equals(expected);
}
