import type { ChartDefinition } from '../charts/definition.ts';
import { statisticsOf, type ShownData } from '../data/shown-data.ts';
import { formatValue } from '../format.ts';
import { t } from '../l10n.ts';
import { lengthText } from '../time/time-text.ts';

/**
 * What a chart shows, in words: for those who do not see it. Only the lines the chart is about are told; forty cores
 * in a row tell a listener nothing.
 *
 * @param name what the chart is called
 */
export function summarize(name: string, chart: ChartDefinition, data: ShownData): string {
  const lines = chart.lines
    .filter(line => line.emphasis !== 'faint' && line.emphasis !== 'limit')
    .flatMap(line => {
      const past = statisticsOf(data, line.id);
      if (!past) return [];
      const words = (value: number): string => formatValue(value, line.metric);
      return t(
        '{0}: last {1}, mean {2}, highest {3}',
        line.title,
        words(past.last),
        words(past.mean),
        words(past.greatest),
      );
    });
  const span = lengthText(Math.round((data.to - data.from) / 1000) * 1000);
  return `${t('{0}, {1}', name, span)}. ${lines.length === 0 ? t('No readings') : lines.join('. ')}.`;
}
