import { parseColumnName } from '../../common/layout.ts';

/** What a column of the original means here. */
export interface ColumnMeaning {
  readonly column: string;
  /** What its values are multiplied with to be in our unit. */
  readonly factor: number;
}

/** A part of the original's output: one file for all of it, or one for each kind of hardware. */
export type OriginalPart = 'all' | 'cpu' | 'gpu' | 'memory' | 'disk' | 'network';

/** Columns of a single GPU, which the original writes without a number. */
const GPU =
  /^(utilization|memory_utilization|vram_(?:used_mb|total_mb|percent)|power_limit_watts|(?:core|memory|sm)_clock_mhz|fan_speed|(?:encoder|decoder)_utilization|(?:compute|graphics)_processes|performance_state|pcie_[tr]x_kbps)$/;
/** Those of a GPU that have the name of a CPU's: in the file of all hardware, the GPU's replaced it. */
const SHARED = /^(?:temperature|power_watts)$/;
const DISK = /^disk_(.+)_(used_gb|total_gb|percent)$/;

/** The same under another name. */
const RENAMED: Readonly<Record<string, string>> = {
  net_errin: 'net_errors_in',
  net_errout: 'net_errors_out',
  net_dropin: 'net_drops_in',
  net_dropout: 'net_drops_out',
  net_conn_established: 'net_connections_established',
  freq_mhz: 'avg_freq_mhz',
};

/** Rates that the original divides by 2^20 where the unit says a million. */
const BINARY_RATES = new Set([
  'disk_read_rate_mbps',
  'disk_write_rate_mbps',
  'net_send_rate_mbps',
  'net_recv_rate_mbps',
]);

/** Those with a meaning other than ours: sockets of the machine's own processes among themselves are counted too. */
const OTHER_MEANING = new Set(['net_connections_total']);

/** Numbers of disks, by the names that the original has for them; names stay here. */
export type DiskNumbers = Map<string, number>;

/** Whether a header's columns are those of a log of the original. */
export function isOriginalHeader(names: readonly string[], part: OriginalPart): boolean {
  if (names[0] !== 'timestamp' || names[1] !== 'hardware_id' || names[2] === 'session_category') return false;
  return names.slice(2).some(name => meaningOf(name, part, new Map(), true) !== undefined);
}

/** Whether a header has columns of a single GPU; several have numbers, and replace nothing. */
export function hasSingleGpu(names: readonly string[]): boolean {
  return names.some(name => GPU.test(name.replace(/^gpu_/, '')));
}

/**
 * What a column means here; `undefined` for what has no place here.
 *
 * @param disks gets a number for a disk that is new
 * @param withGpu whether the machine has a single GPU, whose values have replaced the CPU's of the same name
 */
export function meaningOf(
  name: string,
  part: OriginalPart,
  disks: DiskNumbers,
  withGpu: boolean,
): ColumnMeaning | undefined {
  const column = columnOf(name, part, disks, withGpu);
  if (column === undefined || OTHER_MEANING.has(column) || !parseColumnName(column)) return undefined;
  return { column, factor: BINARY_RATES.has(column) ? 1.048576 : 1 };
}

function columnOf(
  name: string,
  part: OriginalPart,
  disks: DiskNumbers,
  withGpu: boolean,
): string | undefined {
  if (part === 'gpu')
    return name.startsWith('gpu_') ? gpuColumn(name.slice('gpu_'.length), withGpu) : undefined;
  if (part === 'cpu') {
    const own = name.startsWith('cpu_') ? name.slice('cpu_'.length) : '';
    // With a GPU, what is there is the GPU's, which its own file has too.
    return SHARED.test(own) && withGpu ? undefined : (RENAMED[own] ?? own);
  }
  if (part === 'memory') return /^(?:ram|swap)_/.test(name) ? name : undefined;
  const disk = DISK.exec(name);
  if (disk) return `disk_${String(numberOf(disk[1] ?? '', disks))}_${disk[2] ?? ''}`;
  if (part === 'disk' || part === 'network') return RENAMED[name] ?? name;
  if (GPU.test(name) || (SHARED.test(name) && withGpu)) return gpuColumn(name, withGpu);
  return RENAMED[name] ?? name;
}

function gpuColumn(name: string, withGpu: boolean): string | undefined {
  if (/^gpu\d+_/.test(name)) return name;
  return withGpu && (GPU.test(name) || SHARED.test(name)) ? `gpu0_${name}` : undefined;
}

function numberOf(disk: string, disks: DiskNumbers): number {
  const known = disks.get(disk) ?? disks.size;
  disks.set(disk, known);
  return known;
}
