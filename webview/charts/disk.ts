import type { Layout } from '../../src/common/layout.ts';
import { ColumnPicker, type ChartDefinition } from './definition.ts';

/** What is read from and written to disks, and how full each file system is. */
export function diskChart(layout: Layout): ChartDefinition | undefined {
  const lines = new ColumnPicker(layout, 'Disk').lines({
    disk_read_rate_mbps: { color: 'green' },
    disk_write_rate_mbps: { color: 'yellow', emphasis: 'other' },
  });
  if (lines.length === 0) return undefined;
  const used = layout.columns.filter(column => column.metric.name === 'disk_{n}_percent');
  return {
    id: 'disk',
    heading: 'Disk',
    subtitle: lines[0]?.metric.unit ?? '',
    range: 'adaptive',
    lines,
    quantiles: [],
    numbers: new ColumnPicker(layout).numbers(used.map(column => column.name)),
  };
}
