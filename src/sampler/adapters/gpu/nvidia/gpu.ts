import type { Absence, FrameWriter } from '../../../../common/frame.ts';
import { GpuColumn, GpuRecord } from '../gpu-record.ts';
import type { NvidiaDisplay } from './displays.ts';
import type { Reading } from './readings.ts';
import { absenceOf, NvmlCode } from './return-code.ts';

/** After how many ticks a GPU that was lost is looked for again. */
export const LOST_RETRY_TICKS = 30;
/** After how many ticks a call is made again that was refused for a reason that may pass. */
export const REFUSED_RETRY_TICKS = 60;

/** How far one reading of one GPU has got. */
interface Progress {
  readonly reading: Reading;
  /** The variant in use: older ones follow when a newer is refused. */
  variant: number;
  /** The tick before which it is not called. */
  notBefore: number;
}

/** One GPU of the library. */
export class NvidiaGpu {
  /** Number in the library's order, from 0. */
  readonly index: number;
  readonly name: string;
  readonly record = new GpuRecord();
  /** The GPU as the system knows it, where it does. */
  readonly display: NvidiaDisplay | undefined;
  /** Whether it goes to sleep when nobody uses it; known once the driver is open. */
  canSleep = false;
  readonly #progress: readonly Progress[];
  #handle: bigint | undefined;
  /** Why there is no handle when there should be one. */
  #lost: Absence | undefined;
  #isAsleep = false;
  /** Whether it slept since it was last read: its readings are those of another time. */
  #hasSlept = false;
  /** The tick before which the handle is not asked for. */
  #acquireAt = 0;
  readonly #checkMig: (gpu: bigint) => boolean;
  #isPartitioned = false;
  /** The tick before which its mode is not asked for. */
  #checkMigAt = 0;

  /** @param checkMig tells whether the GPU of a handle is in its partitioned mode */
  constructor(
    index: number,
    name: string,
    display: NvidiaDisplay | undefined,
    readings: readonly Reading[],
    checkMig: (gpu: bigint) => boolean,
  ) {
    this.index = index;
    this.name = name;
    this.display = display;
    this.#checkMig = checkMig;
    this.#progress = readings.map(reading => ({ reading, variant: 0, notBefore: 0 }));
    for (const { columns, variants } of readings) {
      if (variants.length > 0) continue;
      for (const column of columns) this.record.absent(column, 'unsupported');
    }
  }

  /** The library's handle; `undefined` while it cannot be had. */
  get handle(): bigint | undefined {
    return this.#handle;
  }

  /** Looks whether it sleeps, and must be left alone. */
  checkAsleep(): boolean {
    this.#isAsleep = this.display?.isAsleep() ?? false;
    this.#hasSlept ||= this.#isAsleep;
    return this.#isAsleep;
  }

  /** Why it has no handle; `undefined` where it has one or may get one at any time. */
  get lost(): Absence | undefined {
    return this.#lost;
  }

  /**
   * Whether nothing runs on it, as far as can be told. A process with a graphics context does not count: a desktop keeps
   * one on every GPU.
   */
  get isIdle(): boolean {
    const { record } = this;
    return (
      this.#handle !== undefined &&
      record.get(GpuColumn.utilization) === 0 &&
      (record.get(GpuColumn.memory_utilization) ?? 0) === 0 &&
      (record.get(GpuColumn.encoder_utilization) ?? 0) === 0 &&
      (record.get(GpuColumn.decoder_utilization) ?? 0) === 0 &&
      (record.get(GpuColumn.compute_processes) ?? 0) === 0
    );
  }

  /** Whether it is in its partitioned mode (MIG), as far as known. */
  get isPartitioned(): boolean {
    return this.#isPartitioned;
  }

  /** Whether its memory is the machine's. */
  get sharesMemory(): boolean {
    return this.#progress.some(
      ({ reading, variant }) =>
        reading.variants[variant]?.isSharedMemory === true &&
        this.record.get(reading.columns[0] ?? -1) !== undefined,
    );
  }

  /** Titles of the readings that this GPU does not offer or this user may not make, with the reason. */
  get missing(): { readonly title: string; readonly reason: Absence }[] {
    return this.#progress.flatMap(({ reading: { title, columns } }) => {
      const reason = this.record.absence(columns[0] ?? -1);
      return reason === 'unsupported' || reason === 'denied' ? [{ title, reason }] : [];
    });
  }

  /** Takes the library's handle: readings start, or start again. */
  acquire(handle: bigint): void {
    if (this.#lost !== undefined || this.#hasSlept) this.#forgetHeld();
    this.#handle = handle;
    this.#lost = undefined;
    this.#hasSlept = false;
  }

  /** The handle is not valid any more, without fault of the GPU: the library was closed. The readings stay. */
  release(): void {
    this.#handle = undefined;
    this.#acquireAt = 0;
  }

  /** The GPU is gone or cannot be had: all its columns give the reason until it is found again. */
  lose(tick: number, reason: Absence = 'failed'): void {
    this.#handle = undefined;
    this.#lost = reason;
    this.#acquireAt = tick + LOST_RETRY_TICKS;
  }

  /** Whether it is time to ask for its handle. */
  needsHandle(tick: number): boolean {
    return this.#handle === undefined && tick >= this.#acquireAt;
  }

  /** Writes its columns into the frame: the latest readings, or why there are none. */
  publish(frame: FrameWriter): void {
    const reason = this.#isAsleep ? 'asleep' : (this.#lost ?? (this.#hasSlept ? 'asleep' : undefined));
    if (reason === undefined) this.record.publish(frame);
    else this.record.publishAbsent(frame, reason);
  }

  /** Makes all readings of a tick; none without a handle. */
  read(tick: number): void {
    if (this.#handle !== undefined && this.#hasSlept) {
      this.#hasSlept = false;
      this.#forgetHeld();
    }
    if (this.#handle !== undefined && tick >= this.#checkMigAt) {
      this.#checkMigAt = tick + REFUSED_RETRY_TICKS;
      this.#isPartitioned = this.#checkMig(this.#handle);
    }
    for (const progress of this.#progress) {
      if (this.#handle === undefined) return;
      if (tick >= progress.notBefore) this.#make(progress, this.#handle, tick);
    }
  }

  /** Drops the values that are too old to stand in a frame after a time without readings. */
  #forgetHeld(): void {
    for (const column of [GpuColumn.pcie_tx_kbps, GpuColumn.pcie_rx_kbps]) {
      if (this.record.get(column) !== undefined) this.record.absent(column, 'failed');
    }
  }

  #make(progress: Progress, handle: bigint, tick: number): void {
    const { variants, columns, isOfWhole } = progress.reading;
    if (isOfWhole && this.#isPartitioned) {
      // Drivers that do not refuse such a reading answer 0.
      for (const column of columns) this.record.absent(column, 'unsupported');
      return;
    }
    for (;;) {
      const variant = variants[progress.variant];
      if (!variant) return;
      const code = variant.call(handle);
      if (code === NvmlCode.success) {
        variant.store(this.record);
        return;
      }
      if (code === NvmlCode.gpuIsLost) {
        this.lose(tick);
        return;
      }
      const reason = absenceOf(code);
      if (reason === 'unsupported' && progress.variant + 1 < variants.length) {
        progress.variant++;
        continue;
      }
      for (const column of columns) this.record.absent(column, reason);
      if (reason === 'denied' || (code === NvmlCode.notSupported && isOfWhole)) {
        progress.notBefore = tick + REFUSED_RETRY_TICKS;
      } else if (reason === 'unsupported') {
        progress.notBefore = Number.POSITIVE_INFINITY;
      }
      return;
    }
  }
}
