import * as vscode from 'vscode';
import { HttpClient } from '../../sync/http/http-client.ts';
import { GOOGLE } from '../../sync/oauth/google.ts';
import type { OAuthClient } from '../../sync/oauth/oauth-server.ts';
import { SignIn } from '../../sync/oauth/sign-in.ts';
import { SignInError } from '../../sync/oauth/sign-in-error.ts';
import { t } from '../l10n.ts';
import { type Draft, enteredFor, withEntered } from './draft.ts';
import { redirectFor } from './loopback-redirect.ts';
import { askText, choose } from './questions.ts';
import { BACK, CANCELLED, type Step, type StepPlace } from './steps.ts';

/** The client secret, which Google gives with a client id of the kind "Desktop app". */
export const askClientSecret: Step<Draft> = async (draft, place) => {
  const { clientSecret = '' } = enteredFor(draft);
  const text = await askText({
    title: t('Set Up Upload: {0}', t('Client secret')),
    place,
    prompt: t('Client secret that Google shows beside the client id; empty where there is none'),
    value: clientSecret,
    isSecret: true,
    check: given =>
      /[^\x21-\x7e]/u.test(given) ? t('It holds other characters than a client secret has.') : '',
  });
  if (typeof text !== 'string') return text;
  // With another secret it is another sign-in.
  return text === clientSecret
    ? draft
    : withEntered(withEntered(draft, 'refreshToken', ''), 'clientSecret', text);
};

/** Signs in to Google Drive, unless that has been done in this set-up for the same client. */
export const signInStep: Step<Draft> = async (draft, place) => {
  const { refreshToken, clientSecret } = enteredFor(draft);
  if (refreshToken !== undefined) {
    const answer = await choose<'keep' | 'again'>({
      title: title(),
      place,
      placeholder: t('You have signed in to Google Drive'),
      choices: [
        { value: 'keep', label: t('Continue') },
        { value: 'again', label: t('Sign In as Somebody Else…') },
      ],
    });
    if (answer === BACK || answer === CANCELLED) return answer;
    if (answer === 'keep') return draft;
  }
  const client = {
    id: draft.cloud.gdrive.clientId,
    ...(clientSecret === undefined ? {} : { secret: clientSecret }),
  };
  const token = await signIn(client, place);
  return typeof token === 'string' ? withEntered(draft, 'refreshToken', token) : token;
};

/**
 * Signs in to Google Drive in the system's browser, which comes back to a port of this machine; where it cannot, the user
 * pastes what its address bar shows.
 *
 * @returns the refresh token
 */
export async function signIn(
  client: OAuthClient,
  place: StepPlace,
): Promise<string | typeof BACK | typeof CANCELLED> {
  for (;;) {
    const attempt = await begin(client);
    try {
      return await waitFor(attempt, place);
    } catch (error) {
      const why = error instanceof Error ? error.message : '';
      const again = t('Again');
      const choice = await vscode.window.showErrorMessage(`OptiMetrics: ${why}`, { modal: true }, again);
      if (choice !== again) return place.number > 1 ? BACK : CANCELLED;
    } finally {
      attempt.close();
    }
  }
}

async function begin(client: OAuthClient): Promise<SignIn> {
  return SignIn.begin({
    server: GOOGLE,
    client,
    http: new HttpClient({ party: GOOGLE.party }),
    redirectUri: async listening => {
      const external = await vscode.env.asExternalUri(vscode.Uri.parse(listening));
      return redirectFor(listening, external.toString(true));
    },
    words: {
      language: vscode.env.language,
      title: 'OptiMetrics',
      done: t('OptiMetrics has the answer. You can close this page; VS Code shows how the sign-in ended.'),
      failed: t(
        'This answer cannot be used, and nothing was taken from it. You can close this page; VS Code says why.',
      ),
      over: t('This sign-in has had its answer already. You can close this page.'),
    },
  });
}

/** Shows that the browser is being waited for, with a box for pasting. */
async function waitFor(attempt: SignIn, place: StepPlace): Promise<string | typeof BACK | typeof CANCELLED> {
  const box = vscode.window.createInputBox();
  const copy: vscode.QuickInputButton = {
    iconPath: new vscode.ThemeIcon('copy'),
    tooltip: t('Copy the Address'),
  };
  const open: vscode.QuickInputButton = {
    iconPath: new vscode.ThemeIcon('link-external'),
    tooltip: t('Open the Browser Again'),
  };
  box.title = title();
  box.step = place.number;
  box.totalSteps = place.of;
  box.ignoreFocusOut = true;
  box.busy = true;
  box.password = true;
  box.prompt = t(
    'Sign in in the browser; it goes on by itself then. If the browser ends at a page that it cannot open, as with a remote window, paste the address of that page here.',
  );
  box.placeholder = t('Address of the page, or the code');
  box.buttons = [...(place.number > 1 ? [vscode.QuickInputButtons.Back] : []), open, copy];
  const openBrowser = (): Thenable<boolean> =>
    vscode.env.openExternal(vscode.Uri.parse(attempt.address, true));
  try {
    return await new Promise<string | typeof BACK | typeof CANCELLED>((resolve, reject) => {
      box.onDidTriggerButton(async button => {
        if (button === vscode.QuickInputButtons.Back) resolve(BACK);
        else if (button === open) await openBrowser();
        else await vscode.env.clipboard.writeText(attempt.address);
      });
      box.onDidChangeValue(() => (box.validationMessage = undefined));
      box.onDidAccept(() => {
        if (box.value.trim() === '') return;
        try {
          attempt.paste(box.value);
          box.enabled = false;
        } catch (error) {
          if (!(error instanceof SignInError)) throw error;
          box.validationMessage = error.message;
        }
      });
      box.onDidHide(() => resolve(CANCELLED));
      attempt.finished.then(resolve, reject);
      box.show();
      void openBrowser();
    });
  } finally {
    box.dispose();
  }
}

function title(): string {
  return t('Set Up Upload: sign in to Google Drive');
}
