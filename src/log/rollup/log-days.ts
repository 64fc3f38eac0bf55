import fs from 'node:fs';
import { readHeader } from '../reader/read-rows.ts';
import { type FoundLogFile, listLogFolder } from '../reader/log-folder.ts';

const DAY_MS = 86_400_000;
const ISIZE_BYTES = 4;

/** All log files of one hardware id and UTC date. */
export interface LogDay {
  readonly id8: string;
  readonly date: string;
  /** Beginning of the day, milliseconds since 1970 UTC. */
  readonly start: number;
  readonly end: number;
  readonly files: readonly FoundLogFile[];
  /** The first file of the same hardware id from a later day: this day is over then. */
  readonly next: FoundLogFile | undefined;
}

/**
 * The days that a folder has logs of, in order.
 *
 * @throws the system's error when the folder cannot be read
 */
export function listLogDays(directory: string): LogDay[] {
  const days: (LogDay & { files: FoundLogFile[]; next: FoundLogFile | undefined })[] = [];
  const latest = new Map<string, (typeof days)[number]>();
  for (const file of listLogFolder(directory).files) {
    const { id8, date } = file;
    const before = latest.get(id8);
    if (before?.date === date) {
      before.files.push(file);
      continue;
    }
    if (before) before.next = file;
    const start = Date.parse(date);
    if (Number.isNaN(start)) continue;
    const day = { id8, date, start, end: start + DAY_MS, files: [file], next: undefined };
    latest.set(id8, day);
    days.push(day);
  }
  return days;
}

/** Whether no more rows are added to a day's files: a later day has begun, or all of them have been compressed. */
export function isOver({ files, next }: LogDay): boolean {
  return next !== undefined || files.every(file => file.isCompressed);
}

/** Columns of the files of a log, read once a file: its name stands for its columns as long as it exists. */
export class Headers {
  readonly #names = new Map<string, readonly string[]>();
  /** Most files have the same columns; these are kept once. */
  readonly #distinct = new Map<string, readonly string[]>();

  /**
   * Names of a file's columns; `undefined` while it has no header.
   *
   * @throws the system's error when the file cannot be read
   */
  async of(file: FoundLogFile): Promise<readonly string[] | undefined> {
    const known = this.#names.get(file.name);
    if (known) return known;
    const read = await readHeader(file.path);
    if (!read) return undefined;
    const names = this.#distinct.get(read.join()) ?? read;
    this.#distinct.set(read.join(), names);
    this.#names.set(file.name, names);
    return names;
  }
}

/**
 * Size of a log file in bytes, uncompressed; modulo 2^32 for a compressed one, whose last four bytes say it.
 *
 * @throws the system's error when the file cannot be read
 */
export function plainSize({ path, isCompressed }: FoundLogFile): number {
  const fd = fs.openSync(path, 'r');
  try {
    const { size } = fs.fstatSync(fd);
    if (!isCompressed) return size;
    const bytes = Buffer.alloc(ISIZE_BYTES);
    fs.readSync(fd, bytes, 0, ISIZE_BYTES, Math.max(0, size - ISIZE_BYTES));
    return bytes.readUInt32LE(0);
  } finally {
    fs.closeSync(fd);
  }
}
