import path from 'node:path';
import { describeFault } from '../../common/faults.ts';
import type { DamageReport } from './damage.ts';
import { fileBytes, TruncatedError } from './file-bytes.ts';
import { RowBatch } from './row-batch.ts';
import { headerNames, RowParser } from './row-parser.ts';

const NEWLINE = 0x0a;
const RETURN = 0x0d;
const FIRST_ROOM = 131_072;
/** Longer than the widest row there is: one of 1,024 cores and 64 GPUs has about 40 KB. */
export const LONGEST_LINE = 1_048_576;

/** What to read of a file. */
export interface ReadOptions {
  /** Numeric columns wanted, in the order of the slots of {@link RowBatch}. */
  readonly columns: readonly string[];
  /** Where lines that are not as they should be are noted. */
  readonly damage: DamageReport;
  /** Where to begin: the beginning of a line, in uncompressed bytes. */
  readonly from?: number;
  /** Header of the file, as {@link readHeader} gives it, for a read that does not begin at its beginning. */
  readonly header?: readonly string[];
  /** Rows from before this moment, milliseconds since 1970 UTC, are left out. */
  readonly skipBefore?: number;
  /**
   * Whether a last line without a line end is a fault. In a file that is being written it is the row that is just being
   * written; in one that is closed it is what a crash has left.
   */
  readonly isClosed?: boolean;
}

/**
 * Reads the rows of a log file, plain or compressed, in the order of the file and in bounded memory. A line that is not
 * a row is noted and left out.
 *
 * The batch is the same each time.
 *
 * @throws the system's error when the file cannot be opened or read
 */
export async function* readRows(file: string, options: ReadOptions): AsyncGenerator<RowBatch> {
  const lines = new RowLines(path.basename(file), options);
  try {
    for await (const piece of fileBytes(file, options.from)) {
      lines.add(piece);
      while (lines.fill()) yield lines.batch;
    }
    lines.end();
  } catch (error) {
    if (!(error instanceof TruncatedError)) throw error;
    lines.cut(error.message);
  }
  if (lines.batch.length > 0) yield lines.batch;
}

/**
 * Names of the columns of a log file; `undefined` for a file that has no header yet.
 *
 * @throws the system's error when the file cannot be read
 */
export async function readHeader(file: string): Promise<readonly string[] | undefined> {
  const pieces: Buffer[] = [];
  let size = 0;
  try {
    for await (const piece of fileBytes(file)) {
      const end = piece.indexOf(NEWLINE);
      pieces.push(Buffer.from(end < 0 ? piece : piece.subarray(0, end)));
      size += piece.length;
      if (end >= 0) return headerNames(Buffer.concat(pieces).toString('utf8'));
      if (size > LONGEST_LINE) return undefined;
    }
  } catch (error) {
    if (!(error instanceof TruncatedError)) throw error;
  }
  return undefined;
}

/** Cuts bytes into lines and reads them into a batch. */
class RowLines {
  readonly batch: RowBatch;
  readonly #name: string;
  readonly #options: ReadOptions;
  readonly #skipBefore: number;
  #parser: RowParser | undefined;
  /** Bytes that are not read yet stand from `#at` to before `#end`. */
  #room = Buffer.allocUnsafe(FIRST_ROOM);
  #at = 0;
  #end = 0;
  /** Position of `#room`'s beginning in the file. */
  #base: number;
  /** Number of the last line read; NaN when the beginning was left out. */
  #line: number;
  /** Inside a line that is too long to be one. */
  #isFlood = false;
  #isFull = false;

  constructor(name: string, options: ReadOptions) {
    this.#name = name;
    this.#options = options;
    this.#skipBefore = options.skipBefore ?? Number.NEGATIVE_INFINITY;
    this.#base = options.from ?? 0;
    this.#line = this.#base === 0 ? 0 : Number.NaN;
    this.batch = new RowBatch(options.columns.length);
    if (this.#base > 0 && options.header) this.#parser = new RowParser(options.header, options.columns);
  }

  /** Takes more bytes of the file. */
  add(piece: Uint8Array): void {
    this.#room.copyWithin(0, this.#at, this.#end);
    this.#base += this.#at;
    this.#end -= this.#at;
    this.#at = 0;
    if (this.#end + piece.length > this.#room.length) {
      const larger = Buffer.allocUnsafe(2 * (this.#end + piece.length));
      this.#room.copy(larger, 0, 0, this.#end);
      this.#room = larger;
    }
    this.#room.set(piece, this.#end);
    this.#end += piece.length;
  }

  /** Reads lines until the batch is full, and says whether it is; otherwise more bytes are needed. */
  fill(): boolean {
    const { batch } = this;
    if (this.#isFull) {
      batch.length = 0;
      this.#isFull = false;
    }
    while (batch.length < batch.capacity) {
      const newline = this.#room.indexOf(NEWLINE, this.#at);
      if (newline < 0 || newline >= this.#end) {
        this.#skipFlood();
        return false;
      }
      this.#take(this.#at, newline);
      this.#at = newline + 1;
    }
    return (this.#isFull = true);
  }

  /** No more bytes follow. */
  end(): void {
    if (this.#isFull) this.batch.length = 0;
    if (this.#at < this.#end && this.#options.isClosed === true)
      this.#note(this.#line + 1, 'has no line end: its writer was cut off');
    else if (this.#parser === undefined && this.#options.isClosed === true)
      this.#note(0, 'is empty: it has no header');
  }

  /** The rest of the file is lost. */
  cut(what: string): void {
    if (this.#isFull) this.batch.length = 0;
    this.#note(this.#line + 1, `and all after it is lost: ${what}`);
  }

  #take(start: number, newline: number): void {
    this.#line++;
    if (this.#isFlood) {
      this.#isFlood = false;
      this.#note(this.#line, 'is too long to be a row');
      return;
    }
    const end = newline > start && this.#room[newline - 1] === RETURN ? newline - 1 : newline;
    if (!this.#parser) {
      this.#begin(this.#room.toString('utf8', start, end));
      return;
    }
    const { batch } = this;
    const what = this.#parser.read(this.#room, start, end, batch, this.#skipBefore);
    if (what !== '') this.#note(this.#line, what);
    else if ((batch.times[batch.length] ?? 0) >= this.#skipBefore) {
      batch.offsets[batch.length] = this.#base + start;
      batch.ends[batch.length] = this.#base + newline + 1;
      batch.length++;
    }
  }

  #begin(line: string): void {
    try {
      this.#parser = new RowParser(headerNames(line), this.#options.columns);
    } catch (error) {
      this.#note(this.#line, error instanceof Error ? error.message : describeFault(error));
      // Rows below a header that cannot be used are not rows; each of them is noted.
      this.#parser = new RowParser(['timestamp'], this.#options.columns);
    }
  }

  #skipFlood(): void {
    if (this.#end - this.#at <= LONGEST_LINE) return;
    this.#isFlood = true;
    this.#at = this.#end;
  }

  #note(line: number, what: string): void {
    this.#options.damage.add({ file: this.#name, line: Number.isNaN(line) ? 0 : line, what });
  }
}
