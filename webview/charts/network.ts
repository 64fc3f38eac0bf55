import type { Layout } from '../../src/common/layout.ts';
import { t } from '../l10n.ts';
import { chartOf, ColumnPicker, type CardDefinition } from './definition.ts';

/** What the network brings in and takes out. */
export function networkCard(layout: Layout): CardDefinition | undefined {
  const picker = new ColumnPicker(layout, t('Network'));
  const lines = picker.lines({
    net_recv_rate_mbps: { color: 'blue' },
    net_send_rate_mbps: { color: 'purple', emphasis: 'other' },
  });
  if (lines.length === 0) return undefined;
  return {
    id: 'network',
    heading: t('Network'),
    subtitle: '',
    width: 'half',
    charts: chartOf('network', '', lines),
    quantiles: [],
    numbers: picker.numbers(['net_connections_established', 'net_connections_total']),
  };
}
