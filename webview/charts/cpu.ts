import { MOST_CORE_LINES, type CoreChoice } from '../../src/common/arrangement.ts';
import { columnTitle, type Column, type Layout } from '../../src/common/layout.ts';
import { t } from '../l10n.ts';
import { usualTop } from '../temperature.ts';
import {
  chartOf,
  ColumnPicker,
  type CardDefinition,
  type ChartColor,
  type LineDefinition,
  type QuantileDefinition,
} from './definition.ts';

const CORE_COLORS: readonly ChartColor[] = ['green', 'purple', 'yellow', 'red', 'orange', 'foreground'];
const SHADES = [0, 1, 2] as const;

/**
 * CPU: total utilization and, where the user wants them, cores; clock and load.
 *
 * Beyond {@link MOST_CORE_LINES} cores their distribution is drawn in their place: the busiest and the quietest core,
 * and the band in which the middle half of the cores lies. It tells the two cases that matter on a large machine
 * apart: one core at its limit, and all of them busy.
 */
export function cpuCard(layout: Layout, cores: CoreChoice): CardDefinition | undefined {
  const picker = new ColumnPicker(layout, 'CPU');
  const total = picker.lines({ total_utilization: { color: 'blue' } });
  if (total.length === 0) return undefined;
  const all = coreColumns(layout);
  const { lines, quantiles } = chosenCores(all, cores);
  return {
    id: 'cpu',
    heading: 'CPU',
    subtitle: all.length === 0 ? '' : all.length === 1 ? t('1 core') : t('{0} cores', String(all.length)),
    width: 'half',
    charts: [
      ...chartOf('cpu', '', [...total, ...lines]),
      ...chartOf('cpu-load', t('Load'), picker.lines({ load_avg_1m: { color: 'purple', optional: true } })),
      ...chartOf('cpu-clock', t('Clock'), picker.lines({ avg_freq_mhz: { color: 'green', optional: true } })),
    ],
    quantiles,
    numbers: picker.numbers(['load_avg_5m', 'load_avg_15m']),
  };
}

/** Temperature and power of the CPU. */
export function cpuThermalCard(layout: Layout): CardDefinition | undefined {
  const picker = new ColumnPicker(layout, 'CPU');
  const charts = [
    ...chartOf('cpu-temperature', t('Temperature'), picker.lines({ temperature: { color: 'orange' } }), {
      leastTop: usualTop(),
    }),
    ...chartOf('cpu-power', t('Power'), picker.lines({ power_watts: { color: 'red' } })),
  ];
  if (charts.length === 0) return undefined;
  return {
    id: 'cpu-thermal',
    heading: t('CPU temperature and power'),
    subtitle: '',
    width: 'half',
    charts,
    quantiles: [],
    numbers: [],
  };
}

/** The columns of the cores' utilization, in the order of their numbers. */
export function coreColumns(layout: Layout): Column[] {
  return layout.columns.filter(column => column.metric.name === 'core_{n}_utilization');
}

function chosenCores(
  all: readonly Column[],
  cores: CoreChoice,
): { readonly lines: LineDefinition[]; readonly quantiles: QuantileDefinition[] } {
  if (cores === 'none') return { lines: [], quantiles: [] };
  if (cores !== 'all') {
    const chosen = all.filter(({ instance }) => cores.includes(instance)).slice(0, MOST_CORE_LINES);
    return { lines: coreLines(chosen), quantiles: [] };
  }
  if (all.length <= MOST_CORE_LINES) return { lines: coreLines(all), quantiles: [] };
  const names = all.map(core => core.name);
  return {
    lines: spreadLines(all),
    quantiles: SPREAD.map(({ id, quantile }) => ({ id, quantile, columns: names })),
  };
}

/** How the cores are spread: their extremes, and the band of the middle half. */
const SPREAD = [
  { id: 'cores.busiest', quantile: 1, color: 'yellow' },
  { id: 'cores.upper', quantile: 0.75, color: 'green', fillTo: 'cores.lower' },
  { id: 'cores.lower', quantile: 0.25, color: 'green' },
  { id: 'cores.quietest', quantile: 0, color: 'purple' },
] as const;

function spreadTitle(quantile: (typeof SPREAD)[number]['quantile']): string {
  switch (quantile) {
    case 1:
      return t('Busiest core');
    case 0.75:
      return t('Upper quartile');
    case 0.25:
      return t('Lower quartile');
    case 0:
      return t('Quietest core');
  }
}

function spreadLines(cores: readonly Column[]): LineDefinition[] {
  const metric = cores[0]?.metric;
  if (!metric) return [];
  return SPREAD.map(({ quantile, ...rest }) => ({
    title: spreadTitle(quantile),
    metric,
    shade: 0,
    emphasis: 'faint',
    optional: false,
    ...rest,
  }));
}

function coreLines(cores: readonly Column[]): LineDefinition[] {
  return cores.map((core, index) => ({
    id: core.name,
    title: columnTitle(core, t),
    metric: core.metric,
    color: CORE_COLORS[index % CORE_COLORS.length] ?? 'foreground',
    shade: SHADES[Math.floor(index / CORE_COLORS.length) % SHADES.length] ?? 0,
    emphasis: 'faint',
    optional: false,
  }));
}
