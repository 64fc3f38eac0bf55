import * as v from 'valibot';

/** The part of a JSON schema that VS Code's settings editor uses to check and complete a value. */
export type JsonSchema = Readonly<Record<string, unknown>>;

/** What the values of a configuration key may be, for every reader of them. */
export interface ValueKind<T> {
  readonly schema: v.GenericSchema<T>;
  /** Completes the sentence "must be …". */
  readonly expected: string;
  /** The same range as {@link schema}, for the manifest. */
  readonly json: JsonSchema;
  /** Whether a value may be a path or a name, and so is never repeated in a message. */
  readonly isPrivate: boolean;
  /** Completes the sentence "must be …, not …" for a wrong value that more can be said of; repeats none that is private. */
  readonly insteadOf?: (given: unknown) => string | undefined;
  /** For a value of which good parts can be used without the bad ones; `undefined` where it is bad as a whole. */
  readonly salvage?: (given: unknown) => Salvaged<T> | undefined;
}

/** The good parts of a value, and what is wrong with the others. */
export interface Salvaged<T> {
  readonly value: T;
  /** `path` leads from the value to the bad part: `['rendering', 'gpu_utilization']`. */
  readonly issues: readonly { readonly path: readonly string[]; readonly message: string }[];
}

/** `true` or `false`. */
export function boolean(): ValueKind<boolean> {
  return {
    schema: v.boolean(),
    expected: 'true or false',
    json: { type: 'boolean' },
    isPrivate: false,
  };
}

/** One value and no other. `why` says what stands against the others, in words that fit in brackets. */
export function only<const T extends boolean>(value: T, why: string): ValueKind<T> {
  return {
    schema: v.literal(value),
    expected: `${String(value)} (${why})`,
    json: { type: 'boolean', enum: [value] },
    isPrivate: false,
  };
}

/** A finite number from `minimum` to `maximum`, both allowed. */
export function number(minimum: number, maximum: number): ValueKind<number> {
  return {
    schema: v.pipe(v.number(), v.minValue(minimum), v.maxValue(maximum)),
    expected: `a number from ${String(minimum)} to ${String(maximum)}`,
    json: { type: 'number', minimum, maximum },
    isPrivate: false,
  };
}

/** A number above `minimum` (not allowed itself) up to `maximum`. */
export function numberAbove(minimum: number, maximum: number): ValueKind<number> {
  return {
    schema: v.pipe(v.number(), v.gtValue(minimum), v.maxValue(maximum)),
    expected: `a number above ${String(minimum)} and up to ${String(maximum)}`,
    json: { type: 'number', exclusiveMinimum: minimum, maximum },
    isPrivate: false,
  };
}

/** A whole number from `minimum` to `maximum`, both allowed. */
export function integer(minimum: number, maximum: number): ValueKind<number> {
  return {
    schema: v.pipe(v.number(), v.integer(), v.minValue(minimum), v.maxValue(maximum)),
    expected: `a whole number from ${String(minimum)} to ${String(maximum)}`,
    json: { type: 'integer', minimum, maximum },
    isPrivate: false,
  };
}

/** One of a few words, written exactly so. */
export function oneOf<const T extends readonly string[]>(words: T): ValueKind<T[number]> {
  return {
    schema: v.picklist(words),
    expected: `one of ${words.join(', ')}`,
    json: { type: 'string', enum: words },
    isPrivate: false,
  };
}

/** A path or a name: text of 1 to `maximum` characters without control characters. */
export function text(maximum: number): ValueKind<string> {
  return {
    schema: v.pipe(
      v.string(),
      v.minLength(1),
      v.maxLength(maximum),
      v.check(value => !CONTROL.test(value)),
    ),
    expected: `text of 1 to ${String(maximum)} characters without control characters`,
    json: { type: 'string', minLength: 1, maxLength: maximum },
    isPrivate: true,
  };
}

/** Nothing (empty text), an absolute path, or one that starts at the home directory (`~/`). */
export function optionalAbsolutePath(maximum: number): ValueKind<string> {
  return {
    schema: v.pipe(
      v.string(),
      v.maxLength(maximum),
      v.check(
        value => value === '' || ((isAbsolutePath(value) || isHomePath(value)) && !CONTROL.test(value)),
      ),
    ),
    expected: `empty, an absolute path, or one that starts with ~/ (at most ${String(maximum)} characters)`,
    json: { type: 'string', maxLength: maximum },
    isPrivate: true,
  };
}

/** Up to `maximum` values of the same kind. */
export function listOf<T>(item: ValueKind<T>, maximum: number, plural: string): ValueKind<readonly T[]> {
  const { insteadOf } = item;
  return {
    ...(insteadOf === undefined ? {} : { insteadOf: given => insteadOfItem(given, insteadOf) }),
    schema: v.pipe(v.array(item.schema), v.maxLength(maximum)),
    expected: `a list of at most ${String(maximum)} ${plural}`,
    json: { type: 'array', items: item.json, maxItems: maximum },
    isPrivate: item.isPrivate,
  };
}

function insteadOfItem(given: unknown, insteadOf: (item: unknown) => string | undefined): string | undefined {
  if (!Array.isArray(given)) return undefined;
  for (const [at, item] of given.entries()) {
    const what = insteadOf(item);
    if (what !== undefined) return `a list whose item ${String(at + 1)} is ${what}`;
  }
  return undefined;
}

const CONTROL = /\p{Cc}/u;

/** Whether `path` is absolute by the rules of POSIX or Windows (drive or network share), whichever machine asks. */
export function isAbsolutePath(path: string): boolean {
  return /^(?:\/|[A-Za-z]:[\\/]|\\\\)/.test(path);
}

/** Whether `path` starts at the user's home directory, as shells write it. */
export function isHomePath(path: string): boolean {
  return path === '~' || /^~[\\/]/.test(path);
}
