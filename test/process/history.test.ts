import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import type { SamplerClient } from '../../src/client/sampler-client.ts';
import type { RangeChunk } from '../../src/common/protocol.ts';
import { HARDWARE_ID } from '../log/frames.ts';
import { TestHome, until } from './harness/home.ts';
import { windowOf } from './harness/window.ts';

const DAY_MS = 86_400_000;
const ID8 = HARDWARE_ID.slice(0, 8);

describe('history from the log of a running sampler', () => {
  let home: TestHome;
  let client: SamplerClient;
  /** The midnight before the test: another one may come in it. */
  let today: number;
  beforeEach(async () => {
    today = Math.floor(Date.now() / DAY_MS) * DAY_MS;
    home = new TestHome();
    client = await windowOf(home);
  });
  afterEach(async () => {
    await client.stop({ endIfLast: true });
    await home.end();
  });

  /** Logs of the days before today, of a row a second, whose load is the hour of the day. */
  function writeDays(days: number): void {
    fs.mkdirSync(home.logDirectory, { recursive: true });
    for (let day = 1; day <= days; day++) {
      const lines = ['timestamp,hardware_id,session_category,total_utilization,ram_percent'];
      for (let second = 0; second < 86_400; second++) {
        const time = new Date(today - day * DAY_MS + second * 1_000);
        lines.push(`${time.toISOString()},${HARDWARE_ID},,${String(time.getUTCHours())},50`);
      }
      const date = new Date(today - day * DAY_MS).toISOString().slice(0, 10);
      const file = path.join(home.logDirectory, `metrics_${ID8}_${date}.csv.gz`);
      fs.writeFileSync(file, gzipSync(lines.join('\n') + '\n', { level: 1 }));
    }
  }

  test('days of it come from rollups, which another process makes while ticks go on; a minute comes from memory', async () => {
    writeDays(3);
    client.start({ isManual: true });
    const frames: number[] = [];
    client.onFrame(({ seq }) => {
      frames.push(seq);
    });
    await until('frames come', () => frames.length >= 2 && client.status?.log.state === 'writing');

    const ask = async (from: number, end: number) => {
      const chunks: RangeChunk[] = [];
      const result = await client.range(
        { from, to: end, columns: ['total_utilization', 'core_0_utilization'] },
        chunk => chunks.push(chunk),
      );
      return { ...result, chunks, times: chunks.flatMap(({ times }) => times) };
    };
    const long = await ask(today - 3 * DAY_MS, today);
    assert.equal(long.source, '1m');
    assert.deepEqual(long.columns, ['total_utilization']);
    const means = long.chunks.flatMap(({ mean }) => mean[0] ?? []);
    // A point is of five minutes, and no hour begins within one.
    assert.equal(long.stepMs, 300_000);
    assert.deepEqual(
      means,
      long.times.map(time => new Date(time).getUTCHours()),
    );
    assert.ok(long.chunks.length >= 3);
    const rollups = fs.readdirSync(home.logDirectory).filter(name => name.includes(`rollup_${ID8}`));
    assert.equal(rollups.length, 6);

    const short = await ask(Date.now() - 60_000, Date.now());
    assert.equal(short.source, 'rows');
    assert.ok(short.columns.includes('core_0_utilization'));
    assert.ok(short.chunks.flatMap(({ mean }) => mean[0] ?? []).filter(value => value !== null).length >= 1);

    assert.deepEqual(
      frames,
      frames.map((_, k) => (frames[0] ?? 0) + k),
    );
    // Whoever stops waiting gets no more, and the sampler goes on.
    const abort = new AbortController();
    const cancelled = client.range({ from: today - 300 * DAY_MS, to: today }, () => undefined, abort.signal);
    abort.abort();
    await assert.rejects(cancelled);
    assert.ok((await ask(today - DAY_MS, today)).chunks.length >= 1);
  });
});
