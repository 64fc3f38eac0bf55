import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { buildLayout, columnTitle, parseColumnName, type Layout } from '../../src/common/layout.ts';
import type { MetricGroup } from '../../src/common/metrics.ts';
import { chartsFor, columnsDrawn } from '../../webview/charts/all.ts';
import { MOST_CORE_LINES } from '../../webview/charts/cpu.ts';
import type { ChartDefinition } from '../../webview/charts/definition.ts';

const gpu = { name: 'GPU model', vendor: 'nvidia' };

function chartsOf(
  counts: { core?: number; gpu?: number; disk?: number } = {},
  showCores = false,
  isCollected?: (group: MetricGroup) => boolean,
): { layout: Layout; charts: ChartDefinition[] } {
  const layout = buildLayout({ core: 4, gpu: 0, disk: 1, ...counts }, isCollected);
  return {
    layout,
    charts: chartsFor(
      layout,
      Array.from({ length: counts.gpu ?? 0 }, () => gpu),
      { showCores },
    ),
  };
}

const cpu = (counts: { core: number }, showCores = true): ChartDefinition => {
  const chart = chartsOf(counts, showCores).charts[0];
  assert.equal(chart?.id, 'cpu');
  return chart;
};

describe('charts', () => {
  test('a chart for each group and each GPU, in order', () => {
    for (const gpus of [0, 1, 8]) {
      const { charts } = chartsOf({ gpu: gpus });
      const numbered = Array.from({ length: gpus }, (_, number) => `gpu${String(number)}`);
      assert.deepEqual(
        charts.map(chart => chart.id),
        ['cpu', 'memory', ...numbered, 'disk', 'network'],
      );
    }
  });

  test('a GPU without columns has no chart, nor columns without a GPU', () => {
    const without = buildLayout({ core: 1, gpu: 0, disk: 0 });
    assert.ok(!chartsFor(without, [gpu], { showCores: false }).some(chart => chart.id === 'gpu0'));
    const unlisted = buildLayout({ core: 1, gpu: 1, disk: 0 });
    assert.ok(!chartsFor(unlisted, [], { showCores: false }).some(chart => chart.id === 'gpu0'));
  });

  test('a group that is switched off has no chart', () => {
    assert.deepEqual(
      chartsOf({ gpu: 1 }, true, group => group === 'memory').charts.map(chart => chart.id),
      ['memory'],
    );
    assert.deepEqual(chartsOf({}, true, () => false).charts, []);
  });

  test('property: every line and number is a column of the layout, titled as the metric table does', () => {
    const counts = fc.record({
      core: fc.integer({ min: 0, max: 600 }),
      gpu: fc.integer({ min: 0, max: 16 }),
      disk: fc.integer({ min: 0, max: 30 }),
    });
    fc.assert(
      fc.property(counts, fc.boolean(), (machine, showCores) => {
        const { layout, charts } = chartsOf(machine, showCores);
        for (const column of columnsDrawn(charts)) assert.ok(layout.slots.has(column), column);
        for (const chart of charts) {
          const made = new Set(chart.quantiles.map(quantile => quantile.id));
          for (const { id, title, metric } of [
            ...chart.lines.filter(line => !made.has(line.id)),
            ...chart.numbers.map(number => ({ ...number, id: number.column })),
          ]) {
            const column = parseColumnName(id);
            assert.ok(column && layout.slots.has(id), id);
            assert.equal(metric, column.metric);
            assert.ok(columnTitle(column).toLowerCase().endsWith(title.toLowerCase()), `${id}: ${title}`);
          }
          assert.equal(new Set(chart.lines.map(line => line.id)).size, chart.lines.length);
        }
      }),
      { numRuns: 50 },
    );
  });

  test('cores are drawn when asked for: a line each, or how they are spread', () => {
    assert.equal(cpu({ core: 8 }, false).lines.length, 1);
    assert.equal(cpu({ core: MOST_CORE_LINES }).lines.length, 1 + MOST_CORE_LINES);
    for (const core of [MOST_CORE_LINES + 1, 512]) {
      const chart = cpu({ core });
      assert.deepEqual(
        chart.lines.map(line => line.title),
        ['CPU', 'Busiest core', 'Upper quartile', 'Lower quartile', 'Quietest core'],
      );
      for (const quantile of chart.quantiles) assert.equal(quantile.columns.length, core);
      const band = chart.lines.filter(line => line.fillTo !== undefined);
      assert.deepEqual(
        band.map(line => chart.lines.find(other => other.id === line.fillTo)?.title),
        ['Lower quartile'],
      );
      assert.equal(columnsDrawn([chart]).length, 1 + core);
    }
  });

  test('core lines look different from each other and from the total', () => {
    const looks = cpu({ core: MOST_CORE_LINES }).lines.map(line => `${line.color} ${String(line.shade)}`);
    assert.equal(new Set(looks).size, looks.length);
  });

  test('history is asked for what is drawn, not for what is shown as a number', () => {
    const drawn = columnsDrawn(chartsOf({ gpu: 1 }).charts);
    assert.ok(drawn.includes('gpu0_utilization') && drawn.includes('disk_read_rate_mbps'));
    assert.ok(!drawn.includes('gpu0_temperature') && !drawn.includes('core_0_utilization'));
  });
});
