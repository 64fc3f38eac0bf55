import fs from 'node:fs';
import path from 'node:path';
import { codeOf } from '../../common/faults.ts';
import { type LogFileName, parseLogFileName } from '../file-name.ts';

/** A log file as its folder has it. */
export interface FoundLogFile extends LogFileName {
  /** Name in the folder. */
  readonly name: string;
  readonly path: string;
  readonly isCompressed: boolean;
  /** Bytes on the disk. */
  readonly bytes: number;
}

/** What a log folder holds. */
export interface LogFolder {
  /** By date, hardware id and number. */
  readonly files: readonly FoundLogFile[];
  /** Number of files that are not ours: neither logs, nor rollups, nor what the writer puts beside them. */
  readonly foreign: number;
}

/** What the writer and the rollups put beside the logs, unfinished files among it. */
const OURS = /^(?:\..*|rollup_[0-9a-f]{8}_\d{4}-\d{2}-\d{2}_(?:1|10)m\.bin(?:\.new)?|metrics_.*\.new)$/;

/**
 * Lists the log files of a folder. Of a file that is there plain and compressed (for a moment, after a crash while
 * compressing) the plain one is listed: they have the same rows. A folder that is not there is empty.
 *
 * @throws the system's error when the folder cannot be read
 */
export function listLogFolder(directory: string): LogFolder {
  const found = new Map<string, FoundLogFile>();
  let foreign = 0;
  for (const entry of entriesOf(directory)) {
    const isCompressed = entry.name.endsWith('.csv.gz');
    const plainName = isCompressed ? entry.name.slice(0, -'.gz'.length) : entry.name;
    const parsed = entry.isFile() ? parseLogFileName(plainName) : undefined;
    if (!parsed) {
      if (entry.isFile() && !OURS.test(entry.name)) foreign++;
      continue;
    }
    if (isCompressed && found.has(plainName)) continue;
    const file = path.join(directory, entry.name);
    const bytes = sizeOf(file);
    // Compressed or deleted since the folder was listed.
    if (bytes === undefined) continue;
    found.set(plainName, { ...parsed, name: entry.name, path: file, isCompressed, bytes });
  }
  return { files: [...found.values()].sort(inOrder), foreign };
}

function entriesOf(directory: string): fs.Dirent[] {
  try {
    return fs.readdirSync(directory, { withFileTypes: true });
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return [];
    throw error;
  }
}

function sizeOf(file: string): number | undefined {
  return fs.statSync(file, { throwIfNoEntry: false })?.size;
}

function inOrder(a: FoundLogFile, b: FoundLogFile): number {
  return compare(a.date, b.date) || compare(a.id8, b.id8) || a.number - b.number;
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
