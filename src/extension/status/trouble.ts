import type { LayoutMessage } from '../../common/protocol.ts';
import type { Readings } from '../../common/readings.ts';
import { Latch, type LatchTimes, type Level, levelOf } from './latch.ts';
import { spaceLeft } from './token-source.ts';

/** What is really wrong with the machine, with what is needed to say it. */
export type Trouble =
  | { readonly kind: 'cpuHot' }
  | { readonly kind: 'gpuHot'; readonly gpu: number }
  | { readonly kind: 'vram'; readonly gpu: number; readonly percent: number }
  /** Tasks wait for memory: share of the last 10 s in percent. */
  | { readonly kind: 'memoryPressure'; readonly percent: number }
  | { readonly kind: 'memory'; readonly availableMb: number }
  | { readonly kind: 'disk'; readonly disk: number; readonly leftGb: number };

/** Most troubles of one kind come and go with the work of a second. */
const USUAL: LatchTimes = { enterMs: 3_000, leaveMs: 10_000 };

/** A package that was throttled once has ridden out a burst; only one that is throttled again and again is too hot. */
const THROTTLES_IN_ROW_MS = 10_000;
const THROTTLES_ENTER = 3;
const THROTTLE_LEAVE_MS = 30_000;

/** Bits of NVML's clocks event reasons: software and hardware thermal slowdown. */
const THERMAL = 0x20 | 0x40;

const VRAM_PERCENT = { bad: 95, good: 92 };
/**
 * Some task waited for memory in a fifth of the last 10 s. systemd-oomd acts at 60 % and Android's lmkd at 7 to 10 %: by
 * then a desktop stutters.
 */
const MEMORY_PRESSURE = { bad: 20, good: 10 };
/** Less than this share of memory is left, and less than so many MiB: on a big machine a few percent are plenty. */
const AVAILABLE_PERCENT = { bad: 3, good: 5 };
const AVAILABLE_MB = { bad: 2_048, good: 3_072 };
/** A disk is full when little of it is left, and little at all: 3 % of 4 TB are plenty. */
const DISK_PERCENT = { bad: 97, good: 96 };
const LEFT_GB = { bad: 5, good: 6 };

/**
 * Watches the readings for what is really wrong. Each trouble begins and ends with a delay and at different limits, so that
 * a warning does not flicker.
 */
export class TroubleWatch {
  readonly #latches = new Map<string, Latch>();
  #throttles: number | undefined;
  #throttledAt: number[] = [];
  #isThrottled = false;

  /**
   * Takes one frame.
   *
   * @param nowMs on a clock that never goes back
   * @returns what is wrong, in the order of the readout
   */
  update(readings: Readings, nowMs: number): readonly Trouble[] {
    const found: Trouble[] = [];
    if (this.#isCpuHot(readings.value('package_throttles'), nowMs)) found.push({ kind: 'cpuHot' });
    for (let gpu = 0; gpu < readings.layout.gpus.length; gpu++) this.#addGpu(readings, gpu, nowMs, found);
    this.#addMemory(readings, nowMs, found);
    for (const disk of disksOf(readings.layout)) this.#addDisk(readings, disk, nowMs, found);
    return found;
  }

  #holds(name: string, level: Level, nowMs: number): boolean {
    let latch = this.#latches.get(name);
    if (!latch) this.#latches.set(name, (latch = new Latch(USUAL)));
    return latch.update(level, nowMs);
  }

  #isCpuHot(throttles: number | undefined, nowMs: number): boolean {
    const before = this.#throttles;
    this.#throttles = throttles;
    // After a restart the counter is lower; that is no event.
    if (before !== undefined && throttles !== undefined && throttles > before) this.#throttledAt.push(nowMs);
    const keep = this.#isThrottled ? THROTTLE_LEAVE_MS : THROTTLES_IN_ROW_MS;
    this.#throttledAt = this.#throttledAt.filter(time => nowMs - time < keep);
    const count = this.#throttledAt.length;
    this.#isThrottled = this.#isThrottled ? count > 0 : count >= THROTTLES_ENTER;
    return this.#isThrottled;
  }

  #addGpu(readings: Readings, gpu: number, nowMs: number, found: Trouble[]): void {
    const name = `gpu${String(gpu)}`;
    const reasons = readings.value(`${name}_throttle_reasons`);
    const isHot = reasons !== undefined && (reasons & THERMAL) !== 0;
    if (this.#holds(`${name} hot`, isHot ? 'bad' : 'good', nowMs)) found.push({ kind: 'gpuHot', gpu });
    const percent = readings.value(`${name}_vram_percent`);
    if (this.#holds(`${name} vram`, levelOf(percent, VRAM_PERCENT), nowMs) && percent !== undefined)
      found.push({ kind: 'vram', gpu, percent });
  }

  #addMemory(readings: Readings, nowMs: number, found: Trouble[]): void {
    const pressure = readings.value('memory_pressure');
    const isPressed = this.#holds('pressure', levelOf(pressure, MEMORY_PRESSURE), nowMs);
    const available = readings.value('ram_available_mb');
    const total = readings.value('ram_total_mb');
    const isOut = this.#holds('memory', memoryLevel(available, total), nowMs);
    if (isPressed && pressure !== undefined) found.push({ kind: 'memoryPressure', percent: pressure });
    else if (isOut && available !== undefined) found.push({ kind: 'memory', availableMb: available });
  }

  #addDisk(readings: Readings, disk: number, nowMs: number, found: Trouble[]): void {
    const used = readings.value(`disk_${String(disk)}_used_gb`);
    const percent = readings.value(`disk_${String(disk)}_percent`);
    const left = used === undefined || percent === undefined ? Number.NaN : spaceLeft(used, percent);
    const level: Level =
      percent === undefined || Number.isNaN(left) || percent < DISK_PERCENT.good || left > LEFT_GB.good
        ? 'good'
        : percent >= DISK_PERCENT.bad && left < LEFT_GB.bad
          ? 'bad'
          : 'between';
    if (this.#holds(`disk ${String(disk)}`, level, nowMs)) found.push({ kind: 'disk', disk, leftGb: left });
  }
}

function memoryLevel(available: number | undefined, total: number | undefined): Level {
  if (available === undefined || total === undefined || !(total > 0)) return 'good';
  const percent = (100 * available) / total;
  if (percent > AVAILABLE_PERCENT.good || available > AVAILABLE_MB.good) return 'good';
  return percent < AVAILABLE_PERCENT.bad && available < AVAILABLE_MB.bad ? 'bad' : 'between';
}

const DISKS = new WeakMap<LayoutMessage, readonly number[]>();

/** Numbers of the file systems of a layout, found once for each. */
function disksOf(layout: LayoutMessage): readonly number[] {
  const known = DISKS.get(layout);
  if (known) return known;
  const numbers = layout.columns.flatMap(column => {
    const number = /^disk_(\d+)_percent$/.exec(column)?.[1];
    return number === undefined ? [] : [Number(number)];
  });
  DISKS.set(layout, numbers);
  return numbers;
}
