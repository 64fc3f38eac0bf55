import {
  EngineType,
  NODE_METADATA,
  NODE_STATISTICS,
  QueryType,
  StatisticsType,
} from '../../../native/windows/d3dkmt-layout.ts';
import type { D3dkmt, Luid } from '../../../native/windows/d3dkmt.ts';
import { STATUS } from '../../../native/windows/codes.ts';
import { GpuColumn, type GpuRecord } from '../gpu-record.ts';
import { EngineLoad } from './engine-load.ts';

/** More engines than any GPU has; AMD’s have some 20. */
export const MAX_ENGINES = 128;

/**
 * The engines of a GPU (“nodes” of the graphics kernel): 3D, copy, video and so on. The kernel’s scheduler counts for how
 * long each has been running; asking for that does not reach the GPU or its driver.
 */
export class Engines {
  /** Whether one engine both encodes and decodes, so that neither can be told alone. */
  readonly hasCodec: boolean;
  /** Number of the first engine for 3D, whose clock stands for the GPU’s; `undefined` where there is none. */
  readonly threeD: number | undefined;
  readonly #d3dkmt: D3dkmt;
  readonly #luid: Luid;
  readonly #load: EngineLoad;
  readonly #all: readonly number[];
  readonly #encoders: readonly number[];
  readonly #decoders: readonly number[];

  constructor(d3dkmt: D3dkmt, handle: number, luid: Luid, count: number) {
    this.#d3dkmt = d3dkmt;
    this.#luid = luid;
    this.#all = Array.from({ length: Math.min(count, MAX_ENGINES) }, (_, node) => node);
    const types = this.#all.map(node => readType(d3dkmt, handle, node));
    const ofType = (type: number): number[] => this.#all.filter(node => types[node] === type);
    this.#encoders = ofType(EngineType.videoEncode);
    this.#decoders = ofType(EngineType.videoDecode);
    this.hasCodec = types.includes(EngineType.videoCodec);
    this.threeD = ofType(EngineType.threeD)[0];
    this.#load = new EngineLoad(this.#all.length);
  }

  /**
   * Reads all engines and records the load of the busiest, as Windows’ Task Manager shows it.
   *
   * @returns whether any engine answered; without engines, true
   */
  read(elapsedSeconds: number, record: GpuRecord): boolean {
    let status: number = STATUS.success;
    let hasAnswer = this.#all.length === 0;
    for (const node of this.#all) {
      const answer = this.#d3dkmt.readStatistics(StatisticsType.node, this.#luid, node);
      const isRead = answer === STATUS.success;
      if (isRead) hasAnswer = true;
      else status = answer;
      const runningTime = isRead ? this.#d3dkmt.statistic64(NODE_STATISTICS.runningTime) : Number.NaN;
      this.#load.update(node, runningTime, elapsedSeconds);
    }
    this.#put(record, GpuColumn.utilization, this.#all, status);
    this.#put(record, GpuColumn.encoder_utilization, this.#encoders, status);
    this.#put(record, GpuColumn.decoder_utilization, this.#decoders, status);
    return hasAnswer;
  }

  #put(record: GpuRecord, column: number, engines: readonly number[], status: number): void {
    const load = this.#load.busiest(engines);
    if (engines.length === 0) record.absent(column, 'unsupported');
    else if (!Number.isNaN(load)) record.set(column, load);
    else record.absent(column, status === STATUS.accessDenied ? 'denied' : 'failed');
  }
}

function readType(d3dkmt: D3dkmt, handle: number, node: number): number {
  d3dkmt.data.fill(0, 0, NODE_METADATA.size);
  d3dkmt.data.writeUInt32LE(node, NODE_METADATA.node);
  const status = d3dkmt.query(handle, QueryType.nodeMetadata, NODE_METADATA.size);
  return status === STATUS.success ? d3dkmt.data.readUInt32LE(NODE_METADATA.engineType) : EngineType.other;
}
