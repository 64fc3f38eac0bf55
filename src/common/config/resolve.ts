import { using } from './check.ts';
import { valueAt } from './key.ts';
import { placePath, type PathModule } from './paths.ts';
import type { Problem } from './problem.ts';
import { DEFAULT_CONFIG, KEYS, withOverlay, type Config, type ConfigOverlay } from './schema.ts';
import { SETTINGS_SECTION, type ParsedSettings } from './settings.ts';

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
 * A relative `log_directory` starts at the folder of the file that names it; in VS Code's settings, whose file has no
 * known place, at the data directory, as the default does.
 */
export function resolveConfig(layers: ConfigLayers): ResolvedConfig {
  const { file, settings } = layers;
  const named = withOverlay(withOverlay(DEFAULT_CONFIG, file?.config ?? {}), settings?.config ?? {});
  const [given, folder] =
    settings?.config.logging?.logDirectory === undefined && file?.config.logging?.logDirectory !== undefined
      ? [file.config.logging.logDirectory, layers.path.dirname(file.path)]
      : [named.logging.logDirectory, layers.dataDirectory];
  const logDirectory = placePath(given, folder, layers.homeDirectory, layers.path);
  return {
    config: { ...named, logging: { ...named.logging, logDirectory } },
    problems: [...(file?.problems ?? []), ...(settings?.problems ?? [])].map(problem =>
      withOutcome(problem, named),
    ),
    notices: [...(file?.notices ?? []), ...(settings?.notices ?? [])],
  };
}

/** A layer's reader knows only its own default; another layer may have set the key. */
function withOutcome(problem: Problem, config: Config): Problem {
  const key = KEYS.find(
    known => problem.key === known.yaml || problem.key === `${SETTINGS_SECTION}.${known.setting}`,
  );
  if (key === undefined || problem.outcome !== using(key, key.initial)) return problem;
  return { ...problem, outcome: using(key, valueAt(config, key.path)) };
}
