import type { FrameWriter } from '../../../common/frame.ts';
import { type DarwinNativeOptions, openDarwinLibraries } from '../../native/darwin/library.ts';
import { SysctlReader } from '../../native/darwin/sysctl.ts';
import { ByteReader } from '../../proc/byte-reader.ts';
import { CounterRows } from '../../proc/counter-rows.ts';
import type { Adapter, AdapterInfo, Limitation, SlotFinder, Unavailable } from '../base.ts';
import { INTERFACE_TABLE, parseInterfaceTable } from './interface-table.ts';
import { NET, NET_WIDTH } from './net-dev.ts';

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

const NO_STATES: Limitation = {
  what: 'established connections',
  why: 'macOS tells the states of connections only in a list of all of them, which costs too much every second',
};

/** Network interfaces of a Mac, summed up without loopback, and its TCP and UDP sockets. */
export function createNetworkAdapter(options: DarwinNativeOptions = {}): Adapter {
  return new DarwinNetwork(options);
}

class DarwinNetwork implements Adapter {
  readonly name = 'network';
  readonly group = 'network';
  readonly #options: DarwinNativeOptions;
  readonly #reader = new ByteReader(8192);
  readonly #rows = new CounterRows(NET_WIDTH);
  #sysctl: SysctlReader | undefined;
  #sumSlots = new Int32Array(SUMS.length).fill(-1);
  #sendRateSlot = -1;
  #receiveRateSlot = -1;
  #socketsSlot = -1;

  constructor(options: DarwinNativeOptions) {
    this.#options = options;
  }

  open(): Promise<AdapterInfo | Unavailable> {
    return Promise.resolve(this.#open());
  }

  bind(slot: SlotFinder): void {
    this.#sumSlots = Int32Array.from(SUMS, ([name]) => slot(name));
    this.#sendRateSlot = slot('net_send_rate_mbps');
    this.#receiveRateSlot = slot('net_recv_rate_mbps');
    this.#socketsSlot = slot('net_connections_total');
  }

  read(frame: FrameWriter, elapsedSeconds: number): void {
    this.#readInterfaces(frame, elapsedSeconds);
    this.#readSockets(frame);
  }

  close(): void {
    this.#sysctl = undefined;
    this.#rows.forget();
  }

  #open(): AdapterInfo | Unavailable {
    const libraries = openDarwinLibraries(this.#options);
    if (!libraries.available) return libraries;
    const sysctl = new SysctlReader(libraries);
    if (!sysctl.readTable(INTERFACE_TABLE, this.#reader)) {
      return {
        available: false,
        reason: sysctl.absence,
        why: 'the kernel’s network counters cannot be read',
      };
    }
    const isUnderstood = parseInterfaceTable(this.#reader, this.#rows);
    const interfaces = isUnderstood ? this.#rows.count : 0;
    this.#rows.forget();
    this.#sysctl = sysctl;
    const found = `${interfaces} ${interfaces === 1 ? 'interface' : 'interfaces'} besides loopback`;
    return { available: true, found, limitations: [NO_STATES] };
  }

  #readInterfaces(frame: FrameWriter, elapsedSeconds: number): void {
    const rows = this.#rows;
    if (this.#sysctl?.readTable(INTERFACE_TABLE, this.#reader) !== true) {
      this.#giveUp(frame, this.#sysctl?.absence ?? 'failed');
      return;
    }
    if (!parseInterfaceTable(this.#reader, rows)) {
      this.#giveUp(frame, 'failed');
      return;
    }
    SUMS.forEach(([, column], i) => {
      frame.set(this.#sumSlots[i] ?? -1, rows.totals[column] ?? Number.NaN);
    });
    if (!rows.hasIncreases || !(elapsedSeconds > 0)) return;
    const megabits = BITS_PER_BYTE / BITS_PER_MEGABIT / elapsedSeconds;
    frame.set(this.#sendRateSlot, (rows.increases[NET.bytesOut] ?? Number.NaN) * megabits);
    frame.set(this.#receiveRateSlot, (rows.increases[NET.bytesIn] ?? Number.NaN) * megabits);
  }

  #giveUp(frame: FrameWriter, reason: SysctlReader['absence']): void {
    this.#rows.forget();
    for (const slot of this.#sumSlots) frame.absent(slot, reason);
    frame.absent(this.#sendRateSlot, reason);
    frame.absent(this.#receiveRateSlot, reason);
  }

  /** Protocol control blocks: one a socket, whether IPv4 or IPv6; those of connections in TIME_WAIT are among them. */
  #readSockets(frame: FrameWriter): void {
    const sysctl = this.#sysctl;
    const tcp = sysctl?.readInteger('net.inet.tcp.pcbcount') ?? Number.NaN;
    const udp = Number.isNaN(tcp) ? tcp : (sysctl?.readInteger('net.inet.udp.pcbcount') ?? Number.NaN);
    if (Number.isNaN(udp)) frame.absent(this.#socketsSlot, sysctl?.absence ?? 'failed');
    else frame.set(this.#socketsSlot, tcp + udp);
  }
}
