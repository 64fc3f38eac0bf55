import { absenceWord } from '../../common/absence-words.ts';
import { cpuLimitText, type LimitText, memoryLimitText } from '../../common/limits.ts';
import type { LayoutMessage, Limits, SamplerStatus } from '../../common/protocol.ts';
import type { Readings } from '../../common/readings.ts';
import { TEMPERATURE_SIGN, temperatureIn, type TemperatureUnit } from '../../common/units.ts';
import { t } from '../l10n.ts';
import { sparkline } from './blocks.ts';
import { mebibytes, percent, rate } from './format.ts';
import { escapeMarkdown } from './markdown.ts';
import { type Aggregate, RECENT_SAMPLES, type RecentValues } from './recent.ts';

/** What the table shows. */
export interface TableContent {
  readonly readings: Readings;
  /** `undefined` where nothing is known of the time before. */
  readonly recent: RecentValues | undefined;
  readonly status: SamplerStatus | undefined;
  readonly temperatureUnit: TemperatureUnit;
}

/** Cells of a sparkline. */
const CELLS = 12;
/** File systems that are named one by one. */
const MOST_DISKS = 4;
/** Letters up to which a part of a cell is not broken. */
const LONGEST_WHOLE = 24;
/** Rates below this make no high bar, MB/s and Mbit/s: what an idle machine does is no landscape. */
const LEAST_RATE = 1;

/** The table has no padding of its own, and what is not an entity is trimmed. Nothing breaks here. */
const PADDING = '&nbsp;&nbsp;';

const DISK_RATES = ['disk_read_rate_mbps', 'disk_write_rate_mbps'];
const NETWORK_RATES = ['net_recv_rate_mbps', 'net_send_rate_mbps'];

interface Row {
  readonly title: string;
  readonly value: string;
  /** Columns whose last values are drawn. */
  readonly columns: readonly string[];
  readonly aggregate: Aggregate;
  /** Value of a full bar; left out where the highest is. */
  readonly most?: number;
  readonly details: readonly string[];
}

/** Columns of which the table shows a sparkline. */
export function tableColumns({ gpus }: LayoutMessage): string[] {
  return [
    'total_utilization',
    'ram_percent',
    ...gpus.map((_, number) => `gpu${String(number)}_utilization`),
    ...DISK_RATES,
    ...NETWORK_RATES,
  ];
}

/** The readout as a table in Markdown: what, how much, how it went, and more. */
export function readoutTable(content: TableContent): string {
  const { recent, status } = content;
  const span = recent ? spanText(RECENT_SAMPLES * (status?.intervalSeconds ?? 1)) : '';
  const lines = rows(content).map(({ title, value, columns, aggregate, most, details }) => {
    const cells =
      recent && columns.length > 0
        ? sparkline(recent.cells(columns, aggregate, CELLS, RECENT_SAMPLES / CELLS), {
            most,
            least: LEAST_RATE,
          })
        : '';
    const more = details.filter(part => part !== '').map(whole);
    return `| ${escapeMarkdown(title)} | ${shown(value)} | ${PADDING}${cells}${PADDING} | ${shown(more.join(' · '))} |`;
  });
  return [`| | | ${PADDING}${shown(span)} | |`, '|:--|--:|:--|:--|', ...lines].join('\n');
}

/** A short part of a cell, which stays on one line. */
function whole(part: string): string {
  return part.length > LONGEST_WHOLE ? part : part.replaceAll(' ', '\u00a0');
}

/** A text whose numbers stay on one line with their units. */
function shown(text: string): string {
  return escapeMarkdown(text.replace(/(?<=\d) (?=%|[MG]iB|MB|Mbit|GHz|W|°|min|h\b|s\b)/gu, '\u00a0'));
}

function spanText(seconds: number): string {
  return seconds < 60
    ? t('last {0} s', seconds.toFixed(0))
    : seconds < 3600
      ? t('last {0} min', (seconds / 60).toFixed(0))
      : t('last {0} h', (seconds / 3600).toFixed(0));
}

function rows(content: TableContent): Row[] {
  const { readings } = content;
  const gpus = readings.layout.gpus;
  return [
    cpuRow(content),
    ...gpus.map(({ name }, number) => gpuRow(content, number, name)),
    memoryRow(content),
    {
      title: t('Disk'),
      value: fullest(readings),
      columns: DISK_RATES,
      aggregate: 'sum',
      details: [
        optional(readings, 'disk_read_rate_mbps', value => t('read {0} MB/s', rate(value))),
        optional(readings, 'disk_write_rate_mbps', value => t('write {0} MB/s', rate(value))),
        ...diskSpace(readings),
      ],
    },
    {
      title: t('Network'),
      value: '',
      columns: NETWORK_RATES,
      aggregate: 'sum',
      details: [
        optional(readings, 'net_recv_rate_mbps', value => t('in {0} Mbit/s', rate(value))),
        optional(readings, 'net_send_rate_mbps', value => t('out {0} Mbit/s', rate(value))),
        optional(readings, 'net_connections_established', value => t('{0} connections', value.toFixed(0))),
      ],
    },
  ];
}

function cpuRow({ readings, status, temperatureUnit }: TableContent): Row {
  const limits: Limits = status?.limits ?? {};
  // Not the columns: a wide machine has none for its cores.
  const cores = status?.adapters.reduce((sum, { instances }) => sum + (instances?.core ?? 0), 0) ?? 0;
  return {
    title: 'CPU',
    value: show(readings, 'total_utilization', percent),
    columns: ['total_utilization'],
    aggregate: 'max',
    most: 100,
    details: [
      limits.cpu ? limitOf(cpuLimitText(limits.cpu)) : '',
      optional(readings, 'avg_freq_mhz', value => `${(value / 1000).toFixed(2)} GHz`),
      optional(readings, 'temperature', value => temperatureText(value, temperatureUnit)),
      optional(readings, 'power_watts', value => `${value.toFixed(0)} W`),
      optional(readings, 'load_avg_1m', value => t('load {0}', value.toFixed(2))),
      cores > 0 && !limits.cpu ? (cores === 1 ? t('1 core') : t('{0} cores', cores)) : '',
    ],
  };
}

function gpuRow({ readings, temperatureUnit }: TableContent, number: number, name: string): Row {
  const column = (metric: string): string => `gpu${String(number)}_${metric}`;
  return {
    title: readings.layout.gpus.length === 1 ? 'GPU' : `GPU ${String(number)}`,
    value: show(readings, column('utilization'), percent),
    columns: [column('utilization')],
    aggregate: 'max',
    most: 100,
    details: [
      name,
      ratio(readings, column('vram_used_mb'), column('vram_total_mb'), 'VRAM '),
      optional(readings, column('power_watts'), value => `${value.toFixed(0)} W`),
      optional(readings, column('temperature'), value => temperatureText(value, temperatureUnit)),
    ],
  };
}

function memoryRow({ readings, status }: TableContent): Row {
  const limit = status?.limits?.memory;
  return {
    title: t('Memory'),
    value: show(readings, 'ram_percent', percent),
    columns: ['ram_percent'],
    aggregate: 'max',
    most: 100,
    details: [
      limit
        ? memoryOfLimit(readings, memoryLimitText(limit))
        : ratio(readings, 'ram_used_mb', 'ram_total_mb'),
      (readings.value('swap_total_mb') ?? 0) > 0
        ? optional(readings, 'swap_percent', value => t('swap {0}', percent(value)))
        : t('no swap'),
      pressure(readings),
    ],
  };
}

function temperatureText(celsius: number, unit: TemperatureUnit): string {
  return `${temperatureIn(unit, celsius).toFixed(0)} ${TEMPERATURE_SIGN[unit]}`;
}

/** What the percentage is a share of. */
function limitOf({ limit, machine }: LimitText): string {
  return t('of {0} (machine: {1})', limit, machine);
}

function memoryOfLimit(readings: Readings, { limit, machine }: LimitText): string {
  const used = optional(readings, 'ram_used_mb', value => `${mebibytes(value)} `);
  return `${used}${t('of {0} limit (machine: {1})', limit, machine)}`;
}

/** How full the fullest file system is. */
function fullest(readings: Readings): string {
  const shares = readings.layout.columns
    .filter(column => /^disk_\d+_percent$/.test(column))
    .map(column => readings.value(column))
    .filter(value => value !== undefined);
  return shares.length === 0 ? '' : percent(Math.max(...shares));
}

function diskSpace(readings: Readings): string[] {
  return readings.layout.columns
    .filter(column => /^disk_\d+_total_gb$/.test(column))
    .slice(0, MOST_DISKS)
    .map((column, number) => {
      const used = readings.value(`disk_${String(number)}_used_gb`);
      return optional(readings, column, total =>
        used === undefined ? '' : t('{0} of {1} GiB', used.toFixed(0), total.toFixed(0)),
      );
    });
}

function pressure(readings: Readings): string {
  const value = readings.value('memory_pressure');
  return value === undefined || value < 1 ? '' : t('pressure {0}', percent(value));
}

function ratio(readings: Readings, used: string, total: string, prefix = ''): string {
  const [a, b] = [readings.value(used), readings.value(total)];
  return a === undefined || b === undefined ? '' : `${prefix}${sizeOf(a, b)}`;
}

/** Two sizes in MiB, with one unit where it is the same. */
function sizeOf(used: number, total: number): string {
  const [short = '', unit = ''] = mebibytes(used).split(' ');
  const whole = mebibytes(total);
  return t('{0} of {1}', whole.endsWith(unit) ? short : `${short} ${unit}`, whole);
}

function show(readings: Readings, column: string, format: (value: number) => string): string {
  const value = readings.value(column);
  if (value !== undefined) return format(value);
  const absence = readings.absence(column);
  return absence === undefined ? t('off') : absenceWord(absence, t);
}

function optional(readings: Readings, column: string, format: (value: number) => string): string {
  const value = readings.value(column);
  return value === undefined ? '' : format(value);
}
