import { formatLogFileName } from '../../log/file-name.ts';
import { listLogFolder } from '../../log/reader/log-folder.ts';
import type { Ledger } from '../journal/ledger.ts';
import { lengthIfThere } from './held-file.ts';
import { plannedRanges } from './planned-ranges.ts';
import type { Released } from './result.ts';

/**
 * The log files all rows of which are confirmed: until then the log is what a file of the spool is made from again that was
 * damaged, and what the rows are looked for in again after damage to the journal. Rejects with the system's error.
 */
export async function releasedFiles(logDirectory: string, ledger: Ledger): Promise<Released> {
  // Before their rows are looked at: a file that grows meanwhile is another than the one that was released.
  const lengths = new Map<string, number>();
  for (const found of listLogFolder(logDirectory).files) {
    const length = lengthIfThere(found.path);
    if (length !== undefined) lengths.set(formatLogFileName({ ...found, isCompressed: false }), length);
  }
  const rest = plannedRanges(logDirectory, ledger, {
    nowMs: 0,
    includesOpen: true,
    onDamage: () => undefined,
  });
  for await (const { range } of rest) lengths.delete(range.file);
  for (const { range } of ledger.open) lengths.delete(range.file);
  return Object.fromEntries(lengths);
}
