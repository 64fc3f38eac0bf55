import type { Absence } from '../../../../common/frame.ts';
import type { ByteReader } from '../../../proc/byte-reader.ts';
import { Reason, reasonsOf } from './throttling.ts';

/** What the driver fills fields with that a chip does not have. */
const NONE_16 = 0xffff;
const NONE_32 = 0xffffffff;

/** Bytes of the header: size of the table, format and content revision. */
const HEADER = 4;

/** Milliwatts in a watt. */
const MILLI = 1000;
/** Hundredths of a degree or a per cent. */
const CENTI = 100;

/**
 * Where the fields of a revision stand. Where there are several, the first that has a value counts, or for engines the
 * largest. Those of 16 bits unless told.
 */
interface Fields {
  /** Size of the whole table. */
  readonly size: number;
  /** Whether it is the table of an APU. */
  readonly isApu: boolean;
  readonly temperatures: readonly number[];
  readonly gfxActivity?: number;
  readonly umcActivity?: number;
  readonly videoActivities: readonly number[];
  /** Power of the graphics rail alone, in milliwatts. */
  readonly gfxPower?: number;
  /** The same, 32 bits. */
  readonly gfxPower32?: number;
  readonly coreClocks: readonly number[];
  readonly memoryClocks: readonly number[];
  /** `indep_throttle_status`, 64 bits. */
  readonly throttleStatus?: number;
  /** Counters that grow while clocks are held down, 32 bits each, and the reason they stand for. */
  readonly throttleCounters?: readonly (readonly [at: number, reason: number])[];
}

/** Offsets of `count` fields of 16 bits. */
function range(from: number, count: number): number[] {
  return Array.from({ length: count }, (_, index) => from + 2 * index);
}

/** `gpu_metrics_v1_1` to `_v1_3`, which differ in what stands behind these. */
const CARD = {
  isApu: false,
  // edge, hot spot
  temperatures: [4, 6],
  gfxActivity: 16,
  umcActivity: 18,
  videoActivities: [20],
  // current, average
  coreClocks: [54, 40],
  memoryClocks: [58, 44],
} as const;

/** `gpu_metrics_v2_1` to `_v2_4`, likewise. */
const APU = {
  isApu: true,
  temperatures: [4],
  gfxActivity: 28,
  videoActivities: [30],
  coreClocks: [76, 64],
  memoryClocks: [80, 68],
} as const;

/**
 * The revisions that are known, under their format and content revision. Not among them: 1.6 and later (MI300 with newer
 * drivers). They were changed without a new number, and have nothing that the driver's other files do not tell.
 */
const REVISIONS: ReadonlyMap<number, Fields> = new Map([
  [
    0x100,
    { ...CARD, size: 80, temperatures: [16, 18], gfxActivity: 28, umcActivity: 30, videoActivities: [32] },
  ],
  [0x101, { ...CARD, size: 96 }],
  [0x102, { ...CARD, size: 104 }],
  [0x103, { ...CARD, size: 120, throttleStatus: 112 }],
  // Their `throttle_status` is always 0: the driver does not tell.
  [0x104, accelerator(288, 240, 280)],
  [0x105, accelerator(360, 312, 352)],
  [
    0x200,
    {
      ...APU,
      size: 120,
      temperatures: [16],
      gfxActivity: 40,
      videoActivities: [42],
      gfxPower: 50,
      coreClocks: [80, 68],
      memoryClocks: [84, 72],
    },
  ],
  // Its `average_gfx_power` is that of a rail which feeds the processor cores too.
  [0x201, { ...APU, size: 120 }],
  [0x202, { ...APU, size: 128, gfxPower: 46, throttleStatus: 120 }],
  [0x203, { ...APU, size: 152, gfxPower: 46, throttleStatus: 120 }],
  [0x204, { ...APU, size: 168, gfxPower: 46, throttleStatus: 120 }],
  [
    0x300,
    {
      isApu: true,
      size: 264,
      temperatures: [4],
      // Its activities are per cent or hundredths of that, by the version of the firmware, which the table does not tell.
      videoActivities: [],
      gfxPower32: 124,
      coreClocks: [174],
      memoryClocks: [186],
      throttleCounters: [
        // PROCHOT; SPL, FPPT, SPPT; THM_GFX, THM_SOC. Between the last two groups stands THM_CORE, the processor's.
        [228, Reason.hardwareThermal],
        [232, Reason.powerCap],
        [236, Reason.powerCap],
        [240, Reason.powerCap],
        [248, Reason.thermal],
        [252, Reason.thermal],
      ],
    },
  ],
]);

/** `gpu_metrics_v1_4` and `_v1_5`: accelerators made of several dies. */
function accelerator(size: number, gfxClocks: number, memoryClock: number): Fields {
  return {
    isApu: false,
    size,
    // hot spot
    temperatures: [4],
    gfxActivity: 12,
    umcActivity: 14,
    videoActivities: range(16, 4),
    coreClocks: range(gfxClocks, 8),
    memoryClocks: [memoryClock],
  };
}

/**
 * The content of amdgpu's file `gpu_metrics`: one table with a reading of all sensors, laid out by
 * `drivers/gpu/drm/amd/include/kgd_pp_interface.h` of Linux (`struct gpu_metrics_v1_0` and so on, little endian). All
 * values are NaN that the table does not have, that the chip does not have, or whose scale is uncertain.
 *
 * Temperatures and activities of format 1 are whole degrees and per cent; those of format 2 are hundredths, but not on
 * Van Gogh, where the activities' scale depends on the firmware. Van Gogh is known by its graphics rail: no other chip
 * with a table of format 2 that has activities tells its power.
 */
export class GpuMetrics {
  /** Share of time with work, per cent. */
  utilization = Number.NaN;
  /** Share of time with memory accesses, per cent. */
  memoryUtilization = Number.NaN;
  /** Share of time with work for the busiest of the engines that encode and decode video, per cent. */
  videoUtilization = Number.NaN;
  /** Temperature at the edge of the die, or else at its hottest spot, °C. */
  temperature = Number.NaN;
  /** Power of an APU's GPU alone, W. */
  gfxPowerWatts = Number.NaN;
  coreClockMhz = Number.NaN;
  memoryClockMhz = Number.NaN;
  /** NVML's clocks event reasons. */
  throttleReasons = Number.NaN;
  /** Whether throttling is told, even if not by the first table, which has nothing to compare with. */
  hasThrottling = false;
  /** Whether the table is that of an APU. */
  isApu = false;
  readonly #counters = new Float64Array(8).fill(Number.NaN);

  /**
   * Takes the values out of a table. Does not throw.
   *
   * @returns why nothing has a value: `unsupported` for a revision that is not known, `failed` when it is no table or not
   *   a whole one; `undefined` where there are values
   */
  decode(table: ByteReader): Absence | undefined {
    this.clear();
    const { bytes, end } = table;
    if (end < HEADER) return 'failed';
    const size = bytes.readUInt16LE(0);
    const fields = REVISIONS.get((bytes[2] ?? 0) * 0x100 + (bytes[3] ?? 0));
    if (fields === undefined) return size === end ? 'unsupported' : 'failed';
    if (fields.size !== size || end < size) return 'failed';
    this.#take(bytes, fields);
    return undefined;
  }

  /** Drops all values. */
  clear(): void {
    this.utilization = Number.NaN;
    this.memoryUtilization = Number.NaN;
    this.videoUtilization = Number.NaN;
    this.temperature = Number.NaN;
    this.gfxPowerWatts = Number.NaN;
    this.coreClockMhz = Number.NaN;
    this.memoryClockMhz = Number.NaN;
    this.throttleReasons = Number.NaN;
    this.hasThrottling = false;
    this.isApu = false;
  }

  /** Drops the counters too: the next table is not compared with the last. */
  forget(): void {
    this.#counters.fill(Number.NaN);
  }

  #take(bytes: Buffer, fields: Fields): void {
    const isCard = !fields.isApu;
    this.isApu = fields.isApu;
    this.gfxPowerWatts = powerOf(bytes, fields) / MILLI;
    const scale = isCard ? 1 : CENTI;
    this.temperature = first(bytes, fields.temperatures) / scale;
    this.coreClockMhz = first(bytes, fields.coreClocks);
    this.memoryClockMhz = first(bytes, fields.memoryClocks);
    if (isCard || Number.isNaN(this.gfxPowerWatts)) {
      this.utilization = percent(field(bytes, fields.gfxActivity) / scale);
      this.memoryUtilization = percent(field(bytes, fields.umcActivity) / scale);
      this.videoUtilization = percent(largest(bytes, fields.videoActivities) / scale);
    }
    if (fields.throttleStatus !== undefined) this.#takeStatus(bytes, fields.throttleStatus);
    if (fields.throttleCounters) this.#takeCounters(bytes, fields.throttleCounters);
  }

  #takeStatus(bytes: Buffer, at: number): void {
    const lower = bytes.readUInt32LE(at);
    const upper = bytes.readUInt32LE(at + 4);
    this.hasThrottling = lower !== NONE_32 || upper !== NONE_32;
    if (this.hasThrottling) this.throttleReasons = reasonsOf(lower, upper);
  }

  #takeCounters(bytes: Buffer, counters: NonNullable<Fields['throttleCounters']>): void {
    let reasons = 0;
    let hasEarlier = false;
    for (let index = 0; index < counters.length; index++) {
      const [at, reason] = counters[index] ?? [0, 0];
      const value = bytes.readUInt32LE(at);
      const earlier = this.#counters[index] ?? Number.NaN;
      this.#counters[index] = value === NONE_32 ? Number.NaN : value;
      if (value === NONE_32) continue;
      this.hasThrottling = true;
      hasEarlier ||= !Number.isNaN(earlier);
      // They wrap around: any change is growth.
      if (!Number.isNaN(earlier) && value !== earlier) reasons |= reason;
    }
    if (hasEarlier) this.throttleReasons = reasons;
  }
}

function field(bytes: Buffer, at: number | undefined): number {
  if (at === undefined) return Number.NaN;
  const value = bytes.readUInt16LE(at);
  return value === NONE_16 ? Number.NaN : value;
}

function first(bytes: Buffer, fields: readonly number[]): number {
  for (const at of fields) {
    const value = field(bytes, at);
    if (!Number.isNaN(value)) return value;
  }
  return Number.NaN;
}

function largest(bytes: Buffer, fields: readonly number[]): number {
  let most = Number.NaN;
  for (const at of fields) {
    const value = field(bytes, at);
    if (!(value <= most)) most = Number.isNaN(value) ? most : value;
  }
  return most;
}

function powerOf(bytes: Buffer, { gfxPower, gfxPower32 }: Fields): number {
  if (gfxPower32 === undefined) return field(bytes, gfxPower);
  const value = bytes.readUInt32LE(gfxPower32);
  return value === NONE_32 ? Number.NaN : value;
}

/** A share beyond 100 % is one of another scale than expected. */
function percent(value: number): number {
  return value <= 100 ? value : Number.NaN;
}
