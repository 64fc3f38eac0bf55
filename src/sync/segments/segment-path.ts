import { createHash, createHmac } from 'node:crypto';
import { SEALED_SUFFIX } from '../envelope/content.ts';
import type { SyncMode } from './segment.ts';

/** The study that backups are under. */
const BACKUP = 'backup';
const STUDY = /^[a-z0-9_-]{1,64}$/;
const ID_DIGITS = 32;
const STUDY_DIGITS = 8;

/** Whether a study can be called so: 1 to 64 lower-case letters, digits, `_` and `-`. */
export function isStudyName(name: string): boolean {
  return STUDY.test(name);
}

/**
 * The study that segments are of: `backup`, what the user has set, or for contributions without that the first 8 hexadecimal
 * digits of SHA-256 over the sorted recipients, joined by line feeds, which is the same for all who contribute to them.
 *
 * @throws Error when the name cannot be one
 */
export function studyOf(options: {
  readonly mode: SyncMode;
  readonly study: string;
  readonly recipients: readonly string[];
}): string {
  const { mode, study, recipients } = options;
  if (mode === 'backup') return BACKUP;
  if (study === '')
    return createHash('sha256')
      .update([...recipients].sort().join('\n'))
      .digest('hex')
      .slice(0, STUDY_DIGITS);
  if (!isStudyName(study) || study === BACKUP)
    throw new Error('a study’s name is 1 to 64 lower-case letters, digits, _ and -, and not “backup”');
  return study;
}

/**
 * The id of this machine, 32 hexadecimal digits: for backups always the same, for contributions another in each study and
 * each month (`YYYY-MM`, UTC). Without the key nobody can tell which of them belong together.
 */
export function deviceId(
  deviceKey: Buffer,
  of:
    | { readonly mode: 'backup' }
    | { readonly mode: 'contribute'; readonly study: string; readonly month: string },
): string {
  const what = of.mode === 'backup' ? 'backup' : `contribution/${of.study}/${of.month}`;
  return createHmac('sha256', deviceKey).update(`optimetrics/${what}`).digest('hex').slice(0, ID_DIGITS);
}

/**
 * Where a segment goes, below the target's own folder, as {@link import('../targets/target.ts').Parcel.path} says. The folders
 * are what DuckDB, Spark and ClickHouse take for columns (Hive's partitions).
 *
 * @param options `date` is the UTC date of its rows, `sha256` that of the bytes that are sent
 */
export function segmentPath(options: {
  readonly study: string;
  readonly device: string;
  readonly date: string;
  readonly sha256: string;
  readonly isSealed: boolean;
}): string {
  const { study, device, date, sha256, isSealed } = options;
  return `study=${study}/device=${device}/date=${date}/${sha256}${isSealed ? SEALED_SUFFIX : '.parquet'}`;
}
