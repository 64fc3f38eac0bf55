import { readParquet } from './read-parquet.ts';
import { type Table, type TableColumn, TIMESTAMP } from './table.ts';

/** Rows that are handed out together. */
const ROWS = 1000;

/**
 * The rows of a segment as the log has them, header first, byte for byte as the log writer writes such rows.
 *
 * @throws SegmentFormatError before the first piece
 */
export async function* parquetToCsv(file: Uint8Array): AsyncGenerator<string> {
  const table = await readParquet(file);
  yield `${[TIMESTAMP, ...table.columns.map(({ name }) => name)].join(',')}\n`;
  for (let row = 0; row < table.times.length; row += ROWS) yield rowsFrom(table, row);
}

function rowsFrom({ times, columns }: Table, start: number): string {
  let text = '';
  for (let row = start; row < Math.min(start + ROWS, times.length); row++) {
    text += new Date(times[row] ?? Number.NaN).toISOString();
    for (const column of columns) text += `,${fieldOf(column, row)}`;
    text += '\n';
  }
  return text;
}

function fieldOf(column: TableColumn, row: number): string {
  if (column.type === 'word') return column.values[row] ?? '';
  const value = column.values[row] ?? Number.NaN;
  return Number.isNaN(value) ? '' : String(value);
}
