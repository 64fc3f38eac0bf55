import type { FrameWriter } from '../../../common/frame.ts';
import { InterfaceRows } from '../../native/windows/interface-rows.ts';
import { openWindowsLibraries, type WindowsNativeOptions } from '../../native/windows/library.ts';
import { SocketTables } from '../../native/windows/socket-tables.ts';
import { CounterRows } from '../../proc/counter-rows.ts';
import type { Adapter, AdapterInfo, Limitation, SlotFinder, Unavailable } from '../base.ts';
import { takeInterfaces } from './if-table.ts';
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

/** Counting sockets takes the longer the more there are: so many of them are worth one tick without counting. */
const SOCKETS_A_TICK = 1000;

/**
 * Network interfaces of a Windows machine that have hardware behind them, summed up, and its TCP and UDP sockets: all TCP
 * connections and listeners, those in TIME_WAIT among them, and all UDP endpoints, of IPv4 and IPv6.
 */
export function createNetworkAdapter(options: WindowsNativeOptions = {}): Adapter {
  return new WindowsNetwork(options);
}

class WindowsNetwork implements Adapter {
  readonly name = 'network';
  readonly group = 'network';
  readonly #options: WindowsNativeOptions;
  readonly #rows = new CounterRows(NET_WIDTH);
  #table: InterfaceRows | undefined;
  #tables: SocketTables | undefined;
  #sockets = Number.NaN;
  #ticksToSockets = 0;
  #sumSlots = new Int32Array(SUMS.length).fill(-1);
  #sendRateSlot = -1;
  #receiveRateSlot = -1;
  #socketsSlot = -1;
  #establishedSlot = -1;

  constructor(options: WindowsNativeOptions) {
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
    this.#establishedSlot = slot('net_connections_established');
  }

  read(frame: FrameWriter, elapsedSeconds: number): void {
    this.#readInterfaces(frame, elapsedSeconds);
    this.#readSockets(frame);
  }

  close(): void {
    this.#table = undefined;
    this.#tables = undefined;
    this.#ticksToSockets = 0;
    this.#rows.forget();
  }

  #open(): AdapterInfo | Unavailable {
    this.close();
    const libraries = openWindowsLibraries(this.#options);
    if (!libraries.available) return libraries;
    const table = InterfaceRows.open(libraries.iphlpapi, libraries.ntdll);
    if (table?.read() !== true) {
      const reason = table?.absence ?? 'unsupported';
      return { available: false, reason, why: 'the table of network interfaces cannot be read' };
    }
    takeInterfaces(table.bytes, table.count, this.#rows);
    const interfaces = this.#rows.count;
    this.#rows.forget();
    const sockets = new SocketTables(libraries.iphlpapi);
    const limitations: Limitation[] = [];
    if (Number.isNaN(sockets.countSockets() + sockets.countEstablished())) {
      limitations.push({ what: 'connections', why: 'the tables of sockets cannot be read here' });
    }
    this.#table = table;
    this.#tables = sockets;
    const found = `${interfaces} ${interfaces === 1 ? 'interface' : 'interfaces'} with hardware`;
    return { available: true, found, limitations };
  }

  #readInterfaces(frame: FrameWriter, elapsedSeconds: number): void {
    const rows = this.#rows;
    const table = this.#table;
    if (table?.read() !== true) {
      const reason = table?.absence ?? 'failed';
      rows.forget();
      for (const slot of this.#sumSlots) frame.absent(slot, reason);
      frame.absent(this.#sendRateSlot, reason);
      frame.absent(this.#receiveRateSlot, reason);
      return;
    }
    takeInterfaces(table.bytes, table.count, rows);
    SUMS.forEach(([, column], i) => {
      frame.set(this.#sumSlots[i] ?? -1, rows.totals[column] ?? Number.NaN);
    });
    if (!rows.hasIncreases || !(elapsedSeconds > 0)) return;
    const megabits = BITS_PER_BYTE / BITS_PER_MEGABIT / elapsedSeconds;
    frame.set(this.#sendRateSlot, (rows.increases[NET.bytesOut] ?? Number.NaN) * megabits);
    frame.set(this.#receiveRateSlot, (rows.increases[NET.bytesIn] ?? Number.NaN) * megabits);
  }

  #readSockets(frame: FrameWriter): void {
    const tables = this.#tables;
    if (--this.#ticksToSockets <= 0) {
      this.#sockets = tables?.countSockets() ?? Number.NaN;
      this.#ticksToSockets = 1 + Math.floor((this.#sockets || 0) / SOCKETS_A_TICK);
    }
    if (this.#sockets >= 0) frame.set(this.#socketsSlot, this.#sockets);
    else frame.absent(this.#socketsSlot, tables?.absence ?? 'failed');
    const established = tables?.countEstablished() ?? Number.NaN;
    if (established >= 0) frame.set(this.#establishedSlot, established);
    else frame.absent(this.#establishedSlot, tables?.absence ?? 'failed');
  }
}
