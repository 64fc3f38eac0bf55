import type { ChartColor } from './charts/definition.ts';

/** The kinds of colour themes that VS Code has. */
export type ThemeKind = 'dark' | 'light' | 'high-contrast' | 'high-contrast-light';

/** A colour as it ends up on the screen; alpha from 0 to 1. */
export interface Rgba {
  readonly r: number;
  readonly g: number;
  readonly b: number;
  readonly a: number;
}

/** What charts need to know of the user's colour theme. */
export interface Theme {
  readonly kind: ThemeKind;
  readonly isHighContrast: boolean;
  readonly foreground: Rgba;
  readonly background: Rgba;
  /** For axis labels. */
  readonly muted: Rgba;
  /** For grid lines. */
  readonly grid: Rgba;
  readonly chart: Readonly<Record<ChartColor, Rgba>>;
  readonly fontFamily: string;
}

/** Reads the page as VS Code has set it up. */
export interface ThemeInput {
  /** Value of `--vscode-<name>`; empty where the theme does not define it. */
  variable(name: string): string;
  /** Turns a CSS colour into numbers; `undefined` when it is none. */
  resolve(color: string): Rgba | undefined;
  /** `data-vscode-theme-kind` of the body. */
  readonly kind: string;
}

const GRAY: Rgba = { r: 128, g: 128, b: 128, a: 1 };

/** Collects the colours of the theme. A variable that a theme leaves out falls back to its foreground. */
export function readTheme(input: ThemeInput): Theme {
  const kind = kindOf(input.kind);
  const isHighContrast = kind === 'high-contrast' || kind === 'high-contrast-light';
  const color = (...names: string[]): Rgba | undefined => {
    for (const name of names) {
      const value = input.variable(name);
      const resolved = value === '' ? undefined : input.resolve(value);
      if (resolved) return resolved;
    }
    return undefined;
  };
  const foreground = color('charts-foreground', 'foreground', 'editor-foreground') ?? GRAY;
  const background = color('editor-background') ?? { ...GRAY, a: 0 };
  // VS Code's own orange is see-through, made for marks over a text; a line in it would hardly be seen.
  const line = (name: string): Rgba => ({ ...(color(`charts-${name}`) ?? foreground), a: 1 });
  return {
    kind,
    isHighContrast,
    foreground,
    background,
    muted: isHighContrast ? foreground : (color('descriptionForeground') ?? foreground),
    grid: withAlpha(foreground, isHighContrast ? 0.35 : 0.1),
    chart: {
      foreground,
      blue: line('blue'),
      green: line('green'),
      orange: line('orange'),
      purple: line('purple'),
      red: line('red'),
      yellow: line('yellow'),
    },
    fontFamily: input.variable('font-family') || 'sans-serif',
  };
}

/** Colour of a line: a shade steps from the theme's colour toward its text, or from that toward its background. */
export function lineColor(theme: Theme, color: ChartColor, shade: 0 | 1 | 2): Rgba {
  const base = theme.chart[color];
  if (shade === 0) return base;
  return shade === 1 ? mix(base, theme.foreground, 0.4) : mix(base, theme.background, 0.4);
}

/** The same colour with its opacity multiplied by `alpha`. */
export function withAlpha(color: Rgba, alpha: number): Rgba {
  return { ...color, a: color.a * alpha };
}

/** The colour `share` of the way from one to the other. */
export function mix(from: Rgba, to: Rgba, share: number): Rgba {
  const between = (a: number, b: number): number => Math.round(a + (b - a) * share);
  return { r: between(from.r, to.r), g: between(from.g, to.g), b: between(from.b, to.b), a: from.a };
}

/** The colour as CSS and canvas read it. */
export function cssColor({ r, g, b, a }: Rgba): string {
  return `rgba(${[r, g, b, a].join(', ')})`;
}

/** Reads the theme of a page. */
export function themeOf(document: Document): Theme {
  const style = getComputedStyle(document.documentElement);
  return readTheme({
    variable: name => style.getPropertyValue(`--vscode-${name}`).trim(),
    resolve: color => resolveColor(document, color),
    kind: document.body.dataset['vscodeThemeKind'] ?? document.body.className,
  });
}

/**
 * Calls back after the user has changed the colour theme. VS Code tells of it by the attributes of the body, and by
 * the variables in the root element's style, which alone change between two themes of one kind.
 *
 * @returns ends the watch
 */
export function watchTheme(document: Document, onChange: () => void): () => void {
  const observer = new MutationObserver(onChange);
  observer.observe(document.body, {
    attributeFilter: ['class', 'data-vscode-theme-kind', 'data-vscode-theme-id'],
  });
  observer.observe(document.documentElement, { attributeFilter: ['style', 'class'] });
  return () => {
    observer.disconnect();
  };
}

function kindOf(text: string): ThemeKind {
  if (text.includes('high-contrast-light')) return 'high-contrast-light';
  if (text.includes('high-contrast')) return 'high-contrast';
  return text.includes('light') ? 'light' : 'dark';
}

/** Lets the browser read the colour: themes may use any CSS notation. */
function resolveColor(document: Document, color: string): Rgba | undefined {
  if (!CSS.supports('color', color)) return undefined;
  const canvas = document.createElement('canvas');
  canvas.width = canvas.height = 1;
  const context = canvas.getContext('2d');
  if (!context) return undefined;
  context.fillStyle = color;
  context.fillRect(0, 0, 1, 1);
  const [r = 0, g = 0, b = 0, a = 0] = context.getImageData(0, 0, 1, 1).data;
  return { r, g, b, a: a / 255 };
}
