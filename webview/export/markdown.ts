import { columnTitle, parseColumnName } from '../../src/common/layout.ts';
import { workloadName } from '../../src/common/workload-names.ts';
import { durationText } from '../../src/common/workload-words.ts';
import { statisticsOf, type ShownData } from '../data/shown-data.ts';
import { formatValue } from '../format.ts';
import { t } from '../l10n.ts';
import { OWN_PROFILE, publicName } from './csv.ts';
import { type SummarySessions, sessionsAsMarkdown } from './markdown-sessions.ts';
import { markdownTable } from './markdown-table.ts';

/** The metrics of a summary, as the metric table names them, in their order. */
const METRICS: readonly string[] = [
  'total_utilization',
  'temperature',
  'power_watts',
  'cpu_pressure',
  'ram_percent',
  'swap_percent',
  'memory_pressure',
  'gpu{n}_utilization',
  'gpu{n}_vram_percent',
  'gpu{n}_power_watts',
  'gpu{n}_temperature',
  'disk_read_rate_mbps',
  'disk_write_rate_mbps',
  'io_pressure',
  'net_recv_rate_mbps',
  'net_send_rate_mbps',
];

/**
 * What is shown, as Markdown to paste into a message: the span, the kind of machine, mean, least and greatest value of the
 * headline metrics, the time per kind of work, and the sessions. It names no machine, model, user or path.
 *
 * @param machine kind of the machine, in words
 * @param sessions `undefined` where the user has hidden them
 */
export function shownAsMarkdown(data: ShownData, machine: string, sessions?: SummarySessions): string {
  const sections = [
    `**OptiMetrics**, ${machine}: ${spanText(data.from, data.to)}`,
    metricsTable(data),
    workloadTable(data),
    sessions ? sessionsAsMarkdown(sessions) : '',
  ];
  return sections.filter(section => section !== '').join('\n\n') + '\n';
}

/** A span in UTC, which is the same for whoever reads it. */
export function spanText(from: number, to: number): string {
  const [start, end] = [dateAndTime(from), dateAndTime(to)];
  const isOneDay = start.date === end.date;
  const length = durationText((to - from) / 1000);
  return `${start.date} ${start.time} – ${isOneDay ? '' : `${end.date} `}${end.time} UTC (${length})`;
}

function dateAndTime(ms: number): { date: string; time: string } {
  const [date = '', time = ''] = new Date(ms).toISOString().split('T');
  return { date, time: time.slice(0, 8) };
}

function metricsTable(data: ShownData): string {
  const rows = columnsInOrder(data.columns).flatMap(name => {
    const column = parseColumnName(name);
    const statistics = column && statisticsOf(data, name);
    if (!statistics) return [];
    const text = (value: number): string => formatValue(value, column.metric);
    const { mean, least, greatest } = statistics;
    return [[columnTitle(column, t), text(mean), text(least), text(greatest)]];
  });
  return markdownTable([t('Metric'), t('Mean'), t('Least'), t('Greatest')], rows);
}

/** Those of {@link METRICS} that there are, all of a GPU together. */
function columnsInOrder(columns: ReadonlySet<string>): string[] {
  const found = [...columns].flatMap(name => {
    const column = parseColumnName(name);
    const place = column ? METRICS.indexOf(column.metric.name) : -1;
    const first = column?.metric.per === 'gpu' ? METRICS.indexOf('gpu{n}_utilization') : place;
    return place < 0 ? [] : [{ name, order: [first, column?.instance ?? 0, place] }];
  });
  return found.sort((a, b) => compare(a.order, b.order)).map(({ name }) => name);
}

function compare(a: readonly number[], b: readonly number[]): number {
  const at = a.findIndex((value, index) => value !== b[index]);
  return at < 0 ? 0 : (a[at] ?? 0) - (b[at] ?? 0);
}

function workloadTable({ workload, from, to }: ShownData): string {
  const times = new Map<string, number>();
  let all = 0;
  for (const span of workload) {
    const ms = Math.min(to, span.to) - Math.max(from, span.from);
    if (!(ms > 0)) continue;
    const name = publicName(span.category);
    times.set(name, (times.get(name) ?? 0) + ms);
    all += ms;
  }
  const rows = [...times]
    .sort((a, b) => b[1] - a[1])
    .map(([name, ms]) => [
      name === OWN_PROFILE ? t('Own profiles') : workloadName(name, t).title,
      `${String(Math.round((100 * ms) / all))}\u00a0%`,
      durationText(ms / 1000),
    ]);
  return markdownTable([t('Kind of work'), t('Share'), t('Time')], rows);
}
