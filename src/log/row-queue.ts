/** A row of the log on its way to its file. */
export interface WaitingRow {
  readonly id8: string;
  /** UTC date of its file. */
  readonly date: string;
  /** Header line of its file. */
  readonly header: string;
  /** The line, with its line end. */
  readonly text: string;
}

/** What a row takes in memory besides its text, roughly. */
const OVERHEAD_BYTES = 100;

/**
 * Rows that are not yet in a file, in order. While the log can be written there is one for a moment; during a fault they
 * wait, up to a limit, beyond which the oldest are given up and counted. It outlives its writer: when the log moves to
 * another folder because its disk is full, the rows go there.
 */
export class RowQueue {
  #rows: WaitingRow[] = [];
  /** Rows before this one have been taken. */
  #first = 0;
  #bytes = 0;
  #lost = 0;

  /** Adds a row; while more than `maxBytes` wait, the oldest goes. */
  push(row: WaitingRow, maxBytes: number): void {
    this.#rows.push(row);
    this.#bytes += sizeOf(row);
    while (this.#bytes > maxBytes && this.length > 1) {
      this.#bytes -= sizeOf(this.#take());
      this.#lost++;
    }
  }

  get length(): number {
    return this.#rows.length - this.#first;
  }

  /** Rows that were given up since this was last asked. */
  takeLost(): number {
    const lost = this.#lost;
    this.#lost = 0;
    return lost;
  }

  /** Up to `most` rows from the front that go into the same file and have no more than `maxBytes` together; they stay. */
  peek(most: number, maxBytes = Infinity): readonly WaitingRow[] {
    const first = this.#rows[this.#first];
    if (!first) return [];
    let bytes = first.text.length;
    let end = this.#first + 1;
    for (; end < Math.min(this.#rows.length, this.#first + most); end++) {
      const row = this.#rows[end];
      bytes += row?.text.length ?? 0;
      if (row?.date !== first.date || row.header !== first.header || row.id8 !== first.id8) break;
      if (bytes > maxBytes) break;
    }
    return this.#rows.slice(this.#first, end);
  }

  /** Removes the first `count` rows: they are written. */
  drop(count: number): void {
    for (let i = 0; i < count; i++) this.#bytes -= sizeOf(this.#take());
  }

  /** Removes the rows at the front that are of one day, and says how many there were. */
  dropDay(date: string): number {
    const before = this.length;
    while (this.#rows[this.#first]?.date === date) this.drop(1);
    return before - this.length;
  }

  /** Removes all rows: nobody wants them. */
  clear(): void {
    this.drop(this.length);
  }

  #take(): WaitingRow {
    const row = this.#rows[this.#first++];
    if (!row) throw new RangeError('no row waits');
    // Now and then, so that a long queue is not moved for every row.
    if (this.#first === this.#rows.length || this.#first >= 1000) {
      this.#rows = this.#rows.slice(this.#first);
      this.#first = 0;
    }
    return row;
  }
}

function sizeOf({ text }: WaitingRow): number {
  return text.length + OVERHEAD_BYTES;
}
