import type { FrameWriter } from '../../../common/frame.ts';
import { ByteReader } from '../../proc/byte-reader.ts';
import { CounterRows } from '../../proc/counter-rows.ts';
import { KeptFile } from '../../proc/kept-file.ts';
import type { Adapter, AdapterContext, AdapterInfo, Limitation, SlotFinder, Unavailable } from '../base.ts';
import { InterfaceColumns } from './interface-columns.ts';
import { NET_WIDTH, parseNetDev } from './net-dev.ts';
import { parseEstablished } from './snmp.ts';
import { parseSocketsInUse } from './sockstat.ts';

/** Network interfaces of a Linux machine, summed up without loopback, and its TCP and UDP sockets. */
export function createNetworkAdapter(): Adapter {
  return new LinuxNetwork();
}

class LinuxNetwork implements Adapter {
  readonly name = 'network';
  readonly group = 'network';
  readonly #reader = new ByteReader(4096);
  readonly #rows = new CounterRows(NET_WIDTH);
  readonly #columns = new InterfaceColumns();
  #interfacesFile: KeptFile | undefined;
  #socketsFile: KeptFile | undefined;
  #socketsFile6: KeptFile | undefined;
  #tcpFile: KeptFile | undefined;
  #socketsSlot = -1;
  #establishedSlot = -1;

  open(context: AdapterContext): Promise<AdapterInfo | Unavailable> {
    return Promise.resolve(this.#open(context));
  }

  bind(slot: SlotFinder): void {
    this.#columns.bind(slot);
    this.#socketsSlot = slot('net_connections_total');
    this.#establishedSlot = slot('net_connections_established');
  }

  read(frame: FrameWriter, elapsedSeconds: number): void {
    this.#readInterfaces(frame, elapsedSeconds);
    this.#readSockets(frame);
    this.#readEstablished(frame);
  }

  close(): void {
    this.#interfacesFile?.close();
    this.#socketsFile?.close();
    this.#socketsFile6?.close();
    this.#tcpFile?.close();
  }

  #open(context: AdapterContext): AdapterInfo | Unavailable {
    const { sysroot } = context;
    const log = (message: string): void => context.log(message);
    const interfacesFile = new KeptFile(sysroot.path('/proc/net/dev'), { what: 'network counters', log });
    const socketsFile = new KeptFile(sysroot.path('/proc/net/sockstat'), { missing: 'unsupported' });
    const tcpFile = new KeptFile(sysroot.path('/proc/net/snmp'), { missing: 'unsupported' });
    this.#interfacesFile = interfacesFile;
    this.#socketsFile = socketsFile;
    this.#tcpFile = tcpFile;
    this.#socketsFile6 = new KeptFile(sysroot.path('/proc/net/sockstat6'), { missing: 'unsupported' });
    if (!interfacesFile.read(this.#reader)) {
      this.close();
      return {
        available: false,
        reason: interfacesFile.absence === 'denied' ? 'denied' : 'unsupported',
        why: 'the kernel’s network counters (/proc/net/dev) cannot be read',
        remedy: 'mount proc on /proc and let this user read it',
      };
    }
    const isUnderstood = parseNetDev(this.#reader, this.#rows);
    const interfaces = isUnderstood ? this.#rows.count : 0;
    this.#rows.forget();
    const limitations: Limitation[] = [];
    if (!socketsFile.read(this.#reader) || !tcpFile.read(this.#reader)) {
      limitations.push({ what: 'connections', why: 'the kernel’s socket counters cannot be read here' });
    }
    const found = `${interfaces} ${interfaces === 1 ? 'interface' : 'interfaces'} besides loopback`;
    return { available: true, found, limitations };
  }

  #readInterfaces(frame: FrameWriter, elapsedSeconds: number): void {
    const rows = this.#rows;
    const file = this.#interfacesFile;
    if (file?.read(this.#reader) !== true) {
      rows.forget();
      this.#columns.absent(frame, file?.absence ?? 'failed');
      return;
    }
    if (!parseNetDev(this.#reader, rows)) {
      rows.forget();
      return;
    }
    this.#columns.write(frame, rows, elapsedSeconds);
  }

  #readSockets(frame: FrameWriter): void {
    const file = this.#socketsFile;
    const file6 = this.#socketsFile6;
    if (file?.read(this.#reader) !== true) {
      frame.absent(this.#socketsSlot, file?.absence ?? 'failed');
      return;
    }
    const sockets = parseSocketsInUse(this.#reader);
    if (file6?.read(this.#reader) === true) {
      frame.set(this.#socketsSlot, sockets + parseSocketsInUse(this.#reader));
    } else if (file6?.absence === 'unsupported') {
      // IPv6 is switched off: there are no such sockets.
      frame.set(this.#socketsSlot, sockets);
    } else {
      frame.absent(this.#socketsSlot, file6?.absence ?? 'failed');
    }
  }

  #readEstablished(frame: FrameWriter): void {
    const file = this.#tcpFile;
    if (file?.read(this.#reader) === true) frame.set(this.#establishedSlot, parseEstablished(this.#reader));
    else frame.absent(this.#establishedSlot, file?.absence ?? 'failed');
  }
}
