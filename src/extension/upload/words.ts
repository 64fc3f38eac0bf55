import { t } from '../l10n.ts';

const KIB = 1024;

/** A size: `812 bytes`, `3.4 KiB`, `12.0 MiB`. */
export function bytesWords(bytes: number): string {
  if (bytes < KIB) return bytes === 1 ? t('1 byte') : t('{0} bytes', bytes);
  if (bytes < KIB ** 2) return `${(bytes / KIB).toFixed(1)} KiB`;
  return bytes < KIB ** 3 ? `${(bytes / KIB ** 2).toFixed(1)} MiB` : `${(bytes / KIB ** 3).toFixed(1)} GiB`;
}

/** Files, or none of them. */
export function filesWords(count: number): string {
  return count === 1 ? t('1 file') : t('{0} files', count);
}

/** Rows, or none of them. */
export function rowsWords(count: number): string {
  return count === 1 ? t('1 row') : t('{0} rows', count);
}

/** A moment by the machine's own clock, to the second: `2026-11-26 14:05:09`. */
export function momentWords(ms: number): string {
  const local = new Date(ms - new Date(ms).getTimezoneOffset() * 60_000);
  return local.toISOString().slice(0, 19).replace('T', ' ');
}
