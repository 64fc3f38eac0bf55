import type { CoreChoice } from '../../src/common/arrangement.ts';
import type { Layout } from '../../src/common/layout.ts';
import type { LayoutMessage } from '../../src/common/protocol.ts';
import { cpuCard, cpuThermalCard } from './cpu.ts';
import type { CardDefinition } from './definition.ts';
import { diskCard } from './disk.ts';
import { gpuCards } from './gpu.ts';
import { memoryCard } from './memory.ts';
import { networkCard } from './network.ts';

/** The cards of the dashboard, in the order in which they are shown until the user says otherwise. */
export function cardsFor(
  layout: Layout,
  gpus: LayoutMessage['gpus'],
  options: { readonly cores: CoreChoice },
): CardDefinition[] {
  return [
    cpuCard(layout, options.cores),
    memoryCard(layout),
    ...gpuCards(layout, gpus),
    diskCard(layout),
    networkCard(layout),
    cpuThermalCard(layout),
  ].filter(card => card !== undefined);
}

/** Names of the columns whose past a card draws. */
export function columnsDrawn({ charts, quantiles }: CardDefinition): string[] {
  const made = new Map(quantiles.map(quantile => [quantile.id, quantile.columns]));
  const columns = charts.flatMap(({ lines, marks }) => [
    ...lines.flatMap(line => made.get(line.id) ?? [line.id]),
    ...marks.map(({ column }) => column),
  ]);
  return [...new Set(columns)];
}
