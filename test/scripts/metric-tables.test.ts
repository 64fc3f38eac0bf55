import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { describe, test } from 'node:test';
import { GPU_SOURCES } from '../../scripts/docs/gpu-sources.ts';
import { metricTables } from '../../scripts/docs/metric-tables.ts';
import { needs, none } from '../../scripts/docs/source.ts';
import { statusTokensTable } from '../../scripts/docs/status-tokens.ts';
import { SYSTEM_SOURCES } from '../../scripts/docs/system-sources.ts';
import { withSection } from '../../src/common/markdown-section.ts';
import { type Metric, METRICS } from '../../src/common/metrics.ts';

const DOCUMENT = path.resolve(import.meta.dirname, '..', '..', 'docs', 'metrics.md');

const OPEN_FILES: Metric = {
  name: 'open_files',
  per: 'machine',
  group: 'memory',
  unit: 'count',
  kind: 'gauge',
  title: 'Open files',
  meaning: 'Files open | on the whole machine.',
  decimals: 0,
  floor: 50,
  otel: 'system.linux.file.open',
  contributed: false,
};
const OPEN_FILES_SOURCES = {
  Linux: '`/proc/sys/fs/file-nr`',
  Windows: none('Windows counts handles'),
  macOS: needs('root', '`sysctl kern.num_files`'),
};

test('docs/status-bar.md has the values of the status bar as they are; if not, run npm run generate', () => {
  const text = fs.readFileSync(path.join(path.dirname(DOCUMENT), 'status-bar.md'), 'utf8');
  assert.equal(withSection(text, 'tokens', statusTokensTable()), text);
});

describe('the tables of metrics', () => {
  test('docs/metrics.md has them as they are; if not, run npm run generate', () => {
    const text = fs.readFileSync(DOCUMENT, 'utf8');
    const tables = metricTables(METRICS, SYSTEM_SOURCES, GPU_SOURCES);
    assert.equal(withSection(text, 'columns', tables), text);
  });

  test('every metric stands in two tables: what it means, and where it is read', () => {
    const lines = metricTables(METRICS, SYSTEM_SOURCES, GPU_SOURCES).split('\n');
    for (const { name } of METRICS) {
      const start = `| \`${name.replace('{n}', 'N')}\` |`;
      assert.equal(lines.filter(line => line.startsWith(start)).length, 2, name);
    }
    assert.ok(
      lines.includes('| `power_watts` | W | gauge | yes | Power drawn by the CPU packages. |'),
      'a row of the first kind',
    );
    assert.ok(
      lines.includes(
        '| `load_avg_1m` | `/proc/loadavg`, field 1 | – (Windows has none) | getloadavg(3) | none |',
      ),
      'a row of the second kind',
    );
  });

  test('a new metric is a new row in the tables of its group', () => {
    const tables = metricTables(
      [...METRICS, OPEN_FILES],
      { ...SYSTEM_SOURCES, open_files: OPEN_FILES_SOURCES },
      GPU_SOURCES,
    );
    const memory = tables.slice(tables.indexOf('### Memory'), tables.indexOf('### Disk'));
    assert.ok(
      memory.includes('\n| `open_files` | count | gauge | no | Files open \\| on the whole machine. |\n'),
    );
    assert.ok(
      memory.includes(
        '\n| `open_files` | `/proc/sys/fs/file-nr` | – (Windows counts handles) | `sysctl kern.num_files` | macOS: root |\n',
      ),
    );
  });

  test('a changed meaning changes the text, so that the document is found to be stale', () => {
    const changed = METRICS.map(metric =>
      metric.name === 'interrupts' ? { ...metric, unit: '%' as const } : metric,
    );
    const before = metricTables(METRICS, SYSTEM_SOURCES, GPU_SOURCES);
    assert.notEqual(metricTables(changed, SYSTEM_SOURCES, GPU_SOURCES), before);
  });

  test('a metric without sources is an error that says where to add them', () => {
    assert.throws(
      () => metricTables([...METRICS, OPEN_FILES], SYSTEM_SOURCES, GPU_SOURCES),
      /scripts\/docs\/system-sources\.ts has no source of open_files for Linux, Windows, macOS\. Add it\./,
    );
    const gpuMetric: Metric = { ...OPEN_FILES, name: 'gpu{n}_heat', group: 'gpu', per: 'gpu' };
    assert.throws(
      () => metricTables([...METRICS, gpuMetric], SYSTEM_SOURCES, GPU_SOURCES),
      /gpu-sources\.ts has no source of gpu\{n\}_heat for NVIDIA, AMD, Intel, Apple, Windows/,
    );
  });

  test('sources without a metric, or for a platform that is none, are an error', () => {
    assert.throws(
      () => metricTables(METRICS, { ...SYSTEM_SOURCES, open_files: OPEN_FILES_SOURCES }, GPU_SOURCES),
      /system-sources\.ts has sources of no metric: open_files\. Remove them\./,
    );
    const onPlan9 = { ...SYSTEM_SOURCES['interrupts'], Plan9: '/dev/sysstat' } as typeof OPEN_FILES_SOURCES;
    assert.throws(
      () => metricTables(METRICS, { ...SYSTEM_SOURCES, interrupts: onPlan9 }, GPU_SOURCES),
      /has a source of interrupts for Plan9\. Remove it\./,
    );
  });
});
