import { readTheme, type Rgba, type Theme } from '../../../webview/theme.ts';
import { THEMES, type ThemeName } from './themes.ts';

/** Reads `#rrggbb` and `rgba(…)`, as far as the tests' themes use them. */
export function resolve(color: string): Rgba | undefined {
  const hex = /^#(..)(..)(..)$/.exec(color);
  if (hex) {
    const [r = 0, g = 0, b = 0] = hex.slice(1).map(part => Number.parseInt(part, 16));
    return { r, g, b, a: 1 };
  }
  const [r, g, b, a] = [...color.matchAll(/[\d.]+/g)].map(match => Number(match[0]));
  return r === undefined || g === undefined || b === undefined ? undefined : { r, g, b, a: a ?? 1 };
}

/** A theme as the dashboard reads it, without some of its variables. */
export function themeOf(name: ThemeName, without: readonly string[] = []): Theme {
  const variables: Readonly<Record<string, string>> = THEMES[name].variables;
  return readTheme({
    variable: variable => (without.includes(variable) ? '' : (variables[variable] ?? '')),
    resolve,
    kind: THEMES[name].kind,
  });
}
