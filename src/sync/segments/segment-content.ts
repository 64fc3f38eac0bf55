import { contributionOf } from './contribution.ts';
import { readRange } from './range-rows.ts';
import type { RowRange } from './segment.ts';
import { TIMESTAMP } from './table.ts';
import { writeParquet } from './write-parquet.ts';

export { SegmentGoneError } from './range-rows.ts';

/** What a segment is for: see {@link import('./segment.ts').SyncMode}. */
export type SegmentForm =
  | { readonly mode: 'backup' }
  | { readonly mode: 'contribute'; readonly study: string; readonly deviceKey: Buffer };

/** What a segment holds. */
export interface SegmentContent {
  /** A Parquet file. Where it is sealed, {@link import('./pack.ts').pack} makes it smaller first. */
  readonly bytes: Buffer;
  readonly rows: number;
  /** Names of its columns, in their order. */
  readonly columns: readonly string[];
}

/**
 * The rows of a range as they may leave the machine in this form. The same range gives the same bytes.
 *
 * Rejects with a {@link SegmentGoneError}, or with the system's error when the file cannot be read.
 *
 * @param directory the log folder
 */
export async function segmentContent(
  directory: string,
  range: RowRange,
  form: SegmentForm,
): Promise<SegmentContent> {
  const rows = await readRange(directory, range);
  const table = form.mode === 'backup' ? rows : contributionOf(rows, form);
  return {
    bytes: writeParquet(table),
    rows: table.times.length,
    columns: [TIMESTAMP, ...table.columns.map(({ name }) => name)],
  };
}
