import { createHash } from 'node:crypto';
import { gunzipSync } from 'node:zlib';
import { parquetReadObjects } from 'hyparquet';
import { type OpeningKeys, unseal } from '../../../../src/sync/envelope/unseal.ts';
import { collect } from '../../envelope/collect.ts';
import { rowKey } from './log-model.ts';

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
  const file = Uint8Array.from(parquet).buffer;
  const rows = await parquetReadObjects({ file });
  return rows.map(row => {
    const { timestamp, total_utilization: load, net_connections_total: number } = row as Record<string, unknown>;
    if (!(timestamp instanceof Date)) throw new TypeError('a row has no time');
    return rowKey(timestamp.getTime(), typeof load === 'number' ? load : undefined, Number(number));
  });
}
