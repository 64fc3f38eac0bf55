import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import type { Results } from '../../scripts/bench/all.ts';
import { updateDocument } from '../../scripts/bench/docs.ts';
import type { HistoryCosts } from '../../scripts/bench/history.ts';
import { plotScale, ticks } from '../../scripts/bench/scale-plot.ts';
import type { ScaleCosts, ScaleSeries } from '../../scripts/bench/scale.ts';
import { fitLine, summarize } from '../../scripts/bench/statistics.ts';
import { ROOT } from '../../scripts/lib/paths.mjs';

const summary = summarize([1200]);

function series(name: string, counts: readonly number[]): ScaleSeries {
  const points = counts.map(count => ({ count, columns: 60, tick: summarize([100 + 2 * count]) }));
  return { name, points, line: fitLine(points.map(({ count, tick }) => [count, tick.median])) };
}

const scale: ScaleCosts = {
  series: [
    series('cores, with columns', [1, 512]),
    series('cores, without', [1, 512]),
    series('disks', [1, 64]),
  ],
  widest: [{ perCoreColumns: true, columns: 1500, backToBack: summary, onceASecond: summary }],
  notes: [],
};

const range: HistoryCosts['anew'] = {
  name: '24 hours',
  spanMs: 86_400_000,
  source: 'rollups',
  points: 720,
  firstMs: 40,
  ms: 80,
  cpuMs: 60,
  extraMib: 3,
  helperMib: 0,
  latestTickMs: 5,
};

const results: Required<Results> = {
  machine: {
    cpu: 'A CPU',
    cores: 2,
    memoryGib: 8,
    system: 'Linux 6.1 x64',
    isVirtual: true,
    node: '20.0.0',
    processes: 99,
    version: '0.0.0',
    date: '2024-02-29 12:00',
    load: 0.5,
  },
  activation: { load: summary, activate: summary, total: summary },
  bundles: [{ file: 'a.js', raw: 2048, gzip: 1024, origins: [{ name: 'ours', bytes: 2048 }] }],
  startup: { listening: summary, firstReading: summary, firstSample: summary },
  hostTick: { ticks: [{ name: 'window in front', second: summary, mean: 1 }], notes: [] },
  tick: {
    parts: [{ name: 'cpu', found: '2 cores', backToBack: summary, onceASecond: summary }],
    total: { backToBack: summary, onceASecond: summary },
    columns: 60,
    notes: [],
  },
  processes: {
    seconds: 60,
    processes: [{ name: 'a peer', cpuPercent: 1, medianSecondUs: 2, rssMib: 3, pssMib: 4, privateMib: 5 }],
    ratios: [],
    notes: [],
  },
  scale,
  classifier: [
    {
      layout: 'few columns',
      columns: 60,
      backToBack: { update: summary, updateMean: 100, tickMean: 200 },
      onceASecond: { update: summary, updateMean: 300, tickMean: 400 },
    },
  ],
  week: {
    ticks: 1000,
    rows: 1000,
    tickUs: 300,
    samples: [{ tick: 0, rssMib: 48.5, heapUsedMib: 5, externalMib: 2, descriptors: 43 }],
    growth: { rss: 1, heapUsed: 2, external: 3 },
  },
  log: {
    traces: [
      {
        trace: 'idle',
        samples: 60,
        meanCpu: 1,
        sizes: [{ way: 'ours', rowShare: 0.1, mbPerHour: 0.12, gzMbPerHour: 0.02 }],
      },
    ],
    costs: [{ what: 'a row', time: summary }],
  },
  history: {
    logs: { rows: 1, bytes: 1, bytesOnDisk: 1 },
    days: 30,
    rollupBytes: 1,
    anew: range,
    ranges: [range],
    byDays: [range],
  },
  dashboard: {
    openings: [{ name: '30d', first: summary, all: summary }],
    inVsCode: [{ name: 'choosing 24 hours', page: summarize([Number.NaN]), first: summary, all: summary }],
    charts: 8,
    seconds: 60,
    uses: [{ name: 'an empty page', use: { renderers: 0.05, others: 0.1 } }],
    memory: [{ ticks: 900, heapMib: 8.25, privateMib: 40 }],
    zoom: [{ name: 'pointing', framesPerSecond: 60, medianMs: 16.7, p99Ms: 17.2 }],
    notes: [],
  },
  encryption: {
    inMemory: [{ name: 'sealing', mbPerSecond: 1000, toRaw: 0.9 }],
    throughFiles: [],
    sealMib: 12.3,
    sealAndOpenMib: 13.4,
    streamedBytes: 1e9,
  },
  wire: [
    {
      ...{ name: 'idle', rows: 200, segments: 4, parquet: 50_000, backup: 12_000, contribution: 9000 },
      ...{ gzipCsv: 16_000, originalWritten: 1_920_000, originalSent: 24_000_000 },
    },
  ],
  sending: {
    bytes: 1e9,
    ways: [{ name: 'to a folder', extraMib: 5.25, cpuSeconds: 1.5 }],
    uploads: [{ name: 'to a folder', files: 4, bytes: 48_000, cpuMs: 300, idleMs: 150, highestMib: 70.5 }],
    notes: [],
  },
  notes: [],
};

test('the document on performance has a place for every table, and its words stay', () => {
  const document = fs.readFileSync(path.join(ROOT, 'docs', 'performance.md'), 'utf8');
  const updated = updateDocument(document, results);
  for (const row of [
    '| a peer | 1.000 | 2 | 3.0 | 4.0 | 5.0 |',
    '| cpu | 1200.0 | 1200.0 | 1200.0 | 1200.0 |',
    '| cores, without | 512 | 60 | 1124 | 1124 | 2.2 |',
    '| disks | 2.00 | 100 | 1.000 |',
    '| yes | 1500 | 1.20 | 1.20 | 1.20 | 1.20 |',
    '| few columns | 60 | 100.0 | 1200 | 0.50 | 300.0 | 1200 | 0.75 |',
    '| 0 | 48.50 | 5.000 | 2.000 | 43 |',
    '| until it listens | 1200.0 | 1200.0 | 1200.0 |',
    '| activate() | 1200.0 | 1200.0 | 1200.0 |',
    '| a.js | 2.0 | 1.0 | ours 2.0 |',
    '| idle, 60 s | 1 | ours | 0.100 | 0.120 | 0.020 | 1/6.0 |',
    '| a row | 1200.0 | 1200.0 |',
    '| sealing | 1000 | 90 % |',
    '| idle | 200 | 12.0 | 9.0 | 16.0 | 0.75 | 24000.0 | 1/2000 |',
    '| sealing and opening at the same time | 13.4 |',
    '| 24 hours | rollups | 720 | 40 | 80 | 60 | 3.0 | 0.0 | 5 |',
    '| page alone, opened at 30d | 1200 | 1200 | 1200 | 1200 |',
    '| choosing 24 hours |  | 1200 | 1200 | 1200 | 1200 |',
    '| an empty page | 0.05 | 0.10 |',
    '| 900 | 8.3 | 40.0 |',
    '| pointing | 60.0 | 16.7 | 17.2 |',
    '| to a folder | 5.3 | 1.50 |',
    '| to a folder | 4 | 48.0 | 300 | 150 | 70.5 |',
  ]) {
    assert.ok(updated.split('\n').includes(row), row);
  }
  const words = (text: string): string[] => text.split('\n').filter(line => !/^(?:[|*]|$)/.test(line));
  assert.deepEqual(words(updated), words(document));
  assert.equal(updateDocument(updated, results), updated);
});

test('the plot has a dot and a ring for every point, in a panel for each kind of hardware', () => {
  const svg = plotScale(scale);
  assert.equal(svg.match(/<circle /g)?.length, 2 * 6);
  assert.equal(svg.match(/<g transform/g)?.length, 2);
  assert.match(svg, /cores, without: 2\.00 µs each, R² 1\.000/);
  assert.ok(!svg.includes('NaN'));
});

test('axes are divided at round numbers', () => {
  assert.deepEqual(ticks(3.3), [0, 0.5, 1, 1.5, 2, 2.5, 3]);
  assert.deepEqual(ticks(512), [0, 100, 200, 300, 400, 500]);
  assert.deepEqual(ticks(16), [0, 2, 4, 6, 8, 10, 12, 14, 16]);
});
