import type { LayoutMessage } from '../../common/protocol.ts';
import type { Readings } from '../../common/readings.ts';
import type { GpuToken, MachineToken, Token } from '../../common/status-template/tokens.ts';
import type { Aggregate } from './recent.ts';

/** Where the number of a token comes from, on a machine with these columns. */
export interface TokenSource {
  /** Columns of the value, for a sparkline too; none where this machine has no such thing. */
  readonly columns: readonly string[];
  readonly aggregate: Aggregate;
  /** The value of a frame in the unit of its columns; `undefined` where there is none. */
  value(readings: Readings): number | undefined;
  /** The size of which {@link value} is a share, in MiB; set for a share. */
  readonly used?: (readings: Readings) => number | undefined;
}

/** Tokens that are no number: what they show is not in the columns. */
export type WordToken = 'gpuLabel' | 'class' | 'classTime' | 'machine';

type Find = (layout: LayoutMessage) => TokenSource;

/** The source of a token's number; `undefined` for a token that is none. */
export function sourceOf(token: Token, layout: LayoutMessage): TokenSource | undefined {
  if (token.gpu !== undefined) return ofGpu(token.name, token.gpu)(layout);
  return isWord(token.name) ? undefined : MACHINE[token.name](layout);
}

function isWord(name: MachineToken): name is WordToken {
  return !Object.hasOwn(MACHINE, name);
}

const GIB_IN_MIB = 1024;

/** Names of a metric of each GPU. */
function gpus({ gpus: list }: LayoutMessage, metric: string): string[] {
  return list.map((_, number) => `gpu${String(number)}_${metric}`);
}

/** Numbers of the file systems. */
function disks({ columns }: LayoutMessage): string[] {
  return columns.flatMap(column => /^disk_(\d+)_percent$/.exec(column)?.[1] ?? []);
}

function column(name: string): Find {
  return layout => combined(layout, [name], 'max');
}

/** Columns of which those that there are become one value. */
function combined(layout: LayoutMessage, names: readonly string[], aggregate: Aggregate): TokenSource {
  const columns = names.filter(name => layout.columns.includes(name));
  return {
    columns,
    aggregate,
    value(readings) {
      let result: number | undefined;
      for (const one of columns) {
        const value = readings.value(one);
        if (value === undefined) continue;
        if (result === undefined) result = value;
        else result = aggregate === 'sum' ? result + value : Math.max(result, value);
      }
      return result;
    },
  };
}

function ofAllGpus(metric: string, aggregate: Aggregate): Find {
  return layout => combined(layout, gpus(layout, metric), aggregate);
}

function shareOf(percent: Find, used: Find): Find {
  return layout => {
    const size = used(layout);
    return { ...percent(layout), used: readings => size.value(readings) };
  };
}

/** One of several: the one whose share is the highest now. */
function fullest(readings: Readings, shares: readonly string[]): number {
  let best = -1;
  let highest = Number.NEGATIVE_INFINITY;
  shares.forEach((name, index) => {
    const value = readings.value(name);
    if (value === undefined || value <= highest) return;
    best = index;
    highest = value;
  });
  return best;
}

/** A value of the GPU that has the least memory left. */
function ofFullestGpu(metric: string): Find {
  return layout => {
    const shares = gpus(layout, 'vram_percent');
    const columns = gpus(layout, metric);
    return {
      columns,
      aggregate: 'max',
      value: readings => readings.value(columns[fullest(readings, shares)] ?? ''),
    };
  };
}

/** Space on the file system that is the fullest, in MiB, of how many GiB are used there and of what share that is. */
function ofFullestDisk(size: (usedGib: number, percent: number) => number): Find {
  return layout => {
    const numbers = disks(layout);
    const shares = numbers.map(number => `disk_${number}_percent`);
    return {
      columns: shares,
      aggregate: 'max',
      value(readings) {
        const number = numbers[fullest(readings, shares)];
        if (number === undefined) return undefined;
        const used = readings.value(`disk_${number}_used_gb`);
        const percent = readings.value(`disk_${number}_percent`);
        const gib = used === undefined || percent === undefined ? Number.NaN : size(used, percent);
        return Number.isNaN(gib) ? undefined : gib * GIB_IN_MIB;
      },
    };
  };
}

/**
 * Space that users have left on a file system, in the unit of `used`: what is kept for root does not count, as in the
 * share.
 *
 * @param percent share of the space open to users that is in use
 */
export function spaceLeft(used: number, percent: number): number {
  return percent <= 0 ? Number.NaN : (used * (100 - percent)) / percent;
}

const MACHINE: Readonly<Record<Exclude<MachineToken, WordToken>, Find>> = {
  cpu: column('total_utilization'),
  cpuTemp: column('temperature'),
  cpuPower: column('power_watts'),
  cpuFreq: column('avg_freq_mhz'),
  load: column('load_avg_1m'),
  load5: column('load_avg_5m'),
  load15: column('load_avg_15m'),
  gpu: ofAllGpus('utilization', 'max'),
  gpuTemp: ofAllGpus('temperature', 'max'),
  gpuPower: ofAllGpus('power_watts', 'sum'),
  vram: shareOf(ofAllGpus('vram_percent', 'max'), ofFullestGpu('vram_used_mb')),
  vramPercent: ofAllGpus('vram_percent', 'max'),
  vramUsed: ofFullestGpu('vram_used_mb'),
  vramTotal: ofFullestGpu('vram_total_mb'),
  ram: shareOf(column('ram_percent'), column('ram_used_mb')),
  ramPercent: column('ram_percent'),
  ramUsed: column('ram_used_mb'),
  ramFree: column('ram_available_mb'),
  ramTotal: column('ram_total_mb'),
  swap: shareOf(column('swap_percent'), column('swap_used_mb')),
  swapUsed: column('swap_used_mb'),
  disk: shareOf(
    layout =>
      combined(
        layout,
        disks(layout).map(number => `disk_${number}_percent`),
        'max',
      ),
    ofFullestDisk(used => used),
  ),
  diskFree: ofFullestDisk(spaceLeft),
  diskRead: column('disk_read_rate_mbps'),
  diskWrite: column('disk_write_rate_mbps'),
  netDown: column('net_recv_rate_mbps'),
  netUp: column('net_send_rate_mbps'),
  connections: column('net_connections_established'),
  pressure: layout => combined(layout, ['cpu_pressure', 'memory_pressure', 'io_pressure'], 'max'),
  cpuPressure: column('cpu_pressure'),
  memoryPressure: column('memory_pressure'),
  ioPressure: column('io_pressure'),
  confidence: column('session_confidence'),
};

const GPU: Readonly<Record<GpuToken, (gpu: string) => Find>> = {
  '': gpu => column(`${gpu}_utilization`),
  'Temp': gpu => column(`${gpu}_temperature`),
  'Power': gpu => column(`${gpu}_power_watts`),
  'Freq': gpu => column(`${gpu}_core_clock_mhz`),
  'Fan': gpu => column(`${gpu}_fan_speed`),
  'Vram': gpu => shareOf(column(`${gpu}_vram_percent`), column(`${gpu}_vram_used_mb`)),
};

function ofGpu(name: GpuToken, number: number): Find {
  return GPU[name](`gpu${String(number)}`);
}
