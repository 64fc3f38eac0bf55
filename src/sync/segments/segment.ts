/**
 * A piece of one log file that becomes one uploaded file: the rows of at most {@link SEGMENT_MS}, between two moments that are
 * multiples of it (UTC).
 */
export interface RowRange {
  /** Name of the log file without `.gz`: it may have been compressed since. */
  readonly file: string;
  /**
   * Time of the first row of that file as it stands there: another file that has got the same name has another.
   */
  readonly birth: string;
  /** Position of its first row in the file, and that behind its last, in uncompressed bytes. */
  readonly from: number;
  readonly to: number;
  readonly rows: number;
  /** Of the first and the last row, milliseconds since 1970 UTC. */
  readonly firstMs: number;
  readonly lastMs: number;
}

/** How much of a log file is in segments already: all before `to`, if the file's first row is still that of `birth`. */
export interface Cursor {
  readonly birth: string;
  readonly to: number;
}

/** Time after which a piece of the log is closed. */
export const SEGMENT_MS = 900_000;

/** What uploads are for, told apart everywhere. */
export type SyncMode = 'backup' | 'contribute';
