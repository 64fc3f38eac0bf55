import fs from 'node:fs';
import { codeOf } from '../../common/faults.ts';
import { formatLogFileName } from '../../log/file-name.ts';
import { listLogFolder } from '../../log/reader/log-folder.ts';
import type { Journal } from '../journal/journal.ts';
import { openLogFile } from '../segments/log-file-rows.ts';
import { lengthIfThere } from './held-file.ts';

const TAIL_BYTES = 65_536;

/**
 * Finds log files that are shorter than what was sealed of them, as one is that was put back from an older copy and written on, and
 * notes it: their positions mean something else now. Where it cannot be told since when, all of the file is sent again.
 *
 * Rejects with the system's error.
 */
export async function noteShortened(
  logDirectory: string,
  journal: Journal,
  onDamage: (what: string) => void,
): Promise<void> {
  for (const found of listLogFolder(logDirectory).files) {
    const file = formatLogFileName({ ...found, isCompressed: false });
    const cursor = journal.ledger.cursorOf(file);
    if (!cursor || cursor.to === 0) continue;
    const to = found.isCompressed
      ? unlessShorter(found.path, cursor.to)
      : sameUntil(found.path, cursor.to, journal.ledger.lastMsOf(file));
    if (to === cursor.to || (await openLogFile(found.path))?.birth !== cursor.birth) continue;
    await journal.append({ k: 'cut', file, birth: cursor.birth, to, n: journal.ledger.next });
    onDamage(
      to === 0
        ? `${file} is not what was uploaded of it, and is uploaded again`
        : `${file} has become shorter than what was uploaded of it; what is written now is uploaded all the same`,
    );
  }
}

/**
 * Position up to which a plain file may be what it was: `to`, an earlier end of a row, or 0 where that cannot be told.
 *
 * @param lastMs time of the row that ended at `to`
 */
function sameUntil(path: string, to: number, lastMs: number | undefined): number {
  let fd: number;
  try {
    fd = fs.openSync(path, 'r');
  } catch (error) {
    // It is being compressed.
    if (codeOf(error) === 'ENOENT') return to;
    throw error;
  }
  try {
    const { size } = fs.fstatSync(fd);
    const end = Math.min(size, to);
    const start = Math.max(0, end - TAIL_BYTES);
    const tail = Buffer.alloc(end - start);
    const text = tail.toString('latin1', 0, fs.readSync(fd, tail, 0, tail.length, start));
    const last = text.lastIndexOf('\n') + 1;
    if (size < to) return last === 0 ? 0 : start + last;
    // It is as long or longer, and something else may stand where that row has ended.
    const row = text.slice(text.lastIndexOf('\n', last - 2) + 1, last);
    const utcMs = Date.parse(row.split(',')[0] ?? '');
    const isSameRow = lastMs === undefined || Number.isNaN(utcMs) || utcMs === lastMs;
    return start + last === to && isSameRow ? to : 0;
  } finally {
    fs.closeSync(fd);
  }
}

function unlessShorter(path: string, to: number): number {
  return (lengthIfThere(path) ?? to) < to ? 0 : to;
}
