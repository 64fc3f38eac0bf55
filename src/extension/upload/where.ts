import * as vscode from 'vscode';
import type { Config } from '../../common/config/schema.ts';
import { t } from '../l10n.ts';
import { type CredentialName, type Draft, enteredFor, withEntered } from './draft.ts';
import { driveFields, faultOf, type Field, s3Fields, studyFields, webdavFields } from './fields.ts';
import { askText, choose } from './questions.ts';
import { askClientSecret, signInStep } from './sign-in.ts';
import { BACK, CANCELLED, type Step } from './steps.ts';

type Provider = Config['cloud']['provider'];

export const chooseProvider: Step<Draft> = async (draft, place) => {
  const provider = await choose<Provider>({
    title: t('Set Up Upload: where'),
    place,
    placeholder: t('Where to? Only encrypted files go there'),
    chosen: draft.cloud.provider,
    choices: [
      {
        value: 'folder',
        label: t('Folder'),
        detail: t('A folder of the machine that is watched, or one that is mounted or synchronised there.'),
      },
      {
        value: 'gdrive',
        label: 'Google Drive',
        detail: t('With an OAuth client id of your own. OptiMetrics sees only the files that it made.'),
      },
      { value: 's3', label: 'S3', detail: t('Amazon S3, or any store that speaks the same protocol.') },
      { value: 'webdav', label: 'WebDAV', detail: t('A folder on a WebDAV server.') },
    ],
  });
  return provider === BACK || provider === CANCELLED
    ? provider
    : { ...draft, cloud: { ...draft.cloud, provider } };
};

/** Steps that say where exactly, and for whom. */
export function placeSteps({ cloud }: Draft): readonly Step<Draft>[] {
  return [
    ...providerSteps(cloud.provider),
    ...(cloud.mode === 'contribute' ? studyFields().map(askField) : []),
  ];
}

function providerSteps(provider: Provider): readonly Step<Draft>[] {
  switch (provider) {
    case 'folder':
      return [chooseFolder];
    case 'gdrive':
      return [...driveFields().map(askField), ...credentialSteps(provider)];
    case 's3':
      return [...s3Fields().map(askField), ...credentialSteps(provider)];
    case 'webdav':
      return [...webdavFields().map(askField), ...credentialSteps(provider)];
  }
}

/** Steps that ask for what signs in there. */
export function credentialSteps(provider: Provider): readonly Step<Draft>[] {
  switch (provider) {
    case 'folder':
      return [];
    case 'gdrive':
      return [askClientSecret, signInStep];
    case 's3':
      return [
        askCredential('accessKeyId', t('Access key'), t('Id of the access key')),
        askCredential(
          'secretAccessKey',
          t('Secret access key'),
          t('Kept where your key is kept, never in the settings'),
        ),
      ];
    case 'webdav':
      return [
        askCredential('user', t('User'), t('User of the WebDAV server')),
        askCredential(
          'password',
          t('Password'),
          t('Kept where your key is kept, never in the settings. An app password, where the server has such'),
        ),
      ];
  }
}

function askField(field: Field): Step<Draft> {
  return async (draft, place) => {
    const text = await askText({
      title: t('Set Up Upload: {0}', field.title),
      place,
      prompt: field.prompt,
      ...(field.placeholder === undefined ? {} : { placeholder: field.placeholder }),
      value: field.read(draft.cloud),
      check: given => faultOf(field, given),
    });
    return typeof text === 'string' ? { ...draft, cloud: field.write(draft.cloud, text.trim()) } : text;
  };
}

function askCredential(name: CredentialName, title: string, prompt: string): Step<Draft> {
  return async (draft, place) => {
    const text = await askText({
      title: t('Set Up Upload: {0}', title),
      place,
      prompt,
      value: enteredFor(draft)[name] ?? '',
      isSecret: name === 'secretAccessKey' || name === 'password',
      check: given =>
        given === '' ? t('This is needed.') : /\p{Cc}/u.test(given) ? t('It holds a control character.') : '',
    });
    return typeof text === 'string' ? withEntered(draft, name, text) : text;
  };
}

/** The folder as it is, the default one, or another. */
const chooseFolder: Step<Draft> = async (draft, place) => {
  const { path } = draft.cloud.folder;
  for (;;) {
    const answer = await choose<'this' | 'other'>({
      title: t('Set Up Upload: folder'),
      place,
      placeholder: t('A folder that nobody else writes to'),
      choices: [
        { value: 'this', label: t('This folder'), detail: path },
        { value: 'other', label: t('Choose a folder…') },
      ],
    });
    if (answer === BACK || answer === CANCELLED) return answer;
    if (answer === 'this') return draft;
    const [folder] =
      (await vscode.window.showOpenDialog({
        canSelectFiles: false,
        canSelectFolders: true,
        openLabel: t('Upload to This Folder'),
        title: t('Folder for Uploads'),
      })) ?? [];
    if (folder)
      return { ...draft, cloud: { ...draft.cloud, folder: { ...draft.cloud.folder, path: folder.fsPath } } };
  }
};
