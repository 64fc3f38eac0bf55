import { ascii, type ByteReader } from '../../proc/byte-reader.ts';

const PROTOCOLS = [ascii('TCP:'), ascii('UDP:'), ascii('TCP6:'), ascii('UDP6:')] as const;
const IN_USE = ascii('inuse ');

/**
 * Reads `/proc/net/sockstat` or `/proc/net/sockstat6`: TCP and UDP sockets in use (`TCP: inuse 5 orphan 0 …`).
 * Sockets in TIME_WAIT are not among them.
 *
 * @returns NaN when the file does not say
 */
export function parseSocketsInUse(reader: ByteReader): number {
  let sum = Number.NaN;
  do {
    for (const protocol of PROTOCOLS) {
      if (!reader.take(protocol)) continue;
      const count = inUse(reader);
      sum = Number.isNaN(sum) ? count : sum + count;
      if (Number.isNaN(count)) return Number.NaN;
      break;
    }
  } while (reader.nextLine());
  return sum;
}

function inUse(reader: ByteReader): number {
  do {
    reader.skipSpaces();
    if (reader.take(IN_USE)) return reader.unsigned();
  } while (reader.skipWord() && reader.skipWord());
  return Number.NaN;
}
