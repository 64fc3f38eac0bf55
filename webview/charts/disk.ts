import type { Layout } from '../../src/common/layout.ts';
import { t } from '../l10n.ts';
import { chartOf, ColumnPicker, type CardDefinition, type ChartColor } from './definition.ts';

const COLORS: readonly ChartColor[] = ['purple', 'blue', 'orange', 'green', 'yellow', 'red'];

/** What is read from and written to disks, and how full each file system is. */
export function diskCard(layout: Layout): CardDefinition | undefined {
  const rates = new ColumnPicker(layout, t('Disk')).lines({
    disk_read_rate_mbps: { color: 'green' },
    disk_write_rate_mbps: { color: 'yellow', emphasis: 'other' },
  });
  const used = layout.columns.filter(column => column.metric.name === 'disk_{n}_percent');
  if (rates.length === 0 && used.length === 0) return undefined;
  const picker = new ColumnPicker(layout);
  return {
    id: 'disk',
    heading: t('Disk'),
    subtitle: '',
    width: 'half',
    charts: [
      ...chartOf('disk', '', rates),
      ...chartOf(
        'disk-space',
        t('Space in use'),
        picker.lines(
          Object.fromEntries(
            used
              .slice(0, COLORS.length)
              .map(({ name }, at) => [
                name,
                { color: COLORS[at] ?? 'foreground', emphasis: 'other' as const },
              ]),
          ),
        ),
      ),
    ],
    quantiles: [],
    numbers: picker.numbers(used.slice(COLORS.length).map(column => column.name)),
  };
}
