/** Rows that are handed on together. The next batch is read into the same one. */
export class RowBatch {
  /** Number of rows in it. */
  length = 0;
  /** Columns of {@link values}. */
  readonly width: number;
  /** Milliseconds since 1970 UTC, a row each. */
  readonly times: Float64Array;
  /** Where each row's line begins: bytes from the beginning of the file, uncompressed. */
  readonly offsets: Float64Array;
  /** Where each row's line has ended: the position behind its line end. */
  readonly ends: Float64Array;
  /** Row after row; NaN where a field is empty or the file has no such column. */
  readonly values: Float64Array;
  /** Workload class of each row; empty for none. */
  readonly categories: string[];
  readonly hardwareIds: string[];

  constructor(width: number, capacity = 512) {
    this.width = width;
    this.times = new Float64Array(capacity);
    this.offsets = new Float64Array(capacity);
    this.ends = new Float64Array(capacity);
    this.values = new Float64Array(capacity * width);
    this.categories = new Array<string>(capacity).fill('');
    this.hardwareIds = new Array<string>(capacity).fill('');
  }

  get capacity(): number {
    return this.times.length;
  }
}
