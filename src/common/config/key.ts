import type { ValueKind } from './value.ts';

/**
 * What a key does in this version.
 *
 * `sampler`: acted on by the sampler, so one value holds for every window and terminal that shares it.
 * `client`: acted on by each window or terminal for itself.
 * `later`: accepted, but not acted on yet.
 * `never`: kept from the original OptiMetrics, where it meant something that does not exist here.
 */
export type Effect = 'sampler' | 'client' | 'later' | 'never';

/**
 * Who may set a key in VS Code. `machine`: the user, for the machine the code runs on; no workspace can.
 * `window`: also a workspace.
 */
export type Scope = 'machine' | 'window';

/** One configuration key, without its name. */
export interface Key<T> {
  readonly kind: ValueKind<T>;
  /** The value where nobody set one. */
  readonly initial: T;
  readonly scope: Scope;
  readonly effect: Effect;
  /** What it is, in plain words; with the unit. */
  readonly description: string;
  /** One line for a user who sets another value than {@link initial}; empty for a key that is acted on. */
  readonly notice: string;
}

/** Sections of keys, and keys. */
export interface KeyTree {
  readonly [name: string]: Key<unknown> | KeyTree;
}

/** The values of a tree of keys. */
export type ValuesOf<T> = T extends Key<infer V> ? V : { readonly [K in keyof T]: ValuesOf<T[K]> };

/** Some of the values of a tree of keys. */
export type OverlayOf<T> = T extends Key<infer V> ? V : { readonly [K in keyof T]?: OverlayOf<T[K]> };

/** A key with its names. */
export interface NamedKey extends Key<unknown> {
  /** camelCase names from the top: `['general', 'loggingInterval']`. */
  readonly path: readonly string[];
  /** Name in a YAML file: `general.logging_interval`. */
  readonly yaml: string;
  /** Name in VS Code's settings, without `optimetrics.`: `general.loggingInterval`. */
  readonly setting: string;
}

/** Tells a key from a section. */
export function isKey(node: Key<unknown> | KeyTree): node is Key<unknown> {
  return 'kind' in node;
}

/** All keys of a tree in its order. */
export function namedKeys(tree: KeyTree, above: readonly string[] = []): NamedKey[] {
  return Object.entries(tree).flatMap(([name, node]) => {
    const path = [...above, name];
    if (!isKey(node)) return namedKeys(node, path);
    return [{ ...node, path, yaml: path.map(toSnakeCase).join('.'), setting: path.join('.') }];
  });
}

/** `loggingInterval` → `logging_interval`. */
export function toSnakeCase(name: string): string {
  return name.replace(/[A-Z]/g, letter => `_${letter.toLowerCase()}`);
}

/** The value at `path`; `undefined` where any part of the path is missing. Inherited properties do not count. */
export function valueAt(values: unknown, path: readonly string[]): unknown {
  let at = values;
  for (const name of path) {
    if (typeof at !== 'object' || at === null || !Object.hasOwn(at, name)) return undefined;
    at = (at as Record<string, unknown>)[name];
  }
  return at;
}

/** Values for `keys` from `valueOf`; a key for which it gives `undefined` is left out, and so is an empty section. */
export function buildValues(
  keys: readonly NamedKey[],
  valueOf: (key: NamedKey) => unknown,
): Record<string, unknown> {
  const root: Record<string, unknown> = {};
  for (const key of keys) {
    const value = valueOf(key);
    if (value === undefined) continue;
    let at = root;
    for (const section of key.path.slice(0, -1)) at = (at[section] ??= {}) as Record<string, unknown>;
    at[key.path.at(-1) ?? ''] = value;
  }
  return root;
}

/** Whether two values of a key are the same; lists and groups are compared item by item. */
export function isSameValue(a: unknown, b: unknown): boolean {
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return Object.is(a, b);
  if (Array.isArray(a) !== Array.isArray(b)) return false;
  const names = Object.keys(a);
  return (
    names.length === Object.keys(b).length &&
    names.every(
      name =>
        Object.hasOwn(b, name) &&
        isSameValue((a as Record<string, unknown>)[name], (b as Record<string, unknown>)[name]),
    )
  );
}

/** A value of a key as text: lists without their brackets, groups as JSON. */
export function shownValue(value: unknown): string {
  if (Array.isArray(value)) return value.join();
  return typeof value === 'string' ? value : JSON.stringify(value);
}
