import { parquetHeader } from 'hyparquet/src/column.js';
import { BoundedBytes } from './bounded-bytes.ts';

/** As the writer has them, which are those of the reference implementation. */
const DELTA_BLOCK = 128;
const DELTA_MINIBLOCKS = 4;
const MINIBLOCK_VALUES = DELTA_BLOCK / DELTA_MINIBLOCKS;
/** A difference of 64-bit numbers has up to 64 bits. */
const WIDEST_DELTA = 64;
const WIDEST_INDEX = 24;

/** What the pages of one column hold. */
export interface PagesExpected {
  readonly type: 'INT32' | 'INT64' | 'DOUBLE' | 'BYTE_ARRAY';
  readonly isOptional: boolean;
  readonly rows: number;
}

/**
 * Makes sure that the pages of a column are such as we write, that all that they claim to have is there, and that they have no
 * more values than rows. The library that decodes them afterwards believes what a page says: five bytes that
 * claim a run make it write 2^24 values, and a number of 200 kB without an end keeps it for 15 seconds.
 *
 * @throws SegmentFormatError
 */
export function checkPages(
  file: Uint8Array,
  start: number,
  end: number,
  { type, isOptional, rows }: PagesExpected,
): void {
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  const bytes = new BoundedBytes(file, start, end, 'a page');
  let dictionary = -1;
  let seen = 0;
  while (bytes.left > 0) {
    const headerAt = bytes.at;
    bytes.skipStruct();
    const header = parquetHeader({ view, offset: headerAt });
    const size = header.compressed_page_size;
    if (
      !Number.isInteger(size) ||
      size !== header.uncompressed_page_size ||
      !(size >= 0 && size <= bytes.left)
    )
      throw bytes.fault('has a size that is wrong');
    const page = new BoundedBytes(file, bytes.at, bytes.at + size, 'a page');
    bytes.skip(size);
    if (header.type === 'DICTIONARY_PAGE' && dictionary < 0 && seen === 0 && type === 'BYTE_ARRAY') {
      dictionary = header.dictionary_page_header?.num_values ?? -1;
      if (!Number.isInteger(dictionary) || !(dictionary >= 0 && dictionary <= rows))
        throw page.fault('has a dictionary that is too large');
      checkStrings(page, dictionary, view);
      continue;
    }
    const data = header.data_page_header_v2;
    if (header.type !== 'DATA_PAGE_V2' || !data) throw page.fault('is of another kind');
    const { num_values: values, num_nulls: nulls, num_rows, definition_levels_byte_length: levels } = data;
    // Numbers by their declaration, and whatever type the file says that they have.
    if (![values, nulls, levels].every(Number.isInteger)) throw page.fault('has counts that are none');
    if (
      !(values >= 0 && values <= rows - seen) ||
      num_rows !== values ||
      data.repetition_levels_byte_length !== 0
    )
      throw page.fault('has another number of rows');
    seen += values;
    const levelsEnd = page.at + levels;
    const present = isOptional ? countPresent(file, page.at, levelsEnd, values) : values;
    page.skip(levelsEnd - page.at);
    if (present !== values - nulls) throw page.fault('has another number of values than it says');
    if (type === 'BYTE_ARRAY' && data.encoding === 'RLE_DICTIONARY' && dictionary >= 0)
      checkIndexes(page, present);
    else if (type === 'DOUBLE' && data.encoding === 'PLAIN') page.skip(8 * present);
    else if (type.startsWith('INT') && data.encoding === 'DELTA_BINARY_PACKED') checkDeltas(page, present);
    else throw page.fault('is encoded in another way');
  }
  if (seen !== rows) throw bytes.fault('is missing');
}

/** Strings of a dictionary: a length in 4 bytes each, and as many bytes. */
function checkStrings(page: BoundedBytes, count: number, view: DataView): void {
  for (let string = 0; string < count; string++) {
    const at = page.at;
    page.skip(4);
    page.skip(view.getUint32(at, true));
  }
}

/** Definition levels of 0 and 1: how many are 1. */
function countPresent(file: Uint8Array, start: number, end: number, values: number): number {
  let present = 0;
  forEachRun(new BoundedBytes(file, start, end, 'a page'), 1, values, (count, packedAt) => {
    if (packedAt < 0) {
      present += count * ((file[-packedAt - 1] ?? 0) & 1);
      return;
    }
    for (let bit = 0; bit < count; bit++) present += ((file[packedAt + (bit >> 3)] ?? 0) >> (bit & 7)) & 1;
  });
  return present;
}

/** Indexes into a dictionary: their width in bits, and runs of them. */
function checkIndexes(page: BoundedBytes, count: number): void {
  const width = page.byte();
  if (width > WIDEST_INDEX) throw page.fault('has indexes that are too wide');
  forEachRun(page, width, count, () => undefined);
}

/**
 * Goes through runs of the RLE and bit-packing hybrid, https://parquet.apache.org/docs/file-format/data-pages/encodings/#RLE
 *
 * @param tell told of each run how many of the values it has, and where they are packed, or for one that repeats a value −1 minus
 * where that stands
 */
function forEachRun(
  bytes: BoundedBytes,
  width: number,
  values: number,
  tell: (count: number, packedAt: number) => void,
): void {
  for (let seen = 0; seen < values;) {
    const head = bytes.varint();
    const left = values - seen;
    const { at } = bytes;
    if (head & 1) {
      const groups = head >> 1;
      // The last group may be longer than what is left, and by no more.
      if (groups === 0 || 8 * (groups - 1) >= left) throw bytes.fault('has a run that is too long');
      bytes.skip(groups * width);
      tell(Math.min(left, 8 * groups), at);
      seen += 8 * groups;
    } else {
      const count = head >> 1;
      if (count === 0 || count > left) throw bytes.fault('has a run that is too long');
      bytes.skip(Math.ceil(width / 8));
      tell(count, -at - 1);
      seen += count;
    }
  }
}

/** Differences, https://parquet.apache.org/docs/file-format/data-pages/encodings/#DELTAENC */
function checkDeltas(page: BoundedBytes, count: number): void {
  if (page.varint() !== DELTA_BLOCK || page.varint() !== DELTA_MINIBLOCKS || page.varint() !== count)
    throw page.fault('has blocks of another size');
  page.skipVarint();
  for (let left = count - 1; left > 0;) {
    page.skipVarint();
    const widths = Array.from({ length: DELTA_MINIBLOCKS }, () => page.byte());
    for (const width of widths) {
      if (left <= 0) break;
      if (width > WIDEST_DELTA) throw page.fault('has differences that are too wide');
      page.skip((width * MINIBLOCK_VALUES) / 8);
      left -= MINIBLOCK_VALUES;
    }
  }
}
