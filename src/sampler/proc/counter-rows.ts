/**
 * Sums up counters that stand in rows, one row an interface or a disk, and how far they have come since the last
 * read. Growth is taken row by row: a row that is new contributes none, nor does one of which any counter went down
 * (it was reset, or another device took its name), nor one that vanished.
 *
 * A read is {@link begin}, then {@link row} and {@link put} for each row, then {@link end}. Rows are known by a key.
 * Nothing is allocated while the number of rows does not grow.
 */
export class CounterRows {
  /** Sum of each column over all rows of the last read. */
  readonly totals: Float64Array;
  /** How far each column has come between the last two reads; without meaning unless {@link hasIncreases}. */
  readonly increases: Float64Array;
  /** Whether there was a read before the last one to compare with. */
  hasIncreases = false;
  readonly #width: number;
  #keys = new Float64Array(0);
  #values = new Float64Array(0);
  #earlierKeys = new Float64Array(0);
  #earlierValues = new Float64Array(0);
  #count = 0;
  #earlierCount = 0;
  #hasEarlier = false;

  /** @param width counters a row */
  constructor(width: number) {
    this.#width = width;
    this.totals = new Float64Array(width);
    this.increases = new Float64Array(width);
  }

  /** Rows of the last read. */
  get count(): number {
    return this.#count;
  }

  /** Starts a read: the rows of the last one become those to compare with. */
  begin(): void {
    const keys = this.#earlierKeys;
    const values = this.#earlierValues;
    this.#earlierKeys = this.#keys;
    this.#earlierValues = this.#values;
    this.#earlierCount = this.#count;
    this.#keys = keys;
    this.#values = values;
    this.#count = 0;
  }

  /** Starts a row. */
  row(key: number): void {
    if (this.#count === this.#keys.length) this.#grow();
    this.#keys[this.#count] = key;
    this.#count++;
  }

  /** Puts a counter into the row started last. */
  put(column: number, value: number): void {
    this.#values[(this.#count - 1) * this.#width + column] = value;
  }

  /** Ends a read: {@link totals} and {@link increases} are those of it. */
  end(): void {
    this.totals.fill(0);
    this.increases.fill(0);
    this.hasIncreases = this.#hasEarlier;
    this.#hasEarlier = true;
    let guess = 0;
    for (let row = 0; row < this.#count; row++) {
      const earlier = this.#find(this.#keys[row] ?? Number.NaN, guess);
      if (earlier >= 0) guess = earlier + 1;
      const grew = earlier >= 0 && this.#grew(row, earlier);
      for (let column = 0; column < this.#width; column++) {
        const value = this.#values[row * this.#width + column] ?? Number.NaN;
        this.totals[column] = (this.totals[column] ?? 0) + value;
        if (!grew) continue;
        const before = this.#earlierValues[earlier * this.#width + column] ?? Number.NaN;
        this.increases[column] = (this.increases[column] ?? 0) + value - before;
      }
    }
  }

  /** Gives up a read that was begun, and all before it: the next one has nothing to compare with. */
  forget(): void {
    this.#count = 0;
    this.#earlierCount = 0;
    this.#hasEarlier = false;
    this.hasIncreases = false;
  }

  /** Rows rarely change their order: look where the key is expected, and search only when it is not there. */
  #find(key: number, guess: number): number {
    if (guess < this.#earlierCount && this.#earlierKeys[guess] === key) return guess;
    for (let row = 0; row < this.#earlierCount; row++) if (this.#earlierKeys[row] === key) return row;
    return -1;
  }

  #grew(row: number, earlier: number): boolean {
    for (let column = 0; column < this.#width; column++) {
      const value = this.#values[row * this.#width + column] ?? Number.NaN;
      const before = this.#earlierValues[earlier * this.#width + column] ?? Number.NaN;
      if (!(value >= before)) return false;
    }
    return true;
  }

  #grow(): void {
    const rows = Math.max(8, this.#keys.length * 2);
    const keys = new Float64Array(rows);
    keys.set(this.#keys);
    this.#keys = keys;
    const values = new Float64Array(rows * this.#width);
    values.set(this.#values);
    this.#values = values;
  }
}
