import { columnTitle, type Column, type Layout } from '../../src/common/layout.ts';
import { ColumnPicker, type ChartColor, type ChartDefinition, type LineDefinition } from './definition.ts';

/** Up to this many cores have a line each. More lines than this are a carpet that nothing can be read from. */
export const MOST_CORE_LINES = 16;

const CORE_COLORS: readonly ChartColor[] = ['green', 'purple', 'yellow', 'red', 'orange', 'foreground'];

/**
 * CPU: total utilization and, where the user wants them, the cores.
 *
 * Beyond {@link MOST_CORE_LINES} cores their distribution is drawn in their place: the busiest and the quietest core,
 * and the band in which the middle half of the cores lies. It tells the two cases that matter on a large machine
 * apart: one core at its limit, and all of them busy.
 */
export function cpuChart(layout: Layout, showCores: boolean): ChartDefinition | undefined {
  const picker = new ColumnPicker(layout, 'CPU');
  const total = picker.lines({ total_utilization: { color: 'blue' } });
  if (total.length === 0) return undefined;
  const cores = layout.columns.filter(column => column.metric.name === 'core_{n}_utilization');
  const spread = cores.length > MOST_CORE_LINES;
  const names = cores.map(core => core.name);
  return {
    id: 'cpu',
    heading: total[0]?.title ?? '',
    subtitle: cores.length === 0 ? '' : `${String(cores.length)} ${cores.length === 1 ? 'core' : 'cores'}`,
    range: 'percent',
    lines: showCores ? [...total, ...(spread ? spreadLines(cores) : coreLines(cores))] : total,
    quantiles:
      showCores && spread ? SPREAD.map(({ id, quantile }) => ({ id, quantile, columns: names })) : [],
    numbers: picker.numbers(['avg_freq_mhz', 'temperature', 'power_watts', 'load_avg_1m']),
  };
}

const SPREAD = [
  { id: 'cores.busiest', title: 'Busiest core', quantile: 1 },
  { id: 'cores.upper', title: 'Upper quartile', quantile: 0.75, fillTo: 'cores.lower' },
  { id: 'cores.lower', title: 'Lower quartile', quantile: 0.25 },
  { id: 'cores.quietest', title: 'Quietest core', quantile: 0 },
] as const;

function spreadLines(cores: readonly Column[]): LineDefinition[] {
  const metric = cores[0]?.metric;
  if (!metric) return [];
  return SPREAD.map(({ id, title, quantile, ...rest }) => ({
    id,
    title,
    metric,
    color: quantile === 1 ? 'yellow' : quantile === 0 ? 'purple' : 'green',
    shade: 0,
    emphasis: 'faint',
    optional: false,
    ...rest,
  }));
}

function coreLines(cores: readonly Column[]): LineDefinition[] {
  return cores.map((core, index) => ({
    id: core.name,
    title: columnTitle(core),
    metric: core.metric,
    color: CORE_COLORS[index % CORE_COLORS.length] ?? 'foreground',
    shade: SHADES[Math.floor(index / CORE_COLORS.length) % SHADES.length] ?? 0,
    emphasis: 'faint',
    optional: false,
  }));
}

const SHADES = [0, 1, 2] as const;
