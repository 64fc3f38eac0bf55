import fs from 'node:fs';
import { LONGEST_LINE } from './read-rows.ts';
import { TimestampReader } from './timestamp.ts';

const NEWLINE = 0x0a;
const COMMA = 0x2c;
const CHUNK = 65_536;
/** The longest a timestamp can be, with its zone. */
const TIMESTAMP_ROOM = 64;

/**
 * Finds by bisection where in a plain log file to begin to read the rows from a moment on: a line that begins at least
 * `margin` bytes before the first row that is later. Where the clock was set back within the file, what is found is one
 * of the places that fit.
 *
 * @param names columns of the file
 * @param utcMs milliseconds since 1970 UTC
 * @returns position of the beginning of a line, in bytes; 0 when the file is to be read from its beginning
 * @throws the system's error when the file cannot be read
 */
export function seekRow(file: string, names: readonly string[], utcMs: number, margin: number): number {
  // The timestamp is the first column of every file that we write; others are read from their beginning.
  if (names[0] !== 'timestamp') return 0;
  const fd = fs.openSync(file, 'r');
  try {
    const lines = new LineFinder(fd);
    let low = 0;
    let high = fs.fstatSync(fd).size;
    while (high - low > CHUNK) {
      const middle = Math.floor((low + high) / 2);
      const line = lines.after(middle, high);
      if (line === undefined || line.time > utcMs) high = middle;
      else low = line.at;
    }
    const at = low - margin;
    return at <= 0 ? 0 : (lines.after(at, low + 1)?.at ?? low);
  } finally {
    fs.closeSync(fd);
  }
}

/**
 * The moment of the row whose line begins at `at`; NaN where no line with a timestamp begins.
 *
 * @throws the system's error when the file cannot be read
 */
export function rowTimeAt(file: string, at: number): number {
  const fd = fs.openSync(file, 'r');
  try {
    if (at === 0) return Number.NaN;
    const before = Buffer.alloc(1);
    if (fs.readSync(fd, before, 0, 1, at - 1) !== 1 || before[0] !== NEWLINE) return Number.NaN;
    return timeAt(fd, at);
  } finally {
    fs.closeSync(fd);
  }
}

class LineFinder {
  readonly #fd: number;
  readonly #chunk = Buffer.allocUnsafe(CHUNK);

  constructor(fd: number) {
    this.#fd = fd;
  }

  /** The first line with a timestamp that begins after `from` and before `end`. */
  after(from: number, end: number): { readonly at: number; readonly time: number } | undefined {
    for (let at = from; at < Math.min(end, from + LONGEST_LINE);) {
      const length = fs.readSync(this.#fd, this.#chunk, 0, CHUNK, at);
      if (length === 0) return undefined;
      const bytes = this.#chunk.subarray(0, length);
      for (
        let newline = bytes.indexOf(NEWLINE);
        newline >= 0;
        newline = bytes.indexOf(NEWLINE, newline + 1)
      ) {
        const line = at + newline + 1;
        if (line >= end) return undefined;
        const time = timeAt(this.#fd, line);
        if (!Number.isNaN(time)) return { at: line, time };
      }
      at += length;
    }
    return undefined;
  }
}

function timeAt(fd: number, at: number): number {
  const bytes = Buffer.alloc(TIMESTAMP_ROOM);
  const length = fs.readSync(fd, bytes, 0, TIMESTAMP_ROOM, at);
  const comma = bytes.subarray(0, length).indexOf(COMMA);
  return comma < 0 ? Number.NaN : new TimestampReader().read(bytes, 0, comma);
}
