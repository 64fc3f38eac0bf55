import type { Layout } from '../../src/common/layout.ts';
import { ColumnPicker, type ChartDefinition } from './definition.ts';

/** Memory and swap in use, and how much work waits for want of CPU, memory or I/O where the system tells. */
export function memoryChart(layout: Layout): ChartDefinition | undefined {
  const picker = new ColumnPicker(layout);
  const lines = picker.lines({
    ram_percent: { color: 'purple' },
    swap_percent: { color: 'yellow', emphasis: 'other' },
    cpu_pressure: { color: 'blue', emphasis: 'faint', optional: true },
    memory_pressure: { color: 'red', emphasis: 'faint', optional: true },
    io_pressure: { color: 'green', emphasis: 'faint', optional: true },
  });
  const first = lines[0];
  if (!first) return undefined;
  return {
    id: 'memory',
    heading: first.title,
    subtitle: '',
    range: 'percent',
    lines,
    quantiles: [],
    numbers: picker.numbers(['ram_used_mb', 'ram_total_mb', 'swap_used_mb', 'swap_total_mb']),
  };
}
