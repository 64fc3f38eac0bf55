import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { HARDWARE_ID } from '../log/frames.ts';
import { DATE, DAY, ID8, logText } from '../log/reader/log-text.ts';
import { TestHome } from './harness/home.ts';

const COLUMNS = ['total_utilization', 'temperature', 'net_bytes_sent'];
const row = (second: number, value: number, temperature?: number) => ({
  time: DAY + second * 1_000,
  category: second < 5 ? 'idle' : 'gaming',
  values: { total_utilization: value, temperature, net_bytes_sent: second * 10 },
});

describe('optimetrics log', () => {
  let home: TestHome;
  let logs: string;
  beforeEach(() => {
    home = new TestHome();
    logs = path.join(home.root, 'logs');
    fs.mkdirSync(logs);
    const rows = [row(0, 1, 40), row(1, 2), row(4, 3), row(5, 4, 41)];
    fs.writeFileSync(path.join(logs, `metrics_${ID8}_${DATE}.csv.gz`), gzipSync(logText(COLUMNS, rows)));
    fs.writeFileSync(
      path.join(logs, `metrics_${ID8}_${DATE}_1.csv`),
      logText(COLUMNS, [row(6, 5), row(600, 6)]),
    );
  });
  afterEach(() => home.end());

  /** Standard output of a command that ends well and says nothing else. */
  async function output(...args: readonly string[]): Promise<string> {
    const { code, stdout, stderr } = await home.run(['log', ...args]);
    assert.deepEqual({ code, stderr }, { code: 0, stderr: '' });
    return stdout;
  }

  /** The one line on standard error of a command that fails. */
  async function fault(expected: number, ...args: readonly string[]): Promise<string> {
    const { code, stderr } = await home.run(['log', ...args]);
    assert.equal(code, expected);
    assert.match(stderr, /^optimetrics: [^\n]+\n$/);
    return stderr;
  }

  test('info tells files, rows, span, sizes and damage', async () => {
    fs.appendFileSync(path.join(logs, `metrics_${ID8}_${DATE}_1.csv`), 'nonsense\n');
    fs.writeFileSync(path.join(logs, 'notes.txt'), '');
    const info = JSON.parse(await output('info', logs, '--json')) as Record<string, unknown>;
    const sizes = fs
      .readdirSync(logs)
      .filter(name => name.startsWith('metrics_'))
      .map(name => fs.statSync(path.join(logs, name)).size);
    const bytes = sizes.reduce((sum, size) => sum + size, 0);
    assert.deepEqual(info, {
      files: [
        {
          name: `metrics_${ID8}_${DATE}.csv.gz`,
          rows: 4,
          from: '2026-02-27T00:00:00.000Z',
          to: '2026-02-27T00:00:05.000Z',
          bytes: sizes[0],
          damaged: 0,
        },
        {
          name: `metrics_${ID8}_${DATE}_1.csv`,
          rows: 2,
          from: '2026-02-27T00:00:06.000Z',
          to: '2026-02-27T00:10:00.000Z',
          bytes: sizes[1],
          damaged: 1,
        },
      ],
      rows: 6,
      from: '2026-02-27T00:00:00.000Z',
      to: '2026-02-27T00:10:00.000Z',
      bytes,
      // Six seconds with their last, and two rows with a gap between them.
      bytes_per_hour: Math.round((bytes * 3_600) / 8),
      damaged: 1,
      foreign_files: 1,
    });
    assert.match(
      await output('info', logs),
      /2 files, 6 rows, .* an hour, 1 damaged line .*\n1 file of other programs\n$/,
    );
    assert.match(await fault(1, 'info'), /not found/);
  });

  test('cat prints rows, columns and spans, filled up or not, as CSV or JSON', async () => {
    const texts = [
      logText(COLUMNS, [row(0, 1, 40), row(1, 2), row(4, 3), row(5, 4, 41)]),
      logText(COLUMNS, [row(6, 5), row(600, 6)]).replace(/.*\n/, ''),
    ];
    assert.equal(await output('cat', logs), texts.join(''));
    // In the order of the log, whatever that of the arguments.
    const files = [`metrics_${ID8}_${DATE}_1.csv`, `metrics_${ID8}_${DATE}.csv.gz`].map(name =>
      path.join(logs, name),
    );
    assert.equal(await output('cat', ...files), texts.join(''));
    const span = ['--from', '2026-02-27T00:00:02Z', '--to', '2026-02-27T01:00:06+01:00'];
    const columns = ['--columns', 'timestamp,net_bytes_sent,total_utilization'];
    assert.equal(
      await output('cat', logs, ...span, ...columns, '--fill'),
      [
        'timestamp,net_bytes_sent,total_utilization',
        '2026-02-27T00:00:02.000Z,20,2',
        '2026-02-27T00:00:03.000Z,30,2',
        '2026-02-27T00:00:04.000Z,40,3',
        '2026-02-27T00:00:05.000Z,50,4',
        '',
      ].join('\n'),
    );
    const lines = (await output('cat', logs, '--format', 'jsonl')).trimEnd().split('\n');
    assert.deepEqual(JSON.parse(lines[1] ?? ''), {
      timestamp: '2026-02-27T00:00:01.000Z',
      hardware_id: HARDWARE_ID,
      session_category: 'idle',
      total_utilization: 2,
      net_bytes_sent: 10,
    });
  });

  test('cat tells what it leaves out, and ends quietly when nobody reads on', async () => {
    fs.appendFileSync(path.join(logs, `metrics_${ID8}_${DATE}_1.csv`), 'nonsense\n');
    const { code, stderr } = await home.run(['log', 'cat', logs]);
    assert.equal(code, 0);
    assert.equal(stderr, `optimetrics: left out: metrics_${ID8}_${DATE}_1.csv:4 has no UTC timestamp\n`);
    const many = Array.from({ length: 40_000 }, (_, k) => row(k, k % 7));
    const large = home.write('large.csv', logText(COLUMNS, many));
    const cli = path.join(import.meta.dirname, '..', '..', 'dist', 'cli.js');
    const head = await home.startCommand('sh', [
      '-c',
      '"$0" "$1" log cat "$2" | head -n 2; exit "$?"',
      process.execPath,
      cli,
      large,
    ]).finished;
    assert.equal(head.stderr, '');
    assert.equal(head.stdout.split('\n').length, 3);
  });

  test('verify is content with a good log, and lists what is wrong with a bad one', async () => {
    assert.equal(await output('verify', logs), '2 files, 6 rows: all right\n');
    // The file that is being written may end in a part of a row; one that is closed may not.
    const newest = path.join(logs, `metrics_${ID8}_${DATE}_1.csv`);
    fs.appendFileSync(newest, '2026-02-27T');
    assert.equal(await output('verify', logs), '2 files, 6 rows: all right\n');
    fs.writeFileSync(
      path.join(logs, `metrics_${ID8}_${DATE}_2.csv`),
      logText(COLUMNS, [row(700, 1), row(699, 2), row(90_000, 3)]).replaceAll(
        `${HARDWARE_ID},gaming,2`,
        'ffff,gaming,2',
      ),
    );
    const gz = path.join(logs, `metrics_${ID8}_${DATE}.csv.gz`);
    fs.writeFileSync(gz, fs.readFileSync(gz).subarray(0, -12));
    fs.writeFileSync(path.join(logs, `rollup_${ID8}_${DATE}_1m.bin`), 'rubbish');
    const { code, stdout } = await home.run(['log', 'verify', logs]);
    assert.equal(code, 1);
    assert.match(stdout, /^metrics_476aa2f1_2026-02-27\.csv\.gz:\d and all after it is lost: /m);
    assert.match(stdout, /^metrics_476aa2f1_2026-02-27_1\.csv:4 has no line end: its writer was cut off$/m);
    assert.match(stdout, /^metrics_476aa2f1_2026-02-27_2\.csv has 1 row of another day$/m);
    assert.match(stdout, /^metrics_476aa2f1_2026-02-27_2\.csv has 1 row with another hardware id/m);
    assert.match(stdout, /^note: .*_2\.csv has 1 row no later than the one before: the clock was set back$/m);
    assert.match(stdout, /^rollup_.* is damaged; it is made anew by itself/m);
    assert.match(stdout, /: 5 problems\n$/);
  });

  test('sessions lists kinds of work, as a table, JSON or CSV', async () => {
    const columns = ['session_confidence', 'total_utilization', 'power_watts', 'gpu0_power_watts'];
    const day = path.join(home.root, 'day');
    fs.mkdirSync(day);
    const rows = Array.from({ length: 1_800 }, (_, k) => ({
      time: DAY + k * 1_000,
      category: k < 1_200 ? 'gaming' : '',
      values: {
        session_confidence: k < 1_200 ? 80 : undefined,
        total_utilization: k % 100,
        power_watts: k < 1_200 ? 60 : undefined,
        gpu0_power_watts: k < 600 ? 180 : undefined,
      },
    }));
    fs.writeFileSync(path.join(day, `metrics_${ID8}_${DATE}.csv`), logText(columns, rows));
    const first = {
      class: 'gaming',
      from: '2026-02-27T00:00:00.000Z',
      to: '2026-02-27T00:20:00.000Z',
      seconds: 1_200,
      covered_seconds: 1_200,
      class_seconds: 1_200,
      confidence: 80,
      cpu: { mean: 49.5, peak: 99 },
      power: {
        mean: 150,
        peak: 240,
        wh: 50,
        sources: [
          { source: 'cpu', wh: 20, known_seconds: 1_200 },
          { source: 'gpu0', wh: 30, known_seconds: 600 },
        ],
      },
    };
    const second = {
      from: '2026-02-27T00:20:00.000Z',
      to: '2026-02-27T00:30:00.000Z',
      seconds: 600,
      covered_seconds: 600,
      class_seconds: 600,
      cpu: { mean: 49.5, peak: 99 },
    };
    assert.deepEqual(JSON.parse(await output('sessions', day, '--json')), {
      step_seconds: 60,
      sessions: [first, second],
    });
    const span = ['--from', '2026-02-27T00:20:00Z', '--to', '2026-02-28'];
    assert.deepEqual(JSON.parse(await output('sessions', day, '--json', ...span)), {
      step_seconds: 60,
      sessions: [second],
    });
    const [header = '', ...lines] = (await output('sessions', day, '--csv')).trimEnd().split('\n');
    const names = header.split(',');
    const fields = lines.map(line => line.split(','));
    assert.deepEqual(
      fields.map(list => list.length),
      [names.length, names.length],
    );
    const value = (line: number, name: string): string | undefined => fields[line]?.[names.indexOf(name)];
    assert.deepEqual(
      ['class', 'seconds', 'cpu_peak', 'energy_wh', 'energy_sources', 'gpu_mean'].map(name => value(0, name)),
      ['gaming', '1200', '99', '50', 'cpu gpu0', ''],
    );
    assert.deepEqual([value(1, 'class'), value(1, 'energy_wh')], ['', '']);
    const text = await output('sessions', day);
    assert.match(text, /^from +length +class +sure +CPU +GPU +RAM +VRAM +power +energy\n/);
    assert.match(
      text,
      /^2026-02-27T00:00Z +20 min +Gaming +80 % +50–99 % +– +– +– +150 W +50 Wh \(cpu, gpu0\)$/m,
    );
    assert.match(text, /\n2 sessions, told apart by the minute; times in UTC; [^\n]+\n$/);
    assert.match(await output('sessions', day, '--to', '2026-02-27'), /^0 sessions, /);
    // Nothing but the log is there after it: whoever reads a log does not write beside it.
    assert.deepEqual(fs.readdirSync(day), [`metrics_${ID8}_${DATE}.csv`]);
    assert.match(await fault(1, 'sessions'), /not found/);
    assert.match(await fault(1, 'sessions', '/nowhere'), /not found/);
    assert.match(await fault(2, 'sessions', day, '--json', '--csv'), /--json or --csv/);
    assert.match(await fault(2, 'sessions', day, logs), /at most one folder/);
    assert.match(await fault(2, 'sessions', '--from', '2026-02-28', '--to', '2026-02-27'), /--from/);
  });

  test('import reads the original’s logs into ours', async () => {
    const source = path.join(home.root, 'original');
    fs.mkdirSync(source);
    fs.writeFileSync(
      path.join(source, 'metrics.csv'),
      `timestamp,hardware_id,total_utilization\n2026-02-27T13:00:00,${HARDWARE_ID},5\n`,
    );
    const { stdout, code } = await home.run(['log', 'import', source], { TZ: 'Europe/Berlin' });
    assert.equal(code, 0);
    assert.equal(stdout, '1 row imported into 1 file\n');
    assert.match(
      await output('cat', home.logDirectory, '--columns', 'timestamp,total_utilization'),
      /^timestamp,total_utilization\n2026-02-27T12:00:00.000Z,5\n$/,
    );
    assert.match(await fault(1, 'import', logs), /has no logs of the original/);
  });

  test('errors are one line with what to do, and exit codes those of the other commands', async () => {
    assert.match(await fault(2), /info, cat, sessions, verify or import/);
    assert.match(await fault(2, 'nonsense'), /there is no command “log nonsense”/);
    assert.match(await fault(2, 'cat'), /takes one or more log files/);
    assert.match(await fault(2, 'cat', logs, '--columns', 'nope'), /no file has a column “nope”/);
    assert.match(await fault(2, 'cat', logs, '--from', 'noon'), /--from takes a UTC date/);
    assert.match(await fault(2, 'cat', logs, '--format', 'xml'), /csv or jsonl/);
    assert.match(await fault(2, 'verify'), /takes one folder/);
    assert.match(await fault(2, 'verify', logs, logs), /takes one folder/);
    assert.match(await fault(2, 'info', '--nope'), /--nope/);
    assert.match(await fault(2, 'import', logs, '--interval', '0'), /--interval takes the seconds/);
    assert.match(await fault(1, 'verify', '/nowhere'), /not found/);
    assert.match(await fault(1, 'cat', '/nowhere.csv'), /not found/);
    assert.match(await fault(1, 'import', '/nowhere'), /not found/);
  });
});
