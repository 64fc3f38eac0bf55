import { GpuColumn } from '../gpu-record.ts';
import type { NvidiaGpu } from './gpu.ts';
import type { Nvml, ReadKind } from './nvml.ts';
import { absenceOf, NOT_AVAILABLE, NvmlCode } from './return-code.ts';

/** Least time between two calls, over all GPUs and both directions: each call takes the driver 20 ms. */
export const PCIE_INTERVAL_SECONDS = 10;

/** Counters and their columns: `NVML_PCIE_UTIL_TX_BYTES`, `NVML_PCIE_UTIL_RX_BYTES`. */
const DIRECTIONS = [
  { counter: 0, column: GpuColumn.pcie_tx_kbps },
  { counter: 1, column: GpuColumn.pcie_rx_kbps },
] as const;

/**
 * Reads PCIe throughput of one GPU and direction at a time, in turn. `nvmlDeviceGetPcieThroughput` counts bytes over
 * 20 ms before it answers, and the tick waits for it; so a value is refreshed only every 20 s with one GPU, every 160 s
 * with eight, and stands in every frame until then. Until its first turn a column is `failed`: nothing was read yet.
 */
export class PcieRotation {
  readonly #read: ReadKind | undefined;
  readonly #gpus: readonly NvidiaGpu[];
  readonly #out = new Uint32Array(1);
  /** Numbers of GPUs that do not have the counters. */
  readonly #without = new Set<number>();
  #next = 0;
  #sinceSeconds = Number.POSITIVE_INFINITY;

  constructor(nvml: Nvml, gpus: readonly NvidiaGpu[]) {
    this.#gpus = gpus;
    this.#read = nvml.readKind('nvmlDeviceGetPcieThroughput');
    if (!this.#read) for (const gpu of gpus) this.#give(gpu);
  }

  /**
   * Makes the next call if it is time for one.
   *
   * @param elapsedSeconds time since the last tick; NaN on the first
   * @param isReadable whether a GPU may be asked now
   */
  step(elapsedSeconds: number, tick: number, isReadable: (gpu: NvidiaGpu) => boolean): void {
    if (!this.#read || this.#gpus.length === 0) return;
    if (elapsedSeconds > 0) this.#sinceSeconds += elapsedSeconds;
    if (this.#sinceSeconds < PCIE_INTERVAL_SECONDS) return;
    const turns = this.#gpus.length * DIRECTIONS.length;
    for (let tried = 0; tried < turns; tried++) {
      const turn = this.#next++ % turns;
      const gpu = this.#gpus[Math.floor(turn / DIRECTIONS.length)];
      const direction = DIRECTIONS[turn % DIRECTIONS.length];
      if (!gpu || !direction || this.#without.has(gpu.index) || !isReadable(gpu)) continue;
      this.#sinceSeconds = 0;
      this.#call(this.#read, gpu, direction, tick);
      return;
    }
  }

  #call(read: ReadKind, gpu: NvidiaGpu, direction: (typeof DIRECTIONS)[number], tick: number): void {
    if (gpu.handle === undefined) return;
    const code = read(gpu.handle, direction.counter, this.#out);
    const value = this.#out[0] ?? NOT_AVAILABLE;
    if (code === NvmlCode.gpuIsLost) gpu.lose(tick);
    else if (code === NvmlCode.success && value !== NOT_AVAILABLE) gpu.record.set(direction.column, value);
    else if (code === NvmlCode.success || absenceOf(code) === 'unsupported') this.#give(gpu);
    else gpu.record.absent(direction.column, absenceOf(code));
  }

  /** Gives a GPU up: it has no counters, in neither direction. */
  #give(gpu: NvidiaGpu): void {
    this.#without.add(gpu.index);
    for (const { column } of DIRECTIONS) gpu.record.absent(column, 'unsupported');
  }
}
