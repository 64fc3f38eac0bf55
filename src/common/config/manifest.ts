import type { NamedKey } from './key.ts';
import { SETTING_KEYS, WINDOW_KEYS } from './schema.ts';
import { SETTINGS_SECTION } from './settings.ts';

/** The parts of the extension's manifest that follow from the configuration table. */
export interface ManifestParts {
  /** `contributes.configuration` of `package.json`: one group of the settings editor each. */
  readonly configuration: readonly {
    readonly title: string;
    readonly order: number;
    readonly properties: Readonly<Record<string, unknown>>;
  }[];
  /** `capabilities` of `package.json`. */
  readonly capabilities: Readonly<Record<string, unknown>>;
  /** The entries of `package.nls.json` that begin with one of {@link TEXT_PREFIXES}. */
  readonly texts: Readonly<Record<string, string>>;
}

/** Beginnings of the keys of `package.nls.json` that belong to the configuration table. */
export const TEXT_PREFIXES = ['settings.', 'capabilities.'] as const;

const GROUP_TITLES: Readonly<Record<string, string>> = {
  configFile: 'Configuration File',
  temperatureUnit: 'Units',
  statusBar: 'Status Bar',
  dashboard: 'Dashboard',
  general: 'Sampling',
  logging: 'Log',
  hardwareId: 'Hardware ID',
  cloud: 'Upload',
  sessionClassification: 'Workload Class',
  performance: 'Performance',
  debug: 'Messages',
};

/**
 * What the manifest must say about the settings. Texts are references into {@link ManifestParts.texts}.
 *
 * No setting of machine scope can be set by a workspace, trusted or not; they are named as restricted as well, so that
 * the editor of an untrusted workspace says so.
 */
export function manifestParts(): ManifestParts {
  const texts: Record<string, string> = {
    'capabilities.untrustedWorkspaces':
      'OptiMetrics runs no code of the workspace. What is sampled, where the logs go, what is uploaded and which configuration file is read are the user’s own settings, never those of a workspace.',
    'capabilities.virtualWorkspaces': 'OptiMetrics watches the machine, not the files of the workspace.',
  };
  const groups = new Map<string, NamedKey[]>();
  for (const key of [...WINDOW_KEYS, ...SETTING_KEYS]) {
    const group = key.path[0] ?? '';
    const members = groups.get(group);
    if (members) members.push(key);
    else groups.set(group, [key]);
  }
  const configuration = [...groups].map(([group, keys], index) => {
    texts[`settings.group.${group}`] = GROUP_TITLES[group] ?? group;
    return {
      title: `%settings.group.${group}%`,
      order: index + 1,
      properties: Object.fromEntries(
        keys.map((key, place) => {
          texts[`settings.${key.setting}`] = key.description;
          const wrong = key.kind.json['patternErrorMessage'];
          if (typeof wrong === 'string') texts[wrongText(key)] = wrong;
          return [settingId(key), property(key, place + 1)];
        }),
      ),
    };
  });
  return { configuration, capabilities: capabilities(), texts };
}

function settingId(key: NamedKey): string {
  return `${SETTINGS_SECTION}.${key.setting}`;
}

/** Key of the text that says that a value does not have the form that its pattern asks for. */
function wrongText(key: NamedKey): string {
  return `settings.${key.setting}.wrong`;
}

function property(key: NamedKey, order: number): unknown {
  return {
    ...key.kind.json,
    ...('patternErrorMessage' in key.kind.json ? { patternErrorMessage: `%${wrongText(key)}%` } : {}),
    default: key.initial,
    scope: key.scope,
    order,
    markdownDescription: `%settings.${key.setting}%`,
  };
}

function capabilities(): Record<string, unknown> {
  return {
    untrustedWorkspaces: {
      supported: 'limited',
      description: '%capabilities.untrustedWorkspaces%',
      restrictedConfigurations: [...WINDOW_KEYS, ...SETTING_KEYS]
        .filter(key => key.scope === 'machine')
        .map(settingId),
    },
    virtualWorkspaces: {
      supported: true,
      description: '%capabilities.virtualWorkspaces%',
    },
  };
}
