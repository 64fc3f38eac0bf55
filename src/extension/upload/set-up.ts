import * as vscode from 'vscode';
import type { SamplerClient } from '../../client/sampler-client.ts';
import { describeFault } from '../../common/faults.ts';
import { t } from '../l10n.ts';
import type { UploadContext } from '../upload-part.ts';
import { consentLines } from './consent.ts';
import { beginDraft, credentialsOf, type Draft } from './draft.ts';
import type { Keeper } from './keeper.ts';
import { previewText } from './preview-text.ts';
import { choose } from './questions.ts';
import type { ShownTexts } from './shown-text.ts';
import { BACK, CANCELLED, type Step, walk } from './steps.ts';
import { chooseMode } from './what.ts';
import { chooseProvider, placeSteps } from './where.ts';
import { chooseKeyPlace, offerRecoveryFile } from './which-key.ts';
import { writeCloud } from './write-settings.ts';

/**
 * Sets up uploads: what, where, which key, what would be sent, and the consent. Until that is given, nothing is kept, written into
 * settings or sent, but a recovery file where the user says.
 *
 * @returns whether uploads are on now
 */
export async function setUp(context: UploadContext, keeper: Keeper, texts: ShownTexts): Promise<boolean> {
  const { client } = context;
  const { cloud } = await context.readConfig();
  const end = await walk(beginDraft(cloud), draft => [
    chooseMode(vscode.env.isTelemetryEnabled),
    chooseProvider,
    ...placeSteps(draft),
    chooseKeyPlace(keeper.keys),
    offerRecoveryFile,
    showPreview(client, texts),
    askConsent,
  ]);
  await texts.close(previewName());
  if (end === CANCELLED) return false;
  await apply(end, context, keeper);
  return true;
}

/** Puts a set-up into effect: secrets are kept first, and uploads turned on last. Rejects with what stands against it. */
async function apply(draft: Draft, context: UploadContext, keeper: Keeper): Promise<void> {
  const { key, keyPlace, cloud } = draft;
  if (!key || !keyPlace) throw new Error('the set-up has no key');
  if (key.isNew) await keeper.keepKey(keyPlace, key.ring);
  const credentials = credentialsOf(draft);
  if (credentials) await keeper.keepCredentials(keyPlace, credentials);
  await context.client.uploads.provide(await keeper.secretsFor(cloud));
  await writeCloud(await context.readConfig(), cloud);
  if (!(await context.readConfig()).cloud.enabled)
    throw new Error(t('uploads are not on: something else sets optimetrics.cloud.enabled'));
}

function previewName(): string {
  return t('What Would Be Sent');
}

/** Shows what would be sent, made by the sampler with the settings as they would be. */
function showPreview(client: SamplerClient, texts: ShownTexts): Step<Draft> {
  return async (draft, place) => {
    for (;;) {
      const found = await preview(client, draft);
      if (found.fault === undefined) await texts.show(previewName(), found.text);
      const answer = await choose<'on' | 'again'>({
        title: t('Set Up Upload: what would be sent'),
        place,
        placeholder: found.fault ?? t('The editor shows it, decrypted. Nothing has been sent'),
        choices: [
          {
            value: 'on',
            label: t('Continue'),
            isBarred: found.fault !== undefined,
          },
          { value: 'again', label: t('Look Again') },
        ],
      });
      if (answer === 'again') continue;
      return answer === 'on' ? draft : answer;
    }
  };
}

async function preview(
  client: SamplerClient,
  { cloud }: Draft,
): Promise<{ readonly text: string; readonly fault?: undefined } | { readonly fault: string }> {
  try {
    const found = await vscode.window.withProgress(
      {
        location: vscode.ProgressLocation.Window,
        title: t('OptiMetrics: making the next file for looking at'),
      },
      () => client.uploads.preview(cloud),
    );
    return { text: previewText({ cloud, preview: found, logColumns: client.layout?.columns ?? [] }) };
  } catch (error) {
    return { fault: error instanceof Error ? error.message : describeFault(error) };
  }
}

const askConsent: Step<Draft> = async draft => {
  const yes = t('Turn On Uploads');
  const back = t('Back');
  const answer = await vscode.window.showInformationMessage(
    draft.cloud.mode === 'backup' ? t('Back up the log?') : t('Contribute to a study?'),
    { modal: true, detail: consentLines(draft).join('\n\n') },
    yes,
    back,
  );
  if (answer === back) return BACK;
  return answer === yes ? draft : CANCELLED;
};
