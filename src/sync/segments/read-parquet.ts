import { type FileMetaData, parquetMetadata, parquetRead, type SchemaElement } from 'hyparquet';
import { TEXT_COLUMNS } from '../../log/reader/row-parser.ts';
import { BoundedBytes } from './bounded-bytes.ts';
import { checkPages, type PagesExpected } from './check-pages.ts';
import { LARGEST_SEGMENT } from './pack.ts';
import { SegmentFormatError } from './segment-format-error.ts';
import { type Table, type TableColumn, TIMESTAMP } from './table.ts';

/** Bytes at the end: the length of the footer, and `PAR1`. */
const TAIL_BYTES = 8;
const MAGIC_BYTES = 4;
const LARGEST_FOOTER = 4 * 2 ** 20;
/** Columns of 1,024 cores and 64 GPUs, and as many again. */
const MOST_COLUMNS = 8192;
/** A range of the log has at most 8 MiB, and each value there a comma at least. */
const MOST_VALUES = 8 * 2 ** 20;
const NAME = /^\w[\w .()/%:+-]{0,127}$/;
const WORD = /^[\w.-]{0,64}$/;
const MOST_DECIMALS = 15;

/**
 * Reads a segment that {@link import('./write-parquet.ts').writeParquet} has written. It may come from anybody who could seal it
 * for a public key: what is not as we write it is refused, before memory is taken for it.
 *
 * @throws SegmentFormatError, by rejecting
 */
export async function readParquet(file: Uint8Array): Promise<Table> {
  const { metadata, columns, rows } = checkFile(file);
  // Values as they are stored: what the library makes of them is rounded, or depends on what the file says of them.
  const schema = metadata.schema.map(
    ({ type, name, repetition_type, num_children }) =>
      ({ type, name, repetition_type, num_children }) as SchemaElement,
  );
  const read = new Map<string, unknown[]>();
  try {
    await parquetRead({
      file: {
        byteLength: file.byteLength,
        slice: (start, end) => new Uint8Array(file.subarray(start, end)).slice().buffer,
      },
      metadata: { ...metadata, schema },
      utf8: false,
      onChunk: ({ columnName, columnData, rowStart }) => {
        const all = read.get(columnName) ?? new Array<unknown>(rows);
        read.set(columnName, all);
        for (let row = 0; row < columnData.length; row++) all[rowStart + row] = columnData[row];
      },
    });
  } catch (error) {
    throw new SegmentFormatError(
      error instanceof RangeError ? 'a page is cut short' : 'a page cannot be decoded',
    );
  }
  return tableOf(columns, read, rows);
}

/** A column of the file, as it is stored. */
interface StoredColumn extends Pick<PagesExpected, 'type' | 'isOptional'> {
  readonly name: string;
  /** Digits after the decimal point of integers; `undefined` for what are none. */
  readonly decimals: number | undefined;
}

function checkFile(file: Uint8Array): { metadata: FileMetaData; columns: StoredColumn[]; rows: number } {
  const metadata = readMetadata(file);
  try {
    const columns = checkSchema(metadata);
    return { metadata, columns, rows: checkChunks(file, metadata, columns) };
  } catch (error) {
    if (error instanceof SegmentFormatError) throw error;
    // What the library declares as numbers, words and lists is of whatever type the file says.
    throw new SegmentFormatError('something in it is of another type');
  }
}

function readMetadata(file: Uint8Array): FileMetaData {
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  if (
    file.length < MAGIC_BYTES + TAIL_BYTES ||
    !isMagic(file, 0) ||
    !isMagic(file, file.length - MAGIC_BYTES)
  )
    throw new SegmentFormatError('it does not begin and end as Parquet does');
  if (file.length > LARGEST_SEGMENT) throw new SegmentFormatError('it is too large');
  const footerEnd = file.length - TAIL_BYTES;
  const footerBytes = view.getUint32(footerEnd, true);
  if (footerBytes > Math.min(LARGEST_FOOTER, footerEnd - MAGIC_BYTES))
    throw new SegmentFormatError('its footer is too large');
  const footer = new BoundedBytes(file, footerEnd - footerBytes, footerEnd, 'its footer');
  footer.skipStruct();
  try {
    return parquetMetadata(file, { geoparquet: false });
  } catch {
    throw new SegmentFormatError('its footer lacks something');
  }
}

function isMagic(file: Uint8Array, at: number): boolean {
  return Buffer.from(file.buffer, file.byteOffset + at, MAGIC_BYTES).toString('latin1') === 'PAR1';
}

function checkSchema({ schema }: FileMetaData): StoredColumn[] {
  const [root, ...leaves] = schema;
  if (root?.num_children !== leaves.length || leaves.length > MOST_COLUMNS)
    throw new SegmentFormatError('it has too many columns, or nested ones');
  const columns = leaves.map(storedColumn);
  if (columns[0]?.name !== TIMESTAMP || new Set(columns.map(({ name }) => name)).size !== columns.length)
    throw new SegmentFormatError('its columns do not begin with timestamp, or one is there twice');
  return columns;
}

function storedColumn(element: SchemaElement, index: number): StoredColumn {
  const { name, type, repetition_type, converted_type, logical_type, scale = 0, num_children } = element;
  const stored = { name, isOptional: repetition_type === 'OPTIONAL' };
  if (
    !NAME.test(name) ||
    (num_children ?? 0) > 0 ||
    !['OPTIONAL', 'REQUIRED'].includes(repetition_type ?? '')
  )
    throw new SegmentFormatError(`column ${index + 1} cannot be one of the log`);
  if (name === TIMESTAMP) {
    const isTime = type === 'INT64' && logical_type?.type === 'TIMESTAMP' && logical_type.unit === 'MILLIS';
    if (isTime && !stored.isOptional) return { ...stored, type, decimals: 0 };
  } else if (TEXT_COLUMNS.includes(name)) {
    if (type === 'BYTE_ARRAY') return { ...stored, type, decimals: undefined };
  } else if (type === 'DOUBLE') return { ...stored, type, decimals: undefined };
  else if ((type === 'INT32' || type === 'INT64') && converted_type === 'DECIMAL') {
    if (Number.isInteger(scale) && scale >= 0 && scale <= MOST_DECIMALS)
      return { ...stored, type, decimals: scale };
  }
  throw new SegmentFormatError(`column ${index + 1} is of another type`);
}

/** @returns the number of rows */
function checkChunks(file: Uint8Array, metadata: FileMetaData, columns: readonly StoredColumn[]): number {
  let rows = 0;
  for (const group of metadata.row_groups) {
    const groupRows = Number(group.num_rows);
    rows += groupRows;
    if (!(groupRows > 0) || rows * columns.length > MOST_VALUES)
      throw new SegmentFormatError('it has more values than a segment can have');
    if (group.columns.length !== columns.length) throw new SegmentFormatError('it lacks a column');
    for (const [at, chunk] of group.columns.entries()) {
      const { name, type, isOptional } = columns[at] ?? fail();
      const { meta_data: stored } = chunk;
      if (
        stored?.path_in_schema.join() !== name ||
        stored.type !== type ||
        stored.codec !== 'UNCOMPRESSED' ||
        Number(stored.num_values) !== groupRows
      )
        throw new SegmentFormatError(`column ${at + 1} is not stored as it says`);
      // Where the library begins to read.
      const dictionaryAt = Number(stored.dictionary_page_offset ?? 0);
      const start = dictionaryAt === 0 ? Number(stored.data_page_offset) : dictionaryAt;
      checkPages(file, start, start + Number(stored.total_compressed_size), {
        type,
        isOptional,
        rows: groupRows,
      });
    }
  }
  if (rows !== Number(metadata.num_rows))
    throw new SegmentFormatError('it has another number of rows than it says');
  return rows;
}

function tableOf(
  columns: readonly StoredColumn[],
  read: ReadonlyMap<string, readonly unknown[]>,
  rows: number,
): Table {
  const [, ...others] = columns;
  const valuesOf = (name: string): readonly unknown[] => read.get(name) ?? (rows === 0 ? [] : fail());
  const numbersOf = (name: string, decimals: number | undefined): Float64Array =>
    Float64Array.from(valuesOf(name), value => numberOf(value, decimals));
  const times = numbersOf(TIMESTAMP, 0);
  if (times.some(utcMs => Number.isNaN(new Date(utcMs).getTime())))
    throw new SegmentFormatError('it has a time that is none');
  return {
    times,
    columns: others.map(({ name, type, decimals }): TableColumn => {
      if (type === 'BYTE_ARRAY') return { name, type: 'word', values: valuesOf(name).map(wordOf) };
      return { name, type: 'number', decimals, isWide: type === 'INT64', values: numbersOf(name, decimals) };
    }),
  };
}

/** A number as the log has it: digits and decimals are the double that they stand for. */
function numberOf(stored: unknown, decimals: number | undefined): number {
  if (stored === null || stored === undefined) return Number.NaN;
  const number = Number(stored);
  if (decimals === undefined ? !Number.isFinite(number) : !Number.isSafeInteger(number))
    throw new SegmentFormatError('it has a number that the log cannot have');
  return decimals === undefined ? number : number / 10 ** decimals;
}

function wordOf(stored: unknown): string {
  if (stored === null || stored === undefined) return '';
  const word = stored instanceof Uint8Array ? Buffer.from(stored).toString('latin1') : '?';
  if (!WORD.test(word)) throw new SegmentFormatError('it has a word that the log cannot have');
  return word;
}

function fail(): never {
  throw new SegmentFormatError('it lacks a column');
}
