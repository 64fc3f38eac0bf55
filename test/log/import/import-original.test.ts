import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { fieldsOf } from '../../../src/log/import/csv-lines.ts';
import { importOriginal } from '../../../src/log/import/import-original.ts';
import { reportLines } from '../../../src/log/import/import-report.ts';
import { DamageReport } from '../../../src/log/reader/damage.ts';
import { listLogFolder } from '../../../src/log/reader/log-folder.ts';
import { readHeader, readRows } from '../../../src/log/reader/read-rows.ts';
import { temporaryDirectory } from '../../runtime/temporary-directory.ts';

const ID = '0123456789abcdef0123456789abcdef';

/** Rows of the imported logs by their time: what has a value, by column. */
async function imported(directory: string): Promise<Map<string, Record<string, number>>> {
  const found = new Map<string, Record<string, number>>();
  const damage = new DamageReport();
  for (const file of listLogFolder(directory).files) {
    const columns = ((await readHeader(file.path)) ?? []).slice(3);
    for await (const batch of readRows(file.path, { columns, damage, isClosed: true })) {
      for (let row = 0; row < batch.length; row++) {
        const values = columns.flatMap((column, slot) => {
          const value = batch.values[row * batch.width + slot] ?? Number.NaN;
          return Number.isNaN(value) ? [] : [[column, value] as const];
        });
        const time = new Date(batch.times[row] ?? 0).toISOString();
        assert.ok(!found.has(time), `${time} is there once`);
        assert.equal(batch.hardwareIds[row], ID);
        found.set(time, Object.fromEntries(values));
      }
    }
  }
  assert.deepEqual(damage.list, []);
  return found;
}

function csv(header: string, ...rows: readonly string[]): string {
  return [header, ...rows].join('\r\n') + '\r\n';
}

class Folders {
  readonly source: string;
  readonly target: string;

  constructor(t: { after(fn: () => void): void }) {
    this.source = temporaryDirectory(t);
    this.target = path.join(temporaryDirectory(t), 'logs');
  }

  write(name: string, content: string | Buffer): void {
    const file = path.join(this.source, name);
    fs.mkdirSync(path.dirname(file), { recursive: true });
    fs.writeFileSync(file, content);
  }

  import(intervalMs = 1_000) {
    return importOriginal({ source: this.source, target: this.target, intervalMs });
  }

  /** Everything that was written. */
  get text(): string {
    return listLogFolder(this.target)
      .files.map(file => fs.readFileSync(file.path, 'utf8'))
      .join('\n');
  }
}

describe('importing logs of the original', () => {
  let zone: string | undefined;
  before(() => {
    zone = process.env['TZ'];
    process.env['TZ'] = 'Europe/Berlin';
  });
  after(() => {
    if (zone === undefined) delete process.env['TZ'];
    else process.env['TZ'] = zone;
  });

  test('all hardware in one file: local times, a GPU’s values in its own columns, disks by number, units', async t => {
    const folders = new Folders(t);
    const header =
      'timestamp,hardware_id,core_0_utilization,total_utilization,temperature,power_watts,utilization,vram_used_mb,' +
      'core_clock_mhz,ram_total_mb,ram_used_mb,ram_available_mb,disk_sda1_used_gb,disk_nvme0n1p2_used_gb,disk_sda_read_mb,' +
      'net_errin,net_send_rate_mbps,net_wlan0_sent_mb,net_connections_total,net_conn_established';
    const row = (time: string, cpu: number): string =>
      `${time},${ID},${String(cpu)},${String(cpu)},61,120.5,33,1024.25,1800,16000,5000,10000,100.25,7,55,1,100,5,400,12`;
    folders.write(
      'metrics_01234567_2026-02-27.csv',
      csv(header, row('2026-02-27T13:00:00.123456', 10), row('2026-02-27T13:00:01.124001', 20)),
    );
    const counts = await folders.import();
    const rows = await imported(folders.target);
    assert.deepEqual([...rows.keys()], ['2026-02-27T12:00:00.123Z', '2026-02-27T12:00:01.124Z']);
    assert.deepEqual(rows.get('2026-02-27T12:00:01.124Z'), {
      core_0_utilization: 20,
      total_utilization: 20,
      gpu0_utilization: 33,
      gpu0_vram_used_mb: 1024,
      gpu0_temperature: 61,
      gpu0_power_watts: 120.5,
      gpu0_core_clock_mhz: 1800,
      ram_total_mb: 16000,
      // What is not available, not what the original calls used.
      ram_used_mb: 6000,
      ram_available_mb: 10000,
      disk_0_used_gb: 100.25,
      disk_1_used_gb: 7,
      net_errors_in: 1,
      net_send_rate_mbps: 104.858,
      net_connections_established: 12,
    });
    assert.deepEqual(
      listLogFolder(folders.target).files.map(({ name }) => name),
      ['metrics_01234567_2026-02-27.csv'],
    );
    assert.doesNotMatch(folders.text, /sda|nvme|wlan/);
    assert.equal(counts.overwritten, 2);
    assert.deepEqual(reportLines(counts), [
      '2 rows imported into 1 file',
      'repaired:',
      '  2 rows had the GPU’s temperature or power in the CPU’s column; moved to gpu0_',
      '  2 disks had names; numbered',
      'left out:',
      '  3 columns have no place here',
      'lost in the original:',
      '  temperature and power of the CPU: the GPU’s replaced them',
    ]);
  });

  test('a file for each kind of hardware: rows of one sample together, flushes spread back', async t => {
    const folders = new Folders(t);
    const flush = (second: number, micros: number): string =>
      `2026-02-27T12:00:${String(second).padStart(2, '0')}.${String(micros).padStart(6, '0')}+00:00`;
    // Two flushes, of four samples and of three.
    const stamps = [
      ...[100, 400, 900, 1300].map(micros => flush(10, micros)),
      ...[5_000, 5_400, 6_100].map(micros => flush(15, micros)),
    ];
    const folder = ID;
    folders.write(
      `${folder}/cpu.csv`,
      csv(
        'timestamp,hardware_id,cpu_core_0_utilization,cpu_total_utilization,cpu_temperature',
        ...stamps.map((time, k) => `${time},${ID},${String(k)},${String(k)},50`),
      ),
    );
    folders.write(
      `${folder}/gpu_nvidia.csv`,
      csv(
        'timestamp,hardware_id,gpu_utilization,gpu_temperature,gpu_index',
        ...stamps.map(time => `${time},${ID},9,50,0`),
      ),
    );
    folders.write(
      `${folder}/memory.csv`,
      csv(
        'timestamp,hardware_id,ram_total_mb,ram_used_mb,ram_available_mb,memory_utilization',
        ...stamps.map(time => `${time},${ID},100,10,40,3`),
      ),
    );
    folders.write(`${folder}/device_info.json`, '{}');
    folders.write(`${folder}/sync_state.json`, '{}');
    const counts = await folders.import();
    const rows = await imported(folders.target);
    assert.deepEqual(
      [...rows].map(([time, values]) => [time, values['total_utilization']]),
      [
        ['2026-02-27T12:00:07.001Z', 0],
        ['2026-02-27T12:00:08.001Z', 1],
        ['2026-02-27T12:00:09.001Z', 2],
        ['2026-02-27T12:00:10.001Z', 3],
        ['2026-02-27T12:00:13.006Z', 4],
        ['2026-02-27T12:00:14.006Z', 5],
        ['2026-02-27T12:00:15.006Z', 6],
      ],
    );
    assert.deepEqual(rows.get('2026-02-27T12:00:14.006Z'), {
      core_0_utilization: 5,
      total_utilization: 5,
      gpu0_utilization: 9,
      gpu0_temperature: 50,
      ram_total_mb: 100,
      ram_used_mb: 60,
      ram_available_mb: 40,
    });
    assert.equal(counts.spread, 7);
    assert.equal(counts.ignored, 2);
  });

  test('several GPUs have their numbers, and leave the CPU its temperature', async t => {
    const folders = new Folders(t);
    const header =
      'timestamp,hardware_id,total_utilization,temperature,gpu0_utilization,gpu1_utilization,gpu1_temperature';
    folders.write('metrics.csv', csv(header, `2026-02-27T13:00:00,${ID},1,45,10,20,70`));
    const counts = await folders.import();
    assert.deepEqual((await imported(folders.target)).get('2026-02-27T12:00:00.000Z'), {
      total_utilization: 1,
      temperature: 45,
      gpu0_utilization: 10,
      gpu1_utilization: 20,
      gpu1_temperature: 70,
    });
    assert.equal(counts.withGpu, false);
  });

  test('rows that disagree with their header are used as far as it is known what they are', async t => {
    const folders = new Folders(t);
    const header = 'timestamp,hardware_id,total_utilization';
    folders.write(
      'metrics_01234567_2026-02-27.csv.gz',
      gzipSync(
        csv(
          header,
          `2026-02-27T13:00:00,${ID},1`,
          `2026-02-27T13:00:01,${ID},2,10,20`, // the disk rates, which come late
          `2026-02-27T13:00:02,${ID},3,1,2,3,4`,
          `2026-02-27T13:00:03,${ID}`,
          `2026-02-27T13:00:04,${ID},nonsense`,
          `2026-02-27T13:00:05,${ID},400`,
          `2026-02-27T13:00:06,,6`,
          `yesterday,${ID},7`,
          'timestamp,hardware_id,temperature,total_utilization',
          `2026-02-27T13:00:08,${ID},55,8`,
          `2026-02-27T13:00:09,${ID},5`.slice(0, -30),
        ),
      ),
    );
    const counts = await folders.import();
    const rows = await imported(folders.target);
    assert.deepEqual(Object.fromEntries([...rows].map(([time, values]) => [time.slice(17, 19), values])), {
      '00': { total_utilization: 1 },
      '01': { total_utilization: 2, disk_read_rate_mbps: 10.486, disk_write_rate_mbps: 20.972 },
      '02': { total_utilization: 3 },
      '04': {},
      '05': {},
      '08': { temperature: 55, total_utilization: 8 },
    });
    const { lateRates, longRows, shortRows, badValues, withoutId, withoutTime, repeatedHeaders } = counts;
    assert.deepEqual(
      { lateRates, longRows, shortRows, badValues, withoutId, withoutTime, repeatedHeaders },
      {
        lateRates: 1,
        longRows: 1,
        shortRows: 2,
        badValues: 2,
        withoutId: 1,
        withoutTime: 1,
        repeatedHeaders: 1,
      },
    );
  });

  test('the hour that comes twice is told apart by the order of the rows', async t => {
    const folders = new Folders(t);
    folders.write(
      'metrics.csv',
      csv(
        'timestamp,hardware_id,total_utilization',
        ...['02:30:00', '02:59:59', '02:00:00', '02:30:00', '03:00:00'].map(
          time => `2026-10-25T${time},${ID},1`,
        ),
      ),
    );
    const counts = await folders.import();
    assert.deepEqual(
      [...(await imported(folders.target)).keys()].map(time => time.slice(11, 19)),
      ['00:30:00', '00:59:59', '01:00:00', '01:30:00', '02:00:00'],
    );
    assert.equal(counts.secondHours, 2);
  });

  test('twice is once, also when the source has grown, and midnight splits files', async t => {
    const folders = new Folders(t);
    const header = 'timestamp,hardware_id,total_utilization';
    const rows = Array.from(
      { length: 40 },
      (_, k) =>
        `${new Date(Date.UTC(2026, 1, 27, 23, 59, 40) + k * 1_000).toISOString().replace('Z', '+00:00')},${ID},${String(k)}`,
    );
    folders.write('metrics.csv', csv(header, ...rows.slice(0, 30)));
    assert.equal((await folders.import()).written, 30);
    const before = folders.text;
    const again = await folders.import();
    assert.deepEqual([again.written, again.known, again.files], [0, 30, 0]);
    assert.equal(folders.text, before);
    folders.write('metrics.csv', csv(header, ...rows));
    assert.equal((await folders.import()).written, 10);
    assert.equal((await imported(folders.target)).size, 40);
    assert.deepEqual(
      listLogFolder(folders.target).files.map(({ name }) => name.slice(17)),
      ['2026-02-27.csv', '2026-02-28.csv', '2026-02-28_1.csv'],
    );
  });

  test('logs of ours, and files of others, are left alone', async t => {
    const folders = new Folders(t);
    folders.write(
      'metrics_01234567_2026-02-27.csv',
      `timestamp,hardware_id,session_category,total_utilization\n2026-02-27T00:00:00.000Z,${ID},,1\n`,
    );
    folders.write('other.csv', 'a,b\n1,2\n');
    folders.write('notes.txt', 'x');
    const counts = await folders.import();
    assert.deepEqual([counts.written, counts.ignored], [0, 3]);
  });

  test('whatever the files hold, what is imported is a valid log without a word of theirs', async () => {
    const cell = fc.oneof(
      fc.integer({ min: -5, max: 500 }).map(String),
      fc.constantFrom('', 'SECRET', 'True', '"SECRET,x"', '1e999', 'nan'),
      fc.string({ maxLength: 8 }).map(text => text.replaceAll(/[\r\n]/g, '')),
    );
    const name = fc.constantFrom(
      ...[
        'total_utilization',
        'utilization',
        'temperature',
        'disk_SECRET_percent',
        'core_3_freq_mhz',
        'net_SECRET_is_up',
      ],
      ...['gpu1_utilization', 'disk_0_percent', 'session_category', '__proto__', 'SECRET'],
    );
    const time = fc.oneof(
      fc
        .integer({ min: 0, max: 100_000 })
        .map(ms => new Date(Date.UTC(2026, 1, 27, 23, 59) + ms).toISOString().slice(0, 23)),
      fc.constantFrom('', 'SECRET'),
    );
    const rows = fc.array(fc.tuple(time, fc.array(cell, { maxLength: 6 })), { maxLength: 30 });
    await fc.assert(
      fc.asyncProperty(fc.uniqueArray(name, { minLength: 1, maxLength: 5 }), rows, async (names, list) => {
        const cleanups: (() => void)[] = [];
        const folders = new Folders({ after: fn => cleanups.push(fn) });
        folders.write(
          'metrics.csv',
          csv(
            ['timestamp,hardware_id', ...names].join(),
            ...list.map(([stamp, cells]) => [stamp, ID, ...cells].join()),
          ),
        );
        const counts = await folders.import();
        assert.equal((await imported(folders.target)).size, counts.written);
        assert.doesNotMatch(folders.text, /SECRET/);
        assert.equal((await folders.import()).written, 0);
        for (const cleanup of cleanups) cleanup();
      }),
      { numRuns: 100 },
    );
  });
});

test('quoted fields are taken apart as RFC 4180 says', () => {
  assert.deepEqual(fieldsOf('a,"b,c","d""e",,""\r'), ['a', 'b,c', 'd"e', '', '']);
  assert.deepEqual(fieldsOf('"a",b'), ['a', 'b']);
});
