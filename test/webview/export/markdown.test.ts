import assert from 'node:assert/strict';
import { test } from 'node:test';
import { shownAsMarkdown } from '../../../webview/export/markdown.ts';
import { session } from '../sessions/support.ts';
import { shown } from '../support/shown.ts';
import { normalize } from '../support/text.ts';

const T0 = Date.UTC(2026, 10, 26, 8, 0, 0);
const NONE = Number.NaN;

test('a summary has the span in UTC, the kind of machine, the headline metrics and the shares of the kinds of work', () => {
  const data = shown({
    times: [T0, T0 + 300_000, T0 + 600_000],
    mean: {
      core_0_utilization: [1, 2, 3],
      gpu1_utilization: [10, 20, 30],
      gpu0_temperature: [60, 61, 62],
      gpu0_utilization: [90, 95, 100],
      ram_percent: [50, 50, 50],
      total_utilization: [0, 50, NONE],
      net_send_rate_mbps: [NONE, NONE, NONE],
    },
    workload: [
      { category: 'idle', from: T0 - 60_000, to: T0 + 120_000 },
      { category: 'coding_development', from: T0 + 120_000, to: T0 + 540_000 },
      { category: 'my_employer', from: T0 + 540_000, to: T0 + 900_000 },
    ],
  });
  assert.equal(
    normalize(shownAsMarkdown(data, 'remote machine over SSH')),
    `**OptiMetrics**, remote machine over SSH: 2026-11-26 08:00:00 – 08:10:00 UTC (10 min)

| Metric | Mean | Least | Greatest |
| :-- | --: | --: | --: |
| CPU | 25.0 % | 0.0 % | 50.0 % |
| Memory | 50.0 % | 50.0 % | 50.0 % |
| GPU 0 | 95 % | 90 % | 100 % |
| GPU 0 temperature | 61 °C | 60 °C | 62 °C |
| GPU 1 | 20 % | 10 % | 30 % |

| Kind of work | Share | Time |
| :-- | --: | --: |
| Coding | 70 % | 7 min |
| Idle | 20 % | 2 min |
| Own profiles | 10 % | 1 min |
`,
  );
});

test('the sessions of the time are a table in order of time, without columns of which nothing is known', () => {
  const data = shown({ times: [T0, T0 + 3_600_000], mean: { total_utilization: [1, 2] } });
  const first = session({ from: T0, to: T0 + 900_000, cpu: { mean: 12.34, peak: 100 } });
  const second = session({
    from: T0 + 900_000,
    to: T0 + 3_600_000,
    category: 'my_employer',
    power: { mean: 60, peak: 90, wh: 45, sources: [{ wh: 45, knownMs: 2_700_000 }] },
  });
  const third = session({ from: T0 + 3_600_000, to: T0 + 3_660_000, category: '' });
  const sessions = [third, first, second];
  const text = normalize(shownAsMarkdown(data, 'this machine', { sessions, earlier: 0 }));
  assert.equal(
    text.split('\n\n').at(-1),
    `| Session | Began (UTC) | Length | CPU, mean / peak | Power, mean / peak | Energy |
| :-- | --: | --: | --: | --: | --: |
| Coding | 2026-11-26 08:00 | 15 min | 12.3 % / 100.0 % | – | – |
| Own profiles | 2026-11-26 08:15 | 45 min | – | 60.0 W / 90.0 W | 45.0 Wh (CPU) |
| No answer | 2026-11-26 09:00 | 1 min | – | – | – |
`,
  );
});

test('of many sessions the longest are listed, and how many are not is told; without an answer it says why', () => {
  const data = shown({ times: [T0], mean: { total_utilization: [1] } });
  const sessions = Array.from({ length: 25 }, (_, at) =>
    session({ from: T0 + at * 3_600_000, to: T0 + at * 3_600_000 + (at + 1) * 60_000 }),
  );
  const text = shownAsMarkdown(data, 'this machine', { sessions, earlier: 3 });
  const rows = text.split('\n').filter(line => line.startsWith('| Coding'));
  assert.equal(rows.length, 20);
  assert.match(rows[0] ?? '', /\| 6 min \|$/);
  assert.match(rows[19] ?? '', /\| 25 min \|$/);
  assert.match(text, /\n\n8 more sessions are not listed\.\n$/);
  assert.match(
    shownAsMarkdown(data, 'this machine', { why: 'the log cannot be read' }),
    /\n\nThe sessions could not be read: the log cannot be read\n$/,
  );
  const none = shownAsMarkdown(data, 'this machine', { sessions: [], earlier: 0 });
  assert.equal(none, shownAsMarkdown(data, 'this machine'), 'no table without rows');
});

test('where a point stands for a stretch of time, its least and greatest values count; over midnight there are two dates', () => {
  const data = shown({
    times: [T0, T0 + 86_400_000],
    stepMs: 600_000,
    mean: { total_utilization: [10, 30] },
    min: { total_utilization: [1, 2] },
    max: { total_utilization: [98, 99] },
  });
  const text = normalize(shownAsMarkdown(data, 'this machine'));
  assert.match(text, /2026-11-26 08:00:00 – 2026-11-27 08:00:00 UTC \(24 h\)/);
  assert.match(text, /\| CPU \| 20\.0 % \| 1\.0 % \| 99\.0 % \|/);
  assert.ok(!text.includes('Kind of work'), 'no table without rows');
});
