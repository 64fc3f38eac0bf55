import { isSameValue, valueAt } from './key.ts';
import { KEYS, type Config } from './schema.ts';

/** One key in which two configurations differ. */
export interface Difference {
  /** Name in a YAML file. */
  readonly key: string;
  readonly a: unknown;
  readonly b: unknown;
}

/**
 * The keys in which `a` and `b` would make a sampler behave differently, in the table's order. Keys that each window
 * or terminal acts on for itself, and keys that do nothing in this version, do not count.
 */
export function differences(a: Config, b: Config): readonly Difference[] {
  return KEYS.filter(key => key.effect === 'sampler')
    .map(key => ({ key: key.yaml, a: valueAt(a, key.path), b: valueAt(b, key.path) }))
    .filter(difference => !isSameValue(difference.a, difference.b));
}
