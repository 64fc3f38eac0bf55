import type { ChartDefinition } from './charts/definition.ts';
import { formatValue } from './format.ts';
import { WINDOW_MS, type SeriesRing } from './series.ts';

/**
 * What a chart shows, in words: for those who do not see it. Only the lines the chart is about are told; forty cores
 * in a row tell a listener nothing.
 */
export function summarize(chart: ChartDefinition, ring: SeriesRing): string {
  const lines = chart.lines
    .filter(line => line.emphasis !== 'faint')
    .flatMap(line => {
      const past = pastOf(ring, ring.indexOf(line.id));
      if (!past) return [];
      const words = (value: number): string => formatValue(value, line.metric);
      return `${line.title} now ${words(past.latest)}, mean ${words(past.mean)}, highest ${words(past.highest)}`;
    });
  const title = chart.subtitle === '' ? chart.heading : `${chart.heading}, ${chart.subtitle}`;
  return `${title}, last 10 minutes. ${lines.length === 0 ? 'No readings' : lines.join('. ')}.`;
}

function pastOf(
  ring: SeriesRing,
  series: number,
): { latest: number; mean: number; highest: number } | undefined {
  const from = ring.time(ring.size - 1) - WINDOW_MS;
  let sum = 0;
  let count = 0;
  let highest = 0;
  let latest = Number.NaN;
  for (let row = 0; row < ring.size; row++) {
    const value = ring.value(series, row);
    if (Number.isNaN(value) || ring.time(row) < from) continue;
    sum += value;
    count++;
    highest = Math.max(highest, value);
    latest = value;
  }
  return count === 0 ? undefined : { latest, mean: sum / count, highest };
}
