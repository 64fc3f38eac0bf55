/** What the name of a log file says. */
export interface LogFileName {
  /** First eight hex digits of the hardware id. */
  readonly id8: string;
  /** UTC date, `YYYY-MM-DD`. */
  readonly date: string;
  /** 0 for the first file of the day, then 1, 2, … */
  readonly number: number;
  /** Whether it is a gzip file, `.csv.gz`: closed, and never written again. */
  readonly isCompressed: boolean;
}

/** What {@link COMPRESSED_ENDING} is added to. */
const ENDING = '.csv';
const COMPRESSED_ENDING = '.gz';
const NAME = /^metrics_([0-9a-f]{8})_(\d{4}-\d{2}-\d{2})(?:_([1-9]\d{0,5}))?\.csv(\.gz)?$/;

/** `metrics_<id8>_<date>.csv`, with `_N` before the ending from the second file of a day on, or `.csv.gz`. */
export function formatLogFileName({ id8, date, number, isCompressed }: LogFileName): string {
  const suffix = number === 0 ? '' : `_${String(number)}`;
  return `metrics_${id8}_${date}${suffix}${ENDING}${isCompressed ? COMPRESSED_ENDING : ''}`;
}

/** Takes a name apart; `undefined` for anything that is not a log file of ours. */
export function parseLogFileName(name: string): LogFileName | undefined {
  const match = NAME.exec(name);
  if (!match) return undefined;
  const [, id8 = '', date = '', number = '0', gz] = match;
  return { id8, date, number: Number(number), isCompressed: gz !== undefined };
}

/** Order of the log: by date, then by number; the plain file before the compressed one of the same number. */
export function compareLogFileNames(a: LogFileName, b: LogFileName): number {
  if (a.date !== b.date) return a.date < b.date ? -1 : 1;
  return a.number - b.number || Number(a.isCompressed) - Number(b.isCompressed);
}

/** UTC date of a moment, `YYYY-MM-DD`. */
export function utcDate(utcMs: number): string {
  return new Date(utcMs).toISOString().slice(0, 10);
}
