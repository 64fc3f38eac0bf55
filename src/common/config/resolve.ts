import { using } from './check.ts';
import { toSnakeCase, valueAt } from './key.ts';
import { placePath, type PathModule } from './paths.ts';
import type { Problem } from './problem.ts';
import { DEFAULT_CONFIG, KEYS, withOverlay, type Config, type ConfigOverlay } from './schema.ts';
import { SETTINGS_SECTION, type ParsedSettings } from './settings.ts';
import { CREDENTIAL_NAME } from './table.ts';
import { uploadFault } from './upload-check.ts';

/** What {@link Problem.outcome} says where uploads are off for that. */
export const NOT_UPLOADED = 'nothing is uploaded';

/** What the user said, layer by layer, and where relative paths start. */
export interface ConfigLayers {
  /** A configuration file that was read: the result of `parseYamlConfig` and the file's absolute path. */
  readonly file?: {
    readonly path: string;
    readonly config: ConfigOverlay;
    readonly problems: readonly Problem[];
    readonly notices: readonly Problem[];
  };
  /** VS Code's settings: the result of `parseSettings`. They go before the file. */
  readonly settings?: ParsedSettings;
  /** Absolute path of the user's data directory; logs are kept there unless somebody names another folder. */
  readonly dataDirectory: string;
  /** Absolute path of the user's home directory, for paths that start with `~/`. */
  readonly homeDirectory: string;
  /** Node's `path` module. */
  readonly path: PathModule;
}

/** The configuration that holds, and what the user should know about it. */
export interface ResolvedConfig {
  /** Every path in it is absolute. */
  readonly config: Config;
  readonly problems: readonly Problem[];
  readonly notices: readonly Problem[];
}

/**
 * Lays the settings over the file and the file over the defaults. Never throws.
 *
 * A relative `log_directory` or `cloud.folder.path` starts at the folder of the file that names it; in VS Code's settings,
 * whose file has no known place, at the data directory, as the default does. Nothing is uploaded while settings of uploads do not
 * go together, or something that was said of them was not taken: a default in its place could send the log somewhere else.
 */
export function resolveConfig(layers: ConfigLayers): ResolvedConfig {
  const { file, settings } = layers;
  const named = withOverlay(withOverlay(DEFAULT_CONFIG, file?.config ?? {}), settings?.config ?? {});
  const logDirectory = placed(layers, named.logging.logDirectory, config => config.logging?.logDirectory);
  const uploads = placed(layers, named.cloud.folder.path, config => config.cloud?.folder?.path);
  const given = [...(file?.problems ?? []), ...(settings?.problems ?? [])];
  const refused = named.cloud.enabled ? given.find(mayMoveUploads) : undefined;
  const config = {
    ...named,
    logging: { ...named.logging, logDirectory },
    cloud: { ...named.cloud, enabled: named.cloud.enabled && !refused, folder: { path: uploads } },
  };
  return {
    config,
    problems: [
      ...given.map(problem => withOutcome(problem, named)),
      ...(refused ? [uploadsOff(refused)] : []),
      ...uploadProblems(layers, config),
    ],
    notices: [...(file?.notices ?? []), ...(settings?.notices ?? [])],
  };
}

function placed(
  { file, settings, dataDirectory, homeDirectory, path }: ConfigLayers,
  given: string,
  valueOf: (config: ConfigOverlay) => string | undefined,
): string {
  const isOfFile = valueOf(settings?.config ?? {}) === undefined && valueOf(file?.config ?? {}) !== undefined;
  const folder = file && isOfFile ? path.dirname(file.path) : dataDirectory;
  return placePath(given, folder, homeDirectory, path);
}

/** Whether something was not taken that may say what is uploaded and whereto. A credential, which is ignored, says neither. */
function mayMoveUploads({ key }: Problem): boolean {
  const name = key.replace(`${SETTINGS_SECTION}.`, '');
  if (name === '' || name === 'cloud') return true;
  return name.startsWith('cloud.') && !CREDENTIAL_NAME.test(name.slice(name.lastIndexOf('.') + 1));
}

function uploadsOff({ file, key }: Problem): Problem {
  return {
    file,
    line: 0,
    column: 0,
    key: key.startsWith(SETTINGS_SECTION) ? `${SETTINGS_SECTION}.cloud` : 'cloud',
    message: 'is not as it was meant; correct what is said above',
    outcome: NOT_UPLOADED,
  };
}

/** What is wrong with the settings of uploads together, told where uploads were turned on. */
function uploadProblems({ file, settings, path }: ConfigLayers, { cloud }: Config): Problem[] {
  const fault = uploadFault(cloud);
  if (!fault) return [];
  const isOfSettings = settings?.config.cloud?.enabled !== undefined || !file;
  return [
    {
      file: isOfSettings ? '' : path.basename(file.path),
      line: 0,
      column: 0,
      key: isOfSettings
        ? `${SETTINGS_SECTION}.${fault.path.join('.')}`
        : fault.path.map(toSnakeCase).join('.'),
      message: fault.message,
      outcome: NOT_UPLOADED,
    },
  ];
}

/** A layer's reader knows only its own default; another layer may have set the key. */
function withOutcome(problem: Problem, config: Config): Problem {
  const key = KEYS.find(
    known => problem.key === known.yaml || problem.key === `${SETTINGS_SECTION}.${known.setting}`,
  );
  if (key === undefined || problem.outcome !== using(key, key.initial)) return problem;
  return { ...problem, outcome: using(key, valueAt(config, key.path)) };
}
