import type { Layout } from '../../src/common/layout.ts';
import { ColumnPicker, type ChartDefinition } from './definition.ts';

/** What the network brings in and takes out. */
export function networkChart(layout: Layout): ChartDefinition | undefined {
  const picker = new ColumnPicker(layout, 'Network');
  const lines = picker.lines({
    net_recv_rate_mbps: { color: 'blue' },
    net_send_rate_mbps: { color: 'purple', emphasis: 'other' },
  });
  if (lines.length === 0) return undefined;
  return {
    id: 'network',
    heading: 'Network',
    subtitle: lines[0]?.metric.unit ?? '',
    range: 'adaptive',
    lines,
    quantiles: [],
    numbers: picker.numbers(['net_connections_established', 'net_connections_total']),
  };
}
