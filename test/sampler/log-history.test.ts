import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { describe, test, type TestContext } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { ResponseError } from 'vscode-jsonrpc/node';
import { ErrorCode, type RangeChunk } from '../../src/common/protocol.ts';
import type { RecentSamples } from '../../src/log/history/range-reader.ts';
import { LogHistory } from '../../src/sampler/log-history.ts';
import { DATE, DAY, ID8, logText } from '../log/reader/log-text.ts';
import { temporaryDirectory } from '../runtime/temporary-directory.ts';

const NOTHING: RecentSamples = { since: Number.NaN, columns: [], each: () => undefined };
const never = (): boolean => false;

function history(t: TestContext, options: Partial<ConstructorParameters<typeof LogHistory>[0]>): LogHistory {
  const made = new LogHistory({ directory: undefined, recent: NOTHING, saves: true, ...options });
  t.after(() => {
    made.close();
  });
  return made;
}

/** A log folder with a day of a row a second. */
function longLog(t: TestContext): string {
  const directory = temporaryDirectory(t);
  const columns = [
    'total_utilization',
    'ram_percent',
    ...Array.from({ length: 20 }, (_, k) => `core_${String(k)}_freq_mhz`),
  ];
  const values = Object.fromEntries(columns.map(column => [column, 1234]));
  const rows = Array.from({ length: 60_000 }, (_, k) => ({
    time: DAY + k * 1_000,
    category: '',
    values: { ...values, total_utilization: k % 100 },
  }));
  fs.writeFileSync(path.join(directory, `metrics_${ID8}_${DATE}.csv`), logText(columns, rows));
  return directory;
}

describe('LogHistory', () => {
  test('while it reads much, timers go on, and what nobody waits for ends at once', async t => {
    const directory = longLog(t);
    const log = history(t, { directory, saves: false });
    let turns = 0;
    const timer = setInterval(() => turns++, 1);
    const chunks: RangeChunk[] = [];
    const take = (chunk: RangeChunk): Promise<void> => {
      chunks.push(chunk);
      return Promise.resolve();
    };
    const params = { from: DAY, to: DAY + 86_400_000, token: 1 };
    const { source, columns } = await log.range(params, take, never);
    assert.equal(source, '1m');
    assert.deepEqual(columns, ['total_utilization', 'ram_percent']);
    assert.equal(chunks.flatMap(({ times }) => times).length, 720);
    // 5 MB in pieces of 64 KB: far more turns than if it were read in one go.
    assert.ok(turns > 10, `${String(turns)} turns`);
    let asked = 0;
    const cancelled = log.range(params, take, () => ++asked > 3);
    await assert.rejects(
      cancelled,
      (error: unknown) => error instanceof ResponseError && error.code === ErrorCode.cancelled,
    );
    assert.ok(asked < 10);
    clearInterval(timer);
  });

  test('has another process make rollups where much is to be read, and goes on without it where that fails', async t => {
    const helper = path.join(temporaryDirectory(t), 'helper.cjs');
    const params = { from: DAY, to: DAY + 86_400_000, token: 1 };
    const note = `${helper}.called`;
    fs.writeFileSync(
      helper,
      `require('fs').writeFileSync(${JSON.stringify(note)}, process.argv[2]); process.exit(1);`,
    );
    const directory = longLog(t);
    const log = history(t, { directory, helper });
    const { source } = await log.range(params, () => Promise.resolve(), never);
    assert.equal(source, '1m');
    assert.equal(fs.readFileSync(note, 'utf8'), directory);
    assert.deepEqual(
      fs.readdirSync(directory).filter(name => name.endsWith('.bin')),
      [`rollup_${ID8}_${DATE}_10m.bin`, `rollup_${ID8}_${DATE}_1m.bin`],
    );
    fs.rmSync(note);
    // The second time there is little to read.
    await log.range(params, () => Promise.resolve(), never);
    assert.ok(!fs.existsSync(note));
  });

  test('keeps rollups without being asked, those of all days', async t => {
    const directory = temporaryDirectory(t);
    const names = ['2026-02-26', DATE].map(date => {
      const start = Date.parse(date);
      const rows = Array.from({ length: 700 }, (_, k) => ({
        time: start + k * 1_000,
        category: '',
        values: { ram_percent: 50 },
      }));
      fs.writeFileSync(path.join(directory, `metrics_${ID8}_${date}.csv`), logText(['ram_percent'], rows));
      return [`rollup_${ID8}_${date}_10m.bin`, `rollup_${ID8}_${date}_1m.bin`];
    });
    history(t, { directory, firstUpkeepMs: 0 });
    const rollups = (): string[] => fs.readdirSync(directory).filter(name => name.startsWith('rollup_'));
    for (let tries = 0; rollups().length < 4; tries++) {
      assert.ok(tries < 1_000, 'they are there within ten seconds');
      await delay(10);
    }
    assert.deepEqual(rollups(), names.flat());
  });

  test('whoever waits for that process can stop waiting, and it ends with the sampler', async t => {
    const helper = path.join(temporaryDirectory(t), 'helper.cjs');
    const note = `${helper}.pid`;
    fs.writeFileSync(
      helper,
      `require('fs').appendFileSync(${JSON.stringify(note)}, process.pid + '\\n'); setInterval(() => undefined, 1000);`,
    );
    const log = history(t, { directory: longLog(t), helper });
    const params = { from: DAY, to: DAY + 86_400_000, token: 1 };
    const range = (): Promise<unknown> =>
      log.range(
        params,
        () => Promise.resolve(),
        () => fs.existsSync(note),
      );
    const isCancelled = (error: unknown): boolean =>
      error instanceof ResponseError && error.code === ErrorCode.cancelled;
    await assert.rejects(range(), isCancelled);
    await assert.rejects(range(), isCancelled);
    const [pid, ...others] = fs.readFileSync(note, 'utf8').trim().split('\n').map(Number);
    assert.ok(pid !== undefined && others.length === 0);
    const runs = (): boolean => {
      try {
        return process.kill(pid, 0);
      } catch {
        return false;
      }
    };
    assert.ok(runs());
    log.close();
    for (let tries = 0; runs(); tries++) {
      assert.ok(tries < 1_000, 'it has ended within ten seconds');
      await delay(10);
    }
  });

  test('lists sessions while timers go on, has another process make the rollups, and ends what nobody waits for', async t => {
    const directory = longLog(t);
    const log = history(t, { directory, saves: false });
    let turns = 0;
    const timer = setInterval(() => turns++, 1);
    const params = { from: 0, to: DAY + 86_400_000 };
    const { sessions } = await log.sessions(params, never);
    assert.deepEqual(
      sessions.map(({ from, to, cpu }) => [from, to, cpu]),
      [[DAY, DAY + 60_000_000, { mean: 49.5, peak: 99 }]],
    );
    assert.ok(turns > 10, `${String(turns)} turns`);
    clearInterval(timer);
    let asked = 0;
    await assert.rejects(
      log.sessions(params, () => ++asked > 3),
      (error: unknown) => error instanceof ResponseError && error.code === ErrorCode.cancelled,
    );
    const helper = path.join(temporaryDirectory(t), 'helper.cjs');
    fs.writeFileSync(helper, `require('fs').writeFileSync(__filename + '.called', '');`);
    const keeper = history(t, { directory, helper });
    assert.deepEqual((await keeper.sessions(params, never)).sessions, sessions);
    assert.ok(fs.existsSync(`${helper}.called`));
  });

  test('several ranges at once have the same answer', async t => {
    const directory = longLog(t);
    const log = history(t, { directory, helper: '/nowhere.js' });
    const ask = async (): Promise<unknown> => {
      const chunks: RangeChunk[] = [];
      await log.range(
        { from: DAY, to: DAY + 86_400_000, token: 1 },
        chunk => Promise.resolve(void chunks.push(chunk)),
        never,
      );
      return chunks;
    };
    const answers = await Promise.all([ask(), ask(), ask()]);
    assert.deepEqual(answers[1], answers[0]);
    assert.deepEqual(answers[2], answers[0]);
  });

  test('tells what the log cannot be read for, without its path', async t => {
    const directory = path.join(temporaryDirectory(t), 'file');
    fs.writeFileSync(directory, '');
    const log = history(t, { directory });
    await assert.rejects(
      log.range({ from: DAY, to: DAY + 1_000, token: 1 }, () => Promise.resolve(), never),
      (error: unknown) =>
        error instanceof ResponseError &&
        error.code === ErrorCode.failed &&
        error.message === 'the log cannot be read: not a folder (ENOTDIR)',
    );
  });

  test('closed, it ends what it does', async t => {
    const directory = longLog(t);
    const log = history(t, { directory, saves: false });
    const range = log.range({ from: DAY, to: DAY + 86_400_000, token: 1 }, () => Promise.resolve(), never);
    await delay(1);
    log.close();
    await assert.rejects(
      range,
      (error: unknown) => error instanceof ResponseError && error.code === ErrorCode.cancelled,
    );
  });
});
