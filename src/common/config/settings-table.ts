import { shownValue, type NamedKey } from './key.ts';
import { SETTING_KEYS, WINDOW_KEYS } from './schema.ts';
import { SETTINGS_SECTION } from './settings.ts';

/** The settings as a Markdown table, one row each: name in VS Code, key in a configuration file, default, meaning. */
export function settingsTable(): string {
  const rows = [
    ...WINDOW_KEYS.map(key => row(key, '')),
    ...SETTING_KEYS.map(key => row(key, `\`${key.yaml}\``)),
  ];
  return ['| setting | in a file | default | what it does |', '|---|---|---|---|', ...rows].join('\n');
}

function row(key: NamedKey, inFile: string): string {
  const shown = shownValue(key.initial);
  const initial = key.initial === '' ? '' : `\`${shown === '' ? '[]' : shown}\``;
  const cells = [
    `\`${SETTINGS_SECTION}.${key.setting}\``,
    inFile,
    initial,
    key.description.replaceAll('|', '\\|'),
  ];
  return `| ${cells.join(' | ')} |`;
}
