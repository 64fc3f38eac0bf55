import fs from 'node:fs';
import path from 'node:path';
import { randomBytes } from 'node:crypto';
import { constants, gzipSync } from 'node:zlib';
import { DEFAULT_CONFIG } from '../../src/common/config/schema.ts';
import type { Frame } from '../../src/common/frame.ts';
import { DeltaFilter } from '../../src/log/delta-filter.ts';
import { LogWriter } from '../../src/log/log-writer.ts';
import { logRules } from '../../src/log/rules.ts';
import { LocalKey } from '../../src/sync/envelope/local-key.ts';
import { seal } from '../../src/sync/envelope/seal.ts';
import { closedRanges } from '../../src/sync/segments/closed-ranges.ts';
import { pack } from '../../src/sync/segments/pack.ts';
import { segmentContent, type SegmentForm } from '../../src/sync/segments/segment-content.ts';
import { OriginalLog } from './original-log.ts';
import { recordedHours } from './recorded-hours.ts';
import { formatTable, type Table } from './table.ts';

const HARDWARE_ID = '476aa2f138590064966c48cda3e6a773';
/** A public key whose identity nobody has kept. */
const RECIPIENT = 'age1cls9k2tcpkcmcaeu5y7a5uyvcj2gar2vrqf6ms2tc5vcq6prrddq83jyhd';
/** Uploads a day, one an hour: the n-th sends what n hours have written. */
const UPLOADS = 24;

/** What an hour of one kind of work sends, in bytes. */
export interface WireBytes {
  readonly name: string;
  readonly rows: number;
  readonly segments: number;
  /** Sealed segments, of a backup and of a contribution. */
  readonly backup: number;
  readonly contribution: number;
  /** The Parquet files before they are packed and sealed. */
  readonly parquet: number;
  /** The same rows as CSV files with their header, each compressed by gzip. */
  readonly gzipCsv: number;
  /** What the original writes in the hour, and sends an hour in the mean of a day. */
  readonly originalWritten: number;
  readonly originalSent: number;
}

/** Makes segments of recorded hours, as the log has them after the delta filter, and counts their bytes. */
export async function measureWire(folder: string): Promise<WireBytes[]> {
  const results: WireBytes[] = [];
  for (const { name, frames } of recordedHours()) {
    const directory = path.join(folder, name);
    writeLog(directory, frames);
    results.push({ name, ...(await segmentsOf(directory)), ...originalOf(frames) });
  }
  return results;
}

/** Writes the rows of frames as the log has them. */
export function writeLog(directory: string, frames: readonly Frame[]): void {
  const writer = new LogWriter({
    directory,
    hardwareId: HARDWARE_ID,
    rules: logRules(DEFAULT_CONFIG),
    filter: new DeltaFilter(DEFAULT_CONFIG.logging.deltaThresholdPercent),
  });
  for (const frame of frames) writer.append(frame);
  writer.close();
}

async function segmentsOf(
  directory: string,
): Promise<Omit<WireBytes, 'name' | 'originalWritten' | 'originalSent'>> {
  const key = LocalKey.generate();
  const contribute: SegmentForm = { mode: 'contribute', study: 'bench', deviceKey: randomBytes(32) };
  const sealed = async (parquet: Buffer, recipients: readonly string[]): Promise<number> => {
    const { bytes, content } = pack(parquet);
    let size = 0;
    for await (const piece of seal([bytes], { key, recipients, content })) size += piece.length;
    return size;
  };
  const sums = { rows: 0, segments: 0, backup: 0, contribution: 0, parquet: 0, gzipCsv: 0 };
  for await (const range of closedRanges(directory, {
    cursorOf: () => undefined,
    nowMs: Date.now(),
    includesOpen: true,
  })) {
    const { bytes } = await segmentContent(directory, range, { mode: 'backup' });
    const contribution = await segmentContent(directory, range, contribute);
    const file = fs.readFileSync(path.join(directory, range.file));
    const header = file.subarray(0, file.indexOf('\n') + 1);
    const csv = Buffer.concat([header, file.subarray(range.from, range.to)]);
    sums.rows += range.rows;
    sums.segments++;
    sums.parquet += bytes.length;
    sums.backup += await sealed(bytes, []);
    sums.contribution += await sealed(contribution.bytes, [RECIPIENT]);
    sums.gzipCsv += gzipSync(csv, { level: constants.Z_BEST_COMPRESSION }).length;
  }
  return sums;
}

function originalOf(frames: readonly Frame[]): Pick<WireBytes, 'originalWritten' | 'originalSent'> {
  const log = new OriginalLog(HARDWARE_ID, true);
  for (const frame of frames) log.append(frame);
  const originalWritten = log.files.reduce((sum, file) => sum + file.length, 0);
  return { originalWritten, originalSent: (originalWritten * (UPLOADS + 1)) / 2 };
}

/** Table of what was measured. */
export function wireTable(hours: readonly WireBytes[]): Table {
  return {
    head: [
      'an hour of',
      'rows',
      'sealed segments kB',
      'of a contribution kB',
      'gzip CSV kB',
      'segments to that',
      'the original kB',
      'segments to that',
    ],
    rows: hours.map(({ name, rows, backup, contribution, gzipCsv, originalSent }) => [
      name,
      String(rows),
      kb(backup),
      kb(contribution),
      kb(gzipCsv),
      (backup / gzipCsv).toFixed(2),
      kb(originalSent),
      `1/${(originalSent / backup).toFixed(0)}`,
    ]),
  };
}

/** The part of the report on what is sent. */
export function wireText(hours: readonly WireBytes[]): string {
  return [
    '== Bytes on the wire ==',
    '',
    formatTable(wireTable(hours)),
    '',
    '· kB are 10^3 bytes. Segments are of 15 minutes, Parquet, compressed and sealed; gzip CSV is the same rows with their header, a file each, not sealed.',
    '· The original sends what it has written since midnight again each hour: the mean of a day.',
  ].join('\n');
}

function kb(bytes: number): string {
  return (bytes / 1000).toFixed(1);
}
