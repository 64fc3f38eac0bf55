import os from 'node:os';
import * as vscode from 'vscode';
import { describeFault } from '../../common/faults.ts';
import type { KeyRing, RingKey } from '../../sync/keys/key-ring.ts';
import {
  readRecovery,
  WrongPassphraseError,
  RecoveryError,
  writeRecovery,
} from '../../sync/keys/recovery-file.ts';
import { t } from '../l10n.ts';
import { askText } from './questions.ts';
import { passphraseFault } from './passphrase.ts';
import { CANCELLED, walk } from './steps.ts';

/** Most bytes of a recovery file: one of ten thousand keys has fewer. */
const LARGEST = 2 ** 21;
const ALONE = { number: 1, of: 1 };

/**
 * Writes keys into a file of the user's choice, for a passphrase that is asked for twice.
 *
 * @returns whether it was written; what stood against it has been told then
 */
export async function saveRecoveryFile(keys: readonly RingKey[]): Promise<boolean> {
  const passphrase = await newPassphrase();
  if (passphrase === undefined) return false;
  const target = await vscode.window.showSaveDialog({
    defaultUri: vscode.Uri.joinPath(vscode.Uri.file(os.homedir()), 'optimetrics-recovery.age'),
    filters: { [t('Recovery file')]: ['age'] },
    title: t('Export Recovery File'),
    saveLabel: t('Export'),
  });
  if (!target) return false;
  try {
    const text = await vscode.window.withProgress(
      {
        location: vscode.ProgressLocation.Notification,
        title: t('OptiMetrics: encrypting the recovery file…'),
      },
      () => writeRecovery(keys, passphrase),
    );
    await vscode.workspace.fs.writeFile(target, new TextEncoder().encode(text));
  } catch (error) {
    void vscode.window.showErrorMessage(
      t('OptiMetrics: the recovery file cannot be written: {0}', describeFault(error)),
    );
    return false;
  }
  void vscode.window.showInformationMessage(
    t(
      'OptiMetrics: the recovery file was written. Only the passphrase opens it: keep both, and not together.',
    ),
  );
  return true;
}

/** Reads the keys of a recovery file that the user picks; `undefined` when they give up, or after it was told why it cannot be. */
export async function openRecoveryFile(): Promise<KeyRing | undefined> {
  const [file] =
    (await vscode.window.showOpenDialog({
      title: t('Import Recovery File'),
      openLabel: t('Import'),
      filters: { [t('Recovery file')]: ['age'], [t('All files')]: ['*'] },
    })) ?? [];
  if (!file) return undefined;
  const { size } = await vscode.workspace.fs.stat(file);
  if (size > LARGEST) {
    void vscode.window.showErrorMessage(t('OptiMetrics: this is too large for a recovery file.'));
    return undefined;
  }
  const bytes = await vscode.workspace.fs.readFile(file);
  for (let wrong = ''; ;) {
    const passphrase = await askText({
      title: t('Import Recovery File: passphrase'),
      place: ALONE,
      prompt: wrong === '' ? t('Passphrase of the recovery file') : wrong,
      value: '',
      isSecret: true,
      check: text => (text === '' ? t('This is needed.') : ''),
    });
    if (typeof passphrase !== 'string') return undefined;
    try {
      return await vscode.window.withProgress(
        {
          location: vscode.ProgressLocation.Notification,
          title: t('OptiMetrics: opening the recovery file…'),
        },
        () => readRecovery(bytes, passphrase),
      );
    } catch (error) {
      if (!(error instanceof RecoveryError)) throw error;
      if (!(error instanceof WrongPassphraseError)) {
        void vscode.window.showErrorMessage(`OptiMetrics: ${error.message}`);
        return undefined;
      }
      wrong = t('The passphrase is wrong, or the file is damaged. Again:');
    }
  }
}

async function newPassphrase(): Promise<string | undefined> {
  const title = t('Export Recovery File');
  const end = await walk({ first: '' }, () => [
    async ({ first }, place) => {
      const text = await askText({
        title,
        place,
        prompt: t('A new passphrase: five words at random, or more. It cannot be recovered'),
        value: first,
        isSecret: true,
        check: passphraseFault,
      });
      return typeof text === 'string' ? { first: text } : text;
    },
    async ({ first }, place) => {
      const text = await askText({
        title,
        place,
        prompt: t('The same passphrase again'),
        value: '',
        isSecret: true,
        check: again => (again === first ? '' : t('It is not the same yet.')),
      });
      return typeof text === 'string' ? { first } : text;
    },
  ]);
  return end === CANCELLED ? undefined : end.first;
}
