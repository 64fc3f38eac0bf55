import * as v from 'valibot';
import {
  buildValues,
  isKey,
  namedKeys,
  valueAt,
  type KeyTree,
  type NamedKey,
  type OverlayOf,
  type ValuesOf,
} from './key.ts';
import { TABLE, WINDOW_TABLE } from './table.ts';

/** Values of all configuration keys, in camelCase: `config.general.loggingInterval`. */
export type Config = ValuesOf<typeof TABLE>;

/** Some configuration keys: what one file or the settings say. */
export type ConfigOverlay = OverlayOf<typeof TABLE>;

/** Values of the settings that only a window uses: `settings.statusBar.enabled`. */
export type WindowSettings = ValuesOf<typeof WINDOW_TABLE>;

/** All configuration keys in the table's order. */
export const KEYS: readonly NamedKey[] = namedKeys(TABLE);

/** All keys of {@link WindowSettings} in the table's order. */
export const WINDOW_KEYS: readonly NamedKey[] = namedKeys(WINDOW_TABLE);

/** The keys that VS Code's settings offer: those that this version acts on. */
export const SETTING_KEYS: readonly NamedKey[] = KEYS.filter(
  key => key.effect === 'sampler' || key.effect === 'client',
);

/**
 * The built-in defaults, frozen. `logging.logDirectory` is the relative `logs` here; `resolveConfig` makes it a folder
 * of the user's data directory.
 */
export const DEFAULT_CONFIG: Config = freeze(buildValues(KEYS, key => key.initial)) as Config;

/** The built-in defaults of the settings that only a window uses, frozen. */
export const DEFAULT_WINDOW_SETTINGS: WindowSettings = freeze(
  buildValues(WINDOW_KEYS, key => key.initial),
) as WindowSettings;

/**
 * Checks a whole configuration. A missing key or section gets its default and an unknown one is dropped, so that
 * versions with more and with fewer keys understand each other; a wrong value is an issue.
 */
export const CONFIG_SCHEMA = v.object(entriesOf(TABLE)) as unknown as v.GenericSchema<unknown, Config>;

/** `base` with the values of `overlay` in place of its own. */
export function withOverlay(base: Config, overlay: ConfigOverlay): Config {
  return buildValues(KEYS, key => valueAt(overlay, key.path) ?? valueAt(base, key.path)) as Config;
}

function entriesOf(tree: KeyTree): v.ObjectEntries {
  return Object.fromEntries(
    Object.entries(tree).map(([name, node]) => [
      name,
      isKey(node)
        ? v.optional(node.kind.schema, () => node.initial)
        : v.optional(v.object(entriesOf(node)), {}),
    ]),
  );
}

function freeze<T extends object>(value: T): T {
  for (const inner of Object.values(value) as unknown[]) {
    if (typeof inner === 'object' && inner !== null) freeze(inner);
  }
  return Object.freeze(value);
}
