import type { ByteReader } from '../../proc/byte-reader.ts';
import type { CounterRows } from '../../proc/counter-rows.ts';

/** Columns that {@link parseDiskstats} puts into a row. */
export const DISK = { reads: 0, sectorsRead: 1, writes: 2, sectorsWritten: 3 } as const;

/** Counters a row. */
export const DISK_WIDTH = 4;

/** Bytes in a sector of `/proc/diskstats`, whatever the device's own sector size is. */
export const SECTOR = 512;

/** Tells which devices are counted. */
export interface DeviceFilter {
  /** Starts a read. */
  begin(): void;
  /** Whether the device whose name `reader` has just read (`keyStart` to `keyEnd`) is counted. */
  isCounted(key: number, reader: ByteReader): boolean;
}

/**
 * Reads `/proc/diskstats` into `rows`: a row for each device that `filter` counts.
 *
 * A line is: major, minor, name; reads completed, reads merged, sectors read, ms; the same four of writes; more.
 *
 * @returns false when a line cannot be understood; `rows` has then to forget
 */
export function parseDiskstats(reader: ByteReader, rows: CounterRows, filter: DeviceFilter): boolean {
  rows.begin();
  filter.begin();
  do {
    if (Number.isNaN(reader.unsigned()) || Number.isNaN(reader.unsigned())) return false;
    const key = reader.key();
    if (Number.isNaN(key)) return false;
    if (!filter.isCounted(key, reader)) continue;
    rows.row(key);
    for (let column = 0; column < DISK_WIDTH; column += 2) {
      const count = reader.unsigned();
      reader.skipWord();
      const sectors = reader.unsigned();
      reader.skipWord();
      if (Number.isNaN(count) || Number.isNaN(sectors)) return false;
      rows.put(column, count);
      rows.put(column + 1, sectors);
    }
  } while (reader.nextLine());
  rows.end();
  return true;
}
