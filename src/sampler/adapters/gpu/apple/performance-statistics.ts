import { MIB } from '../../../../common/units.ts';
import { GpuColumn, type GpuRecord } from '../gpu-record.ts';

/** Where a GPU's memory is. */
export interface GpuMemory {
  /** Whether it is the machine's: then all of that counts as the GPU's. */
  readonly isUnified: boolean;
  /** Bytes; NaN where nobody tells. */
  readonly total: number;
}

/** A value of the dictionary; NaN where there is no number under the key. */
export type Statistic = (key: string) => number;

/**
 * What a sensor of AMD's driver reads while nobody looks after it: neither is the temperature of a GPU in a Mac that is
 * running.
 */
const NO_TEMPERATURES: readonly number[] = [0, 128];

/**
 * Takes over what a driver publishes as `PerformanceStatistics` of its `IOAccelerator` in the I/O Registry. Apple documents
 * neither the keys nor their units; they are those that all of Apple's, AMD's and Intel's drivers have used for years, with
 * the unit in the key's name. Memory is in bytes.
 *
 * What the dictionary does not have is `unsupported`; what cannot be is `failed`.
 */
export function recordStatistics(statistic: Statistic, memory: GpuMemory, record: GpuRecord): void {
  const put = (column: number, value: number, isPlausible = value >= 0): void => {
    if (Number.isNaN(value)) record.absent(column, 'unsupported');
    else if (isPlausible) record.set(column, value);
    else record.absent(column, 'failed');
  };
  const device = statistic('Device Utilization %');
  const utilization = Number.isNaN(device) ? statistic('GPU Activity(%)') : device;
  put(GpuColumn.utilization, utilization, utilization >= 0 && utilization <= 100);
  const temperature = statistic('Temperature(C)');
  put(GpuColumn.temperature, temperature, temperature > 0 && !NO_TEMPERATURES.includes(temperature));
  // Whole watts: a GPU that runs takes at least one.
  const power = statistic('Total Power(W)');
  put(GpuColumn.power_watts, power, power > 0);
  const fan = statistic('Fan Speed(%)');
  put(GpuColumn.fan_speed, fan, fan >= 0 && fan <= 100);
  put(GpuColumn.core_clock_mhz, statistic('Core Clock(MHz)'));
  put(GpuColumn.memory_clock_mhz, statistic('Memory Clock(MHz)'));
  const { used, total } = memoryOf(statistic, memory);
  put(GpuColumn.vram_used_mb, used / MIB, used >= 0 && !(used > total));
  put(GpuColumn.vram_total_mb, total / MIB, total > 0);
  const percent = (100 * used) / total;
  put(GpuColumn.vram_percent, percent, percent >= 0 && percent <= 100);
}

/** In bytes; NaN where nobody tells. The size of unified memory is only told beside what the GPU uses of it. */
function memoryOf(statistic: Statistic, { isUnified, total }: GpuMemory): { used: number; total: number } {
  if (isUnified) {
    const used = statistic('In use system memory');
    return { used, total: Number.isNaN(used) ? Number.NaN : total };
  }
  const used = statistic('vramUsedBytes');
  return { used, total: Number.isNaN(total) ? used + statistic('vramFreeBytes') : total };
}
