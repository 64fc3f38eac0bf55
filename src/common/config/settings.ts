import { checkValue, using } from './check.ts';
import { buildValues, valueAt, type NamedKey } from './key.ts';
import type { Problem } from './problem.ts';
import {
  DEFAULT_CONFIG,
  DEFAULT_WINDOW_SETTINGS,
  SETTING_KEYS,
  WINDOW_KEYS,
  type ConfigOverlay,
  type WindowSettings,
} from './schema.ts';

/** Section of VS Code's settings that holds ours. */
export const SETTINGS_SECTION = 'optimetrics';

/** What VS Code's settings say. */
export interface ParsedSettings {
  /** The good values, and only those. */
  readonly config: ConfigOverlay;
  readonly problems: readonly Problem[];
  readonly notices: readonly Problem[];
}

/**
 * Reads the settings that configure the sampler. Never throws, whatever the values are.
 *
 * Take the values from `inspect(key)` for the keys of {@link SETTING_KEYS} alone: what the manifest does not register
 * has no scope, so that a workspace could set it.
 *
 * @param values explicitly set values by their names without `optimetrics.`, as in `general.loggingInterval`;
 *   `undefined` means not set, and names of other keys are not looked at
 */
export function parseSettings(values: Readonly<Record<string, unknown>>): ParsedSettings {
  const { good, problems, notices } = check(SETTING_KEYS, values, DEFAULT_CONFIG);
  return { config: buildValues(SETTING_KEYS, key => good.get(key)), problems, notices };
}

/**
 * Reads the settings that only a window uses; a wrong one gets its default. Never throws.
 *
 * @param values as for {@link parseSettings}, for the keys of {@link WINDOW_KEYS}
 */
export function parseWindowSettings(values: Readonly<Record<string, unknown>>): {
  readonly settings: WindowSettings;
  readonly problems: readonly Problem[];
} {
  const { good, problems } = check(WINDOW_KEYS, values, DEFAULT_WINDOW_SETTINGS);
  return {
    settings: buildValues(WINDOW_KEYS, key => good.get(key) ?? key.initial) as WindowSettings,
    problems,
  };
}

function check(keys: readonly NamedKey[], values: Readonly<Record<string, unknown>>, defaults: unknown) {
  const good = new Map<NamedKey, unknown>();
  const problems: Problem[] = [];
  const notices: Problem[] = [];
  for (const key of keys) {
    const given = Object.hasOwn(values, key.setting) ? values[key.setting] : undefined;
    if (given === undefined) continue;
    const place = { file: '', line: 0, column: 0, key: `${SETTINGS_SECTION}.${key.setting}` };
    const salvaged = key.kind.salvage?.(given);
    for (const { path, message } of salvaged?.issues ?? [])
      problems.push({ ...place, key: [place.key, ...path].join('.'), message, outcome: 'ignored' });
    const checked = checkValue(key, salvaged?.value ?? given);
    if (!checked.ok) {
      problems.push({ ...place, message: checked.message, outcome: using(key, valueAt(defaults, key.path)) });
      continue;
    }
    good.set(key, checked.value);
    if (checked.notice !== '') notices.push({ ...place, message: checked.notice, outcome: '' });
  }
  return { good, problems, notices };
}
