import * as vscode from 'vscode';
import type { SamplerClient } from '../../client/sampler-client.ts';
import type { RemovalOutcome, SyncOutcome, SyncProgress } from '../../common/sync-protocol.ts';
import { t } from '../l10n.ts';
import { bytesWords, filesWords, rowsWords } from './words.ts';

/** Sends all up to now, with its progress, and tells in one line how it ended. Rejects with a message for the user. */
export async function syncNow(client: SamplerClient): Promise<void> {
  const outcome = await withUploadProgress(client, t('OptiMetrics: uploading'), signal =>
    client.uploads.syncNow(signal),
  );
  if (outcome) tell(outcome, outcomeWords(outcome));
}

/** Deletes what was sent, with its progress. @returns whether nothing is left there. Rejects with a message for the user */
export async function removeSent(client: SamplerClient): Promise<boolean> {
  const outcome = await withUploadProgress(client, t('OptiMetrics: deleting what was sent'), signal =>
    client.uploads.removeSent(signal),
  );
  if (!outcome) return false;
  tell(outcome, removalWords(outcome));
  return outcome.state === 'done';
}

/** @returns `undefined` when the user called it off and the sampler gave no answer to that */
async function withUploadProgress<T>(
  client: SamplerClient,
  title: string,
  run: (signal: AbortSignal) => Promise<T>,
): Promise<T | undefined> {
  return vscode.window.withProgress(
    { location: vscode.ProgressLocation.Notification, title, cancellable: true },
    async (progress, cancellation) => {
      const aborting = new AbortController();
      cancellation.onCancellationRequested(() => {
        aborting.abort();
      });
      const onStatus = client.onStatus(({ sync }) => {
        if (sync?.progress) progress.report({ message: progressWords(sync.progress) });
      });
      try {
        return await run(aborting.signal);
      } catch (error) {
        if (aborting.signal.aborted) return undefined;
        throw error;
      } finally {
        onStatus.dispose();
      }
    },
  );
}

/** Waits for nobody to read it. */
function tell({ state }: Pick<SyncOutcome | RemovalOutcome, 'state'>, words: string): void {
  const text = `OptiMetrics: ${words}`;
  if (state === 'done' || state === 'cancelled') {
    void vscode.window.showInformationMessage(text);
    return;
  }
  const status = t('Show Upload Status');
  void vscode.window.showWarningMessage(text, status).then(async choice => {
    if (choice === status) await vscode.commands.executeCommand('optimetrics.showUploadStatus');
  });
}

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
  const rest = waiting.segments === 0 ? '' : ` ${t('{0} wait.', filesWords(waiting.segments))}`;
  if (state === 'cancelled') return `${t('{0}, then called off.', done)}${rest}`;
  return `${t('{0}: {1}.', done, why)}${rest}${remedy === '' ? '' : ` ${remedy}.`}`;
}

/** How a deletion ended, in one line. */
export function removalWords({ state, why, remedy, removed, left }: RemovalOutcome): string {
  const done = removed === 0 ? t('nothing was deleted') : t('{0} deleted', filesWords(removed));
  if (state === 'done')
    return removed === 0 ? t('there was nothing to delete') : `${done}; ${t('nothing is left there.')}`;
  const rest = ` ${t('{0} are left there; “Revoke…” goes on.', filesWords(left))}`;
  if (state === 'cancelled') return `${t('{0}, then called off.', done)}${rest}`;
  return `${t('{0}: {1}.', done, why)}${rest}${remedy === '' ? '' : ` ${remedy}.`}`;
}

function progressWords({ step, confirmed, left, bytes, ofBytes }: SyncProgress): string {
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
