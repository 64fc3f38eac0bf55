import path from 'node:path';
import type { Absence } from '../../../../common/frame.ts';
import { MIB } from '../../../../common/units.ts';
import { ByteReader } from '../../../proc/byte-reader.ts';
import { KeptFile } from '../../../proc/kept-file.ts';
import { NumberFile } from '../../../proc/number-file.ts';
import { GpuColumn } from '../gpu-record.ts';
import { KernelGpu } from '../kernel-gpu.ts';
import type { PciDisplay } from '../pci-display.ts';
import { absenceOf } from './absence.ts';
import { GpuMetrics } from './gpu-metrics.ts';
import { findHwmon, readable } from './hwmon.ts';

/** The largest value of `pwm1`, see `Documentation/hwmon/sysfs-interface.rst` of Linux. */
const FULL_PWM = 255;
/** Thousandths of a degree, hertz and microwatts in the units of the frame. */
const MILLI = 1e3;
const MEGA = 1e6;
const MICRO = 1e6;

/** A driver that takes longer to tell the power is not asked again: the whole tick waits for it. */
const SLOW_MS = 250;
/**
 * Device numbers of Hawaii, Bonaire, Fiji and Tonga: to tell their power, the driver waits half a second at least
 * (`smu7_get_gpu_power` of `smu7_hwmgr.c`).
 */
const SLOW_POWER = /^0x(67[ab]|66[45]|730|69[23])/i;
/** Device numbers of MI200, whose table gives the video engine's load as a constant 0 (`aldebaran_ppt.c`). */
const CONSTANT_VIDEO = /^0x(7408|740c|740f|7410)$/i;

/** Columns that amdgpu has nothing for, or nothing that costs little and is about all users' processes. */
const NEVER = [
  GpuColumn.sm_clock_mhz,
  GpuColumn.compute_processes,
  GpuColumn.graphics_processes,
  GpuColumn.performance_state,
  GpuColumn.pcie_tx_kbps,
  GpuColumn.pcie_rx_kbps,
];

const reader = new ByteReader(4096);

/**
 * One card or APU with the amdgpu driver. Its files are kept open; opening them touches nothing, reading most of them
 * wakes the device, or would on older kernels.
 */
export class AmdGpu extends KernelGpu {
  readonly #files: NumberFile[] = [];
  readonly #tableFile: KeptFile;
  readonly #table = new GpuMetrics();
  readonly #hwmonFolder: string | undefined;
  readonly #utilization: NumberFile | undefined;
  readonly #memoryUtilization: NumberFile | undefined;
  readonly #videoUtilization: NumberFile | undefined;
  readonly #vramUsed: NumberFile | undefined;
  readonly #vramTotal: NumberFile | undefined;
  readonly #gttUsed: NumberFile | undefined;
  readonly #gttTotal: NumberFile | undefined;
  readonly #temperature: NumberFile | undefined;
  readonly #averagePower: NumberFile | undefined;
  readonly #momentaryPower: NumberFile | undefined;
  readonly #powerLimit: NumberFile | undefined;
  readonly #coreClock: NumberFile | undefined;
  readonly #memoryClock: NumberFile | undefined;
  readonly #pwm: NumberFile | undefined;
  readonly #fan: NumberFile | undefined;
  readonly #fanMaximum: NumberFile | undefined;
  readonly #hasVideoInTable: boolean;
  /** Why the table has no values; `undefined` where it has. */
  #tableAbsence: Absence | undefined = 'failed';
  #isTableUnknown = false;
  #isApu: boolean;
  #isPowerSlow: boolean;

  /** @param device device number as `/sys` writes it: `0x744c` */
  constructor(display: PciDisplay, name: string, device: string) {
    super(display, name);
    const { folder } = display;
    const options = { missing: 'unsupported', absenceOf } as const;
    this.#tableFile = new KeptFile(path.join(folder, 'gpu_metrics'), options);
    const keep = (file: string | undefined): NumberFile | undefined => {
      if (file === undefined) return undefined;
      const kept = new NumberFile(file, options);
      this.#files.push(kept);
      return kept;
    };
    const attribute = (file: string): NumberFile | undefined => keep(readable(path.join(folder, file)));
    this.#utilization = attribute('gpu_busy_percent');
    this.#memoryUtilization = attribute('mem_busy_percent');
    this.#videoUtilization = attribute('vcn_busy_percent');
    this.#vramUsed = attribute('mem_info_vram_used');
    this.#vramTotal = attribute('mem_info_vram_total');
    this.#gttUsed = attribute('mem_info_gtt_used');
    this.#gttTotal = attribute('mem_info_gtt_total');
    const hwmon = findHwmon(folder);
    this.#hwmonFolder = hwmon?.folder;
    this.#temperature = keep(hwmon?.temperature);
    this.#averagePower = keep(hwmon?.averagePower);
    this.#momentaryPower = keep(hwmon?.power);
    this.#powerLimit = keep(hwmon?.powerLimit);
    this.#coreClock = keep(hwmon?.coreClock);
    this.#memoryClock = keep(hwmon?.memoryClock);
    this.#pwm = keep(hwmon?.pwm);
    this.#fan = keep(hwmon?.fan);
    this.#fanMaximum = keep(hwmon?.fanMaximum);
    this.#isApu = hwmon?.isApu ?? false;
    this.#isPowerSlow = SLOW_POWER.test(device);
    this.#hasVideoInTable = !CONSTANT_VIDEO.test(device);
    for (const column of NEVER) this.record.absent(column, 'unsupported');
  }

  /** Whether it shares the system's memory and its sensors are those of the whole chip. */
  get isApu(): boolean {
    return this.#isApu;
  }

  /** Whether the driver takes so long to tell the power that it is not asked. */
  get isPowerSlow(): boolean {
    return this.#isPowerSlow;
  }

  /** Whether nothing runs on it, as far as can be told. */
  override get isIdle(): boolean {
    const { record } = this;
    return (
      record.get(GpuColumn.utilization) === 0 &&
      (record.get(GpuColumn.memory_utilization) ?? 0) === 0 &&
      (record.get(GpuColumn.decoder_utilization) ?? 0) === 0
    );
  }

  protected override get place(): string {
    return this.#hwmonFolder ?? this.display.folder;
  }

  protected override hasOtherFiles(): boolean {
    return this.#hwmonFolder === undefined && findHwmon(this.display.folder) !== undefined;
  }

  protected override closeFiles(): void {
    for (const file of this.#files) file.close();
    this.#tableFile.close();
  }

  protected override startAnew(): void {
    this.#table.forget();
    this.#tableFile.retryNow();
    for (const file of this.#files) file.retryNow();
  }

  protected override readAll(): void {
    // The driver makes a new table for this file, and answers the others from it in the next millisecond.
    this.#readTable();
    this.#readUtilization();
    this.#readMemory();
    this.#readPower();
    this.#put(GpuColumn.temperature, this.#temperature, MILLI, this.#table.temperature);
    this.#put(GpuColumn.core_clock_mhz, this.#coreClock, MEGA, this.#table.coreClockMhz);
    this.#put(GpuColumn.memory_clock_mhz, this.#memoryClock, MEGA, this.#table.memoryClockMhz);
    this.#readFan();
    this.#putThrottling();
  }

  #readTable(): void {
    // One of an unknown revision stays that until the driver is another.
    if (this.#isTableUnknown) return;
    const table = this.#table;
    if (this.#tableFile.read(reader)) {
      this.answers++;
      this.#tableAbsence = table.decode(reader);
      this.#isTableUnknown = this.#tableAbsence === 'unsupported';
      this.#isApu ||= table.isApu;
    } else {
      table.clear();
      this.#tableAbsence = this.#tableFile.absence;
    }
  }

  #readUtilization(): void {
    const table = this.#table;
    this.#put(GpuColumn.utilization, this.#utilization, 1, table.utilization);
    this.#put(GpuColumn.memory_utilization, this.#memoryUtilization, 1, table.memoryUtilization);
    // One engine encodes and decodes, and its load is told as one.
    const inTable = this.#hasVideoInTable ? table.videoUtilization : Number.NaN;
    this.#put(GpuColumn.decoder_utilization, this.#videoUtilization, 1, inTable);
    const video = this.record.get(GpuColumn.decoder_utilization);
    if (video === undefined) {
      const reason = this.record.absence(GpuColumn.decoder_utilization) ?? 'failed';
      this.record.absent(GpuColumn.encoder_utilization, reason);
    } else {
      this.record.set(GpuColumn.encoder_utilization, video);
    }
  }

  /**
   * A card's memory is its own. An APU's is all taken from the system's: a part set aside at the start ("VRAM") and, once
   * that is full or for preference, more of it (GTT). The columns then tell both together.
   */
  #readMemory(): void {
    const { record } = this;
    const used = this.#sum(GpuColumn.vram_used_mb, this.#vramUsed, this.#gttUsed);
    const total = this.#sum(GpuColumn.vram_total_mb, this.#vramTotal, this.#gttTotal);
    if (total === 0) {
      for (const column of [GpuColumn.vram_used_mb, GpuColumn.vram_total_mb, GpuColumn.vram_percent]) {
        record.absent(column, 'unsupported');
      }
    } else if (Number.isNaN(used) || Number.isNaN(total)) {
      const column = Number.isNaN(used) ? GpuColumn.vram_used_mb : GpuColumn.vram_total_mb;
      record.absent(GpuColumn.vram_percent, record.absence(column) ?? 'failed');
    } else {
      record.set(GpuColumn.vram_percent, (used / total) * 100);
    }
  }

  /** Stores a card's bytes, or an APU's two kinds together, as MB; returns the bytes. */
  #sum(column: number, vram: NumberFile | undefined, gtt: NumberFile | undefined): number {
    let bytes = this.#read(vram);
    let absence = absenceIn(vram, bytes);
    if (this.#isApu && absence === undefined) {
      const more = this.#read(gtt);
      absence = absenceIn(gtt, more);
      bytes += more;
    }
    if (absence === undefined) this.record.set(column, bytes / MIB);
    else this.record.absent(column, absence);
    return bytes;
  }

  /**
   * A card's own power and limit. Those of an APU's sensors are of the whole chip, the processor's cores included; they are
   * shown unless its table tells the power of the graphics alone, which has no limit of its own.
   */
  #readPower(): void {
    const { record } = this;
    if (this.#isApu && !Number.isNaN(this.#table.gfxPowerWatts)) {
      this.#put(GpuColumn.power_watts, undefined, 1, this.#table.gfxPowerWatts);
      record.absent(GpuColumn.power_limit_watts, 'unsupported');
      return;
    }
    // The second die of a card with two tells 0: what is measured is the first's.
    this.#putPositive(GpuColumn.power_limit_watts, this.#powerLimit);
    if (this.#isPowerSlow) {
      record.absent(GpuColumn.power_watts, 'unsupported');
      return;
    }
    const before = performance.now();
    this.#putPositive(GpuColumn.power_watts, this.#averagePower);
    if (record.absence(GpuColumn.power_watts) === 'unsupported') {
      this.#putPositive(GpuColumn.power_watts, this.#momentaryPower);
    }
    this.#isPowerSlow = performance.now() - before > SLOW_MS;
  }

  #readFan(): void {
    const { record } = this;
    this.#put(GpuColumn.fan_speed, this.#pwm, FULL_PWM / 100);
    if (this.#pwm && record.absence(GpuColumn.fan_speed) !== 'unsupported') return;
    const maximum = this.#read(this.#fanMaximum);
    if (maximum > 0) this.#put(GpuColumn.fan_speed, this.#fan, maximum / 100);
    else record.absent(GpuColumn.fan_speed, absenceIn(this.#fanMaximum, maximum) ?? 'unsupported');
  }

  #putThrottling(): void {
    const { throttleReasons, hasThrottling } = this.#table;
    if (!Number.isNaN(throttleReasons)) this.record.set(GpuColumn.throttle_reasons, throttleReasons);
    else if (hasThrottling) this.record.absent(GpuColumn.throttle_reasons, 'failed');
    else this.record.absent(GpuColumn.throttle_reasons, this.#tableAbsence ?? 'unsupported');
  }

  /**
   * Stores a file's number divided by `scale`, or else the table's value, or why there is neither.
   *
   * @param inTable NaN where this table does not have it, `undefined` where none does
   */
  #put(column: number, file: NumberFile | undefined, scale: number, inTable?: number): void {
    const value = this.#read(file);
    if (!Number.isNaN(value)) {
      this.record.set(column, value / scale);
    } else if (inTable !== undefined && !Number.isNaN(inTable)) {
      this.record.set(column, inTable);
    } else {
      const absence = file?.absence ?? 'unsupported';
      const isLeftToTable = absence === 'unsupported' && inTable !== undefined;
      this.record.absent(column, isLeftToTable ? (this.#tableAbsence ?? 'unsupported') : absence);
    }
  }

  /** Stores microwatts as watts; 0 is how the driver says that it does not know. */
  #putPositive(column: number, file: NumberFile | undefined): void {
    this.#put(column, file, MICRO);
    if (this.record.get(column) === 0) this.record.absent(column, 'unsupported');
  }

  #read(file: NumberFile | undefined): number {
    if (file === undefined) return Number.NaN;
    const value = file.read();
    if (!Number.isNaN(value)) this.answers++;
    return value;
  }
}

function absenceIn(file: NumberFile | undefined, value: number): Absence | undefined {
  if (!Number.isNaN(value)) return undefined;
  return file?.absence ?? 'unsupported';
}
