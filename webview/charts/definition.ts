import { columnTitle, type Layout } from '../../src/common/layout.ts';
import type { Metric } from '../../src/common/metrics.ts';

/** Colours for data that every VS Code theme defines, by the end of their variable's name. */
export type ChartColor = 'blue' | 'green' | 'orange' | 'purple' | 'red' | 'yellow' | 'foreground';

/** How a line stands out: the one the chart is about, one of several of equal weight, or one of many. */
export type Emphasis = 'main' | 'other' | 'faint';

/** One line of a chart and the tile with its current value. */
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

/** A value that is shown as a number only. */
export interface NumberDefinition {
  readonly column: string;
  readonly title: string;
  readonly metric: Metric;
}

/** What one card of the dashboard shows. */
export interface ChartDefinition {
  readonly id: string;
  readonly heading: string;
  /** Beside the heading: the model of a GPU, the number of cores, the unit of an axis without one. */
  readonly subtitle: string;
  /** Upper end of the vertical axis: 100, or the next round number over the highest value in sight. */
  readonly range: 'percent' | 'adaptive';
  readonly lines: readonly LineDefinition[];
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
 * Titles come from the metric table. `prefix` is left out at their start, where the card's heading says it already.
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

  #find(name: string): { title: string; metric: Metric }[] {
    const slot = this.#layout.slots.get(name);
    const column = slot === undefined ? undefined : this.#layout.columns[slot];
    return column ? [{ title: this.#shorten(columnTitle(column)), metric: column.metric }] : [];
  }

  #shorten(title: string): string {
    if (this.#prefix === '' || !title.startsWith(`${this.#prefix} `)) return title;
    const rest = title.slice(this.#prefix.length + 1);
    // An abbreviation such as VRAM keeps its capitals anyway.
    return rest.charAt(0).toUpperCase() + rest.slice(1);
  }
}
