import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import type { SamplerClient } from '../../src/client/sampler-client.ts';
import { ErrorCode } from '../../src/common/protocol.ts';
import { HARDWARE_ID } from '../log/frames.ts';
import { TestHome, until } from './harness/home.ts';
import { windowOf } from './harness/window.ts';

const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;
const ID8 = HARDWARE_ID.slice(0, 8);

describe('sessions of a running sampler', () => {
  let home: TestHome;
  let client: SamplerClient;
  beforeEach(async () => {
    home = new TestHome();
    client = await windowOf(home);
  });
  afterEach(async () => {
    await client.stop({ endIfLast: true });
    await home.end();
  });

  /** Days before today, of a row a second: by the hour coding at 36 W, and gaming at 72 W, with a minute of something else. */
  function writeDays(days: number, today: number): void {
    fs.mkdirSync(home.logDirectory, { recursive: true });
    for (let day = 1; day <= days; day++) {
      const lines = ['timestamp,hardware_id,session_category,total_utilization,power_watts'];
      for (let second = 0; second < 86_400; second++) {
        const isGaming = Math.floor(second / 3_600) % 2 === 1;
        const isOther = second % 3_600 >= 1_800 && second % 3_600 < 1_860;
        const category = isOther ? 'idle' : isGaming ? 'gaming' : 'coding_development';
        const time = new Date(today - day * DAY_MS + second * 1_000).toISOString();
        lines.push(`${time},${HARDWARE_ID},${category},${String(second % 101)},${isGaming ? '72' : '36'}`);
      }
      const date = new Date(today - day * DAY_MS).toISOString().slice(0, 10);
      const file = path.join(home.logDirectory, `metrics_${ID8}_${date}.csv.gz`);
      fs.writeFileSync(file, gzipSync(`${lines.join('\n')}\n`, { level: 1 }));
    }
  }

  test('of several days come out of its log, the last out of its memory, while ticks go on', async () => {
    const today = Math.floor(Date.now() / DAY_MS) * DAY_MS;
    writeDays(3, today);
    client.start({ isManual: true });
    const frames: number[] = [];
    client.onFrame(({ seq }) => {
      frames.push(seq);
    });
    await until('frames come', () => frames.length >= 2 && client.status?.log.state === 'writing');

    // Whoever stops waiting gets nothing, and the sampler goes on.
    const abort = new AbortController();
    const cancelled = client.sessions({ from: 0, to: today }, abort.signal);
    abort.abort();
    await assert.rejects(cancelled, { code: ErrorCode.cancelled });

    const { stepMs, sessions, earlier } = await client.sessions({ from: today - 3 * DAY_MS, to: today });
    assert.deepEqual([stepMs, earlier], [60_000, 0]);
    assert.deepEqual(
      sessions.map(({ category, from, to, coveredMs, ofClassMs, cpu, power }) => ({
        category,
        from,
        to,
        coveredMs,
        ofClassMs,
        peak: cpu?.peak,
        wh: power?.wh,
      })),
      Array.from({ length: 72 }, (_, k) => ({
        category: k % 2 === 1 ? 'gaming' : 'coding_development',
        from: today - 3 * DAY_MS + k * HOUR_MS,
        to: today - 3 * DAY_MS + (k + 1) * HOUR_MS,
        coveredMs: HOUR_MS,
        ofClassMs: HOUR_MS - 60_000,
        peak: 100,
        wh: k % 2 === 1 ? 72 : 36,
      })),
    );
    assert.equal(fs.readdirSync(home.logDirectory).filter(name => name.startsWith('rollup_')).length, 6);

    // The present is there too, up to the second in which it is asked for.
    const since = Date.now();
    await until('a session is of now', () => frames.length >= 4);
    const now = await client.sessions({ from: since - HOUR_MS, to: Date.now() });
    assert.ok((now.sessions.at(-1)?.to ?? 0) > since);

    const { stderr, stdout } = await home.run(['log', 'sessions', home.logDirectory, '--csv']);
    assert.equal(stderr, '');
    assert.ok(stdout.trimEnd().split('\n').length > 72);
    assert.deepEqual(
      frames,
      frames.map((_, k) => (frames[0] ?? 0) + k),
    );
  });
});
