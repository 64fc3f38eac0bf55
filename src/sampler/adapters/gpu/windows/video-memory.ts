import { MIB } from '../../../../common/units.ts';
import {
  QueryType,
  SEGMENT_SIZES,
  SEGMENT_STATISTICS,
  StatisticsType,
} from '../../../native/windows/d3dkmt-layout.ts';
import type { D3dkmt, Luid } from '../../../native/windows/d3dkmt.ts';
import { STATUS } from '../../../native/windows/codes.ts';
import { GpuColumn, type GpuRecord } from '../gpu-record.ts';

/** More segments than any GPU has: Windows allows 32 to one and some more to linked ones. */
const MAX_SEGMENTS = 128;

const COLUMNS = [GpuColumn.vram_used_mb, GpuColumn.vram_total_mb, GpuColumn.vram_percent] as const;

/** Sums over the segments of one sort, in bytes. */
interface Sum {
  resident: number;
  limit: number;
}

/**
 * The memory of a GPU in the segments that the graphics kernel divides it into: its own, and “apertures” through which it
 * sees the machine’s. A GPU that has none of its own uses the machine’s, and that is then what is told.
 */
export class VideoMemory {
  readonly #d3dkmt: D3dkmt;
  readonly #luid: Luid;
  readonly #segments: number;
  /** Bytes; 0 where the driver does not tell. */
  readonly #dedicated: number;
  readonly #shared: number;
  readonly #own: Sum = { resident: 0, limit: 0 };
  readonly #aperture: Sum = { resident: 0, limit: 0 };

  constructor(d3dkmt: D3dkmt, handle: number, luid: Luid, segments: number) {
    this.#d3dkmt = d3dkmt;
    this.#luid = luid;
    this.#segments = Math.min(segments, MAX_SEGMENTS);
    d3dkmt.data.fill(0, 0, SEGMENT_SIZES.size);
    const isTold = d3dkmt.query(handle, QueryType.segmentSizes, SEGMENT_SIZES.size) === STATUS.success;
    this.#dedicated = isTold ? Number(d3dkmt.data.readBigUInt64LE(SEGMENT_SIZES.dedicatedVideo)) : 0;
    this.#shared = isTold ? Number(d3dkmt.data.readBigUInt64LE(SEGMENT_SIZES.sharedSystem)) : 0;
  }

  /** Whether the last reading found no memory but the machine’s. */
  get isShared(): boolean {
    return this.#own.limit === 0 && this.#aperture.limit > 0;
  }

  /** Reads all segments; a sum that lacks one is not told. */
  read(record: GpuRecord): void {
    for (const sum of [this.#own, this.#aperture]) sum.resident = sum.limit = 0;
    for (let segment = 0; segment < this.#segments; segment++) {
      const status = this.#d3dkmt.readStatistics(StatisticsType.segment, this.#luid, segment);
      if (status !== STATUS.success) {
        const reason = status === STATUS.accessDenied ? 'denied' : 'failed';
        for (const column of COLUMNS) record.absent(column, reason);
        return;
      }
      const sum = this.#d3dkmt.statistic32(SEGMENT_STATISTICS.aperture) === 0 ? this.#own : this.#aperture;
      sum.resident += this.#d3dkmt.statistic64(SEGMENT_STATISTICS.resident);
      sum.limit += this.#d3dkmt.statistic64(SEGMENT_STATISTICS.commitLimit);
    }
    if (this.#own.limit > 0) put(record, this.#own.resident, this.#dedicated || this.#own.limit);
    else if (this.#aperture.limit > 0)
      put(record, this.#aperture.resident, this.#shared || this.#aperture.limit);
    else for (const column of COLUMNS) record.absent(column, 'unsupported');
  }
}

/** Records memory in bytes. More in use than there is cannot be. */
function put(record: GpuRecord, used: number, total: number): void {
  record.set(GpuColumn.vram_total_mb, total / MIB);
  if (used <= total) {
    record.set(GpuColumn.vram_used_mb, used / MIB);
    record.set(GpuColumn.vram_percent, (100 * used) / total);
  } else {
    record.absent(GpuColumn.vram_used_mb, 'failed');
    record.absent(GpuColumn.vram_percent, 'failed');
  }
}
