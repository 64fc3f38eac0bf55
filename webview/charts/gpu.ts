import type { Layout } from '../../src/common/layout.ts';
import type { LayoutMessage } from '../../src/common/protocol.ts';
import { ColumnPicker, type ChartDefinition } from './definition.ts';

/** One chart for each GPU: how busy it is and how full its memory. None on a machine without. */
export function gpuCharts(layout: Layout, gpus: LayoutMessage['gpus']): ChartDefinition[] {
  return gpus.flatMap((gpu, number) => {
    const column = (name: string): string => `gpu${String(number)}_${name}`;
    const [main] = new ColumnPicker(layout).lines({ [column('utilization')]: { color: 'green' } });
    if (!main) return [];
    const picker = new ColumnPicker(layout, main.title);
    return {
      id: `gpu${String(number)}`,
      heading: main.title,
      subtitle: gpu.name,
      range: 'percent' as const,
      lines: [main, ...picker.lines({ [column('vram_percent')]: { color: 'yellow', emphasis: 'other' } })],
      quantiles: [],
      numbers: picker.numbers(['power_watts', 'temperature', 'vram_used_mb', 'vram_total_mb'].map(column)),
    };
  });
}
