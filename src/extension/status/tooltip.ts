import { cpuLimitText, type LimitText, memoryLimitText } from '../../common/limits.ts';
import type { AdapterStatus, Limits, LogStatus, SamplerStatus } from '../../common/protocol.ts';
import type { Readings } from '../../common/readings.ts';
import { megabytes, rate } from './format.ts';
import type { WorkloadLines } from './workload.ts';

/** A command link at the foot of the tooltip. */
export interface TooltipLink {
  readonly title: string;
  readonly command: string;
}

/** What the tooltip is made of. */
export interface TooltipContent {
  /** Which machine is watched. */
  readonly machine: string;
  /** `undefined` while no readings come. */
  readonly readings: Readings | undefined;
  readonly status: SamplerStatus | undefined;
  /** The kind of work; `undefined` while there is no answer. */
  readonly workload: WorkloadLines | undefined;
  /** What to say first where something is wrong or stopped; empty otherwise. */
  readonly note: string;
  readonly links: readonly TooltipLink[];
}

/** The tooltip as Markdown: one table with a row for each group, what is wrong, and the command links. */
export function tooltipMarkdown(content: TooltipContent): string {
  const { machine, readings, status, workload, note, links } = content;
  const blocks = [`**OptiMetrics** — ${escapeMarkdown(machine)}`];
  if (note !== '') blocks.push(escapeMarkdown(note));
  if (readings) blocks.push(table(rows(readings, status)));
  if (readings && workload) blocks.push(...workloadBlocks(workload));
  if (status) {
    const troubles = status.adapters.filter(isTrouble).map(adapterLine);
    if (status.workload?.why !== undefined) troubles.push(workloadTrouble(status.workload.why));
    if (troubles.length > 0) blocks.push(troubles.join('  \n'));
    blocks.push(logLine(status.log));
  }
  blocks.push(links.map(({ title, command }) => `[${title}](command:${command})`).join(' · '));
  return blocks.join('\n\n');
}

function workloadBlocks({ icon, answer, times, reasons, alternatives }: WorkloadLines): string[] {
  const blocks = [`${icon} **${escapeMarkdown(answer)}** ${escapeMarkdown(times)}`];
  if (reasons.length > 0) blocks.push(reasons.map(reason => `- ${escapeMarkdown(reason)}`).join('\n'));
  if (alternatives !== '') blocks.push(escapeMarkdown(alternatives));
  return blocks;
}

type Row = readonly [group: string, main: string, more: string];

function rows(readings: Readings, status: SamplerStatus | undefined): Row[] {
  const limits: Limits = status?.limits ?? {};
  // Not the columns: a wide machine has none for its cores.
  const cores = status?.adapters.reduce((sum, { instances }) => sum + (instances?.core ?? 0), 0) ?? 0;
  return [
    [
      'CPU',
      show(readings, 'total_utilization', value => `${value.toFixed(0)} %`),
      join(
        limits.cpu ? limitOf(cpuLimitText(limits.cpu)) : '',
        optional(readings, 'avg_freq_mhz', value => `${(value / 1000).toFixed(2)} GHz`),
        optional(readings, 'temperature', value => `${value.toFixed(0)} °C`),
        optional(readings, 'power_watts', value => `${value.toFixed(0)} W`),
        optional(readings, 'load_avg_1m', value => `load ${value.toFixed(2)}`),
        cores > 0 && !limits.cpu ? `${String(cores)} ${cores === 1 ? 'core' : 'cores'}` : '',
      ),
    ],
    ...readings.layout.gpus.map((gpu, number) => gpuRow(readings, number, gpu.name)),
    [
      'Memory',
      show(readings, 'ram_percent', value => `${value.toFixed(0)} %`),
      join(
        limits.memory
          ? memoryOfLimit(readings, memoryLimitText(limits.memory))
          : ratio(readings, 'ram_used_mb', 'ram_total_mb'),
        (readings.value('swap_total_mb') ?? 0) > 0
          ? optional(readings, 'swap_percent', value => `swap ${value.toFixed(0)} %`)
          : 'no swap',
        pressure(readings),
      ),
    ],
    [
      'Disk',
      fullest(readings),
      join(
        optional(readings, 'disk_read_rate_mbps', value => `read ${rate(value)} MB/s`),
        optional(readings, 'disk_write_rate_mbps', value => `write ${rate(value)} MB/s`),
        ...diskSpace(readings),
      ),
    ],
    [
      'Network',
      '',
      join(
        optional(readings, 'net_recv_rate_mbps', value => `in ${rate(value)} Mbit/s`),
        optional(readings, 'net_send_rate_mbps', value => `out ${rate(value)} Mbit/s`),
        optional(readings, 'net_connections_established', value => `${value.toFixed(0)} connections`),
      ),
    ],
  ];
}

/** What the percentage is a share of. */
function limitOf({ limit, machine }: LimitText, word = ''): string {
  return `of ${limit}${word} (machine: ${machine})`;
}

function memoryOfLimit(readings: Readings, text: LimitText): string {
  const used = optional(readings, 'ram_used_mb', value => `${megabytes(value)} `);
  return `${used}${limitOf(text, ' limit')}`;
}

function gpuRow(readings: Readings, number: number, name: string): Row {
  const column = (metric: string): string => `gpu${String(number)}_${metric}`;
  return [
    readings.layout.gpus.length === 1 ? 'GPU' : `GPU ${String(number)}`,
    show(readings, column('utilization'), value => `${value.toFixed(0)} %`),
    join(
      name,
      ratio(readings, column('vram_used_mb'), column('vram_total_mb'), 'VRAM '),
      optional(readings, column('power_watts'), value => `${value.toFixed(0)} W`),
      optional(readings, column('temperature'), value => `${value.toFixed(0)} °C`),
    ),
  ];
}

/** How full the fullest file system is. */
function fullest(readings: Readings): string {
  const shares = readings.layout.columns
    .filter(column => /^disk_\d+_percent$/.test(column))
    .map(column => readings.value(column))
    .filter(value => value !== undefined);
  return shares.length === 0 ? '' : `${Math.max(...shares).toFixed(0)} %`;
}

function diskSpace(readings: Readings): string[] {
  return readings.layout.columns
    .filter(column => /^disk_\d+_total_gb$/.test(column))
    .slice(0, 4)
    .map((column, number) => {
      const used = readings.value(`disk_${String(number)}_used_gb`);
      return optional(readings, column, total =>
        used === undefined ? '' : `${used.toFixed(0)} of ${total.toFixed(0)} GB`,
      );
    });
}

function pressure(readings: Readings): string {
  const value = readings.value('memory_pressure');
  return value === undefined || value < 1 ? '' : `pressure ${value.toFixed(0)} %`;
}

function ratio(readings: Readings, used: string, total: string, prefix = ''): string {
  const [a, b] = [readings.value(used), readings.value(total)];
  return a === undefined || b === undefined ? '' : `${prefix}${megabytes(a)} of ${megabytes(b)}`;
}

function show(readings: Readings, column: string, format: (value: number) => string): string {
  const value = readings.value(column);
  return value === undefined ? (readings.absence(column) ?? 'off') : format(value);
}

function optional(readings: Readings, column: string, format: (value: number) => string): string {
  const value = readings.value(column);
  return value === undefined ? '' : format(value);
}

function join(...parts: readonly string[]): string {
  return parts.filter(part => part !== '').join(' · ');
}

function table(list: readonly Row[]): string {
  // The table has no padding of its own.
  const lines = list.map(
    ([group, main, more]) => `| ${[group, main, `\u2002${more}`].map(escapeMarkdown).join(' | ')} |`,
  );
  return ['| | | |', '|:--|--:|:--|', ...lines].join('\n');
}

function isTrouble({ state }: AdapterStatus): boolean {
  return !['ok', 'off', 'opening', 'unsupported'].includes(state);
}

function adapterLine({ name, state, detail, remedy }: AdapterStatus): string {
  const text = `${name} ${state}: ${detail}${remedy === undefined ? '' : `. ${remedy}`}`;
  return `$(warning) ${escapeMarkdown(text)}`;
}

function workloadTrouble(why: string): string {
  return `$(warning) ${escapeMarkdown(`Workload: ${why}`)}`;
}

function logLine({ state, why, file, rowsWritten }: LogStatus): string {
  switch (state) {
    case 'writing':
      return `Log: ${escapeMarkdown(file ?? 'new file')}, ${String(rowsWritten)} ${rowsWritten === 1 ? 'row' : 'rows'} since the sampler started`;
    case 'paused':
      return `$(warning) Log paused: ${escapeMarkdown(why ?? 'unknown reason')}`;
    case 'waiting':
      return 'Log: about to begin';
    case 'off':
      return 'Log: off';
  }
}

/** Makes a text show as it is, in one line: no markup, links, icons or table cells of its own. */
function escapeMarkdown(text: string): string {
  return text
    .replace(/[\p{Cc}\u2028\u2029]+/gu, ' ')
    .replace(/^ +/, '')
    .replace(/[\\`*_{}[\]()#+\-.!|<>$~&:@=]/g, '\\$&');
}
