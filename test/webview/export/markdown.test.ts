import assert from 'node:assert/strict';
import { test } from 'node:test';
import { shownAsMarkdown } from '../../../webview/export/markdown.ts';
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
