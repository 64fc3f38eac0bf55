import { ascii, type ByteReader } from '../../proc/byte-reader.ts';
import type { CounterRows } from '../../proc/counter-rows.ts';

/** Columns that {@link parseNetDev} puts into a row. */
export const NET = {
  bytesIn: 0,
  packetsIn: 1,
  errorsIn: 2,
  dropsIn: 3,
  bytesOut: 4,
  packetsOut: 5,
  errorsOut: 6,
  dropsOut: 7,
} as const;

/** Counters a row. */
export const NET_WIDTH = 8;

const COLON = 0x3a;
const LOOPBACK = ascii('lo:');
/** Received: bytes, packets, errs, drop, then fifo, frame, compressed, multicast; the same of sent follow. */
const SENT = 8;
/** Numbers up to the last that is used, and how many of either half are. */
const NUMBERS = 12;
const HALF = 4;

const numbers = new Float64Array(NUMBERS);

/**
 * Reads `/proc/net/dev` into `rows`: a row for each interface but loopback.
 *
 * @returns false when it is not such a file, or a line of it cannot be understood; `rows` has then to forget
 */
export function parseNetDev(reader: ByteReader, rows: CounterRows): boolean {
  let interfaces = 0;
  rows.begin();
  do {
    const key = reader.key(COLON);
    // The two lines of headings have no colon behind their first word.
    if (reader.peek() !== COLON) continue;
    interfaces++;
    reader.at = reader.keyStart;
    if (reader.take(LOOPBACK)) continue;
    reader.at = reader.keyEnd + 1;
    rows.row(key);
    if (!parseCounters(reader, rows)) return false;
  } while (reader.nextLine());
  // Every network namespace has a loopback interface, so a file without any interface is none.
  if (interfaces === 0) return false;
  rows.end();
  return true;
}

function parseCounters(reader: ByteReader, rows: CounterRows): boolean {
  if (!reader.unsignedRow(numbers, NUMBERS)) return false;
  for (let column = 0; column < HALF; column++) {
    rows.put(column, numbers[column] ?? Number.NaN);
    rows.put(HALF + column, numbers[SENT + column] ?? Number.NaN);
  }
  return true;
}
