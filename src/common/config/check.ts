import * as v from 'valibot';
import { isSameValue, type NamedKey } from './key.ts';
import { printable } from './problem.ts';

/** What became of a value that somebody gave for a key. */
export type Checked =
  | { readonly ok: true; readonly value: unknown; readonly notice: string }
  | { readonly ok: false; readonly message: string };

/**
 * Checks a value given for `key`. A value that is allowed but does nothing in this version comes with a notice, unless
 * it is the default. A message never repeats text that may be a path or a name.
 */
export function checkValue(key: NamedKey, given: unknown): Checked {
  const result = v.safeParse(key.kind.schema, given);
  if (!result.success) {
    const what =
      key.kind.insteadOf?.(given) ??
      (Array.isArray(given) ? describeList(given, result.issues[0], key) : describe(given, key));
    return { ok: false, message: `must be ${key.kind.expected}, not ${what}` };
  }
  return {
    ok: true,
    value: result.output,
    notice: isSameValue(result.output, key.initial) ? '' : key.notice,
  };
}

/** Says in a problem's outcome which value is used in place of a wrong one. */
export function using(key: NamedKey, value: unknown): string {
  if (value === '' || (key.kind.isPrivate && !isSameValue(value, key.initial))) return 'ignored';
  return `using ${typeof value === 'string' ? value : printable(JSON.stringify(value))}`;
}

function describe(value: unknown, key: NamedKey): string {
  switch (typeof value) {
    case 'string':
      return key.kind.isPrivate ? 'this text' : `"${printable(value)}"`;
    case 'number':
    case 'boolean':
    case 'bigint':
      return printable(String(value));
    case 'undefined':
      return 'empty';
    case 'object':
      if (value === null) return 'empty';
      return Array.isArray(value) ? 'a list' : 'a group of keys';
    default:
      return 'a value of another kind';
  }
}

function describeList(list: readonly unknown[], issue: v.BaseIssue<unknown>, key: NamedKey): string {
  const place = issue.path?.[0]?.key;
  if (typeof place === 'number') return `a list with ${describe(list[place], key)}`;
  return issue.type === 'max_length' ? 'a longer list' : 'a list';
}
