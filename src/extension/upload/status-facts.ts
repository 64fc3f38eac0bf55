import type { Config } from '../../common/config/schema.ts';
import type { SyncStatus } from '../../common/sync-protocol.ts';
import type { UploadCount } from '../../common/upload.ts';
import { t } from '../l10n.ts';
import { clockText } from '../status/clock.ts';
import { uploadLine } from '../status/upload-line.ts';
import { destinationWords, intervalWords } from './consent.ts';
import { placeWords, type PlacedKey, shortId } from './key-places.ts';
import { bytesWords, filesWords, rowsWords } from './words.ts';

/** What is known of uploads. */
export interface UploadFacts {
  readonly cloud: Config['cloud'];
  /** `undefined` where they are off. */
  readonly sync: SyncStatus | undefined;
  readonly key: PlacedKey | undefined;
  readonly nowMs: number;
}

/** A line of the status: what it is, and how it is. */
export interface Fact {
  readonly name: string;
  readonly value: string;
}

/** What can be done about uploads from there. */
export type UploadAction =
  'setUp' | 'signIn' | 'syncNow' | 'pause' | 'resume' | 'settings' | 'exportRecovery' | 'revoke';

/** How uploads are doing, the state first, without its icon. */
export function statusFacts({ cloud, sync, key, nowMs }: UploadFacts): readonly Fact[] {
  if (!sync) return [{ name: t('State'), value: t('Uploads are off. Nothing leaves this machine.') }];
  const { why, remedy, waiting, confirmed, lastConfirmedMs, nextMs } = sync;
  return [
    { name: t('State'), value: uploadLine(sync, nowMs).text },
    ...factOf(t('Reason'), why),
    ...factOf(t('Remedy'), remedy),
    { name: t('What'), value: cloud.mode === 'backup' ? t('backup, for your own key') : studyWords(cloud) },
    { name: t('Where'), value: destinationWords(cloud) },
    { name: t('Key'), value: keyWords(cloud, key) },
    { name: t('Confirmed'), value: countWords(confirmed) },
    { name: t('Waiting'), value: countWords(waiting) },
    {
      name: t('Last'),
      value: lastConfirmedMs === undefined ? t('never') : clockText(lastConfirmedMs, nowMs),
    },
    {
      name: t('Next'),
      value:
        nextMs === undefined
          ? t('not by itself')
          : t('{0}, then {1}', clockText(nextMs, nowMs), intervalWords(cloud.uploadIntervalMinutes)),
    },
  ];
}

/** What can be done, what is needed most first. */
export function statusActions({ cloud, sync }: UploadFacts): readonly UploadAction[] {
  if (!sync) return ['setUp', 'revoke'];
  const always: readonly UploadAction[] = ['setUp', 'settings', 'exportRecovery', 'revoke'];
  switch (sync.state) {
    case 'sign-in':
      return cloud.provider === 'folder' ? always : ['signIn', ...always];
    case 'refused':
      return ['syncNow', ...always];
    case 'off':
      return ['settings', ...always.filter(action => action !== 'settings')];
    case 'paused':
      return ['resume', ...always];
    case 'idle':
    case 'sealing':
    case 'sending':
    case 'waiting':
    case 'spool-full':
    case 'disk-full':
      return ['syncNow', 'pause', ...always];
  }
}

function factOf(name: string, value: string | undefined): readonly Fact[] {
  return value === undefined || value === '' ? [] : [{ name, value }];
}

function studyWords({ study, recipients }: Config['cloud']): string {
  const keys = recipients.length === 1 ? t('1 public key') : t('{0} public keys', recipients.length);
  return study === ''
    ? t('contribution, for your own key and {0}', keys)
    : t('contribution to the study {0}, for your own key and {1}', study, keys);
}

function keyWords({ encryptBeforeUpload }: Config['cloud'], key: PlacedKey | undefined): string {
  if (!encryptBeforeUpload) return t('none: files are not encrypted');
  return key
    ? `${shortId(key.key.id)}, ${placeWords(key.place)}`
    : t('none yet: one is made with the first file');
}

function countWords({ segments, rows, bytes }: UploadCount): string {
  return segments === 0 ? t('nothing') : `${filesWords(segments)}, ${rowsWords(rows)}, ${bytesWords(bytes)}`;
}
