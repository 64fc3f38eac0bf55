import type { SchemaElement } from 'hyparquet';
import { type ColumnSource, parquetWriteBuffer } from 'hyparquet-writer';
import { type Table, type TableColumn, TIMESTAMP } from './table.ts';

/** Digits that a DECIMAL can have in 32 and in 64 bits. */
const DIGITS_32 = 9;
const DIGITS_64 = 18;
const LARGEST_32 = 10 ** DIGITS_32 - 1;

/** What a column of numbers is stored as. */
type NumberForm = { readonly digits: 9 | 18; readonly decimals: number } | 'double';

/**
 * Rows as a Parquet file: `timestamp` an INT64 TIMESTAMP(MILLIS, UTC), words dictionaries of strings, numbers DECIMALs with the
 * decimals of the metric table (9 digits in INT32, 18 in INT64), all integers as differences (DELTA_BINARY_PACKED), null
 * where there is no value. A column with a value that is not exactly such a decimal is of DOUBLEs. The same rows give the
 * same bytes.
 *
 * There is one row group, and neither statistics nor an index of pages: files are read as a whole. Of 120 rows of 70 columns
 * (10.2 kB), half is the footer, and statistics would add 1.6 kB. Pages are not compressed: they have some 70 bytes, so that gzip makes the file
 * only 6 % smaller where it is used for just those that it does shorten; all of it compressed at once has 3.9 kB, see
 * {@link import('./pack.ts').pack}, and 4.0 kB with such pages in it. Plain values instead of differences have 4.2 kB then.
 */
export function writeParquet({ times, columns }: Table): Buffer {
  const schema: SchemaElement[] = [
    { name: 'rows', num_children: columns.length + 1 },
    {
      name: TIMESTAMP,
      type: 'INT64',
      repetition_type: 'REQUIRED',
      logical_type: { type: 'TIMESTAMP', isAdjustedToUTC: true, unit: 'MILLIS' },
    },
  ];
  const columnData: ColumnSource[] = [
    { name: TIMESTAMP, encoding: 'DELTA_BINARY_PACKED', data: Array.from(times, BigInt) },
  ];
  for (const column of columns) {
    const form = column.type === 'number' ? numberForm(column) : 'word';
    schema.push({ ...elementOf(form), name: column.name, repetition_type: 'OPTIONAL' });
    columnData.push({
      name: column.name,
      encoding: form === 'word' ? 'RLE_DICTIONARY' : form === 'double' ? 'PLAIN' : 'DELTA_BINARY_PACKED',
      // Made when it is written: in numbers of the writer's, a column takes several times its room.
      get data() {
        return dataOf(column, form);
      },
    });
  }
  const file = parquetWriteBuffer({
    columnData,
    schema,
    codec: 'UNCOMPRESSED',
    statistics: false,
    rowGroupSize: Math.max(1, times.length),
    pageSize: 0,
    createdBy: 'optimetrics',
  });
  return Buffer.from(file);
}

/** The narrowest form that has all values exactly. Columns of one metric are of one form but for odd values. */
function numberForm({ decimals, isWide, values }: TableColumn & { type: 'number' }): NumberForm {
  if (decimals === undefined) return 'double';
  const factor = 10 ** decimals;
  let greatest = 0;
  for (const value of values) {
    if (Number.isNaN(value)) continue;
    const scaled = Math.round(value * factor);
    // Both are exact up to 2^53, so that the quotient is rounded once: it is the double that the digits stand for.
    if (!Number.isSafeInteger(scaled) || scaled / factor !== value) return 'double';
    greatest = Math.max(greatest, Math.abs(scaled));
  }
  return { digits: isWide || greatest > LARGEST_32 ? DIGITS_64 : DIGITS_32, decimals };
}

function elementOf(form: NumberForm | 'word'): Omit<SchemaElement, 'name'> {
  if (form === 'word') return { type: 'BYTE_ARRAY', converted_type: 'UTF8' };
  if (form === 'double') return { type: 'DOUBLE' };
  return {
    type: form.digits === DIGITS_32 ? 'INT32' : 'INT64',
    converted_type: 'DECIMAL',
    scale: form.decimals,
    precision: form.digits,
  };
}

function dataOf(column: TableColumn, form: NumberForm | 'word'): unknown[] {
  if (column.type === 'word') return column.values.map(word => (word === '' ? null : word));
  if (form === 'double' || form === 'word')
    return Array.from(column.values, value => (Number.isNaN(value) ? null : value));
  const factor = 10 ** form.decimals;
  return Array.from(column.values, value =>
    Number.isNaN(value) ? null : BigInt(Math.round(value * factor)),
  );
}
