import type { FrameWriter } from '../../../../common/frame.ts';
import { ADAPTER_STATISTICS, StatisticsType } from '../../../native/windows/d3dkmt-layout.ts';
import type { D3dkmt, OpenAdapter } from '../../../native/windows/d3dkmt.ts';
import { STATUS } from '../../../native/windows/codes.ts';
import type { GpuInfo } from '../../base.ts';
import { GpuColumn, GpuRecord } from '../gpu-record.ts';
import { Engines } from './engines.ts';
import type { AdapterKind } from './identity.ts';
import { Sensors } from './sensors.ts';
import { VideoMemory } from './video-memory.ts';

/** One GPU of the graphics kernel. */
export class WindowsGpu {
  readonly info: GpuInfo;
  readonly record = new GpuRecord();
  readonly #d3dkmt: D3dkmt;
  readonly #adapter: OpenAdapter;
  readonly #engines: Engines;
  readonly #memory: VideoMemory;
  readonly #sensors: Sensors;
  /** Whether Windows cuts it off from power when nobody uses it. */
  readonly isHybridDiscrete: boolean;
  /** Whether the last read found it gone. */
  isGone = false;

  /** @param adapter is closed by {@link close} */
  constructor(d3dkmt: D3dkmt, adapter: OpenAdapter, kind: Extract<AdapterKind, { kind: 'gpu' }>) {
    this.#d3dkmt = d3dkmt;
    this.#adapter = adapter;
    this.info = kind.info;
    this.isHybridDiscrete = kind.isHybridDiscrete;
    const isTold = d3dkmt.readStatistics(StatisticsType.adapter, adapter.luid) === STATUS.success;
    const segments = isTold ? d3dkmt.statistic32(ADAPTER_STATISTICS.segments) : 0;
    const nodes = isTold ? d3dkmt.statistic32(ADAPTER_STATISTICS.nodes) : 0;
    const { handle, luid } = adapter;
    this.#engines = new Engines(d3dkmt, handle, luid, nodes);
    this.#memory = new VideoMemory(d3dkmt, handle, luid, segments);
    this.#sensors = new Sensors(d3dkmt, handle, this.#engines.threeD);
    for (const column of Object.values(GpuColumn)) this.record.absent(column, 'unsupported');
    this.#memory.read(this.record);
  }

  /** Whether it has no memory but the machine’s. */
  get hasSharedMemory(): boolean {
    return this.#memory.isShared;
  }

  /** Whether one engine both encodes and decodes. */
  get hasCodec(): boolean {
    return this.#engines.hasCodec;
  }

  /** Reads it and writes its columns into the frame. */
  read(frame: FrameWriter, elapsedSeconds: number): void {
    this.isGone = !this.#engines.read(elapsedSeconds, this.record);
    if (this.isGone) {
      this.record.publishAbsent(frame, this.record.absence(GpuColumn.utilization) ?? 'failed');
      return;
    }
    this.#memory.read(this.record);
    if (this.isHybridDiscrete && !this.#isWorking()) this.#sensors.leave(this.record, 'asleep');
    else this.#sensors.read(this.record);
    this.record.publish(frame);
  }

  close(): void {
    this.#d3dkmt.closeAdapter(this.#adapter.handle);
  }

  /** Whether its engines are known to have worked since the last tick, so that it has power. */
  #isWorking(): boolean {
    return (this.record.get(GpuColumn.utilization) ?? 0) > 0;
  }
}
