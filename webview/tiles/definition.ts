import type { Layout } from '../../src/common/layout.ts';
import { columnTitle } from '../../src/common/layout.ts';
import type { Limits, LayoutMessage } from '../../src/common/protocol.ts';
import type { Metric } from '../../src/common/metrics.ts';
import { cpuLimitText, memoryLimitText } from '../../src/common/limits.ts';
import type { ChartColor } from '../charts/definition.ts';
import type { Reading } from '../data/model.ts';
import { formatShare } from '../format.ts';
import { t } from '../l10n.ts';

/** A value at the top of the dashboard. */
export interface TileDefinition {
  readonly column: string;
  readonly title: string;
  readonly metric: Metric;
  readonly color: ChartColor;
  /** Value at the upper edge of its sparkline; `undefined` for the greatest in sight. */
  readonly top: number | undefined;
  /** What the value is a share of, or may reach; empty where there is nothing to say. */
  limit(reading: (column: string) => Reading | undefined, limits: Limits): string;
}

/** GPUs up to which each has tiles of its own for power and temperature. */
const FEW_GPUS = 2;

/** The tiles for a machine, in their order. */
export function tilesFor(layout: Layout, gpus: LayoutMessage['gpus']): TileDefinition[] {
  const tile = (
    column: string,
    title: string,
    color: ChartColor,
    limit: TileDefinition['limit'] = () => '',
  ): TileDefinition[] => {
    const slot = layout.slots.get(column);
    const found = slot === undefined ? undefined : layout.columns[slot];
    if (!found) return [];
    const { metric } = found;
    return [{ column, title, metric, color, top: metric.unit === '%' ? 100 : undefined, limit }];
  };
  const fullest = layout.columns.filter(({ metric }) => metric.name === 'disk_{n}_percent');
  const cores = layout.columns.filter(({ metric }) => metric.name === 'core_{n}_utilization').length;
  return [
    ...tile('total_utilization', t('CPU'), 'blue', (_, { cpu }) =>
      cpu
        ? limitText(cpuLimitText(cpu))
        : cores === 0
          ? ''
          : cores === 1
            ? t('1 core')
            : t('{0} cores', cores),
    ),
    ...tile('ram_percent', t('Memory'), 'purple', (reading, { memory }) =>
      memory ? limitText(memoryLimitText(memory)) : ratio(reading, layout, 'ram_used_mb', 'ram_total_mb'),
    ),
    ...gpus.flatMap((_, number) => {
      const id = `gpu${String(number)}`;
      const name = gpus.length === 1 ? 'GPU' : `GPU ${String(number)}`;
      const vram = (reading: (column: string) => Reading | undefined): string =>
        ratio(reading, layout, `${id}_vram_used_mb`, `${id}_vram_total_mb`);
      return [
        ...tile(`${id}_utilization`, name, 'green', reading =>
          gpus.length <= FEW_GPUS ? '' : vram(reading),
        ),
        ...(gpus.length > FEW_GPUS
          ? []
          : [
              ...tile(`${id}_vram_percent`, t('{0} VRAM', name), 'yellow', vram),
              ...tile(`${id}_power_watts`, t('{0} power', name), 'red', reading => {
                const limit = reading(`${id}_power_limit_watts`);
                return typeof limit === 'number' ? t('limit {0} W', limit.toFixed(0)) : '';
              }),
              ...tile(`${id}_temperature`, t('{0} temperature', name), 'orange'),
            ]),
      ];
    }),
    ...fullest.slice(0, 2).flatMap(column => {
      const id = `disk_${String(column.instance)}`;
      return tile(column.name, columnTitle(column, t), 'purple', reading =>
        ratio(reading, layout, `${id}_used_gb`, `${id}_total_gb`),
      );
    }),
    ...tile('disk_read_rate_mbps', t('Disk read'), 'green'),
    ...tile('disk_write_rate_mbps', t('Disk write'), 'yellow'),
    ...tile('net_recv_rate_mbps', t('Network in'), 'blue'),
    ...tile('net_send_rate_mbps', t('Network out'), 'purple'),
    ...tile('temperature', t('CPU temperature'), 'orange'),
    ...tile('power_watts', t('CPU power'), 'red'),
  ];
}

function limitText({ limit, machine }: { limit: string; machine: string }): string {
  return t('of {0} (machine: {1})', limit, machine);
}

function ratio(
  reading: (column: string) => Reading | undefined,
  layout: Layout,
  used: string,
  total: string,
): string {
  const [a, b] = [reading(used), reading(total)];
  const metric = layout.columns[layout.slots.get(total) ?? -1]?.metric;
  if (typeof a !== 'number' || typeof b !== 'number' || !metric) return '';
  return t('{0} of {1}', ...formatShare(a, b, metric));
}
