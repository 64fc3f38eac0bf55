import { ascii, type ByteReader } from '../../proc/byte-reader.ts';

const SPACE = 0x20;
const TCP = ascii('Tcp:');
const ESTABLISHED = ascii('CurrEstab');

/**
 * Reads `/proc/net/snmp`, where a line of names (`Tcp: RtoAlgorithm …`) is followed by one of values: TCP connections
 * that are established or waiting for their peer to close, IPv4 and IPv6.
 *
 * @returns NaN when the file does not say
 */
export function parseEstablished(reader: ByteReader): number {
  do {
    if (!reader.take(TCP)) continue;
    const column = columnOfEstablished(reader);
    if (column < 0 || !reader.nextLine() || !reader.take(TCP)) return Number.NaN;
    for (let i = 0; i < column; i++) reader.skipWord();
    return reader.unsigned();
  } while (reader.nextLine());
  return Number.NaN;
}

function columnOfEstablished(reader: ByteReader): number {
  for (let column = 0; ; column++) {
    reader.skipSpaces();
    if (reader.take(ESTABLISHED) && reader.peek() <= SPACE) return column;
    if (!reader.skipWord()) return -1;
  }
}
