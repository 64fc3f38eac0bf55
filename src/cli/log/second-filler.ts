import { Holding } from '../../log/reader/holding.ts';

/** A row to print. */
export interface PrintedRow {
  readonly time: number;
  readonly hardwareId: string;
  readonly category: string;
  readonly values: Float64Array;
}

/**
 * Puts back the rows that the log has left out, one a second. A gauge holds its value, a counter goes on at the rate of
 * the last two rows, as the filter that left rows out has taken it; it never overtakes the next row. Nothing is put into
 * gaps.
 */
export class SecondFiller {
  readonly #isCounter: readonly boolean[];
  readonly #holding = new Holding();
  readonly #rates: Float64Array;
  #last: PrintedRow | undefined;
  #printedSecond = Number.NEGATIVE_INFINITY;

  /** @param isCounter whether each column only grows */
  constructor(isCounter: readonly boolean[]) {
    this.#isCounter = isCounter;
    this.#rates = new Float64Array(isCounter.length).fill(Number.NaN);
  }

  /** The rows to print once this one has come: those before it that were left out, and itself. */
  *add(row: PrintedRow): Generator<PrintedRow> {
    const last = this.#last;
    const step = last ? row.time - last.time : Number.NaN;
    const holds = step > 0 && step <= this.#holding.limitMs;
    const second = Math.floor(row.time / 1000);
    if (last && holds) {
      for (let at = this.#printedSecond + 1; at < second; at++) yield this.#filled(last, row, at * 1000);
    }
    if (step > 0) this.#holding.add(step);
    this.#takeRates(row, holds ? last : undefined);
    this.#last = row;
    // Where samples are taken more often than once a second, the first of a second stands for it.
    if (holds && second === this.#printedSecond) return;
    this.#printedSecond = second;
    yield row;
  }

  #filled(last: PrintedRow, next: PrintedRow, time: number): PrintedRow {
    const values = last.values.map((value, slot) => {
      const rate = this.#rates[slot] ?? Number.NaN;
      if (this.#isCounter[slot] !== true || Number.isNaN(rate)) return value;
      const count = Math.round(value + (rate * (time - last.time)) / 1000);
      const limit = next.values[slot] ?? Number.NaN;
      return limit >= value ? Math.min(count, limit) : count;
    });
    return { ...last, time, values };
  }

  #takeRates(row: PrintedRow, before: PrintedRow | undefined): void {
    for (const [slot, isCounter] of this.#isCounter.entries()) {
      if (!isCounter) continue;
      const count = row.values[slot] ?? Number.NaN;
      const earlier = before?.values[slot] ?? Number.NaN;
      // After a reset it is not known.
      this.#rates[slot] =
        before && count >= earlier ? (1000 * (count - earlier)) / (row.time - before.time) : Number.NaN;
    }
  }
}
