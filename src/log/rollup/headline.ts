import { parseColumnName } from '../../common/layout.ts';

/** Metrics of which rollups are kept, as the metric table names them: what a chart over days is asked for. */
export const HEADLINE_METRICS: ReadonlySet<string> = new Set([
  'session_confidence',
  'total_utilization',
  'avg_freq_mhz',
  'temperature',
  'power_watts',
  'load_avg_1m',
  'gpu{n}_utilization',
  'gpu{n}_vram_used_mb',
  'gpu{n}_vram_percent',
  'gpu{n}_temperature',
  'gpu{n}_power_watts',
  'gpu{n}_core_clock_mhz',
  'gpu{n}_encoder_utilization',
  'gpu{n}_decoder_utilization',
  'ram_percent',
  'ram_used_mb',
  'swap_percent',
  'cpu_pressure',
  'memory_pressure',
  'io_pressure',
  'disk_{n}_percent',
  'disk_read_rate_mbps',
  'disk_write_rate_mbps',
  'net_send_rate_mbps',
  'net_recv_rate_mbps',
]);

/** Whether rollups are kept of a column. */
export function isHeadline(column: string): boolean {
  const metric = parseColumnName(column)?.metric;
  return metric !== undefined && HEADLINE_METRICS.has(metric.name);
}

/** The columns of a day's rollups: those of all its files that have rollups, each once, in the order of their coming. */
export function headlineColumns(headers: readonly (readonly string[])[]): string[] {
  return [...new Set(headers.flat())].filter(isHeadline);
}
