import type { ListedFile } from './listing.ts';
import type { LogRules } from './rules.ts';

const DAY_MS = 86_400_000;

/** Whole UTC days from the day of a file to `today`, both `YYYY-MM-DD`; negative for a file from the future. */
export function ageInDays(date: string, today: string): number {
  return Math.round((Date.parse(today) - Date.parse(date)) / DAY_MS);
}

/**
 * The files to delete so that the log keeps to its size and age, oldest first. A file that must stay (it is open, or
 * waits for its upload) is passed over, and counts.
 *
 * @param files oldest first
 * @param today UTC date by which ages are counted; `undefined` while the clock is not to be trusted, and nothing is old
 */
export function filesToDelete(
  files: readonly ListedFile[],
  { retentionDays, maxTotalBytes }: Pick<LogRules, 'retentionDays' | 'maxTotalBytes'>,
  today: string | undefined,
  mustStay: (file: ListedFile) => boolean,
): ListedFile[] {
  let total = files.reduce((sum, file) => sum + file.bytes, 0);
  return files.filter(file => {
    const isOld =
      today !== undefined && retentionDays !== undefined && ageInDays(file.date, today) > retentionDays;
    if (!(isOld || total > maxTotalBytes) || mustStay(file)) return false;
    total -= file.bytes;
    return true;
  });
}
