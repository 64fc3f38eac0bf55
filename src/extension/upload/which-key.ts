import * as vscode from 'vscode';
import { KeyError } from '../../sync/keys/key-error.ts';
import { KeyRing, type RingKey } from '../../sync/keys/key-ring.ts';
import { t } from '../l10n.ts';
import type { Draft } from './draft.ts';
import { type KeyPlace, type KeyPlaces, KEY_PLACES, type PlacedKey, shortId } from './key-places.ts';
import { choose } from './questions.ts';
import { saveRecoveryFile } from './recovery.ts';
import { BACK, CANCELLED, type Step } from './steps.ts';

/**
 * Asks where the key is kept. The one that seals now is used where it is; for another place one is made, which is kept nowhere
 * before the consent.
 */
export function chooseKeyPlace(places: KeyPlaces): Step<Draft> {
  return async (draft, place) => {
    const there = await keyThere(places);
    const chosen = await choose<KeyPlace>({
      title: t('Set Up Upload: which key'),
      place,
      placeholder: t('Where is the key kept, without which nobody can read what is uploaded?'),
      chosen: draft.keyPlace ?? there?.place ?? 'secrets',
      choices: KEY_PLACES.map(value => ({
        value,
        ...placeChoice(value),
        description:
          there?.place === value ? t('key {0} is there', shortId(there.key.id)) : t('a new key is made'),
      })),
    });
    if (chosen === BACK || chosen === CANCELLED) return chosen;
    if (there?.place === chosen) {
      const hasRecoveryFile = draft.hasRecoveryFile && draft.key?.ring.key.id === there.key.id;
      return { ...draft, keyPlace: chosen, key: { ring: there, isNew: false }, hasRecoveryFile };
    }
    // The same when the step is seen again: a recovery file may have it already.
    const isMade = draft.key?.isNew === true;
    const key = isMade ? draft.key : { ring: newKey(there), isNew: true };
    return { ...draft, keyPlace: chosen, key, hasRecoveryFile: isMade && draft.hasRecoveryFile };
  };
}

function newKey(there: RingKey | undefined): RingKey {
  return new KeyRing(there ? [there] : []).next(Date.now());
}

/** Says what it means to lose the key, before that can happen, and offers a recovery file. */
export const offerRecoveryFile: Step<Draft> = async (draft, place) => {
  const { key } = draft;
  if (!key) return draft;
  let { hasRecoveryFile } = draft;
  for (;;) {
    const answer = await choose<'export' | 'on'>({
      title: t('Set Up Upload: if the key is lost'),
      place,
      placeholder: t('Without the key, nobody can ever read what was uploaded: neither you nor we'),
      choices: [
        {
          value: 'export',
          label: hasRecoveryFile ? t('Export Another Recovery File…') : t('Export Recovery File…'),
          detail: t('An encrypted copy of the key that a passphrase of yours opens. Keep the two apart.'),
        },
        {
          value: 'on',
          label: hasRecoveryFile ? t('Continue') : t('Continue Without'),
          detail: hasRecoveryFile
            ? t('The recovery file is written.')
            : t('If this key is lost, so is all that was uploaded. You can still export it later.'),
        },
      ],
      chosen: hasRecoveryFile ? 'on' : 'export',
    });
    if (answer === BACK || answer === CANCELLED) return answer;
    if (answer === 'on') return { ...draft, hasRecoveryFile };
    if (await saveRecoveryFile([key.ring])) hasRecoveryFile = true;
  }
};

/** The key that seals now; keys that cannot be read are told. */
export async function keyThere(places: KeyPlaces): Promise<PlacedKey | undefined> {
  try {
    return await places.newest();
  } catch (error) {
    if (!(error instanceof KeyError)) throw error;
    void vscode.window.showWarningMessage(`OptiMetrics: ${error.message}`);
    return undefined;
  }
}

export function placeChoice(place: KeyPlace): { readonly label: string; readonly detail: string } {
  switch (place) {
    case 'secrets':
      return {
        label: t('VS Code’s SecretStorage'),
        detail:
          vscode.env.remoteName === undefined
            ? t('Encrypted on this machine. Uploads go on only while a window is open.')
            : t('Encrypted on the machine in front of you. Uploads go on only while a window is open.'),
      };
    case 'file':
      return {
        label: t('File'),
        detail: t('Only you can read it, and every program that you run. Uploads need no window.'),
      };
    case 'keyring':
      return {
        label: t('Keyring'),
        detail: t('Encrypted with your login. It must be there and unlocked when an upload begins.'),
      };
  }
}
