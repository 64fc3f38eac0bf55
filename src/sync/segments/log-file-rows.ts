import fs from 'node:fs';
import { DamageReport } from '../../log/reader/damage.ts';
import { isCompressed } from '../../log/reader/file-bytes.ts';
import { readHeader, readRows } from '../../log/reader/read-rows.ts';
import type { RowBatch } from '../../log/reader/row-batch.ts';

/** Bytes at the end of a gzip file that tell how long its content is, modulo 2^32. */
const SIZE_BYTES = 4;

export interface RowsWanted {
  /** Numeric columns wanted. */
  readonly columns: readonly string[];
  /** Where to begin: 0, or the beginning of a line. */
  readonly from: number;
  readonly onDamage?: (lines: number) => void;
}

/** A log file with at least one row. */
export interface LogFileRows {
  /** Time of its first row, ISO 8601: what tells it from another file that has got its name. */
  readonly birth: string;
  /** Names of its columns. */
  readonly header: readonly string[];
  /** Whether it ends there, told without reading it. */
  endsAt(position: number): boolean;
  /** Its rows from a position on, in the order of the file. The batch is the same each time. */
  rows(wanted: RowsWanted): AsyncGenerator<RowBatch>;
}

/**
 * Looks at the beginning of a log file, plain or compressed; `undefined` when it has no row yet. Rejects with the system's error
 * when it cannot be read.
 */
export async function openLogFile(file: string): Promise<LogFileRows | undefined> {
  const header = await readHeader(file);
  if (header === undefined) return undefined;
  const birthMs = await firstTime(file);
  if (birthMs === undefined) return undefined;
  return {
    birth: new Date(birthMs).toISOString(),
    header,
    endsAt: position => lengthOf(file) === position,
    rows: wanted => rowsOf(file, header, wanted),
  };
}

async function firstTime(file: string): Promise<number | undefined> {
  for await (const batch of readRows(file, { columns: [], damage: new DamageReport(0) })) {
    if (batch.length > 0) return batch.times[0];
  }
  return undefined;
}

async function* rowsOf(
  file: string,
  header: readonly string[],
  { columns, from, onDamage }: RowsWanted,
): AsyncGenerator<RowBatch> {
  const damage = new DamageReport(0);
  yield* readRows(file, { columns, damage, from, header });
  if (damage.count > 0) onDamage?.(damage.count);
}

/** Length of the content, for a compressed file modulo 2^32. */
export function lengthOf(file: string): number {
  if (!isCompressed(file)) {
    const stats = fs.statSync(file, { throwIfNoEntry: false });
    return stats ? stats.size : lengthOf(`${file}.gz`);
  }
  const fd = fs.openSync(file, 'r');
  try {
    const { size } = fs.fstatSync(fd);
    const bytes = Buffer.alloc(SIZE_BYTES);
    return fs.readSync(fd, bytes, 0, SIZE_BYTES, Math.max(0, size - SIZE_BYTES)) === SIZE_BYTES
      ? bytes.readUInt32LE()
      : 0;
  } finally {
    fs.closeSync(fd);
  }
}
