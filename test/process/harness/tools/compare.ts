import { GIB, MIB } from '../../../../src/common/units.ts';
import { LOAD } from './load.ts';
import type { Measurement, PsutilSample } from './measure.ts';

/** One value as we and a tool have it. */
export interface Comparison {
  readonly what: string;
  readonly unit: string;
  readonly tool: 'psutil' | 'vmstat' | 'iostat';
  readonly ours: number;
  readonly theirs: number;
  /** How far the two may be apart; `undefined` where they are not the same by definition. */
  readonly tolerance: number | undefined;
}

/** Percent of a counter’s growth: the tools read it some milliseconds before or after us. */
const COUNTER_PERCENT = 3;
/** The same for vmstat and iostat, which wait for a second after their work and so fall behind by some milliseconds each. */
const DRIFTING_PERCENT = 10;
/** Percent of the time: counters of 10 ms, read some milliseconds apart. */
const CPU_POINTS = 2;
/** vmstat writes whole percents of user and system time each. */
const VMSTAT_POINTS = 4;
/** MB: what programs take and give back in the milliseconds between two readings. */
const MEMORY_MB = 32;

/** A burst of the load may lie within one window and outside of the other, at either end. */
const BURSTS_AT_EDGES = 2;
/** What other programs may do at the edges: requests to the disk, packets, and bytes of either. */
const OTHERS = { requests: 50, packets: 50, bytes: 500_000 } as const;

/** Compares means of levels, and growth of counters, over the seconds of a measurement. */
export function compare(measurement: Measurement): Comparison[] {
  return [
    ...compareCpu(measurement),
    ...compareMemory(measurement),
    ...compareDisk(measurement),
    ...compareNetwork(measurement),
  ];
}

/** Whether two values are as near as they should be; true where nothing is asked of them. */
export function isWithin({ ours, theirs, tolerance }: Comparison): boolean {
  return tolerance === undefined || Math.abs(ours - theirs) <= tolerance;
}

class Series {
  readonly #measurement: Measurement;

  constructor(measurement: Measurement) {
    this.#measurement = measurement;
  }

  /** Mean of our column over the seconds, without the moment at which they begin: what it says is of the second before. */
  mean(column: string): number {
    return meanOf(this.#measurement.ours.slice(1).map(row => valueOf(row[column])));
  }

  /** Growth of our counter. */
  growth(column: string): number {
    const { ours } = this.#measurement;
    return valueOf(ours.at(-1)?.[column]) - valueOf(ours[0]?.[column]);
  }

  has(column: string): boolean {
    return this.#measurement.ours.every(row => (row[column] ?? '') !== '');
  }

  psutilMean(pick: (sample: PsutilSample) => number | undefined): number {
    return meanOf(this.#measurement.psutil.slice(1).map(sample => pick(sample) ?? Number.NaN));
  }

  psutilGrowth(pick: (sample: PsutilSample) => number | undefined): number {
    const { psutil } = this.#measurement;
    const [first, last] = [psutil[0], psutil.at(-1)];
    return first && last ? (pick(last) ?? Number.NaN) - (pick(first) ?? Number.NaN) : Number.NaN;
  }

  /** Seconds between the first and the last sample of psutil. */
  get psutilSeconds(): number {
    return this.psutilGrowth(({ time }) => time);
  }

  vmstatMean(pick: (row: Readonly<Record<string, number>>) => number): number {
    return meanOf(this.#measurement.vmstat.map(pick));
  }
}

function compareCpu(measurement: Measurement): Comparison[] {
  const series = new Series(measurement);
  const cores = (measurement.psutil[0]?.cpu.length ?? 1) - 1;
  const share = (row: number): number =>
    (100 * series.psutilGrowth(({ cpu }) => cpu[row]?.[0])) / series.psutilGrowth(({ cpu }) => cpu[row]?.[1]);
  const columns = Array.from({ length: cores }, (_, core) => `core_${String(core)}_utilization`);
  const utilization = ['total_utilization', ...columns].flatMap((column, row): Comparison[] => {
    // Wide machines have no columns of single cores.
    if (!series.has(column)) return [];
    const tolerance = row === 0 && measurement.limits.cpu ? undefined : CPU_POINTS;
    return [
      { what: column, unit: '%', tool: 'psutil', ours: series.mean(column), theirs: share(row), tolerance },
    ];
  });
  const seconds = measurement.seconds;
  const counters = ['context_switches', 'interrupts', 'soft_interrupts'].map((column, i): Comparison => {
    const theirs = series.psutilGrowth(({ counters: all }) => all[i]);
    return growthOf(series, column, 'count', theirs, 50);
  });
  const rates = [
    ['context_switches', 'cs'],
    ['interrupts', 'in'],
  ].map(([column = '', name = '']): Comparison => {
    const theirs = series.vmstatMean(row => row[name] ?? Number.NaN);
    return {
      what: `${column} a second`,
      unit: 'count',
      tool: 'vmstat',
      ours: series.growth(column) / seconds,
      theirs,
      tolerance: (DRIFTING_PERCENT / 100) * theirs,
    };
  });
  const loads = ['load_avg_1m', 'load_avg_5m', 'load_avg_15m'].map((column, i): Comparison => ({
    what: column,
    unit: '',
    tool: 'psutil',
    ours: series.mean(column),
    theirs: series.psutilMean(({ load }) => load[i]),
    // The kernel reckons it anew every 5 s, which may fall between two readings.
    tolerance: 0.1,
  }));
  const idle = (row: Readonly<Record<string, number>>): number => row['id'] ?? Number.NaN;
  const waiting = (row: Readonly<Record<string, number>>): number => row['wa'] ?? Number.NaN;
  const ofVmstat = (
    what: string,
    busy: (row: Readonly<Record<string, number>>) => number,
    tolerance?: number,
  ): Comparison => ({
    what,
    unit: '%',
    tool: 'vmstat',
    ours: series.mean('total_utilization'),
    theirs: series.vmstatMean(busy),
    tolerance,
  });
  return [
    ...utilization,
    ofVmstat(
      'total_utilization, against 100 − id − wa',
      row => 100 - idle(row) - waiting(row),
      measurement.limits.cpu ? undefined : VMSTAT_POINTS,
    ),
    ofVmstat('total_utilization, against 100 − id', row => 100 - idle(row)),
    ...frequencies(series, cores),
    ...counters,
    ...rates,
    ...loads,
  ];
}

function frequencies(series: Series, cores: number): Comparison[] {
  if (!series.has('avg_freq_mhz')) return [];
  const theirs = series.psutilMean(({ mhz }) => meanOf(mhz));
  if (!(theirs > 0)) return [];
  const one: Comparison = {
    what: `avg_freq_mhz (${String(cores)} cores)`,
    unit: 'MHz',
    tool: 'psutil',
    ours: series.mean('avg_freq_mhz'),
    theirs,
    // A clock changes many times in a second, and each reading is of another moment.
    tolerance: 0.1 * theirs,
  };
  return [one];
}

function compareMemory(measurement: Measurement): Comparison[] {
  const series = new Series(measurement);
  const level = (
    what: string,
    unit: string,
    theirs: number,
    tolerance: number | undefined,
    note = '',
  ): Comparison => ({
    what: note === '' ? what : `${what}, ${note}`,
    unit,
    tool: 'psutil',
    ours: series.mean(what),
    theirs,
    tolerance,
  });
  const memory = (i: number): number => series.psutilMean(sample => (sample.memory[i] ?? Number.NaN) / MIB);
  const swap = (i: number): number => series.psutilMean(sample => (sample.swap[i] ?? Number.NaN) / MIB);
  if (measurement.limits.memory)
    return [level('ram_total_mb', 'MB', memory(0), undefined, 'below a cgroup’s limit')];
  return [
    // Rounded to whole MB.
    level('ram_total_mb', 'MB', memory(0), 1),
    level('ram_available_mb', 'MB', memory(1), MEMORY_MB),
    level('ram_used_mb', 'MB', memory(0) - memory(1), MEMORY_MB, 'against total − available'),
    level('ram_used_mb', 'MB', memory(2), undefined, 'against used'),
    level(
      'ram_percent',
      '%',
      series.psutilMean(sample => sample.memory[3]),
      0.5,
    ),
    level('swap_total_mb', 'MB', swap(0), 1),
    level('swap_used_mb', 'MB', swap(1), MEMORY_MB),
    level(
      'swap_percent',
      '%',
      series.psutilMean(sample => sample.swap[2]),
      0.5,
    ),
  ];
}

function compareDisk(measurement: Measurement): Comparison[] {
  const series = new Series(measurement);
  const { seconds, iostat } = measurement;
  const space = (what: string, theirs: number, tolerance: number, unit: string): Comparison => ({
    what: `${what} (root file system)`,
    unit,
    tool: 'psutil',
    ours: series.mean(what),
    theirs,
    tolerance,
  });
  const rows = [
    // Rounded to 0.01 GB, in which the load writes while both look.
    space(
      'disk_0_used_gb',
      series.psutilMean(({ disk }) => (disk[1] ?? Number.NaN) / GIB),
      0.05,
      'GB',
    ),
    space(
      'disk_0_total_gb',
      series.psutilMean(({ disk }) => (disk[0] ?? Number.NaN) / GIB),
      0.01,
      'GB',
    ),
    space(
      'disk_0_percent',
      series.psutilMean(({ disk }) => disk[2]),
      0.2,
      '%',
    ),
  ];
  if (!series.has('disk_read_bytes') || (measurement.psutil[0]?.io.length ?? 0) === 0) return rows;
  const io = (i: number): number => series.psutilGrowth(sample => sample.io[i]);
  // Each burst is written and read back.
  const share = (BURSTS_AT_EDGES * LOAD.burst) / io(3);
  const requests = (theirs: number): number => share * theirs + OTHERS.requests;
  const bytes = (theirs: number): number => share * theirs + OTHERS.bytes;
  rows.push(
    growthOf(series, 'disk_read_count', 'count', io(0), requests(io(0))),
    growthOf(series, 'disk_write_count', 'count', io(1), requests(io(1))),
    growthOf(series, 'disk_read_bytes', 'bytes', io(2), bytes(io(2))),
    growthOf(series, 'disk_write_bytes', 'bytes', io(3), bytes(io(3))),
    rateOf(series, 'disk_read_rate_mbps', 'MB/s', io(2) / 1e6, bytes(io(2)) / 1e6 / seconds),
    rateOf(series, 'disk_write_rate_mbps', 'MB/s', io(3) / 1e6, bytes(io(3)) / 1e6 / seconds),
  );
  if (iostat.length === 0) return rows;
  const mean = (field: keyof (typeof iostat)[number]): number => meanOf(iostat.map(report => report[field]));
  const against = (what: string, unit: string, ours: number, theirs: number, slack: number): Comparison => ({
    what,
    unit,
    tool: 'iostat',
    ours,
    theirs,
    tolerance: (DRIFTING_PERCENT / 100) * theirs + slack / seconds,
  });
  for (const [way, requestField, kilobyteField, i] of [
    ['read', 'r/s', 'rkB/s', 0],
    ['write', 'w/s', 'wkB/s', 1],
  ] as const) {
    const count = `disk_${way}_count`;
    const rate = `disk_${way}_rate_mbps`;
    const perSecond = series.growth(count) / seconds;
    const megabytes = (mean(kilobyteField) * 1024) / 1e6;
    rows.push(
      against(`${count} a second`, 'count', perSecond, mean(requestField), requests(io(i))),
      against(rate, 'MB/s', series.mean(rate), megabytes, bytes(io(i + 2)) / 1e6),
    );
  }
  return rows;
}

function compareNetwork(measurement: Measurement): Comparison[] {
  const series = new Series(measurement);
  const { seconds, hasTraffic } = measurement;
  const net = (i: number): number => series.psutilGrowth(sample => sample.net[i] ?? 0);
  // In a namespace of its own nobody else sends anything.
  const share = hasTraffic ? BURSTS_AT_EDGES / (LOAD.messagesPerSecond * seconds) : 0;
  const packets = (theirs: number): number => share * theirs + (hasTraffic ? 0 : OTHERS.packets);
  const bytes = (theirs: number): number => share * theirs + (hasTraffic ? 0 : OTHERS.bytes);
  const columns = [
    ['net_bytes_sent', 'bytes', bytes],
    ['net_bytes_recv', 'bytes', bytes],
    ['net_packets_sent', 'count', packets],
    ['net_packets_recv', 'count', packets],
    ['net_errors_in', 'count', () => 0],
    ['net_errors_out', 'count', () => 0],
    // A frame at either end.
    ['net_drops_in', 'count', () => 2],
    ['net_drops_out', 'count', () => 0],
  ] as const;
  const counters = columns.map(([column, unit, slack], i) =>
    growthOf(series, column, unit, net(i), slack(net(i))),
  );
  const rate = (column: string, i: number): Comparison =>
    rateOf(series, column, 'Mbit/s', (8 * net(i)) / 1e6, (8 * bytes(net(i))) / 1e6 / seconds);
  const sockets = (column: string, i: number): Comparison => ({
    what: column,
    unit: 'count',
    tool: 'psutil',
    ours: series.mean(column),
    theirs: series.psutilMean(sample => sample.sockets[i]),
    // Nor does anybody open a socket.
    tolerance: hasTraffic ? 0.5 : 5,
  });
  return [
    ...counters,
    rate('net_send_rate_mbps', 0),
    rate('net_recv_rate_mbps', 1),
    sockets('net_connections_total', 0),
    sockets('net_connections_established', 1),
  ];
}

/** @param slack what may be within one window and outside of the other */
function growthOf(series: Series, column: string, unit: string, theirs: number, slack: number): Comparison {
  const tolerance = (COUNTER_PERCENT / 100) * theirs + slack;
  return { what: `${column}, growth`, unit, tool: 'psutil', ours: series.growth(column), theirs, tolerance };
}

/** Our rate, against what psutil’s counter has grown by, in the unit of the rate, over psutil’s own time. */
function rateOf(series: Series, column: string, unit: string, grown: number, slack: number): Comparison {
  const theirs = grown / series.psutilSeconds;
  const tolerance = (COUNTER_PERCENT / 100) * theirs + slack;
  return { what: column, unit, tool: 'psutil', ours: series.mean(column), theirs, tolerance };
}

function valueOf(field: string | undefined): number {
  return field === undefined || field === '' ? Number.NaN : Number(field);
}

function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
