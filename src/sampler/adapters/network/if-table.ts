import { INTERFACE_ROW_SIZE } from '../../native/windows/interface-rows.ts';
import { readUnsigned64 } from '../../native/unsigned64.ts';
import type { CounterRows } from '../../proc/counter-rows.ts';
import { NET } from './net-dev.ts';

/** Members of `MIB_IF_ROW2` of `netioapi.h`. Names and addresses stand in it too, and are not looked at. */
const OFFSET = {
  /** `NET_LUID`: 24 bits that are reserved, 24 of the interface’s number, 16 of its type. */
  luid: 0,
  type: 1128,
  flags: 1152,
  operStatus: 1156,
} as const;
/** `IF_TYPE_SOFTWARE_LOOPBACK` of `ipifcons.h` */
const LOOPBACK = 24;
/** Bits of `InterfaceAndOperStatusFlags` */
const FLAG = { hardware: 0x01, filter: 0x02 } as const;
/** `IfOperStatusUp` of `ifdef.h` */
const UP = 1;

/** Columns of a row, and where in the structure the counters of 64 bits stand that they are the sum of. */
const COUNTERS: readonly (readonly [column: number, ...offsets: number[]])[] = [
  [NET.bytesIn, 1208 /* InOctets */],
  [NET.packetsIn, 1216 /* InUcastPkts */, 1224 /* InNUcastPkts */],
  [NET.dropsIn, 1232 /* InDiscards */],
  [NET.errorsIn, 1240 /* InErrors */],
  [NET.bytesOut, 1280 /* OutOctets */],
  [NET.packetsOut, 1288 /* OutUcastPkts */, 1296 /* OutNUcastPkts */],
  [NET.dropsOut, 1304 /* OutDiscards */],
  [NET.errorsOut, 1312 /* OutErrors */],
];

/**
 * Puts the interfaces that count into `rows`: those with hardware behind them, which for a virtual machine are its network
 * cards. Windows lists each of them again for every filter that hangs on it (a firewall, a packet capture), and what goes
 * through a VPN, a virtual switch or a team goes through a card as well: with them it would be counted twice or more. Where
 * no interface has hardware, as in a container, those that are up count, but no filters. Loopback never does.
 *
 * @param count rows of the table
 * @throws RangeError when they do not lie within the bytes
 */
export function takeInterfaces(bytes: Buffer, count: number, rows: CounterRows): void {
  const hasHardware = countHardware(bytes, count) > 0;
  rows.begin();
  for (let row = 0; row < count; row++) {
    const at = row * INTERFACE_ROW_SIZE;
    const flags = bytes.readUInt8(at + OFFSET.flags);
    if (bytes.readUInt32LE(at + OFFSET.type) === LOOPBACK || (flags & FLAG.filter) !== 0) continue;
    const isUp = bytes.readUInt32LE(at + OFFSET.operStatus) === UP;
    if (hasHardware ? (flags & FLAG.hardware) === 0 : !isUp) continue;
    // Without the reserved bits it is a number that is exact.
    rows.row(bytes.readUIntLE(at + OFFSET.luid + 3, 5));
    for (const [column, ...offsets] of COUNTERS) {
      let sum = 0;
      for (const offset of offsets) sum += readUnsigned64(bytes, at + offset);
      rows.put(column, sum);
    }
  }
  rows.end();
}

function countHardware(bytes: Buffer, count: number): number {
  let hardware = 0;
  for (let row = 0; row < count; row++) {
    const at = row * INTERFACE_ROW_SIZE;
    const flags = bytes.readUInt8(at + OFFSET.flags);
    const isLoopback = bytes.readUInt32LE(at + OFFSET.type) === LOOPBACK;
    if (!isLoopback && (flags & (FLAG.hardware | FLAG.filter)) === FLAG.hardware) hardware++;
  }
  return hardware;
}
