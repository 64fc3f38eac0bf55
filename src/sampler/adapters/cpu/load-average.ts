import type { ByteReader } from '../../proc/byte-reader.ts';

/**
 * Reads `/proc/loadavg` (`0.00 0.03 0.06 1/88 7709`) into `averages`: load over 1, 5 and 15 minutes. NaN for what is
 * not there.
 */
export function parseLoadAverage(reader: ByteReader, averages: Float64Array): void {
  for (let i = 0; i < averages.length; i++) averages[i] = reader.decimal();
}
