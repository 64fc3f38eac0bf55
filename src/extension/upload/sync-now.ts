import * as vscode from 'vscode';
import type { SamplerClient } from '../../client/sampler-client.ts';
import type { RemovalOutcome, SyncOutcome } from '../../common/sync-protocol.ts';
import { t } from '../l10n.ts';
import { outcomeWords, progressWords, removalWords } from './outcome-words.ts';

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
