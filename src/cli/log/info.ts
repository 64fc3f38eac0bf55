import { DamageReport } from '../../log/reader/damage.ts';
import { openFolder } from './files.ts';
import { isClosed, scanFile } from './scan.ts';

/** What `optimetrics log info --json` prints. Sizes are in bytes on the disk, times in ISO 8601. */
export interface LogInfo {
  readonly files: readonly FileInfo[];
  readonly rows: number;
  readonly from: string | null;
  readonly to: string | null;
  readonly bytes: number;
  /** Over the time in which there was a log, gaps left out; `null` for no rows. */
  readonly bytes_per_hour: number | null;
  /** Lines that are no rows. */
  readonly damaged: number;
  /** Files of other programs in the folder. */
  readonly foreign_files: number;
}

interface FileInfo {
  readonly name: string;
  readonly rows: number;
  readonly from: string | null;
  readonly to: string | null;
  readonly bytes: number;
  readonly damaged: number;
}

/** @throws Error in one line when the folder or a file cannot be read */
export async function logInfo(directory: string): Promise<LogInfo> {
  const { files, foreign } = openFolder(directory);
  const infos: FileInfo[] = [];
  let covered = 0;
  for (const file of files) {
    const damage = new DamageReport(0);
    const scan = await scanFile(file, damage, isClosed(file, files));
    covered += scan.covered;
    infos.push({
      name: file.name,
      rows: scan.rows,
      from: isoOf(scan.from),
      to: isoOf(scan.to),
      bytes: file.bytes,
      damaged: damage.count,
    });
  }
  const bytes = sum(infos, info => info.bytes);
  const starts = infos.flatMap(({ from }) => from ?? []).sort();
  const ends = infos.flatMap(({ to }) => to ?? []).sort();
  return {
    files: infos,
    rows: sum(infos, info => info.rows),
    from: starts[0] ?? null,
    to: ends.at(-1) ?? null,
    bytes,
    bytes_per_hour: covered === 0 ? null : Math.round((bytes * 3_600_000) / covered),
    damaged: sum(infos, info => info.damaged),
    foreign_files: foreign,
  };
}

/** The same as lines for people. */
export function logInfoText(info: LogInfo): string {
  const lines = info.files.map(
    ({ name, rows, from, to, bytes, damaged }) =>
      `${name}  ${String(rows)} rows  ${from ?? '–'} to ${to ?? '–'}  ${megabytes(bytes)}${damagedText(damaged)}`,
  );
  const rate = info.bytes_per_hour === null ? '' : `, ${megabytes(info.bytes_per_hour)} an hour`;
  lines.push(
    `${count(info.files.length, 'file')}, ${count(info.rows, 'row')}, ${megabytes(info.bytes)}${rate}${damagedText(info.damaged)}`,
  );
  if (info.foreign_files > 0) lines.push(`${count(info.foreign_files, 'file')} of other programs`);
  return lines.join('\n') + '\n';
}

/** `1 row`, `2 rows`. */
export function count(number: number, what: string): string {
  return `${String(number)} ${what}${number === 1 ? '' : 's'}`;
}

function damagedText(damaged: number): string {
  return damaged === 0 ? '' : `, ${count(damaged, 'damaged line')} (see optimetrics log verify)`;
}

/** Millions of bytes. */
function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(bytes < 1e6 ? 3 : 1)} MB`;
}

function isoOf(time: number): string | null {
  return Number.isNaN(time) ? null : new Date(time).toISOString();
}

function sum<T>(list: readonly T[], value: (one: T) => number): number {
  return list.reduce((total, one) => total + value(one), 0);
}
