import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { describe, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { parquetMetadata, parquetReadObjects } from 'hyparquet';
import { pack, unpack } from '../../../src/sync/segments/pack.ts';
import { parquetToCsv } from '../../../src/sync/segments/parquet-to-csv.ts';
import { segmentContent, SegmentGoneError } from '../../../src/sync/segments/segment-content.ts';
import type { RowRange } from '../../../src/sync/segments/segment.ts';
import { writeParquet } from '../../../src/sync/segments/write-parquet.ts';
import { temporaryDirectory } from '../../runtime/temporary-directory.ts';
import {
  anyLog,
  FILE,
  HARDWARE_ID,
  logOf,
  NOON,
  plainLog,
  rangesOf,
  recordings,
  write,
} from './generated-log.ts';

const BACKUP = { mode: 'backup' } as const;

async function csvOf(parquet: Uint8Array): Promise<string> {
  let text = '';
  for await (const piece of parquetToCsv(parquet)) text += piece;
  return text;
}

/** What the segments of a folder give back: the text of one log file. */
async function restored(directory: string): Promise<string> {
  let header = '';
  let text = '';
  for (const range of await rangesOf(directory)) {
    const { bytes, rows, columns } = await segmentContent(directory, range, BACKUP);
    const csv = await csvOf(bytes);
    header = csv.slice(0, csv.indexOf('\n') + 1);
    assert.equal(`${columns.join(',')}\n`, header);
    assert.equal(rows, range.rows);
    text += csv.slice(header.length);
  }
  return header + text;
}

async function onlySegment(directory: string): Promise<{ bytes: Buffer; range: RowRange }> {
  const ranges = await rangesOf(directory);
  assert.equal(ranges.length, 1);
  const [range = assert.fail()] = ranges;
  return { range, bytes: (await segmentContent(directory, range, BACKUP)).bytes };
}

describe('segments of the log', () => {
  test('any log comes back byte for byte, row for row', async t => {
    const directory = temporaryDirectory(t);
    await fc.assert(
      fc.asyncProperty(anyLog, async log => {
        fc.pre(log.lines.length > 0);
        write(directory, log);
        assert.equal(await restored(directory), log.header + log.lines.join(''));
      }),
      { numRuns: 150 },
    );
  });

  for (const { name, text } of recordings()) {
    test(`${name} comes back byte for byte, also from a compressed file`, async t => {
      const directory = temporaryDirectory(t);
      fs.writeFileSync(path.join(directory, `${FILE}.gz`), gzipSync(text));
      assert.equal(await restored(directory), text);
    });
  }

  test('no rows: the header alone', async () => {
    const column = { type: 'number', decimals: 1, isWide: false, values: new Float64Array(0) } as const;
    const empty = writeParquet({
      times: new Float64Array(0),
      columns: [
        { name: 'hardware_id', type: 'word', values: [] },
        { ...column, name: 'temperature' },
      ],
    });
    assert.equal(await csvOf(empty), 'timestamp,hardware_id,temperature\n');
  });

  test('one row; 512 cores and 64 GPUs; no value at all', async t => {
    for (const [counts, values] of [
      [{ core: 1, gpu: 0, disk: 0 }, [1.5]],
      [{ core: 512, gpu: 64, disk: 40 }, [1.5, 99, undefined]],
      [{ core: 2, gpu: 1, disk: 1 }, [undefined]],
    ] as const) {
      const directory = temporaryDirectory(t);
      const log = logOf(counts, [{ utcMs: NOON, category: '', values }]);
      write(directory, log);
      assert.equal(await restored(directory), log.header + log.lines.join(''));
    }
  });

  test('values beyond what the table says are exact too, or doubles', async t => {
    const directory = temporaryDirectory(t);
    const header =
      'timestamp,net_bytes_sent,total_utilization,disk_0_used_gb,gpu0_throttle_reasons,of_another_program\n';
    const rows = [
      ['3.25', '12.345', '', '4294967295', '-7'],
      ['9007199254740993', '0.1', '1e+21', '9007199254740991', '0.30000000000000004'],
      ['', '', '12345678.91', '', ''],
    ];
    const lines = rows.map((row, at) => `${new Date(NOON + at).toISOString()},${row.join(',')}\n`);
    write(directory, { header, lines });
    const { bytes } = await onlySegment(directory);
    const types = parquetMetadata(bytes).schema.map(
      ({ type, converted_type, precision = 0, scale = 0 }) =>
        `${type ?? ''}${converted_type === 'DECIMAL' ? ` ${precision},${scale}` : ''}`,
    );
    assert.deepEqual(types, ['', 'INT64', 'DOUBLE', 'DOUBLE', 'DOUBLE', 'INT64 18,0', 'DOUBLE']);
    // 2^53 + 1 is no double: all of the program reads it as the one beside it.
    const expected = (header + lines.join('')).replace('9007199254740993', '9007199254740992');
    assert.equal(await csvOf(bytes), expected);
  });

  test('types and encodings are those that readers know', async t => {
    const directory = temporaryDirectory(t);
    write(directory, plainLog([NOON, NOON + 1000, NOON + 2000]));
    const { bytes } = await onlySegment(directory);
    const { schema, row_groups, created_by } = parquetMetadata(bytes);
    const element = (name: string) => schema.find(one => one.name === name);
    assert.deepEqual(element('timestamp')?.logical_type, {
      type: 'TIMESTAMP',
      isAdjustedToUTC: true,
      unit: 'MILLIS',
    });
    for (const [name, type, precision, scale] of [
      ['total_utilization', 'INT32', 9, 1],
      ['avg_freq_mhz', 'INT32', 9, 0],
      ['net_send_rate_mbps', 'INT32', 9, 3],
      ['net_bytes_sent', 'INT64', 18, 0],
      ['gpu0_throttle_reasons', 'INT64', 18, 0],
    ] as const) {
      const {
        type: ofFile,
        converted_type,
        precision: digits,
        scale: decimals = 0,
      } = element(name) ?? assert.fail();
      assert.deepEqual([ofFile, converted_type, digits, decimals], [type, 'DECIMAL', precision, scale], name);
    }
    const chunks = row_groups.flatMap(({ columns }) =>
      columns.map(({ meta_data }) => meta_data ?? assert.fail()),
    );
    for (const { path_in_schema, encodings, statistics, codec } of chunks) {
      const isWord = ['hardware_id', 'session_category'].includes(path_in_schema.join());
      assert.deepEqual(encodings, isWord ? ['PLAIN', 'RLE_DICTIONARY'] : ['DELTA_BINARY_PACKED']);
      assert.deepEqual([statistics, codec], [undefined, 'UNCOMPRESSED']);
    }
    assert.equal(created_by, 'optimetrics');
    const [row] = await parquetReadObjects({ file: new Uint8Array(bytes).buffer });
    assert.deepEqual(
      [row?.['timestamp'], row?.['hardware_id'], row?.['session_category'], row?.['total_utilization']],
      [new Date(NOON), HARDWARE_ID, 'idle', 12.3],
    );
    assert.equal(row?.['core_0_utilization'], null, 'absent is null');
  });

  test('the same range gives the same bytes; packed, they are smaller and come back', async t => {
    const directory = temporaryDirectory(t);
    write(directory, plainLog(Array.from({ length: 100 }, (_, at) => NOON + 1000 * at)));
    const { range, bytes } = await onlySegment(directory);
    assert.ok((await segmentContent(directory, range, BACKUP)).bytes.equals(bytes));
    const packed = pack(bytes);
    assert.equal(packed.content, 'parquet.gz');
    assert.ok(packed.bytes.length < bytes.length / 2);
    assert.ok(unpack(packed.bytes).equals(bytes));
    assert.throws(() => unpack(packed.bytes.subarray(0, 100)), /cannot be decompressed/);
    assert.throws(() => unpack(gzipSync(Buffer.alloc(128 * 2 ** 20 + 1))), /it is too large/);
  });

  test('a range that the log no longer has is told from a fault', async t => {
    const directory = temporaryDirectory(t);
    const log = plainLog([NOON, NOON + 1000, NOON + 2000]);
    write(directory, log);
    const { range } = await onlySegment(directory);
    const isGone = (error: unknown) =>
      error instanceof SegmentGoneError && !error.message.includes(directory);
    write(directory, { ...log, lines: log.lines.slice(0, 2) });
    await assert.rejects(segmentContent(directory, range, BACKUP), isGone, 'shorter');
    write(directory, plainLog([NOON + 1, NOON + 1000, NOON + 2000]));
    await assert.rejects(segmentContent(directory, range, BACKUP), isGone, 'another file');
    write(directory, { ...log, lines: [log.lines[0] ?? '', 'no row\n', ...log.lines.slice(1)] });
    await assert.rejects(segmentContent(directory, range, BACKUP), isGone, 'other rows there');
    fs.rmSync(path.join(directory, FILE));
    await assert.rejects(segmentContent(directory, range, BACKUP), isGone, 'no file');
    for (const file of ['../x.csv', '/etc/passwd', `${FILE}.gz`])
      await assert.rejects(segmentContent(directory, { ...range, file }, BACKUP), isGone, file);
    fs.mkdirSync(path.join(directory, FILE));
    await assert.rejects(segmentContent(directory, range, BACKUP), { code: 'EISDIR' });
  });
});
