import { formatPattern } from './formats.ts';
import { GPU_TOKENS, LAST_GPU, MACHINE_TOKENS, type TokenInfo, type TokenKind } from './tokens.ts';

/**
 * A regular expression for exactly the templates that `parseTemplate` takes, but for their length: the settings editor
 * checks with it while one types. For the flag `u`.
 */
export function templatePattern(): string {
  const braces = String.raw`\{\{|\}\}`;
  // What is inside the braces is looked at once, ahead of the brackets: the expression stands in the manifest.
  const inside = String.raw`(?=(?:[^{}\p{Cc}]|${braces}|\{(?:${tokenPatterns().join('|')})\})*$)`;
  const text = String.raw`[^{}[\]]|${braces}|\[\[|\]\]`;
  const token = String.raw`\{[a-z][^{}]*\}`;
  const group = String.raw`\[(?!\[)(?:${text})*${token}(?:${text}|${token})*\](?!\])`;
  return String.raw`^(?=.*\S)${inside}(?:${text}|${token}|${group})*$`;
}

/** What may stand between the braces, one expression for each kind. */
function tokenPatterns(): string[] {
  const names = new Map<TokenKind, string[]>();
  const add = (name: string, { kind }: TokenInfo): void => {
    names.set(kind, [...(names.get(kind) ?? []), name]);
  };
  for (const [name, info] of Object.entries(MACHINE_TOKENS)) add(name, info);
  for (const [rest, info] of Object.entries(GPU_TOKENS)) add(`gpu(?:${numbers()})${rest}`, info);
  return [...names].map(([kind, list]) => {
    const formats = formatPattern(kind);
    return `(?:${list.join('|')})${formats === '' ? '' : `(?::(?:${formats}))?`}`;
  });
}

/** Whole numbers from 0 to {@link LAST_GPU}. */
function numbers(): string {
  const tens = Math.floor(LAST_GPU / 10);
  return `\\d|[1-${String(tens - 1)}]\\d|${String(tens)}[0-${String(LAST_GPU % 10)}]`;
}
