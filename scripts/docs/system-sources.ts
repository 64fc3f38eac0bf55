import { needs, none, type Source, type SystemSources } from './source.ts';

const CLASSIFIED = 'the classifier, from the other columns';
const PRIVATE_ON_MAC = none('private interfaces that differ from chip to chip');
const NO_PSI = none('only Linux measures it');
const POWER_INFORMATION =
  '`CallNtPowerInformation(ProcessorInformation)`, `CurrentMhz`: without turbo; up to 64 cores';
const MEMORY_STATUS = '`GlobalMemoryStatusEx`';
const VM_STATISTICS =
  '`host_statistics64(HOST_VM_INFO64)`: anonymous less purgeable, wired and compressor pages, as Activity Monitor’s “Memory Used”';
const SWAP_USAGE = '`sysctl vm.swapusage`';
const STATFS = 'statfs(2) of file systems on local block devices';
const PAGE_FILES = '`NtQuerySystemInformation`, class 18: all page files';
const FREE_SPACE = '`GetDiskFreeSpaceExW` of fixed drives, each volume once';
const STATFS_ON_MAC = 'statfs(2) of local file systems; an APFS container counts once';
const DISK_PERFORMANCE = '`IOCTL_DISK_PERFORMANCE` of the physical drives';
const BLOCK_DRIVER = 'I/O Registry, `Statistics` of `IOBlockStorageDriver`';
const INTERFACE_TABLE_WINDOWS = '`GetIfTable2`, interfaces with hardware';
const INTERFACE_TABLE_MAC = '`sysctl` of `IFMIB_IFALLDATA`, ifmib(4)';

function diskstats(field: string): Source {
  return `\`/proc/diskstats\`, ${field}, of whole physical disks`;
}

function netDev(field: string): Source {
  return `\`/proc/net/dev\`, ${field}`;
}

function network(
  field: string,
  windows: string,
  mac: string,
): {
  readonly Linux: Source;
  readonly Windows: Source;
  readonly macOS: Source;
} {
  return {
    Linux: netDev(field),
    Windows: `${INTERFACE_TABLE_WINDOWS}, \`${windows}\``,
    macOS: `${INTERFACE_TABLE_MAC}, \`${mac}\``,
  };
}

/** Where every metric but those of GPUs comes from: what the adapters in `src/sampler/adapters` read. */
export const SYSTEM_SOURCES: SystemSources = {
  'session_category': { Linux: CLASSIFIED, Windows: CLASSIFIED, macOS: CLASSIFIED },
  'session_confidence': { Linux: CLASSIFIED, Windows: CLASSIFIED, macOS: CLASSIFIED },
  'total_utilization': {
    Linux:
      '`/proc/stat`, line `cpu`, all but idle and iowait; below a cgroup’s limit `usage_usec` of `cpu.stat` (`cpuacct.usage` in cgroup v1)',
    Windows: '`NtQuerySystemInformation`, class 8, all but idle; else `GetSystemTimes`',
    macOS: '`host_processor_info(PROCESSOR_CPU_LOAD_INFO)`, all but idle',
  },
  'core_{n}_utilization': {
    Linux: '`/proc/stat`, lines `cpu0` and so on',
    Windows: '`NtQuerySystemInformation`, class 8',
    macOS: '`host_processor_info(PROCESSOR_CPU_LOAD_INFO)`',
  },
  'core_{n}_freq_mhz': {
    Linux:
      '`cpufreq/scaling_cur_freq`, 64 cores a tick in turn; else `cpu MHz` of `/proc/cpuinfo`, every 5 s while it stands still',
    Windows: POWER_INFORMATION,
    macOS: none('macOS tells the nominal clock only'),
  },
  'avg_freq_mhz': {
    Linux: 'mean of the above over cores that are online',
    Windows: 'mean of the above',
    macOS: none('macOS tells the nominal clock only'),
  },
  'temperature': {
    Linux:
      'hwmon: `coretemp` (package), `zenpower`, `k10temp` (Tdie, else Tctl), thermal zones of the CPU; the hottest package',
    Windows: none('it takes a driver in the kernel'),
    macOS: PRIVATE_ON_MAC,
  },
  'power_watts': {
    Linux: needs(
      'root, or the right to read `energy_uj` granted by root; `zenpower` none',
      'RAPL (`/sys/class/powercap/intel-rapl:*/energy_uj`, AMD too); else the drivers `amd_energy`, `zenpower`; sum of packages',
    ),
    Windows: none('it takes a driver in the kernel'),
    macOS: PRIVATE_ON_MAC,
  },
  'package_throttles': {
    Linux:
      'Intel: `thermal_throttle/package_throttle_count` of the first CPU of each package; AMD and Arm: unsupported',
    Windows: none('nothing counts it'),
    macOS: none('macOS tells a level of thermal pressure only'),
  },
  'context_switches': {
    Linux: '`/proc/stat`, `ctxt`',
    Windows: '`NtQuerySystemInformation`, class 2',
    macOS: none('not counted for the whole machine'),
  },
  'interrupts': {
    Linux: '`/proc/stat`, `intr`',
    Windows: '`NtQuerySystemInformation`, class 8, sum of the cores’',
    macOS: none('not counted for the whole machine'),
  },
  'soft_interrupts': {
    Linux: '`/proc/stat`, `softirq`',
    Windows: '`NtQuerySystemInformation`, class 23: deferred procedure calls',
    macOS: none('not counted for the whole machine'),
  },
  'load_avg_1m': loadAverage(1),
  'load_avg_5m': loadAverage(2),
  'load_avg_15m': loadAverage(3),
  'ram_total_mb': {
    Linux: '`/proc/meminfo`, `MemTotal`; where a cgroup limits memory, the limit',
    Windows: MEMORY_STATUS,
    macOS: '`sysctl hw.memsize`',
  },
  'ram_used_mb': {
    Linux:
      '`MemTotal` − `MemAvailable`; in a limited cgroup `memory.current` − `inactive_file` of the cgroup with the limit',
    Windows: `${MEMORY_STATUS}, total less available`,
    macOS: VM_STATISTICS,
  },
  'ram_available_mb': {
    Linux: '`MemAvailable` (before Linux 3.14 free, buffers and cached); in a limited cgroup limit less used',
    Windows: MEMORY_STATUS,
    macOS: 'total less used',
  },
  'ram_percent': {
    Linux: 'used / total',
    Windows: 'used / total',
    macOS: 'used / total',
  },
  'swap_total_mb': {
    Linux: '`/proc/meminfo`, `SwapTotal`; where a cgroup limits swap, the limit',
    Windows: PAGE_FILES,
    macOS: SWAP_USAGE,
  },
  'swap_used_mb': {
    Linux: '`SwapTotal` − `SwapFree`; in a limited cgroup `memory.swap.current`',
    Windows: PAGE_FILES,
    macOS: SWAP_USAGE,
  },
  'swap_percent': {
    Linux: 'used / total; 0 without swap',
    Windows: 'used / total; 0 without page file',
    macOS: 'used / total; 0 without swap files',
  },
  'cpu_pressure': { Linux: pressure('cpu'), Windows: NO_PSI, macOS: NO_PSI },
  'memory_pressure': { Linux: pressure('memory'), Windows: NO_PSI, macOS: NO_PSI },
  'io_pressure': { Linux: pressure('io'), Windows: NO_PSI, macOS: NO_PSI },
  'disk_{n}_used_gb': { Linux: STATFS, Windows: FREE_SPACE, macOS: STATFS_ON_MAC },
  'disk_{n}_total_gb': { Linux: STATFS, Windows: FREE_SPACE, macOS: STATFS_ON_MAC },
  'disk_{n}_percent': {
    Linux: 'used / (used + available to users)',
    Windows: 'used / (used + available to this user)',
    macOS: 'used / (used + available to users)',
  },
  'disk_read_rate_mbps': rateOf('disk_read_bytes'),
  'disk_write_rate_mbps': rateOf('disk_write_bytes'),
  'disk_read_count': {
    Linux: diskstats('field 4'),
    Windows: `${DISK_PERFORMANCE}, \`ReadCount\``,
    macOS: `${BLOCK_DRIVER}, “Operations (Read)”`,
  },
  'disk_write_count': {
    Linux: diskstats('field 8'),
    Windows: `${DISK_PERFORMANCE}, \`WriteCount\``,
    macOS: `${BLOCK_DRIVER}, “Operations (Write)”`,
  },
  'disk_read_bytes': {
    Linux: diskstats('field 6, × 512'),
    Windows: `${DISK_PERFORMANCE}, \`BytesRead\``,
    macOS: `${BLOCK_DRIVER}, “Bytes (Read)”`,
  },
  'disk_write_bytes': {
    Linux: diskstats('field 10, × 512'),
    Windows: `${DISK_PERFORMANCE}, \`BytesWritten\``,
    macOS: `${BLOCK_DRIVER}, “Bytes (Write)”`,
  },
  'net_bytes_sent': network('bytes sent', 'OutOctets', 'ifi_obytes'),
  'net_bytes_recv': network('bytes received', 'InOctets', 'ifi_ibytes'),
  'net_packets_sent': network('packets sent', 'OutUcastPkts` and `OutNUcastPkts', 'ifi_opackets'),
  'net_packets_recv': network('packets received', 'InUcastPkts` and `InNUcastPkts', 'ifi_ipackets'),
  'net_errors_in': network('receive `errs`', 'InErrors', 'ifi_ierrors'),
  'net_errors_out': network('transmit `errs`', 'OutErrors', 'ifi_oerrors'),
  'net_drops_in': network('receive `drop`', 'InDiscards', 'ifi_iqdrops'),
  'net_drops_out': network('transmit `drop`', 'OutDiscards', 'ifmd_snd_drops'),
  'net_send_rate_mbps': rateOf('net_bytes_sent'),
  'net_recv_rate_mbps': rateOf('net_bytes_recv'),
  'net_connections_total': {
    Linux: '`/proc/net/sockstat` and `sockstat6`, `inuse` of TCP and UDP; TIME_WAIT does not count',
    Windows:
      'rows of `GetTcpTable`, `GetTcp6Table`, `GetUdpTable`, `GetUdp6Table`; TIME_WAIT counts; with thousands of them less often',
    macOS: '`sysctl net.inet.tcp.pcbcount` and `net.inet.udp.pcbcount`; TIME_WAIT counts',
  },
  'net_connections_established': {
    Linux: '`/proc/net/snmp`, `CurrEstab`: ESTABLISHED and CLOSE_WAIT, IPv4 and IPv6',
    Windows: '`GetTcpStatisticsEx`, `dwCurrEstab`, IPv4 and IPv6',
    macOS: none('told only in a list of all connections, which costs too much every second'),
  },
};

function loadAverage(field: number): SystemSources[string] {
  return {
    Linux: `\`/proc/loadavg\`, field ${String(field)}`,
    Windows: none('Windows has none'),
    macOS: 'getloadavg(3)',
  };
}

function pressure(what: string): Source {
  return `\`/proc/pressure/${what}\`, \`some avg10\` (Linux 4.20, not with \`psi=0\`); always the machine’s`;
}

/** A rate is the growth of a counter, device by device, over the time between two samples. */
function rateOf(counter: string): SystemSources[string] {
  const source = `growth of \`${counter}\` over the time since the last sample; a device that is new or was reset adds none`;
  return { Linux: source, Windows: source, macOS: source };
}
