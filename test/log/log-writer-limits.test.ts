import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { describe, mock, test, type TestContext } from 'node:test';
import { gunzipSync } from 'node:zlib';
import type { Frame } from '../../src/common/frame.ts';
import { DeltaFilter } from '../../src/log/delta-filter.ts';
import { Housekeeping } from '../../src/log/housekeeping.ts';
import { RowQueue } from '../../src/log/row-queue.ts';
import { formatHeader, formatRow } from '../../src/log/row.ts';
import { writeOwner } from '../../src/runtime/owner.ts';
import { temporaryDirectory } from '../runtime/temporary-directory.ts';
import { frameAt, HARDWARE_ID, smallLayout } from './frames.ts';
import { Bench, content, fileOf, NOON } from './writer-bench.ts';

const DAY_MS = 86_400_000;
const MIDNIGHT = Date.UTC(2024, 2, 1);
const DATE = '2024-02-29';
const ROW_BYTES = formatRow(frameAt(smallLayout(), NOON), HARDWARE_ID).length;
const HEADER_BYTES = formatHeader(smallLayout()).length;
/** Room for three rows. */
const SMALL_FILE = HEADER_BYTES + 3 * ROW_BYTES;

async function until(what: string, condition: () => boolean): Promise<void> {
  for (let tries = 0; !condition(); tries++) {
    assert.ok(tries < 3_000, `${what} within half a minute`);
    await new Promise(resolve => setTimeout(resolve, 10));
  }
}

/** The rows of all files of the log, in the order of their names. */
function allRows(bench: Bench): string[] {
  return Object.entries(bench.files)
    .sort(([a], [b]) => a.localeCompare(b, 'en', { numeric: true }))
    .flatMap(([, text]) => text.trimEnd().split('\n').slice(1));
}

const rowsOf = (frames: readonly Frame[]): string[] =>
  frames.map(frame => formatRow(frame, HARDWARE_ID).trimEnd());

describe('a log file is full', () => {
  test('at its size, and the next one begins with the row that had no room', t => {
    const bench = new Bench(t, { rules: { maxFileBytes: SMALL_FILE } });
    const frames = bench.append(7);
    assert.deepEqual(bench.files, {
      [fileOf(DATE)]: content(frames.slice(0, 3)),
      [fileOf(DATE, 1)]: content(frames.slice(3, 6)),
      [fileOf(DATE, 2)]: content(frames.slice(6)),
    });
    assert.deepEqual(
      bench.statuses.map(({ file }) => file),
      [fileOf(DATE), fileOf(DATE, 1), fileOf(DATE, 2)],
    );
  });

  test('takes a row that is larger than it may be, and no second one', t => {
    const bench = new Bench(t, { rules: { maxFileBytes: 1 } });
    const frames = bench.append(2);
    assert.deepEqual(bench.files, {
      [fileOf(DATE)]: content(frames.slice(0, 1)),
      [fileOf(DATE, 1)]: content(frames.slice(1)),
    });
  });

  test('and its successor too, after a restart', t => {
    const first = new Bench(t, { rules: { maxFileBytes: SMALL_FILE } });
    const before = first.append(3);
    first.writer.close();
    const rules = { maxFileBytes: SMALL_FILE };
    const second = new Bench(t, { directory: first.directory, start: NOON + 3_000, rules });
    const after = second.append(1);
    assert.deepEqual(second.files, { [fileOf(DATE)]: content(before), [fileOf(DATE, 1)]: content(after) });
  });

  test('and as many as a day may have: the log pauses with one warning, and goes on at midnight', t => {
    const start = MIDNIGHT - 20_000;
    const bench = new Bench(t, { start, rules: { maxFileBytes: SMALL_FILE, maxFilesPerDay: 2 } });
    const frames = bench.append(24);
    assert.deepEqual(bench.files, {
      [fileOf(DATE)]: content(frames.slice(0, 3)),
      [fileOf(DATE, 1)]: content(frames.slice(3, 6)),
      [fileOf('2024-03-01')]: content(frames.slice(20, 23)),
      [fileOf('2024-03-01', 1)]: content(frames.slice(23)),
    });
    assert.deepEqual(bench.states, ['writing', 'writing', 'paused', 'writing', 'writing']);
    assert.match(
      bench.statuses[2]?.why ?? '',
      /^the 2 log files a day that logging\.max_files_per_day allows are full/,
    );
    assert.deepEqual(bench.warnings, []);
  });

  test('and the day too, for a writer that starts then, until somebody makes room', t => {
    const rules = { maxFileBytes: SMALL_FILE, maxFilesPerDay: 1 };
    const first = new Bench(t, { rules });
    first.append(3);
    first.writer.close();
    const second = new Bench(t, { directory: first.directory, start: NOON + 60_000, rules });
    second.append(6);
    assert.deepEqual(second.states, ['paused']);
    fs.rmSync(path.join(second.directory, fileOf(DATE)));
    const after = second.append(6);
    assert.deepEqual(second.states, ['paused', 'writing']);
    // Tried again after five seconds: the eleventh sample of this writer.
    assert.deepEqual(second.files, { [fileOf(DATE)]: content(after.slice(4, 6)) });
  });
});

describe('rows that cannot be written', () => {
  const inTheWay = (bench: Bench): void => {
    fs.writeFileSync(bench.directory, 'in the way');
  };

  test('wait, and are written in order, some at a time', t => {
    const bench = new Bench(t, { rules: { batchRows: 4 } });
    inTheWay(bench);
    const frames = bench.append(10);
    fs.rmSync(bench.directory);
    frames.push(...bench.append(1));
    assert.equal(bench.writer.status.rowsWritten, 4);
    frames.push(...bench.append(3));
    assert.equal(bench.writer.status.rowsWritten, 14);
    assert.deepEqual(allRows(bench), rowsOf(frames));
    assert.deepEqual(bench.warnings, []);
  });

  test('wait over midnight, and go where they belong', t => {
    const bench = new Bench(t, { start: MIDNIGHT - 3_000 });
    inTheWay(bench);
    const frames = bench.append(5);
    fs.rmSync(bench.directory);
    frames.push(...bench.append(1));
    assert.deepEqual(bench.files, {
      [fileOf(DATE)]: content(frames.slice(0, 3)),
      [fileOf('2024-03-01')]: content(frames.slice(3)),
    });
  });

  test('are given up beyond the memory they may take, the oldest first, and that is said', t => {
    const bench = new Bench(t, { rules: { maxWaitingBytes: 3 * (ROW_BYTES + 100) } });
    inTheWay(bench);
    const frames = bench.append(5);
    fs.rmSync(bench.directory);
    frames.push(...bench.append(1));
    assert.deepEqual(allRows(bench), rowsOf(frames.slice(3)));
    assert.deepEqual(bench.warnings, [
      '3 rows are lost: the log could not be written for longer than performance.max_buffer_memory_mb has room for',
    ]);
  });

  test('go to another folder when the log is moved', t => {
    const waiting = new RowQueue();
    const bench = new Bench(t, { waiting });
    inTheWay(bench);
    const frames = bench.append(3);
    bench.writer.close();
    assert.equal(waiting.length, 3);
    const other = new Bench(t, { waiting, start: NOON + 3_000 });
    frames.push(...other.append(1));
    assert.deepEqual(other.files, { [fileOf(DATE)]: content(frames) });
  });

  test('are tried once more at the end', t => {
    const bench = new Bench(t);
    inTheWay(bench);
    const frames = bench.append(3);
    fs.rmSync(bench.directory);
    bench.writer.close();
    assert.deepEqual(bench.files, { [fileOf(DATE)]: content(frames) });
  });

  test('do not wait while another sampler writes the folder: it logs the same machine', t => {
    const bench = new Bench(t);
    fs.mkdirSync(bench.directory);
    writeOwner(path.join(bench.directory, '.writer'), {
      pid: process.ppid,
      started:
        fs
          .readFileSync(`/proc/${String(process.ppid)}/stat`, 'latin1')
          .replace(/^.*\) /s, '')
          .split(' ')[19] ?? '',
    });
    bench.append(3);
    fs.rmSync(path.join(bench.directory, '.writer'));
    const after = bench.append(4);
    assert.deepEqual(bench.files, { [fileOf(DATE)]: content(after.slice(2)) });
  });

  test('wait while it is not known whether the sampler that has the folder lives', t => {
    const waits = new Bench(t);
    fs.mkdirSync(waits.directory);
    const lock = path.join(waits.directory, '.writer');
    const confirm = (secondsAgo: number): void => {
      fs.writeFileSync(lock, JSON.stringify({ pid: 7, started: '1', world: 'elsewhere' }));
      const at = Date.now() / 1000 - secondsAgo;
      fs.utimesSync(lock, at, at);
    };
    confirm(10);
    const frames = waits.append(3);
    confirm(600);
    frames.push(...waits.append(4));
    assert.deepEqual(waits.files, { [fileOf(DATE)]: content(frames) }, 'it had died: none is lost');
    assert.match(waits.statuses[0]?.why ?? '', /in another container or machine/);

    confirm(10);
    waits.append(31);
    assert.equal(waits.states.at(-1), 'paused', 'it has taken the lock meanwhile');
    waits.append(5);
    confirm(5);
    waits.append(6);
    fs.rmSync(lock);
    const after = waits.append(6);
    const { [fileOf(DATE)]: text = '' } = waits.files;
    const last = text.trimEnd().split('\n').slice(-2);
    assert.deepEqual(
      last,
      rowsOf(after).slice(-2),
      'it lived and wrote: what was sampled meanwhile is not written twice',
    );
    assert.ok(!text.includes(rowsOf(after)[0] ?? ''));
  });

  test('of a day whose files are full by then are given up, and that is said', t => {
    const rules = { maxFileBytes: SMALL_FILE, maxFilesPerDay: 1 };
    const bench = new Bench(t, { start: MIDNIGHT - 6_000, rules });
    inTheWay(bench);
    const frames = bench.append(8);
    fs.rmSync(bench.directory);
    frames.push(...bench.append(4));
    const written = bench.files;
    assert.equal(written[fileOf(DATE)], content(frames.slice(0, 3)));
    assert.equal(written[fileOf('2024-03-01')], content(frames.slice(6, 9)));
    assert.deepEqual(bench.warnings, [
      '3 rows are lost: the files that logging.max_files_per_day allows were full when they could be written',
    ]);
  });
});

describe('the last sample is a row', () => {
  const quiet = (t: TestContext): Bench => new Bench(t, { filter: new DeltaFilter(2) });
  const indicesOf = (bench: Bench, frames: readonly Frame[]): number[] => {
    const written = new Set(allRows(bench));
    return rowsOf(frames).flatMap((row, index) => (written.has(row) ? [index] : []));
  };

  test('before a stop', t => {
    const bench = quiet(t);
    const frames = bench.append(10);
    assert.deepEqual(indicesOf(bench, frames), [0, 1].slice(0, indicesOf(bench, frames).length));
    bench.writer.close();
    assert.equal(indicesOf(bench, frames).at(-1), 9);
  });

  test('before the clock is set, either way, and before the machine sleeps', t => {
    for (const [utcStep, monotonicStep] of [
      [7_200_000, 1_000],
      [-7_200_000, 1_000],
      [8_000, 1_000],
      [120_000, 120_000],
    ] as const) {
      const bench = quiet(t);
      const layout = smallLayout();
      const before = Array.from({ length: 6 }, (_, n) => frameAt(layout, NOON + n * 1000, n * 1000));
      const after = Array.from({ length: 4 }, (_, n) =>
        frameAt(layout, NOON + 5_000 + utcStep + n * 1000, 5_000 + monotonicStep + n * 1000),
      );
      for (const frame of [...before, ...after]) bench.writer.append(frame);
      const rows = indicesOf(bench, [...before, ...after]);
      assert.ok(rows.includes(5) && rows.includes(6), `${String(utcStep)}: ${String(rows)}`);
      assert.ok(!rows.includes(4), 'and no others');
      bench.writer.close();
    }
  });

  test('before midnight and before other columns, in the file that they end', t => {
    const bench = new Bench(t, { start: MIDNIGHT - 4_000, filter: new DeltaFilter(2) });
    const frames = [...bench.append(8), ...bench.append(3, smallLayout(2))];
    bench.writer.close();
    const { [fileOf(DATE)]: old = '', [fileOf('2024-03-01')]: next = '' } = bench.files;
    const last = (text: string): string => text.trimEnd().split('\n').at(-1) ?? '';
    assert.equal(last(old), rowsOf(frames)[3]);
    assert.equal(last(next), rowsOf(frames)[7]);
  });
});

describe('UTC', () => {
  test('days are those of UTC in every time zone, also in the night of summer time', t => {
    const zone = process.env['TZ'];
    t.after(() => {
      if (zone === undefined) delete process.env['TZ'];
      else process.env['TZ'] = zone;
    });
    for (const name of ['America/New_York', 'Europe/Berlin', 'Pacific/Kiritimati', 'Asia/Kathmandu']) {
      process.env['TZ'] = name;
      for (const [midnight, day, next] of [
        [Date.UTC(2024, 2, 10), '2024-03-09', '2024-03-10'],
        [Date.UTC(2024, 2, 31), '2024-03-30', '2024-03-31'],
      ] as const) {
        const bench = new Bench(t, { start: midnight - 2 * 3_600_000 });
        for (let hour = 0; hour < 4; hour++) {
          const at = midnight + (hour - 2) * 3_600_000;
          bench.writer.append(frameAt(bench.layout, at, at));
        }
        assert.deepEqual(Object.keys(bench.files), [fileOf(day), fileOf(next)], name);
        assert.deepEqual(allRows(bench).length, 4);
        bench.writer.close();
      }
    }
  });
});

describe('older files', () => {
  const old = (directory: string, day: number, number = 0, text = 'timestamp\nrow\n'): string => {
    const name = fileOf(new Date(NOON - day * DAY_MS).toISOString().slice(0, 10), number);
    fs.mkdirSync(directory, { recursive: true });
    fs.writeFileSync(path.join(directory, name), text);
    return name;
  };

  test('are compressed at their age, the open one never, and rows go on in a new file', async t => {
    const directory = path.join(temporaryDirectory(t), 'logs');
    const [first, second] = [old(directory, 3), old(directory, 2)];
    const bench = new Bench(t, { directory, rules: { compressAfterDays: 2 } });
    bench.append(1);
    await until('the first is compressed', () => !fs.existsSync(path.join(directory, first)));
    assert.deepEqual(
      fs.readdirSync(directory).sort(),
      ['.writer', `${first}.gz`, second, fileOf(DATE)].sort(),
    );
    assert.equal(
      gunzipSync(fs.readFileSync(path.join(directory, `${first}.gz`))).toString(),
      'timestamp\nrow\n',
    );
  });

  test('of the same day are compressed at once where that is wanted, and never written again', async t => {
    const rules = { compressAfterDays: 0, maxFileBytes: SMALL_FILE };
    const bench = new Bench(t, { rules });
    const frames = bench.append(4);
    await until('the first is compressed', () => !fs.existsSync(path.join(bench.directory, fileOf(DATE))));
    bench.writer.close();
    const again = new Bench(t, { directory: bench.directory, start: NOON + 4_000, rules });
    again.append(1);
    await until('the second goes on', () => again.writer.status.rowsWritten === 1);
    const packed = gunzipSync(fs.readFileSync(path.join(bench.directory, `${fileOf(DATE)}.gz`))).toString();
    assert.equal(packed, content(frames.slice(0, 3)));
  });

  test('lose a partial last line that a crash left, also where nobody opens them again', async t => {
    const directory = path.join(temporaryDirectory(t), 'logs');
    const name = old(directory, 1, 0, 'timestamp\nwhole\npar');
    const headless = old(directory, 1, 1, 'timest');
    const bench = new Bench(t, { directory, rules: { compressAfterDays: undefined } });
    bench.append(1);
    await until(
      'it is trimmed',
      () => fs.readFileSync(path.join(directory, name), 'utf8') === 'timestamp\nwhole\n',
    );
    await until('what is no file goes', () => !fs.existsSync(path.join(directory, headless)));
  });

  test('go when all are too large together, the oldest first, what waits for its upload last of all', async t => {
    const directory = path.join(temporaryDirectory(t), 'logs');
    const text = `timestamp\n${'x'.repeat(990)}\n`;
    const names = [5, 4, 3, 2].map(day => old(directory, day, 0, text));
    const rules = { maxTotalBytes: 2500, compressAfterDays: undefined };
    const bench = new Bench(t, { directory, rules, isHeld: name => name === names[0] });
    bench.append(1);
    await until('two have gone', () => fs.readdirSync(directory).length === 4);
    assert.deepEqual(fs.readdirSync(directory).sort(), ['.writer', names[0], names[3], fileOf(DATE)].sort());
  });

  test('take with them what was computed from their day, with the last of it', async t => {
    const directory = path.join(temporaryDirectory(t), 'logs');
    const names = [old(directory, 50, 0), old(directory, 50, 1), old(directory, 40)];
    const derivedFrom = (name: string): string[] => [
      name.replace(/^metrics/, 'rollup').replace(/(_\d+)?\.csv/, ''),
    ];
    for (const name of names)
      for (const derived of derivedFrom(name)) fs.writeFileSync(path.join(directory, derived), '');
    const held = new Set([names[1]]);
    const housekeeping = new Housekeeping({
      directory,
      rules: { compressAfterDays: undefined, retentionDays: 30, maxTotalBytes: Infinity },
      id8: HARDWARE_ID.slice(0, 8),
      isOpen: () => false,
      isHeld: name => held.has(name),
      derivedFrom,
      onFault: message => assert.fail(message),
    });
    await housekeeping.run(DATE, true);
    assert.deepEqual(fs.readdirSync(directory).sort(), [names[1], ...derivedFrom(names[1] ?? '')].sort());
    held.clear();
    await housekeeping.run(DATE, true);
    assert.deepEqual(fs.readdirSync(directory), []);
  });

  test('go by their age once the clock has proved steady', async t => {
    const directory = path.join(temporaryDirectory(t), 'logs');
    const name = old(directory, 40);
    const rules = { retentionDays: 30, compressAfterDays: undefined };
    const bench = new Bench(t, { directory, rules });
    bench.append(1);
    await new Promise(resolve => setTimeout(resolve, 100));
    assert.ok(fs.existsSync(path.join(directory, name)), 'not on the word of a clock that may be wrong');
    bench.append(3_700);
    await until('it goes', () => !fs.existsSync(path.join(directory, name)));
  });

  test('that cannot be looked after are told of once', async t => {
    const directory = path.join(temporaryDirectory(t), 'logs');
    old(directory, 1);
    const fault = mock.method(fs, 'readdirSync', () => {
      throw Object.assign(new Error("EIO: i/o error, scandir '/home/Jane'"), { code: 'EIO' });
    });
    t.after(() => {
      fault.mock.restore();
    });
    const said: string[] = [];
    const housekeeping = new Housekeeping({
      directory,
      rules: { compressAfterDays: 0, retentionDays: undefined, maxTotalBytes: 1 },
      id8: HARDWARE_ID.slice(0, 8),
      isOpen: () => false,
      isHeld: () => false,
      derivedFrom: () => [],
      onFault: message => said.push(message),
    });
    await housekeeping.run(DATE, true);
    await housekeeping.run(DATE, true);
    assert.deepEqual(said, ['looking after the older log files: input/output error (EIO)']);
  });
});

describe('the disk takes the rows', () => {
  test('every minute, without being waited for, one call at a time', t => {
    let ended: ((error: Error | null) => void) | undefined;
    let calls = 0;
    const fsync = mock.method(fs, 'fsync', (_fd: number, done: (error: Error | null) => void) => {
      calls++;
      ended = done;
    });
    t.after(() => {
      fsync.mock.restore();
    });
    const bench = new Bench(t);
    bench.append(60);
    assert.equal(calls, 0);
    bench.append(1);
    assert.equal(calls, 1);
    bench.append(200);
    assert.equal(calls, 1, 'while one is in flight there is no second');
    assert.equal(bench.writer.status.rowsWritten, 261);
    ended?.(null);
    bench.append(60);
    assert.equal(calls, 2);
    ended?.(Object.assign(new Error('EDQUOT'), { code: 'EDQUOT' }));
    assert.equal(bench.states.at(-1), 'paused');
    assert.match(bench.statuses.at(-1)?.why ?? '', /^disk quota exceeded \(EDQUOT\): free some space/);
    fsync.mock.restore();
    const after = bench.append(6);
    assert.equal(bench.states.at(-1), 'writing');
    assert.ok((bench.files[fileOf(DATE)] ?? '').endsWith(`${rowsOf(after).at(-1) ?? 'nothing'}\n`));
  });
});
