import { needs, none, type GpuSources, type Source } from './source.ts';

const NOT_NVIDIA = none();
const SEE_ALL = 'root outside of containers, or `CAP_SYS_PTRACE` and `CAP_DAC_READ_SEARCH`';
const VIDEO_ON_INTEL = needs(
  SEE_ALL,
  'work of the video engines, of all programs, from `/proc/*/fdinfo`; one engine does both',
);
const VIDEO_ON_AMD = '`vcn_busy_percent`, else `gpu_metrics`; one engine does both and tells one load';

function nvml(call: string): string {
  return `NVML, \`nvmlDeviceGet${call}\``;
}

/** Sensors of cards; those of an integrated GPU are the processor’s. */
function card(file: string): Source {
  return `hwmon \`${file}\` of cards`;
}

function statistics(key: string, which = ''): Source {
  return `I/O Registry, \`IOAccelerator\`, “${key}”${which}`;
}

const OF_AMD_MACS = ' (AMD in Intel Macs)';

/** Where every metric of GPUs comes from: what the adapters in `src/sampler/adapters/gpu` read. */
export const GPU_SOURCES: GpuSources = {
  'gpu{n}_utilization': {
    NVIDIA: nvml('UtilizationRates'),
    AMD: '`gpu_busy_percent`, else `gpu_metrics`',
    Intel: needs(
      `${SEE_ALL} for the engines; without, the time awake`,
      'the busiest kind of engine, work of all programs from `/proc/*/fdinfo`; else the share of time awake, from `rc6_residency_ms` (i915) or `gtidle/idle_residency_ms` (xe)',
    ),
    Apple: statistics('Device Utilization %', ', else “GPU Activity(%)”'),
    Windows: '`D3DKMTQueryStatistics`, running time of the busiest engine',
  },
  'gpu{n}_memory_utilization': {
    NVIDIA: nvml('UtilizationRates'),
    AMD: '`mem_busy_percent`, else `gpu_metrics`',
    Intel: none(),
    Apple: none(),
    Windows: none(),
  },
  'gpu{n}_vram_used_mb': {
    NVIDIA: nvml('MemoryInfo_v2'),
    AMD: '`mem_info_vram_used`; of an APU with `mem_info_gtt_used`',
    Intel: none('told of single programs only, which count shared memory twice'),
    Apple: statistics('In use system memory', '; “vramUsedBytes” with memory of its own'),
    Windows:
      '`D3DKMTQueryStatistics`, resident bytes of its own segments, else of those in the machine’s memory',
  },
  'gpu{n}_vram_total_mb': {
    NVIDIA: nvml('MemoryInfo_v2'),
    AMD: '`mem_info_vram_total`; of an APU with `mem_info_gtt_total`',
    Intel: '`dmem.capacity` of the root cgroup (Linux 6.14, cards)',
    Apple: '`sysctl hw.memsize`; “VRAM,totalMB” with memory of its own',
    Windows: '`D3DKMTQueryAdapterInfo`, segment sizes; else limits of `D3DKMTQueryStatistics`',
  },
  'gpu{n}_vram_percent': {
    NVIDIA: 'used / total',
    AMD: 'used / total',
    Intel: none('as memory in use'),
    Apple: 'used / total',
    Windows: 'used / total',
  },
  'gpu{n}_temperature': {
    NVIDIA: nvml('TemperatureV'),
    AMD: 'hwmon, label `edge`, else `junction`; else `gpu_metrics`',
    Intel: card('temp*_input'),
    Apple: statistics('Temperature(C)', OF_AMD_MACS),
    Windows: '`D3DKMTQueryAdapterInfo(KMTQAITYPE_ADAPTERPERFDATA)`',
  },
  'gpu{n}_power_watts': {
    NVIDIA: nvml('PowerUsage'),
    AMD: 'hwmon `power1_average`, else `power1_input`; of an APU the graphics rail of `gpu_metrics`',
    Intel: card('energy*_input'),
    Apple: statistics('Total Power(W)', OF_AMD_MACS),
    Windows: none('told in percent of a limit that is not told'),
  },
  'gpu{n}_power_limit_watts': {
    NVIDIA: nvml('EnforcedPowerLimit'),
    AMD: 'hwmon `power1_cap` of cards',
    Intel: 'hwmon `power*_max`, else `power*_cap`, of cards; every 30 s',
    Apple: none(),
    Windows: none(),
  },
  'gpu{n}_core_clock_mhz': {
    NVIDIA: nvml('ClockInfo'),
    AMD: 'hwmon, label `sclk`; else `gpu_metrics`',
    Intel: '`rps_act_freq_mhz`, before Linux 5.18 `gt_act_freq_mhz` (i915); `freq0/act_freq` (xe)',
    Apple: statistics('Core Clock(MHz)', OF_AMD_MACS),
    Windows: '`D3DKMTQueryAdapterInfo(KMTQAITYPE_NODEPERFDATA)`',
  },
  'gpu{n}_memory_clock_mhz': {
    NVIDIA: nvml('ClockInfo'),
    AMD: 'hwmon, label `mclk`; else `gpu_metrics`',
    Intel: none(),
    Apple: statistics('Memory Clock(MHz)', OF_AMD_MACS),
    Windows: '`D3DKMTQueryAdapterInfo(KMTQAITYPE_ADAPTERPERFDATA)`',
  },
  'gpu{n}_sm_clock_mhz': {
    NVIDIA: nvml('ClockInfo'),
    AMD: NOT_NVIDIA,
    Intel: NOT_NVIDIA,
    Apple: NOT_NVIDIA,
    Windows: NOT_NVIDIA,
  },
  'gpu{n}_fan_speed': {
    NVIDIA: nvml('FanSpeed'),
    AMD: 'hwmon `pwm1` / 255, else `fan1_input` / `fan1_max`',
    Intel: none('turns a minute, without a maximum'),
    Apple: statistics('Fan Speed(%)', OF_AMD_MACS),
    Windows: '`D3DKMTQueryAdapterInfo`, `FanRPM` / `MaxFanRPM`',
  },
  'gpu{n}_encoder_utilization': {
    NVIDIA: nvml('EncoderUtilization'),
    AMD: VIDEO_ON_AMD,
    Intel: VIDEO_ON_INTEL,
    Apple: none(),
    Windows: '`D3DKMTQueryStatistics`, engines that only encode',
  },
  'gpu{n}_decoder_utilization': {
    NVIDIA: nvml('DecoderUtilization'),
    AMD: VIDEO_ON_AMD,
    Intel: VIDEO_ON_INTEL,
    Apple: none(),
    Windows: '`D3DKMTQueryStatistics`, engines that only decode',
  },
  'gpu{n}_compute_processes': {
    NVIDIA: `${nvml('ComputeRunningProcesses_v3')}: the number alone is asked for`,
    AMD: none(),
    Intel: none(),
    Apple: none(),
    Windows: none(),
  },
  'gpu{n}_graphics_processes': {
    NVIDIA: `${nvml('GraphicsRunningProcesses_v3')}: the number alone is asked for`,
    AMD: none(),
    Intel: none(),
    Apple: none(),
    Windows: none(),
  },
  'gpu{n}_performance_state': {
    NVIDIA: nvml('PerformanceState'),
    AMD: NOT_NVIDIA,
    Intel: NOT_NVIDIA,
    Apple: NOT_NVIDIA,
    Windows: NOT_NVIDIA,
  },
  'gpu{n}_pcie_tx_kbps': pcie(),
  'gpu{n}_pcie_rx_kbps': pcie(),
  'gpu{n}_throttle_reasons': {
    NVIDIA: nvml('CurrentClocksEventReasons'),
    AMD: '`indep_throttle_status` or throttle counters of `gpu_metrics`, as NVML’s bits',
    Intel: '`throttle_reason_*` (i915), `freq0/throttle/reason_*` (xe), as NVML’s bits',
    Apple: none(),
    Windows: none(),
  },
};

function pcie(): GpuSources[string] {
  return {
    NVIDIA: `${nvml('PcieThroughput')}, one call of 20 ms every 10 s, in turn`,
    AMD: none('`pcie_bw` keeps its reader waiting for a second'),
    Intel: none(),
    Apple: none(),
    Windows: none(),
  };
}
