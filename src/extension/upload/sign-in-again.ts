import type { UploadContext } from '../upload-part.ts';
import { beginDraft, credentialsOf, type Draft, withEntered } from './draft.ts';
import type { Keeper } from './keeper.ts';
import { CANCELLED, walk } from './steps.ts';
import { credentialSteps } from './where.ts';

/**
 * Asks for the credentials of the place that the settings name, and keeps them where the key is.
 *
 * @returns whether that was done. Rejects with a message for the user
 */
export async function signInAgain(context: UploadContext, keeper: Keeper): Promise<boolean> {
  const { cloud } = await context.readConfig();
  const begin = await knownDraft(beginDraft(cloud), keeper);
  const end = await walk(begin, () => credentialSteps(cloud.provider));
  const placed = end === CANCELLED ? undefined : credentialsOf(end);
  if (!placed) return false;
  const newest = await keeper.keys.newest();
  await keeper.keepCredentials(newest?.place ?? 'secrets', placed);
  await context.client.uploads.provide(await keeper.secretsFor(cloud));
  return true;
}

/** With the secret of the OAuth client, which is no other for another user. */
async function knownDraft(draft: Draft, keeper: Keeper): Promise<Draft> {
  const known = await keeper.credentialsFor(draft.cloud).catch(() => undefined);
  if (known?.credentials.provider !== 'gdrive') return draft;
  return withEntered(draft, 'clientSecret', known.credentials.clientSecret ?? '');
}
