import { readDecimal } from './decimal.ts';
import type { RowBatch } from './row-batch.ts';
import { TimestampReader } from './timestamp.ts';

const COMMA = 0x2c;
const LONGEST_WORD = 64;
const WORD = /^[\w.-]*$/;

/** What a field of a line is for: a slot of the batch, or one of these. */
const SKIP = -1;
const TIMESTAMP = -2;
const HARDWARE_ID = -3;
const CATEGORY = -4;

/** Names of a header line: without a byte order mark, a carriage return, and white space around names. */
export function headerNames(line: string): string[] {
  return line
    .replace(/^\uFEFF/, '')
    .trim()
    .split(',')
    .map(name => name.trim());
}

/** Text columns that stand for themselves; all others are numbers. */
export const TEXT_COLUMNS: readonly string[] = ['timestamp', 'hardware_id', 'session_category'];

/** Reads the lines below one header. Columns are found by name: their order does not matter, and some may be missing. */
export class RowParser {
  readonly #roles: Int32Array;
  readonly #timestamps = new TimestampReader();
  readonly #words = [new RepeatedWord(), new RepeatedWord()] as const;

  /**
   * @param names columns of the file
   * @param columns numeric columns wanted, in the order of the batch's slots
   * @throws Error when the header has no timestamp or has a column twice
   */
  constructor(names: readonly string[], columns: readonly string[]) {
    if (!names.includes('timestamp'))
      throw new Error('the first line is not a header with a timestamp column');
    if (new Set(names).size !== names.length) throw new Error('the header names a column twice');
    const slots = new Map(columns.map((name, slot) => [name, slot]));
    this.#roles = Int32Array.from(names, name => {
      if (name === 'timestamp') return TIMESTAMP;
      if (name === 'hardware_id') return HARDWARE_ID;
      if (name === 'session_category') return CATEGORY;
      return slots.get(name) ?? SKIP;
    });
  }

  /**
   * Reads one line into the batch's next row. The batch's length is left to the caller.
   *
   * @param skipBefore a row from before this moment is not read on
   * @returns what is wrong with the line; empty when nothing is
   */
  read(line: Uint8Array, start: number, end: number, batch: RowBatch, skipBefore: number): string {
    const roles = this.#roles;
    const { values, width } = batch;
    const row = batch.length;
    values.fill(Number.NaN, row * width, (row + 1) * width);
    batch.categories[row] = '';
    batch.hardwareIds[row] = '';
    let field = 0;
    let from = start;
    for (let at = start; at <= end; at++) {
      if (at < end && line[at] !== COMMA) continue;
      const role = roles[field++];
      if (role === undefined) return 'has more fields than the header';
      if (role >= 0) {
        if (at > from) {
          const value = readDecimal(line, from, at);
          if (Number.isNaN(value)) return `has no number in field ${field}`;
          values[row * width + role] = value;
        }
      } else if (role === TIMESTAMP) {
        const time = this.#timestamps.read(line, from, at);
        if (Number.isNaN(time)) return 'has no UTC timestamp';
        batch.times[row] = time;
        if (time < skipBefore) return '';
      } else if (role !== SKIP) {
        const word = this.#words[role === CATEGORY ? 1 : 0].read(line, from, at);
        if (word === undefined) return `has no word in field ${field}`;
        if (role === CATEGORY) batch.categories[row] = word;
        else batch.hardwareIds[row] = word;
      }
      from = at + 1;
    }
    return field === roles.length ? '' : 'has fewer fields than the header';
  }
}

/** A word that is mostly the same as in the row before: made into a string only when it changes. */
class RepeatedWord {
  #bytes = new Uint8Array(0);
  #word = '';

  /** The word; `undefined` for what is none. */
  read(line: Uint8Array, start: number, end: number): string | undefined {
    const bytes = this.#bytes;
    let same = bytes.length === end - start;
    for (let k = 0; same && k < bytes.length; k++) same = bytes[k] === line[start + k];
    if (same) return this.#word;
    if (end - start > LONGEST_WORD) return undefined;
    const word = String.fromCharCode(...line.subarray(start, end));
    if (!WORD.test(word)) return undefined;
    this.#bytes = line.slice(start, end);
    return (this.#word = word);
  }
}
