import { type LogFileName, parseLogFileName } from '../file-name.ts';

/** Lengths of the buckets of which rollups are kept, in seconds, the shortest first. */
export const ROLLUP_SECONDS = [60, 600] as const;
export type RollupSeconds = (typeof ROLLUP_SECONDS)[number];

/** `rollup_<id8>_<date>_1m.bin` or `…_10m.bin`: there is one of each for all log files of a day. */
export function formatRollupName(
  { id8, date }: Pick<LogFileName, 'id8' | 'date'>,
  seconds: RollupSeconds,
): string {
  return `rollup_${id8}_${date}_${String(seconds / 60)}m.bin`;
}

/**
 * Names of the rollups of a log file's day, whether they are there or not; none for what is not a log file. They are to
 * be deleted with the last log file, plain or compressed, of that day and hardware id: until then they answer for it.
 */
export function rollupFilesOf(logFile: string): string[] {
  const name = parseLogFileName(logFile.replace(/\.gz$/, ''));
  return name ? ROLLUP_SECONDS.map(seconds => formatRollupName(name, seconds)) : [];
}
