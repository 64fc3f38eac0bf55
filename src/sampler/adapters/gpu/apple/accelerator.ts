import type { FrameWriter } from '../../../../common/frame.ts';
import { MIB } from '../../../../common/units.ts';
import type { CoreFoundation } from '../../../native/darwin/core-foundation.ts';
import type { IoRegistry } from '../../../native/darwin/io-registry.ts';
import type { GpuInfo } from '../../base.ts';
import { GpuColumn, GpuRecord } from '../gpu-record.ts';
import { identifyGpu } from './identity.ts';
import { type GpuMemory, recordStatistics } from './performance-statistics.ts';

const STATISTICS = 'PerformanceStatistics';
/** What the switch between the two GPUs of some Intel Macs says of one of them. */
const POWER_STATE = 'AGCInfo';
const POWERED_OFF = 'poweredOffByAGC';

/** One GPU: a service of the class `IOAccelerator` in the I/O Registry. */
export class Accelerator {
  readonly info: GpuInfo;
  /** Number of its entry in the registry. */
  readonly id: number;
  readonly record = new GpuRecord();
  /** Whether the last read found it gone. */
  isGone = false;
  readonly #entry: number;
  readonly #registry: IoRegistry;
  readonly #coreFoundation: CoreFoundation;
  readonly #memory: GpuMemory;
  /** Whether it is told when it is without power. */
  readonly #canSleep: boolean;

  /**
   * @param entry its entry, which is released by {@link close}
   * @param systemMemory bytes; NaN where nobody tells
   */
  constructor(entry: number, registry: IoRegistry, coreFoundation: CoreFoundation, systemMemory: number) {
    this.#entry = entry;
    this.#registry = registry;
    this.#coreFoundation = coreFoundation;
    this.id = registry.idOf(entry);
    this.info = identifyGpu(this.#inheritedBytes('vendor-id'), this.#inheritedBytes('model'));
    const isUnified = this.info.vendor === 'apple' || this.info.vendor === 'intel';
    this.#memory = {
      isUnified,
      total: isUnified ? systemMemory : this.#inheritedNumber('VRAM,totalMB') * MIB,
    };
    this.#canSleep = !Number.isNaN(this.#poweredOff());
    for (const column of Object.values(GpuColumn)) this.record.absent(column, 'unsupported');
  }

  /** Reads it and writes its columns into the frame. One without power is left alone. */
  read(frame: FrameWriter): void {
    if (this.#canSleep && this.#poweredOff() === 1) {
      this.record.publishAbsent(frame, 'asleep');
      return;
    }
    const cf = this.#coreFoundation;
    const statistics = this.#registry.property(this.#entry, STATISTICS);
    this.isGone = !cf.isDictionary(statistics);
    if (this.isGone) {
      cf.release(statistics);
      this.record.publishAbsent(frame, 'failed');
      return;
    }
    recordStatistics(key => cf.toNumber(cf.get(statistics, cf.key(key))), this.#memory, this.record);
    cf.release(statistics);
    this.record.publish(frame);
  }

  close(): void {
    this.#registry.release(this.#entry);
  }

  /** 1 without power, 0 with it, NaN where nobody tells. */
  #poweredOff(): number {
    const cf = this.#coreFoundation;
    const state = this.#registry.property(this.#entry, POWER_STATE);
    const value = cf.toNumber(cf.get(state, cf.key(POWERED_OFF)));
    cf.release(state);
    return value;
  }

  #inheritedBytes(key: string): Uint8Array | undefined {
    const value = this.#registry.inheritedProperty(this.#entry, key);
    const bytes = this.#coreFoundation.toBytes(value);
    this.#coreFoundation.release(value);
    return bytes;
  }

  #inheritedNumber(key: string): number {
    const value = this.#registry.inheritedProperty(this.#entry, key);
    const number = this.#coreFoundation.toNumber(value);
    this.#coreFoundation.release(value);
    return number;
  }
}
