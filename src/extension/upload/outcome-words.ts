import type { RemovalOutcome, SyncOutcome, SyncProgress } from '../../common/sync-protocol.ts';
import { t } from '../l10n.ts';
import { bytesWords, filesWords, rowsWords } from './words.ts';

/** How an upload ended, in one line. */
export function outcomeWords({ state, why, remedy, confirmed, waiting }: SyncOutcome): string {
  const done =
    confirmed.segments === 0
      ? t('nothing was sent')
      : t(
          '{0} with {1} sent and confirmed, {2}',
          filesWords(confirmed.segments),
          rowsWords(confirmed.rows),
          bytesWords(confirmed.bytes),
        );
  if (state === 'done') return confirmed.segments === 0 ? t('all was sent already') : `${done}.`;
  const rest = waiting.segments === 0 ? '' : ` ${waitWords(waiting.segments)}`;
  if (state === 'cancelled') return `${t('{0}, then called off.', done)}${rest}`;
  return `${t('{0}: {1}.', done, why)}${rest}${remedy === '' ? '' : ` ${remedy}.`}`;
}

/** How a deletion ended, in one line. */
export function removalWords({ state, why, remedy, removed, left }: RemovalOutcome): string {
  const done = removed === 0 ? t('nothing was deleted') : t('{0} deleted', filesWords(removed));
  if (state === 'done')
    return removed === 0 ? t('there was nothing to delete') : `${done}; ${t('nothing is left there.')}`;
  const rest = ` ${leftWords(left)}`;
  if (state === 'cancelled') return `${t('{0}, then called off.', done)}${rest}`;
  return `${t('{0}: {1}.', done, why)}${rest}${remedy === '' ? '' : ` ${remedy}.`}`;
}

/** How far an upload or a deletion is. */
export function progressWords({ step, confirmed, left, bytes, ofBytes }: SyncProgress): string {
  const files = left === 0 ? '' : t('{0} of {1} files', confirmed, confirmed + left);
  const part =
    step === 'sending' && ofBytes > 0 ? `${bytesWords(bytes)} / ${bytesWords(ofBytes)}` : stepWords(step);
  return files === '' ? part : `${files}, ${part}`;
}

function stepWords(step: SyncProgress['step']): string {
  switch (step) {
    case 'planning':
      return t('looking for rows');
    case 'sealing':
      return t('encrypting');
    case 'sending':
      return t('sending');
    case 'confirming':
      return t('waiting for confirmation');
    case 'waiting':
      return t('waiting to try again');
    case 'removing':
      return t('deleting');
  }
}

function waitWords(files: number): string {
  return files === 1 ? t('1 file waits.') : t('{0} files wait.', files);
}

function leftWords(files: number): string {
  return files === 1
    ? t('1 file is left there; “Revoke…” goes on.')
    : t('{0} files are left there; “Revoke…” goes on.', files);
}
