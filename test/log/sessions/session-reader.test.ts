import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { describe, test, type TestContext } from 'node:test';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import type { SessionsResult } from '../../../src/common/protocol.ts';
import type { RangeSources, RecentSamples } from '../../../src/log/history/range-reader.ts';
import { Headers } from '../../../src/log/rollup/log-days.ts';
import { RollupKeeper } from '../../../src/log/rollup/rollup-keeper.ts';
import { readSessions } from '../../../src/log/sessions/session-reader.ts';
import { temporaryDirectory } from '../../runtime/temporary-directory.ts';
import { DATE, DAY, ID8, logText, rowsOf, type TestRow } from '../reader/log-text.ts';
import { stretches } from '../rollup/brute-force.ts';

const DAY_MS = 86_400_000;
const HOUR = 3_600_000;
const COLUMNS = [
  'session_confidence',
  'total_utilization',
  'power_watts',
  'gpu0_utilization',
  'gpu0_vram_percent',
  'gpu0_power_watts',
  'gpu1_utilization',
  'gpu1_vram_percent',
  'gpu1_power_watts',
  'ram_percent',
];

async function ask(
  directory: string | undefined,
  span: { from: number; to: number; most?: number },
  sources: Partial<RangeSources> = {},
): Promise<SessionsResult> {
  const pause = sources.pause ?? ((): Promise<void> => Promise.resolve());
  const headers = new Headers();
  const keeper =
    directory === undefined ? undefined : new RollupKeeper({ directory, saves: true, headers, pause });
  const rollups = keeper && {
    finished: keeper.finished.bind(keeper),
    update: keeper.update.bind(keeper),
    prepare: (): Promise<void> => Promise.resolve(),
  };
  return readSessions(span, { directory, rollups, recent: undefined, headers, ...sources, pause });
}

/** A row each second from `from` on. */
function rowsFrom(from: number, seconds: number, row: (k: number) => Omit<TestRow, 'time'>): TestRow[] {
  return Array.from({ length: seconds }, (_, k) => ({ time: from + k * 1_000, ...row(k) }));
}

function write(t: Pick<TestContext, 'after'>, files: Readonly<Record<string, readonly TestRow[]>>): string {
  const directory = temporaryDirectory(t);
  for (const [name, rows] of Object.entries(files)) {
    const text = logText(COLUMNS, rows);
    fs.writeFileSync(path.join(directory, name), name.endsWith('.gz') ? gzipSync(text) : text);
  }
  return directory;
}

const isNear = (actual: number, expected: number): boolean =>
  Math.abs(actual - expected) <= 1e-6 * Math.abs(expected) + 1e-9;

describe('sessions of a log', () => {
  test('have mean, peak and energy, by hand', async t => {
    // Ten minutes of coding at 40 W, of which two are gaming at 100 W; GPU 1 works harder, and sleeps but for 30 s.
    const rows = rowsFrom(DAY, 600, k => {
      const isGaming = k >= 240 && k < 360;
      return {
        category: isGaming ? 'gaming' : 'coding_development',
        values: {
          session_confidence: isGaming ? 60 : 90,
          total_utilization: isGaming ? 50 : 10,
          power_watts: isGaming ? 100 : 40,
          gpu0_utilization: k === 77 ? 95 : 5,
          gpu0_vram_percent: 30,
          gpu0_power_watts: 20,
          gpu1_utilization: k < 30 ? 80 : undefined,
          gpu1_power_watts: k < 30 ? 240 : undefined,
          ram_percent: k < 300 ? 20 : 40,
        },
      };
    });
    const directory = write(t, { [`metrics_${ID8}_${DATE}.csv`]: rows });
    const { stepMs, sessions, earlier } = await ask(directory, { from: DAY, to: DAY + DAY_MS });
    assert.equal(stepMs, 60_000);
    assert.equal(earlier, 0);
    assert.deepEqual(sessions, [
      {
        category: 'coding_development',
        from: DAY,
        to: DAY + 600_000,
        coveredMs: 600_000,
        ofClassMs: 480_000,
        confidence: 90,
        cpu: { mean: 18, peak: 50 },
        ram: { mean: 30, peak: 40 },
        gpu: { gpu: 1, mean: 80, peak: 80 },
        vram: { gpu: 0, mean: 30, peak: 30 },
        power: {
          // 40 W for 480 s, 100 W for 120 s, 20 W for 600 s, 240 W for 30 s.
          mean: 84,
          // The first minute: 40 W, 20 W, and 240 W for half of it.
          peak: 180,
          wh: 14,
          sources: [
            { wh: 8.666667, knownMs: 600_000 },
            { gpu: 0, wh: 3.333333, knownMs: 600_000 },
            { gpu: 1, wh: 2, knownMs: 30_000 },
          ],
        },
      },
    ]);
  });

  test('have nothing of what is not known', async t => {
    const rows = rowsFrom(DAY, 600, () => ({ category: '', values: { ram_percent: 3 } }));
    const directory = write(t, { [`metrics_${ID8}_${DATE}.csv`]: rows });
    const { sessions } = await ask(directory, { from: 0, to: DAY + DAY_MS });
    assert.deepEqual(sessions, [
      {
        category: '',
        from: DAY,
        to: DAY + 600_000,
        coveredMs: 600_000,
        ofClassMs: 600_000,
        ram: { mean: 3, peak: 3 },
      },
    ]);
    assert.deepEqual((await ask(path.join(directory, 'gone'), { from: 0, to: DAY })).sessions, []);
    assert.deepEqual((await ask(undefined, { from: 0, to: DAY })).sessions, []);
  });

  test('cover the time and have the energy that a brute-force computation finds', async t => {
    const directory = temporaryDirectory(t);
    const columns = ['total_utilization', 'power_watts', 'gpu0_power_watts'];
    await fc.assert(
      fc.asyncProperty(rowsOf(columns, 300), fc.boolean(), async (unordered, isLong) => {
        const rows = [...unordered]
          .sort((a, b) => a.time - b.time)
          .filter(({ time }, k, all) => k === 0 || time > (all[k - 1]?.time ?? 0));
        for (const name of fs.readdirSync(directory)) fs.rmSync(path.join(directory, name));
        fs.writeFileSync(path.join(directory, `metrics_${ID8}_${DATE}.csv`), logText(columns, rows));
        if (isLong) {
          const time = DAY - 9 * DAY_MS;
          const date = new Date(time).toISOString().slice(0, 10);
          const one = logText(columns, [{ time, category: '', values: {} }]);
          fs.writeFileSync(path.join(directory, `metrics_${ID8}_${date}.csv`), one);
        }
        const { stepMs, sessions } = await ask(directory, { from: isLong ? 0 : DAY, to: DAY + DAY_MS });
        assert.equal(stepMs, isLong ? 600_000 : 60_000);
        const inForce = stretches(rows, DAY + DAY_MS).filter(({ from, to }) => to > from);
        const ofDay = sessions.filter(({ from }) => from >= DAY);
        const sum = (values: readonly number[]): number => values.reduce((total, one) => total + one, 0);
        assert.equal(
          sum(ofDay.map(({ coveredMs }) => coveredMs)),
          sum(inForce.map(({ from, to }) => Math.min(to, DAY + DAY_MS) - from)),
        );
        for (const gpu of [undefined, 0]) {
          const column = gpu === undefined ? 'power_watts' : 'gpu0_power_watts';
          const found = ofDay.flatMap(({ power }) => power?.sources.filter(one => one.gpu === gpu) ?? []);
          const known = inForce.filter(({ row }) => row.values[column] !== undefined);
          assert.equal(
            sum(found.map(({ knownMs }) => knownMs)),
            sum(known.map(({ from, to }) => Math.min(to, DAY + DAY_MS) - from)),
          );
          const wattMs = known.map(
            ({ from, to, row }) => (Math.min(to, DAY + DAY_MS) - from) * (row.values[column] ?? 0),
          );
          assert.ok(isNear(sum(found.map(({ wh }) => wh)), sum(wattMs) / HOUR));
        }
        for (const { from, to, cpu } of ofDay) {
          // Where in its first and last bucket it begins and ends is not known to the second.
          const firstMs: number = from - (from % stepMs);
          const lastMs: number = Math.ceil(to / stepMs) * stepMs;
          const peaks = inForce
            .filter(one => one.to > firstMs && one.from < lastMs)
            .map(({ row }) => row.values['total_utilization'] ?? Number.NEGATIVE_INFINITY);
          if (cpu) assert.ok(isNear(cpu.peak, Math.max(...peaks)) && cpu.mean <= cpu.peak * (1 + 1e-6));
          else assert.equal(Math.max(...peaks), Number.NEGATIVE_INFINITY);
        }
      }),
      { numRuns: 100 },
    );
  });

  test('run over midnight, over files of other columns, and over hardware ids; a span cuts them', async t => {
    const coding = (): Omit<TestRow, 'time'> => ({
      category: 'coding_development',
      values: { total_utilization: 10 },
    });
    const directory = write(t, {
      [`metrics_${ID8}_2026-02-26.csv.gz`]: rowsFrom(DAY - 1_800_000, 1_800, coding),
      [`metrics_${ID8}_${DATE}.csv`]: rowsFrom(DAY, 1_200, coding),
    });
    const other = rowsFrom(DAY + 1_200_000, 600, coding);
    fs.writeFileSync(path.join(directory, `metrics_00000000_${DATE}.csv`), logText(['ram_percent'], other));
    const spans = async (from: number, to: number): Promise<number[][]> =>
      (await ask(directory, { from, to })).sessions.map(one => [one.from - DAY, one.to - DAY, one.coveredMs]);
    assert.deepEqual(await spans(DAY - DAY_MS, DAY + DAY_MS), [[-1_800_000, 1_800_000, 3_600_000]]);
    assert.deepEqual(await spans(DAY - 600_000, DAY + 600_000), [[-600_000, 600_000, 1_200_000]]);
    assert.deepEqual(await spans(DAY, DAY + 30_000), [[0, 60_000, 60_000]]);
    assert.deepEqual(await spans(DAY + 1_800_000, DAY + DAY_MS), []);
    assert.deepEqual(await spans(DAY, DAY), []);
  });

  test('of more than are wanted are the latest', async t => {
    const rows = [0, 1, 2, 3].flatMap(k =>
      rowsFrom(DAY + k * 1_200_000, 300, () => ({ category: 'idle', values: {} })),
    );
    const directory = write(t, { [`metrics_${ID8}_${DATE}.csv`]: rows });
    const { sessions, earlier } = await ask(directory, { from: 0, to: DAY + DAY_MS, most: 1 });
    assert.equal(earlier, 3);
    assert.deepEqual(
      sessions.map(({ from }) => from),
      [DAY + 3_600_000],
    );
  });

  test('go on from the log into memory, in which the last hour is', async t => {
    const directory = write(t, {
      [`metrics_${ID8}_${DATE}.csv`]: rowsFrom(DAY, 630, () => ({
        category: 'idle',
        values: { total_utilization: 1, power_watts: 36 },
      })),
    });
    const since = DAY + 570_500;
    const values = new Map([
      ['total_utilization', 3],
      ['power_watts', 72],
    ]);
    const recent: RecentSamples = {
      since,
      columns: ['total_utilization', 'power_watts', 'load_avg_1m'],
      each: (columns, from, to, take) => {
        for (let time = since; time < DAY + 900_000; time += 1_000) {
          const value = (name: string): number => values.get(name) ?? Number.NaN;
          if (time >= from && time < to) take(time, Float64Array.from(columns, value), 'idle');
        }
      },
    };
    const { sessions } = await ask(directory, { from: DAY, to: DAY + DAY_MS }, { recent });
    const [session, ...others] = sessions;
    assert.ok(session && others.length === 0);
    // The log up to the end of the minute in which memory begins, for it has more of that, and memory from then on.
    assert.equal(session.from, DAY);
    // The last sample counts for a second.
    assert.equal(session.to, DAY + 900_500);
    assert.ok(Math.abs(session.coveredMs - 900_000) <= 1_000);
    assert.ok(Math.abs((session.power?.wh ?? 0) - (600 * 36 + 300 * 72) / 3_600) < 0.05);
    assert.deepEqual(session.cpu?.peak, 3);
    // Where memory reaches back far enough, the log is not read.
    const pause = (): Promise<void> => Promise.resolve();
    const alone = await readSessions(
      { from: DAY + 600_000, to: DAY + DAY_MS },
      { directory, rollups: undefined, recent, headers: new Headers(), pause },
    );
    assert.equal(alone.sessions[0]?.from, DAY + 600_000);
    assert.equal(
      (
        await readSessions(
          { from: 0, to: DAY + DAY_MS },
          { directory: undefined, rollups: undefined, recent, headers: new Headers(), pause },
        )
      ).sessions.length,
      1,
    );
  });

  test('whatever stands in the files of the folder, there is an answer', async t => {
    const rows = rowsFrom(DAY, 600, () => ({ category: 'idle', values: { total_utilization: 1 } }));
    const text = logText(COLUMNS, rows);
    const directory = temporaryDirectory(t);
    await fc.assert(
      fc.asyncProperty(
        fc.nat(text.length - 1),
        fc.uint8Array({ minLength: 1, maxLength: 40 }),
        fc.uint8Array({ maxLength: 400 }),
        async (at, bytes, rollup) => {
          const log = Buffer.from(text);
          log.set(bytes.subarray(0, log.length - at), at);
          fs.writeFileSync(path.join(directory, `metrics_${ID8}_${DATE}.csv`), log);
          const names = ['1m', '10m'].map(name => path.join(directory, `rollup_${ID8}_${DATE}_${name}.bin`));
          for (const name of names) fs.writeFileSync(name, Buffer.concat([Buffer.from('OMROLL2\n'), rollup]));
          const { sessions } = await ask(directory, { from: 0, to: Number.MAX_SAFE_INTEGER });
          for (const { from, to, coveredMs, ofClassMs } of sessions)
            assert.ok(from >= DAY && to > from && coveredMs <= to - from && ofClassMs <= coveredMs);
        },
      ),
      { numRuns: 100 },
    );
  });

  test('end when their pause says so', async t => {
    const rows = rowsFrom(DAY, 40_000, () => ({ category: 'idle', values: { total_utilization: 1 } }));
    const directory = write(t, { [`metrics_${ID8}_${DATE}.csv`]: rows });
    for (const last of [1, 2, 5]) {
      let pauses = 0;
      const pause = (): Promise<void> =>
        ++pauses >= last ? Promise.reject(new Error('enough')) : Promise.resolve();
      await assert.rejects(ask(directory, { from: 0, to: DAY + DAY_MS }, { pause }), /enough/);
      assert.equal(pauses, last);
    }
  });
});
