/** What the name of a log file says. */
export interface LogFileName {
  /** First eight hex digits of the hardware id. */
  readonly id8: string;
  /** UTC date, `YYYY-MM-DD`. */
  readonly date: string;
  /** 0 for the first file of the day, then 1, 2, … */
  readonly number: number;
}

const NAME = /^metrics_([0-9a-f]{8})_(\d{4}-\d{2}-\d{2})(?:_([1-9]\d{0,5}))?\.csv$/;

/** `metrics_<id8>_<date>.csv`, with `_N` before the ending from the second file of a day on. */
export function formatLogFileName({ id8, date, number }: LogFileName): string {
  return `metrics_${id8}_${date}${number === 0 ? '' : `_${String(number)}`}.csv`;
}

/** Takes a name apart; `undefined` for anything that is not a log file of ours. */
export function parseLogFileName(name: string): LogFileName | undefined {
  const match = NAME.exec(name);
  if (!match) return undefined;
  const [, id8 = '', date = '', number = '0'] = match;
  return { id8, date, number: Number(number) };
}

/** UTC date of a moment, `YYYY-MM-DD`. */
export function utcDate(utcMs: number): string {
  return new Date(utcMs).toISOString().slice(0, 10);
}
