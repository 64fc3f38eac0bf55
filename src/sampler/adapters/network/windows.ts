import type { FrameWriter } from '../../../common/frame.ts';
import { InterfaceRows } from '../../native/windows/interface-rows.ts';
import { openWindowsLibraries, type WindowsNativeOptions } from '../../native/windows/library.ts';
import { SocketTables } from '../../native/windows/socket-tables.ts';
import { CounterRows } from '../../proc/counter-rows.ts';
import type { Adapter, AdapterInfo, Limitation, SlotFinder, Unavailable } from '../base.ts';
import { takeInterfaces } from './if-table.ts';
import { InterfaceColumns } from './interface-columns.ts';
import { NET_WIDTH } from './net-dev.ts';

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
  readonly #columns = new InterfaceColumns();
  #table: InterfaceRows | undefined;
  #tables: SocketTables | undefined;
  #sockets = Number.NaN;
  #ticksToSockets = 0;
  #socketsSlot = -1;
  #establishedSlot = -1;

  constructor(options: WindowsNativeOptions) {
    this.#options = options;
  }

  open(): Promise<AdapterInfo | Unavailable> {
    return Promise.resolve(this.#open());
  }

  bind(slot: SlotFinder): void {
    this.#columns.bind(slot);
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
      rows.forget();
      this.#columns.absent(frame, table?.absence ?? 'failed');
      return;
    }
    takeInterfaces(table.bytes, table.count, rows);
    this.#columns.write(frame, rows, elapsedSeconds);
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
