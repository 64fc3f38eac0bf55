import fs from 'node:fs';
import path from 'node:path';
import { codeOf } from '../common/faults.ts';
import { compareLogFileNames, parseLogFileName, type LogFileName } from './file-name.ts';

/** A log file that is there. */
export interface ListedFile extends LogFileName {
  readonly name: string;
  readonly bytes: number;
}

/** The log files of a folder, oldest first. @throws the system's error when the folder cannot be read */
export function listLogFiles(directory: string): ListedFile[] {
  return fs
    .readdirSync(directory)
    .flatMap(name => {
      const parsed = parseLogFileName(name);
      const bytes = parsed && sizeOf(path.join(directory, name));
      return parsed && bytes !== undefined ? [{ ...parsed, name, bytes }] : [];
    })
    .sort(compareLogFileNames);
}

/** Size of a file in bytes; `undefined` when it went away or is none. */
function sizeOf(file: string): number | undefined {
  try {
    const stat = fs.statSync(file);
    return stat.isFile() ? stat.size : undefined;
  } catch (error) {
    if (codeOf(error) === undefined) throw error;
    return undefined;
  }
}
