import { createHash } from 'node:crypto';
import { gunzipSync } from 'node:zlib';
import { type OpeningKeys, unseal } from '../../../../src/sync/envelope/unseal.ts';
import { parquetToCsv } from '../../../../src/sync/segments/parquet-to-csv.ts';
import { collect } from '../../envelope/collect.ts';

const PATH =
  /^study=[a-z0-9_-]+\/device=[0-9a-f]{32}\/date=(\d{4}-\d{2}-\d{2})\/([0-9a-f]{64})\.(sealed|parquet)$/;

/**
 * The rows that a target has, as often as it has them, decrypted and read with the keys given.
 *
 * @param mayHaveRest whether there may be files that arrived in part only: readers leave them out
 * @throws Error for a file that is not whole, not where it belongs, or that the keys do not open
 */
export async function arrivedRows(
  objects: Iterable<readonly [path: string, bytes: Buffer]>,
  keys: OpeningKeys,
  mayHaveRest = false,
): Promise<string[]> {
  const rows: string[] = [];
  for (const [path, bytes] of objects) {
    const [, date, sha256, kind] = PATH.exec(path) ?? [];
    const isWhole = sha256 === createHash('sha256').update(bytes).digest('hex');
    if (!isWhole && mayHaveRest) continue;
    if (!isWhole) throw new Error(`${path} is not what its name says`);
    for (const row of await rowsOf(kind === 'sealed' ? await opened(bytes, keys) : bytes)) {
      if (!row.startsWith(date ?? '')) throw new Error(`${path} has a row of another day: ${row}`);
      rows.push(row);
    }
  }
  return rows;
}

async function opened(sealed: Buffer, keys: OpeningKeys): Promise<Buffer> {
  const { content, plaintext } = await unseal([sealed], keys);
  const bytes = await collect(plaintext);
  return content === 'parquet.gz' ? gunzipSync(bytes) : bytes;
}

async function rowsOf(parquet: Buffer): Promise<string[]> {
  let text = '';
  for await (const piece of parquetToCsv(parquet)) text += piece;
  const [header = '', ...lines] = text.trimEnd().split('\n');
  const [time, load, number] = ['timestamp', 'total_utilization', 'net_connections_total'].map(name =>
    header.split(',').indexOf(name),
  );
  return lines.map(line => {
    const fields = line.split(',');
    return [time, load, number].map(column => fields[column ?? -1] ?? '').join(' ');
  });
}
