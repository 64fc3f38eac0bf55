/** A column of a {@link Table}: of numbers, NaN where there is no value, or of words, empty where there is none. */
export type TableColumn =
  | {
      readonly name: string;
      readonly type: 'number';
      /** Digits after the decimal point that its values have by the metric table; `undefined` for a column that it does not know. */
      readonly decimals: number | undefined;
      /** Whether its values may have more than nine digits: counts, and bit masks. */
      readonly isWide: boolean;
      readonly values: Float64Array;
    }
  | { readonly name: string; readonly type: 'word'; readonly values: readonly string[] };

/** Rows of the log, column by column. */
export interface Table {
  /** Milliseconds since 1970 UTC; the column `timestamp`. */
  readonly times: Float64Array;
  /** The others, in their order. */
  readonly columns: readonly TableColumn[];
}

/** Name of the column of {@link Table.times}, which is the first in files that we write. */
export const TIMESTAMP = 'timestamp';
