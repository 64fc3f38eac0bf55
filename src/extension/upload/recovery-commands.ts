import * as vscode from 'vscode';
import { KeyRing } from '../../sync/keys/key-ring.ts';
import { t } from '../l10n.ts';
import type { Keeper } from './keeper.ts';
import { type KeyPlace, KEY_PLACES } from './key-places.ts';
import { choose } from './questions.ts';
import { openRecoveryFile, saveRecoveryFile } from './recovery.ts';
import { keyThere, placeChoice } from './which-key.ts';

/** Writes all keys, wherever they are kept, into a recovery file. Rejects with a KeyError when one cannot be read. */
export async function exportKeys(keeper: Keeper): Promise<void> {
  const keys = await keeper.keys.all();
  if (keys.length === 0) {
    void vscode.window.showInformationMessage(
      t('OptiMetrics: there is no key yet. One is made when uploads are set up.'),
    );
    return;
  }
  await saveRecoveryFile(keys);
}

/**
 * Adds the keys of a recovery file that are not there yet, where the user's newest key is or, without one, where they say.
 *
 * @returns whether there are more keys now. Rejects with a KeyError when they cannot be kept
 */
export async function importKeys(keeper: Keeper): Promise<boolean> {
  const ring = await openRecoveryFile();
  if (!ring) return false;
  const place = (await keyThere(keeper.keys))?.place ?? (await askPlace());
  if (!place) return false;
  // Keys that cannot be read are what a recovery file is for.
  const there = await keeper.keys.all().then(
    keys => new KeyRing(keys),
    () => new KeyRing([]),
  );
  const missing = ring.keys.filter(({ key }) => !there.has(key.id));
  await keeper.keys.store(place).add(missing);
  void vscode.window.showInformationMessage(
    t(
      'OptiMetrics: {0} of {1} keys of the recovery file were added; the others were there already.',
      missing.length,
      ring.keys.length,
    ),
  );
  return missing.length > 0;
}

async function askPlace(): Promise<KeyPlace | undefined> {
  const place = await choose<KeyPlace>({
    title: t('Import Recovery File: where'),
    place: { number: 1, of: 1 },
    placeholder: t('Where are the keys to be kept?'),
    choices: KEY_PLACES.map(value => ({ value, ...placeChoice(value) })),
  });
  return typeof place === 'string' ? place : undefined;
}
