import path from 'node:path';
import os from 'node:os';
import * as vscode from 'vscode';
import { loadConfig } from '../client/config-file.ts';
import { formatProblem } from '../common/config/problem.ts';
import { placePath } from '../common/config/paths.ts';
import { type Config, SETTING_KEYS, WINDOW_KEYS, type WindowSettings } from '../common/config/schema.ts';
import { parseSettings, parseWindowSettings, SETTINGS_SECTION } from '../common/config/settings.ts';

/** The setting that names a YAML file. */
const CONFIG_FILE = 'configFile';

/** What the user has configured, and what is wrong with it. */
export interface LoadedSettings {
  readonly config: Config;
  /** One line each. */
  readonly problems: readonly string[];
  readonly notices: readonly string[];
}

/**
 * Reads what the sampler needs: the settings over the file that `optimetrics.configFile` names over the defaults. Only
 * the user's own settings count; those of a workspace are not looked at, trusted or not.
 */
export async function loadSamplerSettings(dataDirectory: string): Promise<LoadedSettings> {
  const section = vscode.workspace.getConfiguration(SETTINGS_SECTION);
  const values = Object.fromEntries(
    SETTING_KEYS.map(({ setting }) => [setting, section.inspect(setting)?.globalValue]),
  );
  const named = section.inspect<string>(CONFIG_FILE)?.globalValue;
  const file = typeof named === 'string' && named.trim() !== '' ? named.trim() : undefined;
  const { config, problems, notices } = await loadConfig({
    ...(file === undefined ? {} : { file: placePath(file, dataDirectory, os.homedir(), path) }),
    settings: parseSettings(values),
    dataDirectory,
  });
  return { config, problems: problems.map(formatProblem), notices: notices.map(formatProblem) };
}

/** What only this window uses, and what is wrong with it. */
export interface LoadedWindowSettings {
  readonly settings: WindowSettings;
  /** What the setting of the status bar's template in use holds, right or wrong. */
  readonly template: unknown;
  /** One line each. */
  readonly problems: readonly string[];
}

/** Reads what only this window needs. A workspace may set these. */
export function readWindowSettings(): LoadedWindowSettings {
  const section = vscode.workspace.getConfiguration(SETTINGS_SECTION);
  const values = Object.fromEntries(WINDOW_KEYS.map(({ setting }) => [setting, section.get(setting)]));
  const { settings, problems } = parseWindowSettings(values);
  const name = settings.statusBar.form === 'compact' ? 'compactTemplate' : 'template';
  return {
    settings,
    template: values[`statusBar.${name}`] ?? settings.statusBar[name],
    problems: problems.map(formatProblem),
  };
}

/** Whether a change of settings concerns us. */
export function concernsUs(change: vscode.ConfigurationChangeEvent): boolean {
  return change.affectsConfiguration(SETTINGS_SECTION);
}
