import path from 'node:path';
import { codeOf } from '../../common/faults.ts';
import { formatLogFileName, parseLogFileName } from '../../log/file-name.ts';
import { lengthOf } from '../segments/log-file-rows.ts';
import type { Released } from './result.ts';

/**
 * Whether a log file must not be deleted: it has rows that are not confirmed, or may have, since it has been written to after it
 * was released.
 *
 * @param name of the file in the log folder
 * @throws the system's error when the file cannot be read
 */
export function isHeld(logDirectory: string, name: string, released: Released): boolean {
  const parsed = parseLogFileName(name);
  const length = parsed && released[formatLogFileName({ ...parsed, isCompressed: false })];
  return length === undefined || lengthIfThere(path.join(logDirectory, name)) !== length;
}

/** Length of a log file's content; `undefined` when it is not there. @throws the system's error */
export function lengthIfThere(file: string): number | undefined {
  try {
    return lengthOf(file);
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw error;
  }
}
