import type { DamageReport } from '../../log/reader/damage.ts';
import { Holding } from '../../log/reader/holding.ts';
import type { FoundLogFile } from '../../log/reader/log-folder.ts';
import { readRows } from '../../log/reader/read-rows.ts';
import { columnsOf, readFault } from './files.ts';

/** What one pass over a log file finds. */
export interface FileScan {
  readonly rows: number;
  /** First and last moment, milliseconds since 1970 UTC; NaN for no rows. */
  readonly from: number;
  readonly to: number;
  /** Milliseconds in which rows were in force. */
  readonly covered: number;
  /** Rows that are not later than the row before: the clock was set back. */
  readonly disorder: number;
  /** Rows of another day than the file's name says. */
  readonly misplaced: number;
  /** Rows with another hardware id than the file's name says. */
  readonly foreignIds: number;
}

/**
 * Reads a whole file and checks every field of it.
 *
 * @param isClosed whether nobody writes it any more
 * @throws Error in one line when it cannot be read
 */
export async function scanFile(
  file: FoundLogFile,
  damage: DamageReport,
  isClosed: boolean,
): Promise<FileScan> {
  const holding = new Holding();
  const start = Date.parse(file.date);
  let rows = 0;
  let from = Number.NaN;
  let to = Number.NaN;
  let last = Number.NaN;
  let covered = 0;
  let disorder = 0;
  let misplaced = 0;
  let foreignIds = 0;
  try {
    for await (const batch of readRows(file.path, { columns: await columnsOf(file), damage, isClosed })) {
      rows += batch.length;
      for (let row = 0; row < batch.length; row++) {
        const time = batch.times[row] ?? 0;
        if (!(time >= start && time < start + 86_400_000)) misplaced++;
        if (batch.hardwareIds[row]?.startsWith(file.id8) !== true) foreignIds++;
        const step = time - last;
        if (step <= 0) disorder++;
        if (step > 0) {
          covered += step <= holding.limitMs ? step : holding.lastRowMs;
          holding.add(step);
        }
        if (!(from <= time)) from = time;
        if (!(to >= time)) to = time;
        last = time;
      }
    }
  } catch (error) {
    throw readFault(file.name, error);
  }
  if (rows > 0) covered += holding.lastRowMs;
  return { rows, from, to, covered, disorder, misplaced, foreignIds };
}

/** Whether nobody writes a file any more: there is a later one of the same hardware id, or it is compressed. */
export function isClosed(file: FoundLogFile, files: readonly FoundLogFile[]): boolean {
  return file.isCompressed || files.findLast(({ id8 }) => id8 === file.id8) !== file;
}
