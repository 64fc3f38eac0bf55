import type { Unit } from './units.ts';

/** What a metric is repeated for: one column for the machine, or one for each core, GPU or file system. */
export type Instance = 'machine' | 'core' | 'gpu' | 'disk';

/** The parts of the readout that a user can switch on and off together. */
export type MetricGroup = 'session' | 'cpu' | 'gpu' | 'memory' | 'disk' | 'network';

/** How a value behaves: a `gauge` is a level, a `counter` only grows, `text` is a word. */
export type MetricKind = 'gauge' | 'counter' | 'text';

/** One row of the metric table. */
export interface Metric {
  /** Column name; `{n}` stands for the instance number where {@link per} is not `machine`. */
  readonly name: string;
  readonly per: Instance;
  readonly group: MetricGroup;
  readonly unit: Unit;
  readonly kind: MetricKind;
  /** Two or three words for a chart legend or a tooltip row. */
  readonly title: string;
  /** One sentence for the documentation and exporters' HELP texts. */
  readonly meaning: string;
  /** Digits after the decimal point that the source can justify; frames and logs are rounded to them. */
  readonly decimals: number;
  /**
   * Smallest change worth a new log row, in the metric's unit, whatever the relative threshold says.
   * For a counter it is a change of its rate per second.
   *
   * It stands above what the source varies by while nothing happens, and below what a person would call a change: on an
   * idle machine the kernel's clock ticks alone move a core by 2 % and a timer that wakes moves it by 5 %; the journal's
   * flush is a few hundred kB every few seconds; free memory wanders by some MB a second; pressure and load fade for a
   * minute after any work. A value that does not change by itself (a state, a size, a number of processes) has a floor
   * of one step.
   */
  readonly floor: number;
  /** Name after the OpenTelemetry semantic conventions for system and hardware metrics. */
  readonly otel: string;
  /**
   * Whether a study that the user contributes to gets it: what says how the machine is used and how that goes. It does not
   * get what tells this machine from others of its model, or in one month from the next, whose id is another: counts since
   * boot (they go on over the month's end, and with their rates tell when the machine was started), sizes of memory, swap
   * and disks, what these can be computed from (used and available memory; with the percentage, used memory alone), and
   * what stays for weeks: how full disks and swap are, and the power limit that somebody has set. The size of a GPU's memory
   * is the same for all cards of its model.
   */
  readonly contributed: boolean;
}

/** Marks what is contributed; what is new is not, until somebody has thought about it. */
const CONTRIBUTED = true;

interface Row extends Omit<Metric, 'per' | 'group'> {
  readonly per?: Instance;
}

function rows(group: MetricGroup, per: Instance, list: readonly Row[]): Metric[] {
  return list.map(row => ({ ...row, group, per: row.per ?? per }));
}

function gauge(
  name: string,
  unit: Unit,
  decimals: number,
  floor: number,
  title: string,
  meaning: string,
  otel: string,
  contributed = false,
): Row {
  return { name, unit, kind: 'gauge', decimals, floor, title, meaning, otel, contributed };
}

function counter(name: string, unit: Unit, floor: number, title: string, meaning: string, otel: string): Row {
  return { name, unit, kind: 'counter', decimals: 0, floor, title, meaning, otel, contributed: false };
}

/**
 * Every metric there is, in the order of the log's columns. The CSV header, the delta filter, the dashboard's
 * series, tooltips and exporters are all derived from this table.
 *
 * Adjacent rows that repeat for the same instance form a block: all columns of core 0, then all of core 1, and so on.
 */
export const METRICS: readonly Metric[] = [
  ...rows('session', 'machine', [
    {
      name: 'session_category',
      unit: '',
      kind: 'text',
      decimals: 0,
      floor: 0,
      title: 'Workload',
      meaning: 'Detected workload class; empty while there is no answer.',
      otel: 'optimetrics.session.category',
      contributed: CONTRIBUTED,
    },
    gauge(
      'session_confidence',
      '%',
      0,
      5,
      'Confidence',
      'Probability that the workload class is right.',
      'optimetrics.session.confidence',
      CONTRIBUTED,
    ),
  ]),
  ...rows('cpu', 'machine', [
    gauge(
      'total_utilization',
      '%',
      1,
      3,
      'CPU',
      'Share of all cores’ time spent working, waiting for disks not counted.',
      'system.cpu.utilization',
      CONTRIBUTED,
    ),
  ]),
  ...rows('cpu', 'core', [
    gauge(
      'core_{n}_utilization',
      '%',
      1,
      5,
      'Core {n}',
      'Share of this core’s time spent working.',
      'system.cpu.logical.utilization',
      CONTRIBUTED,
    ),
    gauge(
      'core_{n}_freq_mhz',
      'MHz',
      0,
      50,
      'Core {n} clock',
      'Current frequency of this core.',
      'system.cpu.frequency',
      CONTRIBUTED,
    ),
  ]),
  ...rows('cpu', 'machine', [
    gauge(
      'avg_freq_mhz',
      'MHz',
      0,
      50,
      'CPU clock',
      'Mean of the cores’ current frequencies.',
      'system.cpu.frequency.mean',
      CONTRIBUTED,
    ),
    gauge(
      'temperature',
      '°C',
      1,
      1,
      'CPU temperature',
      'Temperature of the CPU package.',
      'hw.temperature',
      CONTRIBUTED,
    ),
    gauge('power_watts', 'W', 1, 1, 'CPU power', 'Power drawn by the CPU packages.', 'hw.power', CONTRIBUTED),
    counter(
      'package_throttles',
      'count',
      1,
      'CPU throttling',
      'Times that CPU packages were throttled since boot because they were too hot, all packages together.',
      'hw.cpu.package.throttles',
    ),
    counter(
      'context_switches',
      'count',
      1000,
      'Context switches',
      'Context switches since boot.',
      'system.cpu.context_switches',
    ),
    counter(
      'interrupts',
      'count',
      1000,
      'Interrupts',
      'Interrupts serviced since boot.',
      'system.cpu.interrupts',
    ),
    counter(
      'soft_interrupts',
      'count',
      1000,
      'Soft interrupts',
      'Soft interrupts serviced since boot.',
      'system.cpu.soft_interrupts',
    ),
    gauge(
      'load_avg_1m',
      '',
      2,
      0.5,
      'Load 1 min',
      'Mean number of runnable and blocked tasks over 1 minute.',
      'system.cpu.load_average.1m',
      CONTRIBUTED,
    ),
    gauge(
      'load_avg_5m',
      '',
      2,
      0.5,
      'Load 5 min',
      'Mean number of runnable and blocked tasks over 5 minutes.',
      'system.cpu.load_average.5m',
      CONTRIBUTED,
    ),
    gauge(
      'load_avg_15m',
      '',
      2,
      0.5,
      'Load 15 min',
      'Mean number of runnable and blocked tasks over 15 minutes.',
      'system.cpu.load_average.15m',
      CONTRIBUTED,
    ),
  ]),
  ...rows('gpu', 'gpu', [
    gauge(
      'gpu{n}_utilization',
      '%',
      0,
      3,
      'GPU {n}',
      'Share of the driver’s sample period with at least one kernel running.',
      'hw.gpu.utilization',
      CONTRIBUTED,
    ),
    gauge(
      'gpu{n}_memory_utilization',
      '%',
      0,
      3,
      'GPU {n} memory bus',
      'Share of the driver’s sample period in which GPU memory was read or written.',
      'hw.gpu.memory.bandwidth.utilization',
      CONTRIBUTED,
    ),
    gauge(
      'gpu{n}_vram_used_mb',
      'MB',
      0,
      16,
      'GPU {n} VRAM',
      'GPU memory in use.',
      'hw.gpu.memory.usage',
      CONTRIBUTED,
    ),
    gauge(
      'gpu{n}_vram_total_mb',
      'MB',
      0,
      16,
      'GPU {n} VRAM size',
      'GPU memory installed.',
      'hw.gpu.memory.limit',
      CONTRIBUTED,
    ),
    gauge(
      'gpu{n}_vram_percent',
      '%',
      1,
      1,
      'GPU {n} VRAM share',
      'Share of GPU memory in use.',
      'hw.gpu.memory.utilization',
      CONTRIBUTED,
    ),
    gauge(
      'gpu{n}_temperature',
      '°C',
      0,
      1,
      'GPU {n} temperature',
      'Temperature of the GPU die.',
      'hw.temperature',
      CONTRIBUTED,
    ),
    gauge(
      'gpu{n}_power_watts',
      'W',
      1,
      3,
      'GPU {n} power',
      'Power drawn by the GPU board.',
      'hw.power',
      CONTRIBUTED,
    ),
    gauge(
      'gpu{n}_power_limit_watts',
      'W',
      1,
      1,
      'GPU {n} power limit',
      'Power limit the driver enforces.',
      'hw.power.limit',
    ),
    gauge(
      'gpu{n}_core_clock_mhz',
      'MHz',
      0,
      15,
      'GPU {n} core clock',
      'Graphics clock.',
      'hw.gpu.frequency.graphics',
      CONTRIBUTED,
    ),
    gauge(
      'gpu{n}_memory_clock_mhz',
      'MHz',
      0,
      15,
      'GPU {n} memory clock',
      'Memory clock.',
      'hw.gpu.frequency.memory',
      CONTRIBUTED,
    ),
    gauge(
      'gpu{n}_sm_clock_mhz',
      'MHz',
      0,
      15,
      'GPU {n} SM clock',
      'Clock of the streaming multiprocessors.',
      'hw.gpu.frequency.sm',
      CONTRIBUTED,
    ),
    gauge(
      'gpu{n}_fan_speed',
      '%',
      0,
      2,
      'GPU {n} fan',
      'Intended fan speed as a share of its maximum.',
      'hw.fan.speed_ratio',
      CONTRIBUTED,
    ),
    gauge(
      'gpu{n}_encoder_utilization',
      '%',
      0,
      1,
      'GPU {n} encoder',
      'Share of time the video encoder was busy.',
      'hw.gpu.encoder.utilization',
      CONTRIBUTED,
    ),
    gauge(
      'gpu{n}_decoder_utilization',
      '%',
      0,
      1,
      'GPU {n} decoder',
      'Share of time the video decoder was busy.',
      'hw.gpu.decoder.utilization',
      CONTRIBUTED,
    ),
    gauge(
      'gpu{n}_compute_processes',
      'count',
      0,
      1,
      'GPU {n} compute processes',
      'Number of processes with a compute context.',
      'hw.gpu.processes.compute',
      CONTRIBUTED,
    ),
    gauge(
      'gpu{n}_graphics_processes',
      'count',
      0,
      1,
      'GPU {n} graphics processes',
      'Number of processes with a graphics context.',
      'hw.gpu.processes.graphics',
      CONTRIBUTED,
    ),
    gauge(
      'gpu{n}_performance_state',
      '',
      0,
      1,
      'GPU {n} P-state',
      'Performance state: 0 is the fastest, 15 the slowest.',
      'hw.gpu.performance_state',
      CONTRIBUTED,
    ),
    gauge(
      'gpu{n}_pcie_tx_kbps',
      'KB/s',
      0,
      1000,
      'GPU {n} PCIe out',
      'Bytes sent by the GPU over PCIe; refreshed in rotation, not every second.',
      'hw.gpu.io.transmit',
      CONTRIBUTED,
    ),
    gauge(
      'gpu{n}_pcie_rx_kbps',
      'KB/s',
      0,
      1000,
      'GPU {n} PCIe in',
      'Bytes received by the GPU over PCIe; refreshed in rotation, not every second.',
      'hw.gpu.io.receive',
      CONTRIBUTED,
    ),
    gauge(
      'gpu{n}_throttle_reasons',
      'bit mask',
      0,
      0,
      'GPU {n} throttling',
      'Reasons why clocks are below their maximum, as NVML’s clocks event reasons bit mask.',
      'hw.gpu.throttle_reasons',
      CONTRIBUTED,
    ),
  ]),
  ...rows('memory', 'machine', [
    gauge('ram_total_mb', 'MB', 0, 64, 'Memory size', 'Memory installed.', 'system.memory.limit'),
    gauge(
      'ram_used_mb',
      'MB',
      0,
      64,
      'Memory used',
      'Memory that is not available to new work: total less available. Caches are not counted.',
      'system.memory.usage',
    ),
    gauge(
      'ram_available_mb',
      'MB',
      0,
      64,
      'Memory available',
      'Memory that new work can have without swapping.',
      'system.linux.memory.available',
    ),
    gauge(
      'ram_percent',
      '%',
      1,
      0.5,
      'Memory',
      'Share of memory used.',
      'system.memory.utilization',
      CONTRIBUTED,
    ),
    gauge('swap_total_mb', 'MB', 0, 64, 'Swap size', 'Swap space configured.', 'system.paging.limit'),
    gauge('swap_used_mb', 'MB', 0, 64, 'Swap used', 'Swap space in use.', 'system.paging.usage'),
    gauge('swap_percent', '%', 1, 0.5, 'Swap', 'Share of swap space in use.', 'system.paging.utilization'),
    gauge(
      'cpu_pressure',
      '%',
      2,
      5,
      'CPU pressure',
      'Share of the last 10 s in which some task waited for a CPU.',
      'system.linux.pressure.cpu',
      CONTRIBUTED,
    ),
    gauge(
      'memory_pressure',
      '%',
      2,
      5,
      'Memory pressure',
      'Share of the last 10 s in which some task waited for memory.',
      'system.linux.pressure.memory',
      CONTRIBUTED,
    ),
    gauge(
      'io_pressure',
      '%',
      2,
      5,
      'I/O pressure',
      'Share of the last 10 s in which some task waited for I/O.',
      'system.linux.pressure.io',
      CONTRIBUTED,
    ),
  ]),
  ...rows('disk', 'disk', [
    gauge(
      'disk_{n}_used_gb',
      'GB',
      2,
      0.05,
      'Disk {n} used',
      'Space in use on this file system.',
      'system.filesystem.usage',
    ),
    gauge(
      'disk_{n}_total_gb',
      'GB',
      2,
      0.05,
      'Disk {n} size',
      'Size of this file system.',
      'system.filesystem.limit',
    ),
    gauge(
      'disk_{n}_percent',
      '%',
      1,
      0.5,
      'Disk {n}',
      'Share of the space open to users that is in use, as df shows it.',
      'system.filesystem.utilization',
    ),
  ]),
  ...rows('disk', 'machine', [
    gauge(
      'disk_read_rate_mbps',
      'MB/s',
      3,
      1,
      'Disk read',
      'Rate read from physical disks, in millions of bytes a second.',
      'system.disk.io.read.rate',
      CONTRIBUTED,
    ),
    gauge(
      'disk_write_rate_mbps',
      'MB/s',
      3,
      1,
      'Disk write',
      'Rate written to physical disks, in millions of bytes a second.',
      'system.disk.io.write.rate',
      CONTRIBUTED,
    ),
    counter(
      'disk_read_count',
      'count',
      100,
      'Disk reads',
      'Reads completed by physical disks since boot.',
      'system.disk.operations.read',
    ),
    counter(
      'disk_write_count',
      'count',
      100,
      'Disk writes',
      'Writes completed by physical disks since boot.',
      'system.disk.operations.write',
    ),
    counter(
      'disk_read_bytes',
      'bytes',
      1_000_000,
      'Disk bytes read',
      'Bytes read from physical disks since boot.',
      'system.disk.io.read',
    ),
    counter(
      'disk_write_bytes',
      'bytes',
      1_000_000,
      'Disk bytes written',
      'Bytes written to physical disks since boot.',
      'system.disk.io.write',
    ),
  ]),
  ...rows('network', 'machine', [
    counter(
      'net_bytes_sent',
      'bytes',
      125_000,
      'Bytes sent',
      'Bytes sent by all interfaces but loopback.',
      'system.network.io.transmit',
    ),
    counter(
      'net_bytes_recv',
      'bytes',
      125_000,
      'Bytes received',
      'Bytes received by all interfaces but loopback.',
      'system.network.io.receive',
    ),
    counter(
      'net_packets_sent',
      'count',
      200,
      'Packets sent',
      'Packets sent by all interfaces but loopback.',
      'system.network.packets.transmit',
    ),
    counter(
      'net_packets_recv',
      'count',
      200,
      'Packets received',
      'Packets received by all interfaces but loopback.',
      'system.network.packets.receive',
    ),
    counter(
      'net_errors_in',
      'count',
      1,
      'Receive errors',
      'Receive errors of all interfaces but loopback.',
      'system.network.errors.receive',
    ),
    counter(
      'net_errors_out',
      'count',
      1,
      'Send errors',
      'Send errors of all interfaces but loopback.',
      'system.network.errors.transmit',
    ),
    counter(
      'net_drops_in',
      'count',
      1,
      'Dropped on receive',
      'Packets dropped on receive by all interfaces but loopback.',
      'system.network.dropped.receive',
    ),
    counter(
      'net_drops_out',
      'count',
      1,
      'Dropped on send',
      'Packets dropped on send by all interfaces but loopback.',
      'system.network.dropped.transmit',
    ),
    gauge(
      'net_send_rate_mbps',
      'Mbit/s',
      3,
      1,
      'Network out',
      'Rate sent, in millions of bits a second.',
      'system.network.io.transmit.rate',
      CONTRIBUTED,
    ),
    gauge(
      'net_recv_rate_mbps',
      'Mbit/s',
      3,
      1,
      'Network in',
      'Rate received, in millions of bits a second.',
      'system.network.io.receive.rate',
      CONTRIBUTED,
    ),
    gauge(
      'net_connections_total',
      'count',
      0,
      2,
      'Sockets',
      'TCP and UDP sockets in use, IPv4 and IPv6.',
      'system.network.connections',
      CONTRIBUTED,
    ),
    gauge(
      'net_connections_established',
      'count',
      0,
      2,
      'Connections',
      'TCP connections that are established.',
      'system.network.connections.established',
      CONTRIBUTED,
    ),
  ]),
];
