import * as vscode from 'vscode';
import { type Config, SETTING_KEYS } from '../../common/config/schema.ts';
import { isSameValue, valueAt } from '../../common/config/key.ts';
import { SETTINGS_SECTION } from '../../common/config/settings.ts';

const ENABLED = 'cloud.enabled';

/**
 * Writes what is other than it is into the user's settings, for the machine that is watched. Uploads are off while a part of it is
 * written, and on after the last.
 */
export async function writeCloud(now: Config, cloud: Config['cloud']): Promise<void> {
  const section = vscode.workspace.getConfiguration(SETTINGS_SECTION);
  const write = (setting: string, value: unknown): Thenable<void> =>
    section.update(setting, value, vscode.ConfigurationTarget.Global);
  const changed = SETTING_KEYS.filter(
    ({ path, setting }) =>
      path[0] === 'cloud' &&
      setting !== ENABLED &&
      !isSameValue(valueAt(now, path), valueAt({ cloud }, path)),
  );
  if (now.cloud.enabled && changed.length > 0) await write(ENABLED, false);
  for (const { path, setting } of changed) await write(setting, valueAt({ cloud }, path));
  await write(ENABLED, cloud.enabled);
}

/** Turns uploads off in the user's settings. */
export async function turnOff(): Promise<void> {
  await vscode.workspace
    .getConfiguration(SETTINGS_SECTION)
    .update(ENABLED, false, vscode.ConfigurationTarget.Global);
}
