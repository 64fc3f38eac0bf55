import type { Absence } from '../../../../common/frame.ts';
import { MIB } from '../../../../common/units.ts';
import { NumberFile } from '../../../proc/number-file.ts';
import type { Sysroot } from '../../../sysroot.ts';
import { GpuColumn } from '../gpu-record.ts';
import { KernelGpu } from '../kernel-gpu.ts';
import type { PciDisplay } from '../pci-display.ts';
import { AwakeShare } from './awake-share.ts';
import type { ClientWatch } from './client-watch.ts';
import { EnergyCounter } from './energy-counter.ts';
import type { GpuClients } from './gpu-clients.ts';
import { cardFolder, intelDriver } from './driver.ts';
import { findDeviceFiles, findI915Gts, findXeGts, type GtFiles } from './gt.ts';
import { findSensors, type SensorFiles } from './hwmon.ts';
import { memorySize } from './memory-size.ts';
import { Throttling } from './throttling.ts';

/** Thousandths of a degree and microwatts in the units of the frame. */
const MILLI = 1e3;
const MICRO = 1e6;
/** Limits of power are set by hand, and asking for them takes the card's firmware. */
const LIMIT_TICKS = 30;
/** Percent below which nothing runs: reading alone takes a trace of time. */
const IDLE_BELOW = 1;

/** Columns that i915 and xe have nothing for. */
const NEVER = [
  GpuColumn.memory_utilization,
  GpuColumn.vram_used_mb,
  GpuColumn.vram_total_mb,
  GpuColumn.vram_percent,
  GpuColumn.memory_clock_mhz,
  GpuColumn.sm_clock_mhz,
  GpuColumn.fan_speed,
  GpuColumn.compute_processes,
  GpuColumn.graphics_processes,
  GpuColumn.performance_state,
  GpuColumn.pcie_tx_kbps,
  GpuColumn.pcie_rx_kbps,
];

/**
 * Where the utilization comes from:
 * - `engines`: the busiest kind of engine, from the work of all processes' clients;
 * - `awake`: the share of time in which the part that slept least was not in its sleep state, which is as much as or more
 *   than its engines worked;
 * - `own`: as `engines`, of those processes alone that may be looked at.
 */
export type LoadSource = 'engines' | 'awake' | 'own';

/**
 * One GPU with the driver i915 or xe. Its files are opened when they are first read; reading most of them wakes the device.
 */
export class IntelGpu extends KernelGpu {
  /** Where the utilization comes from; `undefined` where it is not known. */
  source: LoadSource | undefined;
  readonly #watch: ClientWatch;
  readonly #clients: GpuClients;
  readonly #sensors: SensorFiles | undefined;
  readonly #gts: readonly GtFiles[];
  readonly #findGts: () => readonly GtFiles[];
  readonly #clocks: readonly NumberFile[];
  readonly #awake: readonly AwakeShare[];
  readonly #throttling: readonly Throttling[];
  readonly #temperature: NumberFile | undefined;
  readonly #energy: EnergyCounter | undefined;
  readonly #limits: readonly NumberFile[];
  /** All files that are kept open. */
  readonly #files: readonly { retryNow(): void; close(): void }[];
  /** Why the share of time awake is not known; `undefined` where it is. */
  #awakeAbsence: Absence | undefined;
  #ticksToLimit = 0;

  constructor(sysroot: Sysroot, display: PciDisplay, name: string, watch: ClientWatch) {
    super(display, name);
    this.#watch = watch;
    const { folder } = display;
    const devices = findDeviceFiles(folder);
    const mayTouch = (): boolean => !this.isResting && !display.isAsleep();
    this.#clients = watch.add(devices, display.name, mayTouch);
    const driver = intelDriver(display);
    this.#findGts = (): GtFiles[] => (driver === 'xe' ? findXeGts(folder) : findI915Gts(cardFolder(folder)));
    this.#gts = this.#findGts();
    this.#sensors = findSensors(sysroot, display.path, driver ?? '');
    const keep = (file: string): NumberFile => new NumberFile(file);
    this.#clocks = this.#gts.flatMap(({ clock }) => (clock === undefined ? [] : [keep(clock)]));
    this.#awake = this.#gts.flatMap(({ asleep }) => asleep.map(file => new AwakeShare(file)));
    this.#awakeAbsence = this.#awake.length === 0 ? 'unsupported' : 'failed';
    this.#throttling = this.#gts.flatMap(({ throttling: place }) =>
      place ? [new Throttling(place.folder, place.prefix, place.status)] : [],
    );
    const { temperature, energy, sustainedLimit, burstLimit } = this.#sensors ?? {};
    this.#temperature = temperature === undefined ? undefined : keep(temperature);
    this.#energy = energy === undefined ? undefined : new EnergyCounter(energy);
    this.#limits = [sustainedLimit, burstLimit].filter(file => file !== undefined).map(keep);
    this.#files = [
      ...[...this.#clocks, ...this.#awake, ...this.#throttling, ...this.#limits],
      ...[this.#temperature, this.#energy].filter(file => file !== undefined),
    ];
    for (const column of NEVER) this.record.absent(column, 'unsupported');
    const size = memorySize(sysroot, display.name);
    if (size !== undefined) this.record.set(GpuColumn.vram_total_mb, size / MIB);
  }

  /** Whether it is a card of its own, as far as its sensors tell: integrated GPUs have none. */
  get hasSensors(): boolean {
    return this.#sensors !== undefined;
  }

  /** Whether its power is that of its package alone, not of the whole card. */
  get isPackagePower(): boolean {
    return this.#sensors?.isPackageEnergy === true;
  }

  /** Whether nothing but its clients tells its load. */
  get lacksAwakeShare(): boolean {
    return this.#awakeAbsence === 'unsupported';
  }

  /** Whether nothing runs on it, as far as can be told: where its load is not known, its clock is switched off. */
  override get isIdle(): boolean {
    const utilization = this.record.get(GpuColumn.utilization);
    if (utilization !== undefined) return utilization < IDLE_BELOW;
    return this.record.get(GpuColumn.core_clock_mhz) === 0;
  }

  protected override get place(): string {
    return this.#gts[0]?.folder ?? this.#sensors?.folder ?? this.display.folder;
  }

  protected override hasOtherFiles(): boolean {
    return this.#gts.length === 0 && this.#findGts().length > 0;
  }

  protected override closeFiles(): void {
    for (const file of this.#files) file.close();
  }

  protected override startAnew(): void {
    this.#ticksToLimit = 0;
    this.#clients.forget();
    for (const share of this.#awake) share.forget();
    this.#energy?.forget();
    for (const file of this.#files) file.retryNow();
  }

  protected override readAll(elapsedSeconds: number): void {
    this.#readLoad(elapsedSeconds);
    this.#readClock();
    this.#readThrottling();
    this.#readSensors(elapsedSeconds);
  }

  #readLoad(elapsedSeconds: number): void {
    if (this.#watch.isComplete && !this.#clients.hasUntold) {
      this.#readClients('engines', elapsedSeconds);
      this.#putVideo();
      return;
    }
    const absence = this.#clientsAbsence;
    this.record.absent(GpuColumn.encoder_utilization, absence);
    this.record.absent(GpuColumn.decoder_utilization, absence);
    const awake = this.#readAwake(elapsedSeconds);
    if (this.#awakeAbsence !== 'unsupported') {
      this.source = 'awake';
      this.#put(GpuColumn.utilization, awake, this.#awakeAbsence ?? 'failed');
    } else if (this.#clients.count > 0 && !this.#clients.hasUntold) {
      this.#readClients('own', elapsedSeconds);
    } else {
      this.source = undefined;
      this.record.absent(GpuColumn.utilization, absence);
    }
  }

  /** Why the work of all clients is not known. */
  get #clientsAbsence(): Absence {
    if (this.#clients.hasUntold) return 'unsupported';
    return this.#watch.maySeeAll ? 'failed' : 'denied';
  }

  #readClients(source: LoadSource, elapsedSeconds: number): void {
    if (this.source !== source) this.#clients.forget();
    this.source = source;
    this.#clients.read(elapsedSeconds);
    this.#put(GpuColumn.utilization, this.#clients.utilization, 'failed');
  }

  /** One engine encodes and decodes, and its load is told as one. */
  #putVideo(): void {
    this.#put(GpuColumn.encoder_utilization, this.#clients.video, 'failed');
    this.#put(GpuColumn.decoder_utilization, this.#clients.video, 'failed');
  }

  /** That of the part that slept least; NaN when it is not known of all. */
  #readAwake(elapsedSeconds: number): number {
    if (this.#awake.length === 0) return Number.NaN;
    const isContinued = this.source === 'awake';
    let most = 0;
    this.#awakeAbsence = undefined;
    for (const share of this.#awake) {
      if (!isContinued) share.forget();
      const value = share.read(elapsedSeconds);
      if (Number.isNaN(value)) this.#awakeAbsence = share.absence;
      else this.answers++;
      most = Math.max(most, value);
    }
    return most;
  }

  /** The fastest of the parts that do graphics or compute work; 0 while they sleep, which has their clock switched off. */
  #readClock(): void {
    let most = this.#clocks.length === 0 ? Number.NaN : 0;
    let absence: Absence = 'unsupported';
    for (const clock of this.#clocks) {
      const value = clock.read();
      if (Number.isNaN(value)) absence = clock.absence;
      else this.answers++;
      most = Math.max(most, value);
    }
    this.#put(GpuColumn.core_clock_mhz, most, absence);
  }

  #readThrottling(): void {
    let mask = this.#throttling.length === 0 ? Number.NaN : 0;
    let absence: Absence = 'unsupported';
    for (const throttling of this.#throttling) {
      const reasons = throttling.read();
      if (Number.isNaN(reasons)) absence = throttling.absence;
      else this.answers++;
      mask = Number.isNaN(mask) || Number.isNaN(reasons) ? Number.NaN : mask | reasons;
    }
    this.#put(GpuColumn.throttle_reasons, mask, absence);
  }

  #readSensors(elapsedSeconds: number): void {
    const temperature = this.#temperature?.read() ?? Number.NaN;
    this.#put(GpuColumn.temperature, temperature / MILLI, this.#temperature?.absence ?? 'unsupported');
    const watts = this.#energy?.read(elapsedSeconds) ?? Number.NaN;
    this.#put(GpuColumn.power_watts, watts, this.#energy?.absence ?? 'unsupported');
    if (!Number.isNaN(temperature) || !Number.isNaN(watts)) this.answers++;
    if (this.#ticksToLimit <= 0) {
      this.#readLimit();
      this.#ticksToLimit = LIMIT_TICKS;
    }
    this.#ticksToLimit--;
  }

  /** The limit of sustained power, or that in bursts where the former is off; off is 0. */
  #readLimit(): void {
    let absence: Absence = 'unsupported';
    for (const limit of this.#limits) {
      const microwatts = limit.read();
      if (microwatts > 0) {
        this.record.set(GpuColumn.power_limit_watts, microwatts / MICRO);
        return;
      }
      if (Number.isNaN(microwatts)) absence = limit.absence;
    }
    this.record.absent(GpuColumn.power_limit_watts, absence);
  }

  /** Stores a value, or why there is none where it is NaN. */
  #put(column: number, value: number, absence: Absence): void {
    if (Number.isNaN(value)) this.record.absent(column, absence);
    else this.record.set(column, value);
  }
}
