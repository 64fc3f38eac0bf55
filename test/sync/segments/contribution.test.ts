import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { describe, test } from 'node:test';
import { parquetReadObjects } from 'hyparquet';
import { buildLayout } from '../../../src/common/layout.ts';
import { METRICS } from '../../../src/common/metrics.ts';
import { isContributed } from '../../../src/sync/segments/contribution.ts';
import { segmentContent } from '../../../src/sync/segments/segment-content.ts';
import { deviceId } from '../../../src/sync/segments/segment-path.ts';
import { temporaryDirectory } from '../../runtime/temporary-directory.ts';
import { HARDWARE_ID, logOf, rangesOf, write } from './generated-log.ts';

const FORM = { mode: 'contribute', study: 'sleep_2026', deviceKey: Buffer.alloc(32, 7) } as const;

/** What a study gets: all that is not here stays. A new metric stays until it is put here and in the table. */
const CONTRIBUTED = new Set([
  ...[
    'session_category',
    'session_confidence',
    'total_utilization',
    'core_{n}_utilization',
    'core_{n}_freq_mhz',
  ],
  ...['avg_freq_mhz', 'temperature', 'power_watts', 'load_avg_1m', 'load_avg_5m', 'load_avg_15m'],
  ...[
    'utilization',
    'memory_utilization',
    'vram_used_mb',
    'vram_total_mb',
    'vram_percent',
    'temperature',
  ].map(ofGpu),
  ...['power_watts', 'core_clock_mhz', 'memory_clock_mhz', 'sm_clock_mhz', 'fan_speed'].map(ofGpu),
  ...['encoder_utilization', 'decoder_utilization', 'compute_processes', 'graphics_processes'].map(ofGpu),
  ...['performance_state', 'pcie_tx_kbps', 'pcie_rx_kbps', 'throttle_reasons'].map(ofGpu),
  ...['ram_percent', 'cpu_pressure', 'memory_pressure', 'io_pressure'],
  ...['disk_read_rate_mbps', 'disk_write_rate_mbps', 'net_send_rate_mbps', 'net_recv_rate_mbps'],
  ...['net_connections_total', 'net_connections_established'],
]);

function ofGpu(name: string): string {
  return `gpu{n}_${name}`;
}

async function rowsOf(parquet: Uint8Array): Promise<Record<string, unknown>[]> {
  return await parquetReadObjects({ file: new Uint8Array(parquet).buffer });
}

describe('what a study gets', () => {
  for (const metric of METRICS) {
    test(`${metric.name} ${CONTRIBUTED.has(metric.name) ? 'goes' : 'stays'}`, () => {
      assert.equal(metric.contributed, CONTRIBUTED.has(metric.name));
      assert.equal(isContributed(metric.name.replace('{n}', '3')), metric.contributed);
    });
  }

  test('no counter, no size but that of a GPU’s memory, and nothing unknown', () => {
    for (const { name, kind, contributed } of METRICS) {
      if (kind === 'counter') assert.equal(contributed, false, name);
      if (/_total_(?:mb|gb)$/.test(name)) assert.equal(contributed, name === 'gpu{n}_vram_total_mb', name);
    }
    for (const name of ['hardware_id', 'of_another_program', 'ram_percent_2', 'user', ''])
      assert.equal(isContributed(name), false, name);
  });

  test('a segment has these columns in their order, with their values, and no others', async t => {
    const directory = temporaryDirectory(t);
    const counts = { core: 2, gpu: 1, disk: 1 };
    const utcMs = Date.UTC(2026, 1, 27);
    const { header, lines } = logOf(counts, [
      { utcMs, category: 'gaming', values: [1, 2, 3] },
      { utcMs: utcMs + 1000, category: 'acme_project', values: [4, undefined] },
    ]);
    const widened = {
      header: header.replace('\n', ',secret\n'),
      lines: lines.map(line => line.replace('\n', ',424242\n')),
    };
    write(directory, widened);
    const [range = assert.fail()] = await rangesOf(directory);
    const { bytes, columns } = await segmentContent(directory, range, FORM);
    const expected = buildLayout(counts).columns.filter(({ metric }) => CONTRIBUTED.has(metric.name));
    assert.deepEqual(columns, [
      'timestamp',
      'hardware_id',
      'session_category',
      ...expected.map(({ name }) => name),
    ]);
    const rows = await rowsOf(bytes);
    assert.deepEqual(Object.keys(rows[0] ?? {}), columns);
    const id = deviceId(FORM.deviceKey, { mode: 'contribute', study: FORM.study, month: '2026-02' });
    assert.deepEqual(
      rows.map(row => [row['hardware_id'], row['session_category']]),
      [
        [id, 'gaming'],
        [id, null],
      ],
    );
    const own = lines[0]?.trimEnd().split(',') ?? [];
    const names = header.trimEnd().split(',');
    for (const { name } of expected) assert.equal(String(rows[0]?.[name]), own[names.indexOf(name)], name);
    for (const word of [HARDWARE_ID, 'acme_project', 'secret', 'swap_total_mb', 'net_bytes_sent'])
      assert.ok(!bytes.includes(word), word);
  });

  test('the same machine has another id in each month and study, and none of them is that of its backups', async t => {
    const directory = temporaryDirectory(t);
    const turn = Date.UTC(2026, 2, 1);
    const times = [turn - 1000, turn];
    write(
      directory,
      logOf(
        { core: 1, gpu: 0, disk: 0 },
        times.map(utcMs => ({ utcMs, category: '', values: [1] })),
      ),
    );
    const ids: unknown[] = [];
    for (const range of await rangesOf(directory)) {
      const { bytes } = await segmentContent(directory, range, FORM);
      const rows = await rowsOf(bytes);
      ids.push(...rows.map(row => row['hardware_id']));
    }
    const idIn = (month: string, study: string = FORM.study) =>
      deviceId(FORM.deviceKey, { mode: 'contribute', study, month });
    assert.deepEqual(ids, [idIn('2026-02'), idIn('2026-03')]);
    const backup = deviceId(FORM.deviceKey, { mode: 'backup' });
    const all = [...ids, idIn('2026-02', 'other'), backup, deviceId(Buffer.alloc(32), { mode: 'backup' })];
    assert.equal(new Set(all).size, all.length);
    const hmac = createHmac('sha256', FORM.deviceKey).update('optimetrics/contribution/sleep_2026/2026-02');
    assert.equal(idIn('2026-02'), hmac.digest('hex').slice(0, 32));
  });
});
