import * as vscode from 'vscode';
import { describeFault } from '../../common/faults.ts';
import { KeyError } from '../../sync/keys/key-error.ts';
import { KeyRing, type RingKey } from '../../sync/keys/key-ring.ts';
import { t } from '../l10n.ts';
import type { Draft } from './draft.ts';
import { type KeyPlace, KeyPlaces, KEY_PLACES, shortId } from './key-places.ts';
import { choose } from './questions.ts';
import { saveRecoveryFile } from './recovery.ts';
import { BACK, CANCELLED, type Step } from './steps.ts';

/** Asks where the key is kept. One that is there is used; else one is made, which is kept nowhere before the consent. */
export function chooseKeyPlace(places: KeyPlaces): Step<Draft> {
  return async (draft, place) => {
    const there = await keysThere(places);
    const chosen = await choose<KeyPlace>({
      title: t('Set Up Upload: which key'),
      place,
      placeholder: t('Where is the key kept, without which nobody can read what is uploaded?'),
      chosen: draft.keyPlace ?? KEY_PLACES.find(one => there.has(one)) ?? 'secrets',
      choices: KEY_PLACES.map(value => ({
        value,
        ...placeChoice(value),
        description: keyWords(there.get(value)),
      })),
    });
    if (chosen === BACK || chosen === CANCELLED) return chosen;
    const known = there.get(chosen);
    if (known) {
      const isSame = draft.key?.ring.key.id === known.key.id;
      return {
        ...draft,
        keyPlace: chosen,
        key: { ring: known, isNew: false },
        hasRecoveryFile: isSame && draft.hasRecoveryFile,
      };
    }
    // The same when the step is seen again: a recovery file may have it already.
    const key = draft.key?.isNew === true ? draft.key : { ring: new KeyRing([]).next(Date.now()), isNew: true };
    return { ...draft, keyPlace: chosen, key };
  };
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

async function keysThere(places: KeyPlaces): Promise<ReadonlyMap<KeyPlace, RingKey>> {
  const there = new Map<KeyPlace, RingKey>();
  for (const place of KEY_PLACES) {
    try {
      const key = await places.newest(place);
      if (key) there.set(place, key);
    } catch (error) {
      const why = error instanceof KeyError ? error.message : describeFault(error);
      void vscode.window.showWarningMessage(`OptiMetrics: ${why}`);
    }
  }
  return there;
}

function keyWords(key: RingKey | undefined): string {
  return key ? t('key {0} is there', shortId(key.key.id)) : t('a new key is made');
}

function placeChoice(place: KeyPlace): { readonly label: string; readonly detail: string } {
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
        detail: t('Encrypted with your login. The system must have one, unlocked, when an upload begins.'),
      };
  }
}
