import type { Absence, FrameWriter } from '../../../common/frame.ts';
import type { CounterRows } from '../../proc/counter-rows.ts';
import type { SlotFinder } from '../base.ts';

const BYTES_PER_MEGABYTE = 1e6;

/** Where the counters of a disk stand in its row. */
export interface TransferCounters {
  readonly reads: number;
  readonly writes: number;
  readonly bytesRead: number;
  readonly bytesWritten: number;
}

/** A row with counters of bytes, where a system has such: {@link TRANSFER_WIDTH} counters. */
export const TRANSFER: TransferCounters = { reads: 0, writes: 1, bytesRead: 2, bytesWritten: 3 };
export const TRANSFER_WIDTH = 4;

/** The columns of transfers of all disks together. */
export class TransferColumns {
  readonly #counters: TransferCounters;
  readonly #unit: number;
  #readRate = -1;
  #writeRate = -1;
  #reads = -1;
  #writes = -1;
  #bytesRead = -1;
  #bytesWritten = -1;

  /** @param unit bytes that a count of `bytesRead` and `bytesWritten` stands for */
  constructor(counters: TransferCounters, unit = 1) {
    this.#counters = counters;
    this.#unit = unit;
  }

  bind(slot: SlotFinder): void {
    this.#readRate = slot('disk_read_rate_mbps');
    this.#writeRate = slot('disk_write_rate_mbps');
    this.#reads = slot('disk_read_count');
    this.#writes = slot('disk_write_count');
    this.#bytesRead = slot('disk_read_bytes');
    this.#bytesWritten = slot('disk_write_bytes');
  }

  /** Sums, and rates where there is an earlier read to compare with. */
  write(frame: FrameWriter, { totals, increases, hasIncreases }: CounterRows, elapsedSeconds: number): void {
    const { reads, writes, bytesRead, bytesWritten } = this.#counters;
    frame.set(this.#reads, totals[reads] ?? Number.NaN);
    frame.set(this.#writes, totals[writes] ?? Number.NaN);
    frame.set(this.#bytesRead, (totals[bytesRead] ?? Number.NaN) * this.#unit);
    frame.set(this.#bytesWritten, (totals[bytesWritten] ?? Number.NaN) * this.#unit);
    if (!hasIncreases || !(elapsedSeconds > 0)) return;
    const megabytes = this.#unit / BYTES_PER_MEGABYTE / elapsedSeconds;
    frame.set(this.#readRate, (increases[bytesRead] ?? Number.NaN) * megabytes);
    frame.set(this.#writeRate, (increases[bytesWritten] ?? Number.NaN) * megabytes);
  }

  absent(frame: FrameWriter, reason: Absence): void {
    frame.absent(this.#readRate, reason);
    frame.absent(this.#writeRate, reason);
    frame.absent(this.#reads, reason);
    frame.absent(this.#writes, reason);
    frame.absent(this.#bytesRead, reason);
    frame.absent(this.#bytesWritten, reason);
  }
}
