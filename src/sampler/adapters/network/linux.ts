import type { FrameWriter } from '../../../common/frame.ts';
import { ByteReader } from '../../proc/byte-reader.ts';
import { CounterRows } from '../../proc/counter-rows.ts';
import { KeptFile } from '../../proc/kept-file.ts';
import type { Adapter, AdapterContext, AdapterInfo, Limitation, SlotFinder, Unavailable } from '../base.ts';
import { NET, NET_WIDTH, parseNetDev } from './net-dev.ts';
import { parseEstablished } from './snmp.ts';
import { parseSocketsInUse } from './sockstat.ts';

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

/** Network interfaces of a Linux machine, summed up without loopback, and its TCP and UDP sockets. */
export function createNetworkAdapter(): Adapter {
  return new LinuxNetwork();
}

class LinuxNetwork implements Adapter {
  readonly name = 'network';
  readonly group = 'network';
  readonly #reader = new ByteReader(4096);
  readonly #rows = new CounterRows(NET_WIDTH);
  readonly #sumColumns = Uint8Array.from(SUMS, ([, column]) => column);
  #interfacesFile: KeptFile | undefined;
  #socketsFile: KeptFile | undefined;
  #socketsFile6: KeptFile | undefined;
  #tcpFile: KeptFile | undefined;
  #sumSlots = new Int32Array(SUMS.length).fill(-1);
  #sendRateSlot = -1;
  #receiveRateSlot = -1;
  #socketsSlot = -1;
  #establishedSlot = -1;

  open(context: AdapterContext): Promise<AdapterInfo | Unavailable> {
    return Promise.resolve(this.#open(context));
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
      const reason = file?.absence ?? 'failed';
      for (const slot of this.#sumSlots) frame.absent(slot, reason);
      frame.absent(this.#sendRateSlot, reason);
      frame.absent(this.#receiveRateSlot, reason);
      return;
    }
    if (!parseNetDev(this.#reader, rows)) {
      rows.forget();
      return;
    }
    for (let i = 0; i < this.#sumSlots.length; i++) {
      frame.set(this.#sumSlots[i] ?? -1, rows.totals[this.#sumColumns[i] ?? 0] ?? Number.NaN);
    }
    if (!rows.hasIncreases || !(elapsedSeconds > 0)) return;
    const megabits = BITS_PER_BYTE / BITS_PER_MEGABIT / elapsedSeconds;
    frame.set(this.#sendRateSlot, (rows.increases[NET.bytesOut] ?? Number.NaN) * megabits);
    frame.set(this.#receiveRateSlot, (rows.increases[NET.bytesIn] ?? Number.NaN) * megabits);
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
