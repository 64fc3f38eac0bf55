import { formatLogFileName } from './file-name.ts';
import { listLogFiles } from './listing.ts';
import { LogFile } from './log-file.ts';
import type { LogRules } from './rules.ts';
import type { WaitingRow } from './row-queue.ts';

/** As many files of this day as settings allow are there, and the last is full. */
export class DayFullError extends Error {
  override readonly name = 'DayFullError';
  /** The day, UTC, `YYYY-MM-DD`. */
  readonly date: string;

  constructor(date: string, maxFilesPerDay: number) {
    super(
      `the ${String(maxFilesPerDay)} log files a day that logging.max_files_per_day allows are full; the log goes on at midnight UTC`,
    );
    this.date = date;
  }
}

/**
 * Opens the file that a row goes into: the latest of its day when that has the row's columns, is not compressed and has
 * room; else the next one.
 *
 * @throws DayFullError when there is no file of the day left for it
 * @throws the system's error when the folder or the file cannot be used
 */
export function openForRow(
  directory: string,
  { id8, date, header, text }: WaitingRow,
  { maxFileBytes, maxFilesPerDay }: Pick<LogRules, 'maxFileBytes' | 'maxFilesPerDay'>,
): LogFile {
  const ofDay = listLogFiles(directory).filter(file => file.id8 === id8 && file.date === date);
  const numbers = new Set(ofDay.map(file => file.number));
  const latest = Math.max(0, ...numbers);
  const isClosed = ofDay.some(file => file.number === latest && file.isCompressed);
  for (let number = isClosed ? latest + 1 : latest; ; number++) {
    if (!numbers.has(number) && numbers.size >= maxFilesPerDay) {
      throw new DayFullError(date, maxFilesPerDay);
    }
    numbers.add(number);
    const name = formatLogFileName({ id8, date, number, isCompressed: false });
    const file = LogFile.open(directory, name, header);
    if (file && hasRoom(file, header, text, maxFileBytes)) return file;
    file?.close();
  }
}

/** Whether more rows go into the file. One row does in any case, or no file would ever be large enough. */
export function hasRoom(file: LogFile, header: string, rows: string, maxFileBytes: number): boolean {
  return file.size + rows.length <= maxFileBytes || file.size <= header.length;
}
