import type { Absence } from '../../../../common/frame.ts';
import {
  ADAPTER_PERFORMANCE,
  ADAPTER_PERFORMANCE_CAPS,
  NODE_PERFORMANCE,
  QueryType,
} from '../../../native/windows/d3dkmt-layout.ts';
import type { D3dkmt } from '../../../native/windows/d3dkmt.ts';
import { absenceOfAnswer } from '../../../native/windows/d3dkmt-status.ts';
import { STATUS } from '../../../native/windows/codes.ts';
import { GpuColumn, type GpuRecord } from '../gpu-record.ts';

const HERTZ_PER_MHZ = 1e6;
/** Temperatures come in tenths of a degree. */
const DECI = 10;
/** No GPU runs hotter, °C: what is above is no temperature. */
const MAX_TEMPERATURE = 150;
/** No memory or engine runs faster, MHz. */
const MAX_CLOCK = 100_000;
/** After how many ticks a question is asked again that the driver does not know. */
const RETRY_TICKS = 60;

/**
 * Temperature, fan and clocks, which the driver tells since WDDM 2.4 (Windows 10 1803). Unlike the engines’ times, these
 * questions reach the driver. A value that a driver does not have is 0 in its answer.
 *
 * The answer also has the power, as a share of what the GPU may take. How many watts that is nobody tells, so it is not used.
 */
export class Sensors {
  readonly #d3dkmt: D3dkmt;
  readonly #handle: number;
  /** The engine whose clock is told. */
  readonly #engine: number | undefined;
  /** Revolutions a minute; 0 where the driver does not tell, `undefined` before it was asked. */
  #maxFan: number | undefined;
  #wasRead = false;
  #ticksToAdapter = 0;
  #ticksToNode = 0;

  constructor(d3dkmt: D3dkmt, handle: number, engine: number | undefined) {
    this.#d3dkmt = d3dkmt;
    this.#handle = handle;
    this.#engine = engine;
  }

  /** Says why nothing is read now. */
  leave(record: GpuRecord, reason: Absence): void {
    for (const column of ADAPTER_COLUMNS) this.#leaveColumn(record, column, reason);
    if (this.#engine !== undefined) this.#leaveColumn(record, GpuColumn.core_clock_mhz, reason);
  }

  read(record: GpuRecord): void {
    this.#wasRead = true;
    if (--this.#ticksToAdapter <= 0) this.#readAdapter(record);
    if (this.#engine !== undefined && --this.#ticksToNode <= 0) this.#readClock(record, this.#engine);
  }

  /** What the driver was found not to offer stays so. */
  #leaveColumn(record: GpuRecord, column: number, reason: Absence): void {
    if (!this.#wasRead || record.absence(column) !== 'unsupported') record.absent(column, reason);
  }

  #readAdapter(record: GpuRecord): void {
    this.#maxFan ??= this.#readMaxFan();
    const status = this.#ask(QueryType.adapterPerformance, ADAPTER_PERFORMANCE.size, 0, 0);
    if (status !== STATUS.success) {
      const reason = absenceOfAnswer(status);
      for (const column of ADAPTER_COLUMNS) record.absent(column, reason);
      this.#ticksToAdapter = reason === 'failed' ? 0 : RETRY_TICKS;
      return;
    }
    const { data } = this.#d3dkmt;
    const temperature = data.readUInt32LE(ADAPTER_PERFORMANCE.temperature) / DECI;
    put(record, GpuColumn.temperature, temperature, MAX_TEMPERATURE);
    const memory = Number(data.readBigUInt64LE(ADAPTER_PERFORMANCE.memoryFrequency));
    put(record, GpuColumn.memory_clock_mhz, memory / HERTZ_PER_MHZ, MAX_CLOCK);
    this.#putFan(record, data.readUInt32LE(ADAPTER_PERFORMANCE.fan));
  }

  /** A fan that stands still is at 0 %, one whose highest speed is not told is none. */
  #putFan(record: GpuRecord, speed: number): void {
    const maximum = this.#maxFan ?? 0;
    if (maximum === 0) record.absent(GpuColumn.fan_speed, 'unsupported');
    else if (speed <= 2 * maximum) record.set(GpuColumn.fan_speed, Math.min(100, (100 * speed) / maximum));
    else record.absent(GpuColumn.fan_speed, 'failed');
  }

  #readMaxFan(): number {
    const status = this.#ask(QueryType.adapterPerformanceCaps, ADAPTER_PERFORMANCE_CAPS.size, 0, 0);
    return status === STATUS.success ? this.#d3dkmt.data.readUInt32LE(ADAPTER_PERFORMANCE_CAPS.maxFan) : 0;
  }

  #readClock(record: GpuRecord, engine: number): void {
    const status = this.#ask(QueryType.nodePerformance, NODE_PERFORMANCE.size, engine, 0);
    if (status !== STATUS.success) {
      const reason = absenceOfAnswer(status);
      record.absent(GpuColumn.core_clock_mhz, reason);
      this.#ticksToNode = reason === 'failed' ? 0 : RETRY_TICKS;
      return;
    }
    const frequency = Number(this.#d3dkmt.data.readBigUInt64LE(NODE_PERFORMANCE.frequency));
    put(record, GpuColumn.core_clock_mhz, frequency / HERTZ_PER_MHZ, MAX_CLOCK);
  }

  /** Asks with the first two words of the structure as inputs. */
  #ask(type: number, size: number, first: number, second: number): number {
    const { data } = this.#d3dkmt;
    data.fill(0, 0, size);
    data.writeUInt32LE(first, 0);
    data.writeUInt32LE(second, 4);
    return this.#d3dkmt.query(this.#handle, type, size);
  }
}

/** What one answer of the driver fills. */
const ADAPTER_COLUMNS = [GpuColumn.temperature, GpuColumn.memory_clock_mhz, GpuColumn.fan_speed] as const;

function put(record: GpuRecord, column: number, value: number, maximum: number): void {
  if (value === 0) record.absent(column, 'unsupported');
  else if (value <= maximum) record.set(column, value);
  else record.absent(column, 'failed');
}
