import type { FrameWriter } from '../../../common/frame.ts';
import { type DarwinNativeOptions, openDarwinLibraries } from '../../native/darwin/library.ts';
import { SysctlReader } from '../../native/darwin/sysctl.ts';
import { ByteReader } from '../../proc/byte-reader.ts';
import { CounterRows } from '../../proc/counter-rows.ts';
import type { Adapter, AdapterInfo, Limitation, SlotFinder, Unavailable } from '../base.ts';
import { InterfaceColumns } from './interface-columns.ts';
import { INTERFACE_TABLE, parseInterfaceTable } from './interface-table.ts';
import { NET_WIDTH } from './net-dev.ts';

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
  readonly #columns = new InterfaceColumns();
  #sysctl: SysctlReader | undefined;
  #socketsSlot = -1;

  constructor(options: DarwinNativeOptions) {
    this.#options = options;
  }

  open(): Promise<AdapterInfo | Unavailable> {
    return Promise.resolve(this.#open());
  }

  bind(slot: SlotFinder): void {
    this.#columns.bind(slot);
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
    this.#columns.write(frame, rows, elapsedSeconds);
  }

  #giveUp(frame: FrameWriter, reason: SysctlReader['absence']): void {
    this.#rows.forget();
    this.#columns.absent(frame, reason);
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
