import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { describe, test, type TestContext } from 'node:test';
import { DuckDBInstance } from '@duckdb/node-api';
import { utcDate } from '../../../src/log/file-name.ts';
import { segmentContent, type SegmentForm } from '../../../src/sync/segments/segment-content.ts';
import { deviceId, segmentPath, studyOf } from '../../../src/sync/segments/segment-path.ts';
import { temporaryDirectory } from '../../runtime/temporary-directory.ts';
import { HARDWARE_ID, logOf, NOON, rangesOf, recordings, write } from './generated-log.ts';

const KEY = Buffer.alloc(32, 9);

type Row = Readonly<Record<string, unknown>>;

async function database(t: TestContext): Promise<(sql: string) => Promise<Row[]>> {
  const instance = await DuckDBInstance.create(':memory:');
  const connection = await instance.connect();
  t.after(() => {
    connection.closeSync();
    instance.closeSync();
  });
  return async sql => (await connection.runAndReadAll(sql)).getRowObjectsJson();
}

/** Writes the segments of a log folder below another, as they are when they have been decrypted. */
async function exportTo(target: string, log: string, form: SegmentForm): Promise<number> {
  const ranges = await rangesOf(log);
  for (const range of ranges) {
    const { bytes } = await segmentContent(log, range, form);
    const date = utcDate(range.firstMs);
    const study = studyOf({
      mode: form.mode,
      study: form.mode === 'backup' ? '' : form.study,
      recipients: [],
    });
    const of = form.mode === 'backup' ? form : { ...form, month: date.slice(0, 7) };
    const sha256 = createHash('sha256').update(bytes).digest('hex');
    const file = segmentPath({ study, device: deviceId(KEY, of), date, sha256, isSealed: false });
    fs.mkdirSync(path.dirname(path.join(target, file)), { recursive: true });
    fs.writeFileSync(path.join(target, file), bytes);
  }
  return ranges.length;
}

function segmentsIn(folder: string): string {
  return `read_parquet('${folder}/**/*.parquet', hive_partitioning = true, union_by_name = true)`;
}

describe('DuckDB', () => {
  test('gives the same counts and sums of the segments of recordings as of their CSV', async t => {
    const [log, target] = [temporaryDirectory(t), temporaryDirectory(t)];
    const chosen = recordings().filter(({ name }) => /^(?:idle|light|full)\.csv\.gz$|gpu-train/.test(name));
    assert.ok(chosen.length >= 5);
    chosen.forEach(({ text }, at) =>
      fs.writeFileSync(path.join(log, `metrics_476aa2f1_2026-11-26_${at + 1}.csv`), text),
    );
    const files = await exportTo(target, log, { mode: 'backup' });
    assert.ok(files >= chosen.length);
    const query = await database(t);
    const segments = segmentsIn(target);
    const csv = `read_csv('${log}/*.csv', union_by_name = true, sample_size = -1)`;
    const columns = (await query(`DESCRIBE SELECT * FROM ${segments}`)) as {
      column_name: string;
      column_type: string;
    }[];
    const numbers = columns.filter(({ column_type }) => column_type.startsWith('DECIMAL'));
    assert.ok(numbers.length > 80, 'all columns of numbers are exact decimals');
    const sums = numbers.map(({ column_name, column_type }) => {
      const scale = /\d+(?=\)$)/.exec(column_type)?.[0] ?? '';
      // What the CSV's reader has as a double becomes the decimal that the text was.
      const exact = `"${column_name}"::DECIMAL(18, ${scale})`;
      return `count("${column_name}") AS n_${column_name}, sum(${exact})::VARCHAR AS s_${column_name}`;
    });
    const question = (from: string) =>
      `SELECT count(*) AS rows, min(timestamp)::VARCHAR AS first, max(timestamp)::VARCHAR AS last, ${sums.join(', ')} FROM ${from}`;
    const [ofSegments] = await query(question(segments));
    const [ofCsv] = await query(question(csv));
    assert.deepEqual(ofSegments, ofCsv);
    assert.ok(Number(ofSegments?.['rows']) > 500);
    assert.notEqual(ofSegments?.['s_net_bytes_recv'], null);
  });

  test('finds study, device and date by the path, over days, months and other columns', async t => {
    const [log, target] = [temporaryDirectory(t), temporaryDirectory(t)];
    const rows = (utcMs: number) => [{ utcMs, category: 'idle', values: [50.5] }];
    const march = Date.UTC(2026, 2, 1);
    write(log, logOf({ core: 1, gpu: 0, disk: 0 }, rows(NOON)));
    write(log, logOf({ core: 1, gpu: 1, disk: 0 }, rows(march)), 'metrics_476aa2f1_2026-03-01.csv');
    const form = { mode: 'contribute', study: 'sleep', deviceKey: KEY } as const;
    await exportTo(target, log, form);
    await exportTo(target, log, { mode: 'backup' });
    const query = await database(t);
    const found = await query(
      `SELECT study, device, date::VARCHAR AS date, hardware_id, total_utilization::VARCHAR AS cpu, gpu0_utilization::VARCHAR AS gpu
       FROM ${segmentsIn(target)} ORDER BY study, date`,
    );
    const idIn = (month: string) => deviceId(KEY, { ...form, month });
    const backup = deviceId(KEY, { mode: 'backup' });
    const row = (study: string, device: string, date: string, hardware_id: string, gpu: string | null) => ({
      ...{ study, device, date, hardware_id, gpu },
      cpu: '50.5',
    });
    assert.deepEqual(found, [
      row('backup', backup, '2026-02-27', HARDWARE_ID, null),
      row('backup', backup, '2026-03-01', HARDWARE_ID, '51'),
      row('sleep', idIn('2026-02'), '2026-02-27', idIn('2026-02'), null),
      row('sleep', idIn('2026-03'), '2026-03-01', idIn('2026-03'), '51'),
    ]);
  });
});
