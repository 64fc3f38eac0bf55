import type { ChartDefinition } from './charts/definition.ts';
import { cssColor, lineColor, withAlpha, type Theme } from './theme.ts';

/** How a line is drawn, on the chart and as the mark beside its title. */
export interface Appearance {
  readonly color: string;
  readonly width: number;
  /** Lengths of dashes and spaces in pixels; empty for a solid line. */
  readonly dash: readonly number[];
  /** Colour of the area between the line and its other edge; `undefined` where it has none. */
  readonly area: string | undefined;
  /** Colour of the area between the least and the greatest values; `undefined` where it is drawn as two edges. */
  readonly band: string | undefined;
  /** Colour of the same line of another day. */
  readonly under: string;
}

/** Dashes of the lines of another day. */
export const UNDER_DASH: readonly number[] = [2, 3];

const WIDTH = { main: 1.5, other: 1.25, faint: 1, limit: 1 } as const;
const LIMIT_DASH = [4, 4];
const DASHES: readonly (readonly number[])[] = [[], [7, 4], [2, 4], [10, 4, 2, 4]];

/**
 * How the lines of a chart look in a theme. In high contrast they are thicker, told apart by dashes as well as by
 * colour, and have no tinted areas.
 */
export function appearances(chart: ChartDefinition, theme: Theme): Appearance[] {
  const hasBand = chart.lines.some(line => line.fillTo !== undefined);
  return chart.lines.map((line, index) => {
    const color = lineColor(theme, line.color, line.shade);
    const share = line.fillTo !== undefined ? 0.3 : line.emphasis === 'main' && !hasBand ? 0.14 : undefined;
    return {
      color: cssColor(line.emphasis === 'faint' && !theme.isHighContrast ? withAlpha(color, 0.75) : color),
      width: WIDTH[line.emphasis] + (theme.isHighContrast ? 1 : 0),
      dash:
        line.emphasis === 'limit'
          ? LIMIT_DASH
          : theme.isHighContrast
            ? (DASHES[index % DASHES.length] ?? [])
            : [],
      area: share === undefined || theme.isHighContrast ? undefined : cssColor(withAlpha(color, share)),
      band: theme.isHighContrast ? undefined : cssColor(withAlpha(color, 0.28)),
      under: cssColor(withAlpha(color, theme.isHighContrast ? 1 : 0.55)),
    };
  });
}

/** Colours of the ticks along the bottom of a chart. */
export function markColors(chart: ChartDefinition, theme: Theme): string[] {
  return chart.marks.map(({ color }) => cssColor(lineColor(theme, color, 0)));
}
