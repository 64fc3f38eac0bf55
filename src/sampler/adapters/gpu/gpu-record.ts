import type { Absence, FrameWriter } from '../../../common/frame.ts';
import type { SlotFinder } from '../base.ts';

/** The columns of a GPU, without their `gpuN_`, each with its place in a {@link GpuRecord}. */
export const GpuColumn = {
  utilization: 0,
  memory_utilization: 1,
  vram_used_mb: 2,
  vram_total_mb: 3,
  vram_percent: 4,
  temperature: 5,
  power_watts: 6,
  power_limit_watts: 7,
  core_clock_mhz: 8,
  memory_clock_mhz: 9,
  sm_clock_mhz: 10,
  fan_speed: 11,
  encoder_utilization: 12,
  decoder_utilization: 13,
  compute_processes: 14,
  graphics_processes: 15,
  performance_state: 16,
  pcie_tx_kbps: 17,
  pcie_rx_kbps: 18,
  throttle_reasons: 19,
} as const;

const NAMES = Object.keys(GpuColumn);

/**
 * The latest readings of one GPU. They stay until they are replaced, so that a value that is read rarely stands in
 * every frame; a column that was never read is `failed`.
 */
export class GpuRecord {
  readonly #values = new Float64Array(NAMES.length);
  readonly #absences: (Absence | undefined)[] = NAMES.map(() => 'failed');
  readonly #slots = new Int32Array(NAMES.length).fill(-1);

  /** Looks up the slots of this GPU's columns; `number` counts over all adapters. */
  bind(slot: SlotFinder, number: number): void {
    NAMES.forEach((name, column) => (this.#slots[column] = slot(`gpu${String(number)}_${name}`)));
  }

  set(column: number, value: number): void {
    this.#values[column] = value;
    this.#absences[column] = undefined;
  }

  absent(column: number, reason: Absence): void {
    this.#absences[column] = reason;
  }

  /** The latest value; `undefined` where there is none. */
  get(column: number): number | undefined {
    return this.#absences[column] === undefined ? this.#values[column] : undefined;
  }

  /** Why there is no value; `undefined` where there is one. */
  absence(column: number): Absence | undefined {
    return this.#absences[column];
  }

  /** Writes all columns into the frame. */
  publish(frame: FrameWriter): void {
    for (let column = 0; column < NAMES.length; column++) {
      const slot = this.#slots[column] ?? -1;
      const absence = this.#absences[column];
      if (absence === undefined) frame.set(slot, this.#values[column] ?? Number.NaN);
      else frame.absent(slot, absence);
    }
  }

  /** Says in the frame why nothing of this GPU is read now; the readings themselves stay. */
  publishAbsent(frame: FrameWriter, reason: Absence): void {
    for (const slot of this.#slots) frame.absent(slot, reason);
  }
}
