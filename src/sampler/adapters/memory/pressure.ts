import { ascii, type ByteReader } from '../../proc/byte-reader.ts';

const SOME = ascii('some ');
const AVG10 = ascii('avg10=');

/**
 * Reads a file of `/proc/pressure` (`some avg10=1.81 avg60=0.79 avg300=0.84 total=19144051`).
 *
 * @returns percent of the last 10 s in which at least one task was stalled; NaN when the file does not say
 */
export function parseSomePressure(reader: ByteReader): number {
  do {
    if (!reader.take(SOME)) continue;
    do {
      reader.skipSpaces();
      if (reader.take(AVG10)) return reader.decimal();
    } while (reader.skipWord());
  } while (reader.nextLine());
  return Number.NaN;
}
