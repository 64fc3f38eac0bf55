import type { Absence, FrameWriter } from '../../../common/frame.ts';
import type { CounterRows } from '../../proc/counter-rows.ts';
import type { SlotFinder } from '../base.ts';
import { NET } from './net-dev.ts';

const BITS_PER_BYTE = 8;
const BITS_PER_MEGABIT = 1e6;

/** Columns of sums, and the counter of a row that each is the sum of. */
const SUMS = [
  ['net_bytes_sent', NET.bytesOut],
  ['net_bytes_recv', NET.bytesIn],
  ['net_packets_sent', NET.packetsOut],
  ['net_packets_recv', NET.packetsIn],
  ['net_errors_in', NET.errorsIn],
  ['net_errors_out', NET.errorsOut],
  ['net_drops_in', NET.dropsIn],
  ['net_drops_out', NET.dropsOut],
] as const;

/** The columns of all network interfaces together. */
export class InterfaceColumns {
  readonly #sumColumns = Uint8Array.from(SUMS, ([, column]) => column);
  #sumSlots = new Int32Array(SUMS.length).fill(-1);
  #sendRateSlot = -1;
  #receiveRateSlot = -1;

  bind(slot: SlotFinder): void {
    this.#sumSlots = Int32Array.from(SUMS, ([name]) => slot(name));
    this.#sendRateSlot = slot('net_send_rate_mbps');
    this.#receiveRateSlot = slot('net_recv_rate_mbps');
  }

  /** Sums, and rates where there is an earlier read to compare with. */
  write(frame: FrameWriter, rows: CounterRows, elapsedSeconds: number): void {
    for (let i = 0; i < this.#sumSlots.length; i++) {
      frame.set(this.#sumSlots[i] ?? -1, rows.totals[this.#sumColumns[i] ?? 0] ?? Number.NaN);
    }
    if (!rows.hasIncreases || !(elapsedSeconds > 0)) return;
    const megabits = BITS_PER_BYTE / BITS_PER_MEGABIT / elapsedSeconds;
    frame.set(this.#sendRateSlot, (rows.increases[NET.bytesOut] ?? Number.NaN) * megabits);
    frame.set(this.#receiveRateSlot, (rows.increases[NET.bytesIn] ?? Number.NaN) * megabits);
  }

  absent(frame: FrameWriter, reason: Absence): void {
    for (const slot of this.#sumSlots) frame.absent(slot, reason);
    frame.absent(this.#sendRateSlot, reason);
    frame.absent(this.#receiveRateSlot, reason);
  }
}
