import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import type { Encoding, SchemaElement } from 'hyparquet';
import { parquetWriteBuffer } from 'hyparquet-writer';
import { parquetToCsv } from '../../../src/sync/segments/parquet-to-csv.ts';
import { SegmentFormatError } from '../../../src/sync/segments/segment-format-error.ts';
import { writeParquet } from '../../../src/sync/segments/write-parquet.ts';
import { NOON } from './generated-log.ts';

const ROWS = 70;
/** A segment of ours with each form that a column can have, some of it missing. */
const SEGMENT = writeParquet({
  times: Float64Array.from({ length: ROWS }, (_, at) => NOON + 1000 * at),
  columns: [
    {
      name: 'hardware_id',
      type: 'word',
      values: Array<string>(ROWS).fill('476aa2f138590064966c48cda3e6a773'),
    },
    {
      name: 'session_category',
      type: 'word',
      values: Array.from({ length: ROWS }, (_, at) => (at % 3 ? 'idle' : '')),
    },
    { name: 'total_utilization', type: 'number', decimals: 1, isWide: false, values: numbers(at => at / 10) },
    {
      name: 'temperature',
      type: 'number',
      decimals: 1,
      isWide: false,
      values: numbers(at => (at % 2 ? 40.5 : NaN)),
    },
    {
      name: 'net_bytes_sent',
      type: 'number',
      decimals: 0,
      isWide: true,
      values: numbers(at => 2 ** 40 + at * at),
    },
    { name: 'of_another', type: 'number', decimals: undefined, isWide: false, values: numbers(at => at / 7) },
  ],
});

function numbers(value: (at: number) => number): Float64Array {
  return Float64Array.from({ length: ROWS }, (_, at) => value(at));
}

async function csvOf(parquet: Uint8Array): Promise<string> {
  let text = '';
  for await (const piece of parquetToCsv(parquet)) text += piece;
  return text;
}

/** The segment with other bytes at the one place where these stand, after `from`. */
function patched(found: readonly number[], replaced: readonly number[], from = 0): Buffer {
  const at = SEGMENT.indexOf(Buffer.from(found), from);
  assert.ok(at >= 0, 'the bytes are there');
  return Buffer.concat([SEGMENT.subarray(0, at), Buffer.from(replaced), SEGMENT.subarray(at + found.length)]);
}

/** The segment with another footer. */
function withFooter(footer: Buffer): Buffer {
  const length = Buffer.alloc(4);
  length.writeUInt32LE(footer.length);
  const end = SEGMENT.length - 8 - SEGMENT.readUInt32LE(SEGMENT.length - 8);
  return Buffer.concat([SEGMENT.subarray(0, end), footer, length, Buffer.from('PAR1')]);
}

/** A column of a file of another writer. */
interface OtherColumn {
  readonly element: SchemaElement;
  readonly data: unknown[];
  readonly encoding?: Encoding;
}

/** A file of another writer, in most ways like ours. */
function written(
  columns: readonly OtherColumn[],
  options: Partial<Parameters<typeof parquetWriteBuffer>[0]> = {},
): Buffer {
  const time: SchemaElement = {
    name: 'timestamp',
    type: 'INT64',
    repetition_type: 'REQUIRED',
    logical_type: { type: 'TIMESTAMP', isAdjustedToUTC: true, unit: 'MILLIS' },
  };
  const times = Array.from(columns[0]?.data ?? [], () => BigInt(NOON));
  const file = parquetWriteBuffer({
    schema: [
      { name: 'rows', num_children: columns.length + 1 },
      time,
      ...columns.map(({ element }) => ({ repetition_type: 'OPTIONAL' as const, ...element })),
    ],
    columnData: [
      { name: 'timestamp', data: times, encoding: 'DELTA_BINARY_PACKED' },
      ...columns.map(({ element: { name }, data, encoding = 'PLAIN' }) => ({ name, data, encoding })),
    ],
    codec: 'UNCOMPRESSED',
    statistics: false,
    ...options,
  });
  return Buffer.from(file);
}

function decimals(name: string, data: unknown[], element: Partial<SchemaElement> = {}): OtherColumn {
  return {
    element: { name, type: 'INT32', converted_type: 'DECIMAL', precision: 9, ...element },
    data,
    encoding: 'DELTA_BINARY_PACKED',
  };
}

function words(name: string, data: unknown[]): OtherColumn {
  return { element: { name, type: 'BYTE_ARRAY', converted_type: 'UTF8' }, data, encoding: 'RLE_DICTIONARY' };
}

describe('Parquet that may be of anybody', () => {
  test('what is ours is read', async () => {
    const lines = (await csvOf(SEGMENT)).split('\n');
    assert.equal(lines.length, ROWS + 2);
    assert.equal(
      lines[2],
      '2026-02-27T12:00:01.000Z,476aa2f138590064966c48cda3e6a773,idle,0.1,40.5,1099511627777,0.14285714285714285',
    );
    const likeOurs = written([decimals('a', [1, 2])]);
    assert.match(await csvOf(likeOurs), /^timestamp,a\n2026.*,1\n2026.*,2\n$/);
  });

  test('whatever bytes are changed, it is refused, or it is rows of the same form', async () => {
    let refused = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.nat(SEGMENT.length - 1), fc.nat(255)), { minLength: 1, maxLength: 4 }),
        async changes => {
          const file = Buffer.from(SEGMENT);
          for (const [at, byte] of changes) file[at] = byte;
          try {
            const text = await csvOf(file);
            assert.match(text, /^timestamp(?:,[\w .()/%:+-]+)*\n(?:[\d+-]+T[\d:.]+Z(?:,[\w.+-]*)*\n)*$/);
          } catch (error) {
            assert.ok(error instanceof SegmentFormatError, String(error));
            refused++;
          }
        },
      ),
      { numRuns: 3000 },
    );
    assert.ok(refused > 500, 'most changes are noticed');
  });

  test('cut off anywhere, it is refused', async () => {
    for (let length = 0; length < SEGMENT.length; length++)
      await assert.rejects(csvOf(SEGMENT.subarray(0, length)), SegmentFormatError);
  });

  const endless = (byte: number) => Buffer.alloc(3_000_000, byte);
  const levels = [((2 * ROWS) % 128) | 0x80, (2 * ROWS) >> 7, 1];
  const refused: readonly (readonly [what: string, file: () => Buffer, why: RegExp])[] = [
    ['nothing', () => Buffer.alloc(0), /does not begin and end as Parquet does/],
    ['another file', () => Buffer.alloc(100, 'PAR1'), /its footer is too large/],
    [
      'a footer of a number without an end',
      () => withFooter(Buffer.concat([Buffer.of(0x16), endless(0xff)])),
      /too long/,
    ],
    ['structs in structs', () => withFooter(endless(0x1c)), /nested too deep/],
    ['lists in lists', () => withFooter(Buffer.concat([Buffer.of(0x19), endless(0x19)])), /nested too deep/],
    ['a list of 2^27', () => withFooter(Buffer.from([0x19, 0xfc, 0xff, 0xff, 0xff, 0x3f, 0])), /cut short/],
    ['a word of 2^27 bytes', () => withFooter(Buffer.from([0x18, 0xff, 0xff, 0xff, 0x3f, 0])), /cut short/],
    ['a map', () => withFooter(Buffer.from([0x1b, 0])), /a type that is not used here/],
    ['an empty footer', () => withFooter(Buffer.from([0])), /its footer lacks something/],
    ['a run of 4,000 levels', () => patched(levels, [0xc0, 0x3e, 1]), /a run that is too long/],
    ['a run of no levels', () => patched(levels, [0x80, 0, 1]), /a run that is too long/],
    ['missing levels', () => patched(levels, [((2 * ROWS - 2) % 128) | 0x80, (2 * ROWS - 2) >> 7, 1]), /./],
    ['other blocks', () => patched([0x80, 0x01, 4, ROWS], [0x80, 0x02, 4, ROWS]), /blocks of another size/],
    [
      'more differences than rows',
      () => patched([0x80, 0x01, 4, ROWS], [0x80, 0x01, 4, 127]),
      /blocks of another size/,
    ],
    ['a string beyond its page', () => patched([32, 0, 0, 0, 0x34], [32, 0, 0, 0x7f, 0x34]), /cut short/],
    ['a line end in a name', () => written([decimals('a\nb', [1])]), /column 2 cannot be one/],
    ['a formula as a name', () => written([decimals('=1+1', [1])]), /column 2 cannot be one/],
    ['a comma in a word', () => written([words('session_category', ['a,b'])]), /a word that the log/],
    ['a formula as a word', () => written([words('session_category', ['=x'])]), /a word that the log/],
    ['words where numbers are', () => written([words('ram_percent', ['a'])]), /of another type/],
    ['integers', () => written([{ element: { name: 'a', type: 'INT32' }, data: [1] }]), /of another type/],
    [
      'no number',
      () => written([{ element: { name: 'a', type: 'DOUBLE' }, data: [NaN] }]),
      /a number that the log/,
    ],
    [
      'more digits than a double has',
      () => written([decimals('a', [2n ** 53n], { type: 'INT64', precision: 18 })]),
      /a number that the log/,
    ],
    [
      'plain integers',
      () => written([{ ...decimals('a', [1]), encoding: 'PLAIN' }]),
      /encoded in another way/,
    ],
    [
      'compressed pages',
      () => written([decimals('a', [1])], { codec: 'GZIP', compressors: { GZIP: gzipSync } }),
      /not stored as it says/,
    ],
    ['a column twice', () => patched(ascii('of_another'), ascii('temperatur'), 1000), /./],
  ];
  for (const [what, file, why] of refused) {
    test(`${what} is refused`, async () => {
      await assert.rejects(csvOf(file()), error => {
        assert.ok(error instanceof SegmentFormatError, String(error));
        assert.match(error.message, why);
        return true;
      });
    });
  }

  test('more values than a segment can have are refused before they are read', async () => {
    const many = Array.from({ length: 100_000 }, () => 0);
    const columns = Array.from({ length: 90 }, (_, at) => decimals(`c${at}`, many));
    await assert.rejects(csvOf(written(columns)), /more values than a segment can have/);
  });
});

function ascii(text: string): number[] {
  return [...Buffer.from(text)];
}
