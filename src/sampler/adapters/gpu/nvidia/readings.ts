import { MIB } from '../../../../common/units.ts';
import { GpuColumn, type GpuRecord } from '../gpu-record.ts';
import type { Nvml } from './nvml.ts';
import { NOT_AVAILABLE, NvmlCode } from './return-code.ts';
import type { SharedMemory } from './shared-memory.ts';

/** One way of making a reading: a function of the library and how to take its answer. */
export interface Variant {
  /** Calls the function and returns its code; the answer stays in buffers until the next call. */
  call(gpu: bigint): number;
  /** Takes the answer of a call that succeeded. */
  store(record: GpuRecord): void;
  /** Whether what it gives is the machine's memory and not the GPU's. */
  readonly isSharedMemory?: boolean;
}

/** One call a tick, and the columns it fills. */
export interface Reading {
  /** What it reads, for a person. */
  readonly title: string;
  readonly columns: readonly number[];
  /** Those of its variants that the library has, the newest first. */
  readonly variants: readonly Variant[];
  /**
   * Whether there is none of a GPU in its partitioned mode (MIG), in which only the partitions work. It comes when the
   * GPU leaves that mode.
   */
  readonly isOfWhole: boolean;
}

/** `nvmlMemory_v2`: the size of `nvmlMemory_v2_t`, 40 bytes, and its version, 2, in the highest byte. */
const MEMORY_V2 = 40 | (2 << 24);
/** `nvmlTemperature_v1`: the size of `nvmlTemperature_t`, 12 bytes, and its version, 1. */
const TEMPERATURE_V1 = 12 | (1 << 24);
/** `NVML_TEMPERATURE_GPU` */
const SENSOR_DIE = 0;
/** `NVML_CLOCK_GRAPHICS`, `NVML_CLOCK_SM`, `NVML_CLOCK_MEM` */
const CLOCK = { graphics: 0, sm: 1, memory: 2 } as const;
/** `NVML_DEVICE_MIG_ENABLE` */
const MIG_ENABLED = 1;
/** `NVML_PSTATE_15` and `NVML_PSTATE_UNKNOWN` */
const PSTATE = { slowest: 15, unknown: 32 } as const;
/** Milliwatts in a watt. */
const MILLI = 1000;

/** Returns what tells whether a GPU is in its partitioned mode (MIG); it is not where the library knows no such mode. */
export function buildMigCheck(nvml: Nvml): (gpu: bigint) => boolean {
  const read = nvml.readTwo('nvmlDeviceGetMigMode');
  const current = new Uint32Array(1);
  const pending = new Uint32Array(1);
  return gpu => read?.(gpu, current, pending) === NvmlCode.success && current[0] === MIG_ENABLED;
}

/**
 * Everything that is read of a GPU each tick, for a library; PCIe is apart, see {@link PcieRotation}. The readings share
 * their buffers: a variant's answer must be stored before the next call.
 */
export function buildReadings(nvml: Nvml, sharedMemory: SharedMemory): Reading[] {
  const out = new Uint32Array(16);
  const second = new Uint32Array(2);
  const signed = new Int32Array(out.buffer);
  const word = (at: number): number => out[at] ?? 0;
  const long = (at: number): number => word(at) + word(at + 1) * 2 ** 32;

  const one = (symbol: string, store: Variant['store'], prepare?: () => void): Variant[] => {
    const read = nvml.readOne(symbol);
    if (!read) return [];
    const call = (gpu: bigint): number => {
      prepare?.();
      return read(gpu, out);
    };
    return [{ call, store }];
  };
  const kind = (symbol: string, selector: number, store: Variant['store']): Variant[] => {
    const read = nvml.readKind(symbol);
    return read ? [{ call: gpu => read(gpu, selector, out), store }] : [];
  };
  const put =
    (column: number, convert: (value: number) => number = value => value): Variant['store'] =>
    record => {
      setOrUnsupported(record, column, word(0), convert);
    };

  /** Memory of its own, with the places of the total and of what is used. A total of 0 is none. */
  const ownMemory = (symbol: string, total: number, used: number, prepare?: () => void): Variant[] =>
    one(
      symbol,
      record => {
        setMemory(record, long(total), long(used));
      },
      prepare,
    ).map(variant => ({
      call: gpu => {
        const code = variant.call(gpu);
        return code === NvmlCode.success && long(total) === 0 ? NvmlCode.notSupported : code;
      },
      store: record => {
        variant.store(record);
      },
    }));
  const memory = [
    // nvmlMemory_v2_t: version, (padding), total, reserved, free, used. What the driver reserves is not in `used`.
    ...ownMemory('nvmlDeviceGetMemoryInfo_v2', 2, 8, () => (out[0] = MEMORY_V2)),
    // nvmlMemory_t: total, free, used. What the driver reserves is in `used`.
    ...ownMemory('nvmlDeviceGetMemoryInfo', 0, 4),
  ];
  if (memory.length > 0) {
    memory.push({
      call: () => (sharedMemory.read() ? NvmlCode.success : NvmlCode.notSupported),
      store: record => {
        setMemory(record, sharedMemory.total, sharedMemory.used);
      },
      isSharedMemory: true,
    });
  }
  const putPerformanceState = (record: GpuRecord): void => {
    const state = word(0);
    if (state <= PSTATE.slowest) record.set(GpuColumn.performance_state, state);
    else record.absent(GpuColumn.performance_state, state === PSTATE.unknown ? 'unsupported' : 'failed');
  };
  const putReasons = (record: GpuRecord): void => {
    record.set(GpuColumn.throttle_reasons, long(0));
  };
  const videoEngine = (symbol: string, column: number): Variant[] => {
    const read = nvml.readTwo(symbol);
    return read ? [{ call: gpu => read(gpu, out, second), store: put(column) }] : [];
  };
  /**
   * Asks for no entries, so that only the number comes back and no process is ever seen: the answer to that is
   * "insufficient size", or success when there are none.
   */
  const processCount = (symbol: string, column: number): Variant[] => {
    const read = nvml.readTwo(symbol);
    if (!read) return [];
    const call = (gpu: bigint): number => {
      out[0] = 0;
      const code = read(gpu, out, null);
      return code === NvmlCode.insufficientSize ? NvmlCode.success : code;
    };
    return [{ call, store: put(column) }];
  };
  const processes = (title: string, type: string, column: number): Reading => ({
    title,
    columns: [column],
    variants: ['_v3', '_v2', ''].flatMap(version =>
      processCount(`nvmlDeviceGet${type}RunningProcesses${version}`, column),
    ),
    isOfWhole: false,
  });
  const reading = (title: string, column: number, variants: Variant[], isOfWhole = false): Reading => ({
    title,
    columns: [column],
    variants,
    isOfWhole,
  });

  return [
    {
      title: 'utilization',
      columns: [GpuColumn.utilization, GpuColumn.memory_utilization],
      // nvmlUtilization_t: gpu, memory
      variants: one('nvmlDeviceGetUtilizationRates', record => {
        setOrUnsupported(record, GpuColumn.utilization, word(0));
        setOrUnsupported(record, GpuColumn.memory_utilization, word(1));
      }),
      isOfWhole: true,
    },
    {
      title: 'video memory',
      columns: [GpuColumn.vram_used_mb, GpuColumn.vram_total_mb, GpuColumn.vram_percent],
      variants: memory,
      isOfWhole: false,
    },
    reading('temperature', GpuColumn.temperature, [
      // nvmlTemperature_t: version, sensorType, (signed) temperature
      ...one(
        'nvmlDeviceGetTemperatureV',
        record => {
          record.set(GpuColumn.temperature, signed[2] ?? Number.NaN);
        },
        () => {
          out[0] = TEMPERATURE_V1;
          out[1] = SENSOR_DIE;
        },
      ),
      ...kind('nvmlDeviceGetTemperature', SENSOR_DIE, put(GpuColumn.temperature)),
    ]),
    reading(
      'power',
      GpuColumn.power_watts,
      one(
        'nvmlDeviceGetPowerUsage',
        put(GpuColumn.power_watts, value => value / MILLI),
      ),
    ),
    reading(
      'power limit',
      GpuColumn.power_limit_watts,
      one(
        'nvmlDeviceGetEnforcedPowerLimit',
        put(GpuColumn.power_limit_watts, value => value / MILLI),
      ),
    ),
    reading(
      'core clock',
      GpuColumn.core_clock_mhz,
      kind('nvmlDeviceGetClockInfo', CLOCK.graphics, put(GpuColumn.core_clock_mhz)),
    ),
    reading(
      'memory clock',
      GpuColumn.memory_clock_mhz,
      kind('nvmlDeviceGetClockInfo', CLOCK.memory, put(GpuColumn.memory_clock_mhz)),
    ),
    reading(
      'SM clock',
      GpuColumn.sm_clock_mhz,
      kind('nvmlDeviceGetClockInfo', CLOCK.sm, put(GpuColumn.sm_clock_mhz)),
    ),
    reading(
      'fan speed',
      GpuColumn.fan_speed,
      // A share of the speed at the noise limit, which the driver may exceed.
      one(
        'nvmlDeviceGetFanSpeed',
        put(GpuColumn.fan_speed, value => Math.min(value, 100)),
      ),
    ),
    reading(
      'video encoder',
      GpuColumn.encoder_utilization,
      videoEngine('nvmlDeviceGetEncoderUtilization', GpuColumn.encoder_utilization),
      true,
    ),
    reading(
      'video decoder',
      GpuColumn.decoder_utilization,
      videoEngine('nvmlDeviceGetDecoderUtilization', GpuColumn.decoder_utilization),
      true,
    ),
    processes('number of compute processes', 'Compute', GpuColumn.compute_processes),
    processes('number of graphics processes', 'Graphics', GpuColumn.graphics_processes),
    reading('performance state', GpuColumn.performance_state, [
      ...one('nvmlDeviceGetPerformanceState', putPerformanceState),
      ...one('nvmlDeviceGetPowerState', putPerformanceState),
    ]),
    reading('throttle reasons', GpuColumn.throttle_reasons, [
      ...one('nvmlDeviceGetCurrentClocksEventReasons', putReasons),
      ...one('nvmlDeviceGetCurrentClocksThrottleReasons', putReasons),
    ]),
  ];
}

function setOrUnsupported(
  record: GpuRecord,
  column: number,
  value: number,
  convert: (value: number) => number = same => same,
): void {
  if (value === NOT_AVAILABLE) record.absent(column, 'unsupported');
  else record.set(column, convert(value));
}

/** Stores memory in bytes. */
function setMemory(record: GpuRecord, total: number, used: number): void {
  record.set(GpuColumn.vram_used_mb, used / MIB);
  record.set(GpuColumn.vram_total_mb, total / MIB);
  record.set(GpuColumn.vram_percent, (used / total) * 100);
}
