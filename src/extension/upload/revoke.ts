import * as vscode from 'vscode';
import { t } from '../l10n.ts';
import type { UploadContext } from '../upload-part.ts';
import { destinationWords } from './consent.ts';
import type { Keeper } from './keeper.ts';
import { placeWords, shortId } from './key-places.ts';
import { removeSent } from './sync-now.ts';
import { bytesWords, filesWords } from './words.ts';
import { keyThere } from './which-key.ts';
import { turnOff } from './write-settings.ts';

/**
 * Stops uploads at once and turns them off; then offers to delete what was sent, and last what signs in there and the key.
 * Rejects with a message for the user.
 */
export async function revoke(context: UploadContext, keeper: Keeper): Promise<void> {
  const { client } = context;
  const { cloud } = await context.readConfig();
  const confirmed = client.status?.sync?.confirmed;
  // What is on its way ends before the settings have made their way.
  await client.uploads.cancel().catch(() => false);
  if (cloud.enabled) await turnOff();
  if ((await context.readConfig()).cloud.enabled)
    throw new Error(t('uploads are still on: something else sets optimetrics.cloud.enabled'));
  const sent =
    confirmed === undefined || confirmed.segments === 0
      ? t('What was sent to {0} is still there.', destinationWords(cloud))
      : t(
          '{0} with {1} are still in {2}.',
          filesWords(confirmed.segments),
          bytesWords(confirmed.bytes),
          destinationWords(cloud),
        );
  const remove = t('Delete What Was Sent');
  const keep = t('Leave It There');
  const answer = await vscode.window.showWarningMessage(
    t('Uploads are stopped and turned off. Delete what was sent?'),
    { modal: true, detail: [sent, ofOthers(cloud.mode)].join('\n\n') },
    remove,
    keep,
  );
  if (answer === undefined) return;
  if (answer === remove && !(await removeSent(client))) return;
  await offerToForget(context, keeper, answer === remove);
}

function ofOthers(mode: 'backup' | 'contribute'): string {
  return mode === 'backup'
    ? t('Deleted files cannot be brought back. The log on this machine stays as it is.')
    : t(
        'Deleted files cannot be brought back. What the study has taken from there already is in its hands; ask it. The log on this machine stays as it is.',
      );
}

/** Offers to forget what signs in, and to delete the key, which cannot be undone. */
async function offerToForget(context: UploadContext, keeper: Keeper, isRemoved: boolean): Promise<void> {
  const { cloud } = await context.readConfig();
  const credentials = await keeper.credentialsFor(cloud).catch(() => undefined);
  if (credentials) {
    const forget = t('Forget the Sign-In');
    const answer = await vscode.window.showInformationMessage(
      t('Forget what signs in at {0}?', destinationWords(cloud)),
      { modal: true, detail: t('It is asked for again when uploads are set up again.') },
      forget,
    );
    if (answer === forget) await keeper.forgetCredentials(cloud);
  }
  const key = await keyThere(keeper.keys);
  // Keys in a file or a keyring are the command line's as well, and only ever added.
  if (key?.place !== 'secrets') return;
  const remove = t('Delete the Keys for Good');
  const warning = isRemoved
    ? t('What else was encrypted with them, and copies of what was deleted, can then be read by nobody.')
    : t('All that was uploaded can then be read by nobody, neither by you.');
  const answer = await vscode.window.showWarningMessage(
    t('Delete the keys {0}?', placeWords(key.place)),
    {
      modal: true,
      detail: [
        t('The newest is {0}.', shortId(key.key.id)),
        warning,
        t('Only a recovery file brings them back. If in doubt, keep them: they do no harm.'),
      ].join('\n\n'),
    },
    remove,
  );
  if (answer !== remove) return;
  await keeper.keys.secrets.clear();
  await context.client.uploads.provide({ keys: [] });
}
