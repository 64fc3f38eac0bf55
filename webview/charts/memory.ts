import type { Layout } from '../../src/common/layout.ts';
import { t } from '../l10n.ts';
import { chartOf, ColumnPicker, type CardDefinition } from './definition.ts';

/** Share of time in which work waited for memory, from which on the chart has a mark. */
const PRESSURE = 10;

/** Memory and swap in use, and how much work waits for want of CPU, memory or I/O where the system tells. */
export function memoryCard(layout: Layout): CardDefinition | undefined {
  const picker = new ColumnPicker(layout);
  const lines = picker.lines({
    ram_percent: { color: 'purple' },
    swap_percent: { color: 'yellow', emphasis: 'other' },
  });
  const first = lines[0];
  if (!first) return undefined;
  return {
    id: 'memory',
    heading: first.title,
    subtitle: '',
    width: 'half',
    charts: [
      ...chartOf('memory', '', lines, {
        marks: picker.has('memory_pressure')
          ? [
              {
                column: 'memory_pressure',
                title: t('Memory pressure of {0} % and more', PRESSURE),
                color: 'red',
                test: { from: PRESSURE },
              },
            ]
          : [],
      }),
      ...chartOf(
        'pressure',
        t('Pressure'),
        picker.lines({
          cpu_pressure: { color: 'blue', emphasis: 'other', optional: true },
          memory_pressure: { color: 'red', emphasis: 'other', optional: true },
          io_pressure: { color: 'green', emphasis: 'other', optional: true },
        }),
        { range: 'adaptive', leastTop: 10 },
      ),
    ],
    quantiles: [],
    numbers: picker.numbers(['ram_used_mb', 'ram_total_mb', 'swap_used_mb', 'swap_total_mb']),
  };
}
