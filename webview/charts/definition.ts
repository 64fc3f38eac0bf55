import { columnTitle, type Layout } from '../../src/common/layout.ts';
import type { Metric } from '../../src/common/metrics.ts';
import { unitText } from '../format.ts';
import { t } from '../l10n.ts';

/** Colours for data that every VS Code theme defines, by the end of their variable's name. */
export type ChartColor = 'blue' | 'green' | 'orange' | 'purple' | 'red' | 'yellow' | 'foreground';

/** How a line stands out: the one the chart is about, one of several of equal weight, one of many, or a limit. */
export type Emphasis = 'main' | 'other' | 'faint' | 'limit';

/** One line of a chart and its value beside it. */
export interface LineDefinition {
  /** Name of the series: a column, or a {@link QuantileDefinition}. */
  readonly id: string;
  readonly title: string;
  readonly metric: Metric;
  readonly color: ChartColor;
  /** 0 is the theme's colour; 1 and 2 are shades of it, for charts with more lines than there are colours. */
  readonly shade: 0 | 1 | 2;
  readonly emphasis: Emphasis;
  /** Shown only on machines that have it; others say in words why there is no value. */
  readonly optional: boolean;
  /** The area between this line and that one is filled. */
  readonly fillTo?: string;
}

/** A series made of many: at each moment the `quantile` of the columns' values, 0 the lowest and 1 the highest. */
export interface QuantileDefinition {
  readonly id: string;
  readonly columns: readonly string[];
  readonly quantile: number;
}

/** Ticks along the bottom of a chart at the times in which something was the case. */
export interface MarkDefinition {
  readonly column: string;
  readonly title: string;
  readonly color: ChartColor;
  /** A value from which on there is a tick, or bits of which one must be set. */
  readonly test: { readonly from: number } | { readonly bits: number };
}

/** A value that is shown as a number only. */
export interface NumberDefinition {
  readonly column: string;
  readonly title: string;
  readonly metric: Metric;
}

/** One chart: lines on one pair of axes. */
export interface ChartDefinition {
  readonly id: string;
  /** What it shows, with the unit of an axis without one; empty where the card's heading says it. */
  readonly title: string;
  /** Upper end of the vertical axis: 100, or the next round number over the highest value in sight. */
  readonly range: 'percent' | 'adaptive';
  /** Upper end of an adaptive axis while nothing is above it. */
  readonly leastTop?: number;
  /** What stands on the time axis: the clock unless given, or what has passed since the beginning. */
  readonly axis?: 'elapsed';
  readonly lines: readonly LineDefinition[];
  readonly marks: readonly MarkDefinition[];
}

/** What one card of the dashboard shows: a chart that it is about, and smaller ones beside it. */
export interface CardDefinition {
  readonly id: string;
  readonly heading: string;
  /** Beside the heading: the model of a GPU, the number of cores. */
  readonly subtitle: string;
  /** How wide it is until the user says otherwise. */
  readonly width: 'half' | 'full';
  readonly charts: readonly ChartDefinition[];
  readonly quantiles: readonly QuantileDefinition[];
  readonly numbers: readonly NumberDefinition[];
}

/** What a line may leave to the default. */
export interface LineStyle {
  readonly color: ChartColor;
  readonly shade?: 0 | 1 | 2;
  readonly emphasis?: Emphasis;
  readonly optional?: boolean;
}

/**
 * Definitions of the lines and numbers of a chart, for the columns among those named that the layout has.
 *
 * Titles come from the metric table, in the user's language. `prefix`, which is in it too, is left out at their start, where the
 * card's heading says it already.
 */
export class ColumnPicker {
  readonly #layout: Layout;
  readonly #prefix: string;

  constructor(layout: Layout, prefix = '') {
    this.#layout = layout;
    this.#prefix = prefix;
  }

  /** Lines for the columns of `styles` that there are. */
  lines(styles: Readonly<Record<string, LineStyle>>): LineDefinition[] {
    return Object.entries(styles).flatMap(([name, style]) =>
      this.#find(name).map(({ title, metric }) => ({
        id: name,
        title,
        metric,
        color: style.color,
        shade: style.shade ?? 0,
        emphasis: style.emphasis ?? 'main',
        optional: style.optional ?? false,
      })),
    );
  }

  /** Numbers for the columns of `names` that there are. */
  numbers(names: readonly string[]): NumberDefinition[] {
    return names.flatMap(name =>
      this.#find(name).map(({ title, metric }) => ({ column: name, title, metric })),
    );
  }

  /** Whether the layout has a column. */
  has(name: string): boolean {
    return this.#layout.slots.has(name);
  }

  #find(name: string): { title: string; metric: Metric }[] {
    const slot = this.#layout.slots.get(name);
    const column = slot === undefined ? undefined : this.#layout.columns[slot];
    return column ? [{ title: this.#shorten(columnTitle(column, t)), metric: column.metric }] : [];
  }

  #shorten(title: string): string {
    const hasPrefix = this.#prefix !== '' && title.startsWith(this.#prefix);
    // A word of its own, or the first part of a compound: `CPU temperature`, `CPU-Temperatur`.
    if (!hasPrefix || !/^[ -]/.test(title.slice(this.#prefix.length))) return title;
    const rest = title.slice(this.#prefix.length + 1);
    // An abbreviation such as VRAM keeps its capitals anyway.
    return rest.charAt(0).toUpperCase() + rest.slice(1);
  }
}

/** The chart of these lines, or none where the machine has none of them. */
export function chartOf(
  id: string,
  title: string,
  lines: readonly LineDefinition[],
  more: Partial<Pick<ChartDefinition, 'range' | 'leastTop' | 'marks'>> = {},
): ChartDefinition[] {
  const unit = lines[0]?.metric.unit ?? 'count';
  const range = more.range ?? (unit === '%' ? 'percent' : 'adaptive');
  const words = unitText(unit);
  const isNamed = range === 'adaptive' && words !== '';
  const full = isNamed ? (title === '' ? words : `${title}, ${words}`) : title;
  return lines.length === 0 ? [] : [{ id, title: full, range, lines, marks: [], ...more }];
}
