import type { Layout } from '../../src/common/layout.ts';
import type { LayoutMessage } from '../../src/common/protocol.ts';
import { cpuChart } from './cpu.ts';
import type { ChartDefinition } from './definition.ts';
import { diskChart } from './disk.ts';
import { gpuCharts } from './gpu.ts';
import { memoryChart } from './memory.ts';
import { networkChart } from './network.ts';

/** The charts of the dashboard, in the order they are shown. */
export function chartsFor(
  layout: Layout,
  gpus: LayoutMessage['gpus'],
  options: { readonly showCores: boolean },
): ChartDefinition[] {
  return [
    cpuChart(layout, options.showCores),
    memoryChart(layout),
    ...gpuCharts(layout, gpus),
    diskChart(layout),
    networkChart(layout),
  ].filter(chart => chart !== undefined);
}

/** Names of the columns whose past the charts draw. */
export function columnsDrawn(charts: readonly ChartDefinition[]): string[] {
  const columns = charts.flatMap(chart => {
    const made = new Map(chart.quantiles.map(quantile => [quantile.id, quantile.columns]));
    return chart.lines.flatMap(line => made.get(line.id) ?? [line.id]);
  });
  return [...new Set(columns)];
}
