import { readUnsigned64 } from '../../native/unsigned64.ts';
import type { ByteReader } from '../../proc/byte-reader.ts';
import type { CounterRows } from '../../proc/counter-rows.ts';
import { NET } from './net-dev.ts';

/**
 * Name of the table by its numbers: `CTL_NET`, `PF_LINK`, `NETLINK_GENERIC`, `IFMIB_IFALLDATA`, any, `IFDATA_GENERAL`, see
 * `<net/if_mib.h>` and ifmib(4).
 *
 * The better known list of the routing socket (`NET_RT_IFLIST2`) has the same counters, but since macOS 13 the kernel gives
 * programs that are not Apple's only the lower 32 bits of the bytes there, in steps of 1 KiB.
 */
export const INTERFACE_TABLE = Int32Array.of(4, 18, 0, 3, 0, 1);

/** `sizeof(struct ifmibdata)`; its last member, `struct if_data64` of `<net/if_var.h>`, is aligned to 4 bytes. */
const RECORD_SIZE = 180;
/** `IFF_LOOPBACK` of `<net/if.h>` */
const LOOPBACK = 0x8;
const FLAGS_OFFSET = 20;
const SEND_DROPS_OFFSET = 32;
const DATA_OFFSET = 52;

/** Columns of a row, and where in `struct if_data64` the counter of 64 bits stands. */
const COUNTERS = [
  [NET.packetsIn, 24],
  [NET.errorsIn, 32],
  [NET.packetsOut, 40],
  [NET.errorsOut, 48],
  [NET.bytesIn, 64],
  [NET.bytesOut, 72],
  [NET.dropsIn, 96],
] as const;

/**
 * Reads the interface table into `rows`: a row for each interface but loopback.
 *
 * @returns false when it is not such a table; `rows` has then to forget
 */
export function parseInterfaceTable(reader: ByteReader, rows: CounterRows): boolean {
  const { bytes, end } = reader;
  // There is always a loopback interface.
  if (end === 0 || end % RECORD_SIZE !== 0) return false;
  rows.begin();
  for (let record = 0; record < end; record += RECORD_SIZE) {
    reader.at = record;
    // The record of an interface that is on its way out has no name, and no counters.
    if (reader.peek() === 0) continue;
    if ((bytes.readUInt32LE(record + FLAGS_OFFSET) & LOOPBACK) !== 0) continue;
    rows.row(reader.key(0));
    for (const [column, offset] of COUNTERS) {
      rows.put(column, readUnsigned64(bytes, record + DATA_OFFSET + offset));
    }
    rows.put(NET.dropsOut, bytes.readUInt32LE(record + SEND_DROPS_OFFSET));
  }
  rows.end();
  return true;
}
