import { Chart, LinearScale, type Plugin } from 'chart.js';
import { appearances, markColors, UNDER_DASH, type Appearance } from '../appearance.ts';
import type { ChartDefinition, LineDefinition, MarkDefinition } from '../charts/definition.ts';
import type { ShownData } from '../data/shown-data.ts';
import { formatTick } from '../format.ts';
import { cssColor, type Theme } from '../theme.ts';
import type { Span } from '../time/span.ts';
import { elapsedTicks, timeTicks } from '../time/ticks.ts';
import { niceCeiling } from './ceiling.ts';
import { fillUnder, strokeLine, type PlotArea } from './lines.ts';
import { endRow, firstRow, trace, type Point, type TraceWindow } from './trace.ts';

Chart.register(LinearScale);

/** Width of the vertical axis, the same on every chart so that their times line up. */
export const AXIS_WIDTH = 44;
/** Room on the right of the plot. */
export const PLOT_RIGHT = 2;
/** Height of the time axis: three quarters above a whole pixel, so that a line of 1.5 pixels at 0 fills a row of them and is sharp. */
const TIME_AXIS_HEIGHT = 25.25;
/** Room between the plot and what stands below it. */
const LABEL_PADDING = 6;
const FONT_PIXELS = 11;
/** Height of the ticks along the bottom. */
const MARK_HEIGHT = 5;

/** Edges of a band where there are no tinted areas. */
const EDGE_WIDTH = 0.75;

/** What is drawn of a line; arrays and points are used again and again. */
interface Drawn {
  readonly mean: Point[];
  /** Edges of its band; empty where it has none. */
  readonly upper: Point[];
  readonly lower: Point[];
  /** The mean of another day. */
  readonly under: Point[];
}

/**
 * A line chart of a span on a canvas. The only place that knows Chart.js, which sizes the canvas, lays it out and does the
 * vertical axis. What changes each second we draw into it ourselves, the lines and the time axis: for that Chart.js would
 * resolve all its options anew, and bring an object of each point up to date.
 */
export class Plot {
  readonly #definition: ChartDefinition;
  readonly #lines: readonly Drawn[];
  readonly #marks: Float64Array[];
  readonly #chart: Chart<'line', Point[]>;
  #appearances: readonly Appearance[];
  #markColors: readonly string[];
  #theme: Theme;
  #span: Span = { from: 0, to: 1 };

  /** @param canvas inside an element of its own, whose size it takes */
  constructor(canvas: HTMLCanvasElement, definition: ChartDefinition, theme: Theme) {
    this.#definition = definition;
    this.#theme = theme;
    this.#lines = definition.lines.map(() => ({ mean: [], upper: [], lower: [], under: [] }));
    this.#marks = definition.marks.map(() => new Float64Array(0));
    this.#appearances = appearances(definition, theme);
    this.#markColors = markColors(definition, theme);
    this.#chart = new Chart<'line', Point[]>(canvas, {
      type: 'line',
      data: { datasets: [] },
      options: {
        animation: false,
        responsive: true,
        maintainAspectRatio: false,
        events: [],
        layout: { autoPadding: false, padding: { top: 8, right: PLOT_RIGHT } },
        scales: {
          // Only its room: what stands there moves on each second, and we draw it ourselves.
          x: {
            type: 'linear',
            border: { display: false },
            grid: { display: false },
            ticks: { display: false },
            afterFit: axis => {
              axis.height = TIME_AXIS_HEIGHT;
              axis.paddingLeft = axis.paddingRight = 0;
            },
          },
          y: {
            type: 'linear',
            min: 0,
            max: definition.range === 'percent' ? 100 : niceCeiling(0, definition.leastTop),
            border: { display: false },
            grid: { drawTicks: false },
            ticks: { padding: 8, sampleSize: 1, callback: value => this.#yLabel(Number(value)) },
            afterBuildTicks: axis => {
              axis.ticks = [0, axis.max / 2, axis.max].map(value => ({ value }));
            },
            afterFit: axis => {
              axis.width = AXIS_WIDTH;
            },
          },
        },
      },
      plugins: [this.#painter()],
    });
    this.setTheme(theme);
  }

  /** Draws in the colours of `theme`, with the data it has. */
  setTheme(theme: Theme): void {
    this.#appearances = appearances(this.#definition, theme);
    this.#markColors = markColors(this.#definition, theme);
    this.#theme = theme;
    const y = this.#chart.options.scales?.['y'];
    const font = { family: theme.fontFamily, size: FONT_PIXELS };
    if (y?.ticks) Object.assign(y.ticks, { color: cssColor(theme.muted), font });
    if (y?.grid) y.grid.color = cssColor(theme.grid);
    this.#chart.update('none');
  }

  /** Draws what there is. @param isShown whether a line is there on this machine */
  draw(data: ShownData, isShown: (line: LineDefinition) => boolean): void {
    const { from, to } = data;
    const window = { from, to, width: this.width };
    let highest = this.#definition.leastTop ?? 0;
    this.#definition.lines.forEach((line, index) => {
      const drawn = this.#lines[index];
      if (!drawn) return;
      traceAll(data, line, window, isShown(line), drawn);
      for (const points of Object.values(drawn) as readonly Point[][])
        for (const { y } of points) if (y > highest) highest = y;
    });
    this.#definition.marks.forEach((mark, index) => {
      this.#marks[index] = markTimes(data, mark);
    });
    this.#span = { from, to };
    const top = this.#definition.range === 'adaptive' ? niceCeiling(highest, this.#definition.leastTop) : 100;
    const y = this.#chart.options.scales?.['y'];
    if (y && y.max !== top) {
      y.max = top;
      this.#chart.update('none');
    } else this.#chart.draw();
  }

  /** Width of the plot without its axis, in pixels. */
  get width(): number {
    return Math.max(1, this.#chart.width - AXIS_WIDTH);
  }

  /** Whether any line has a value in sight. */
  get hasData(): boolean {
    return this.#lines.some(({ mean }) => mean.some(({ y }) => !Number.isNaN(y)));
  }

  /** Frees the canvas. */
  dispose(): void {
    this.#chart.destroy();
  }

  #yLabel(value: number): string {
    return this.#definition.range === 'percent' ? `${formatTick(value)}\u00a0%` : formatTick(value);
  }

  /** Draws into the space between the axes. */
  #painter(): Plugin<'line'> {
    return {
      id: 'lines',
      beforeDatasetsDraw: ({ ctx, chartArea, scales }) => {
        const greatest = scales['y']?.max ?? 0;
        if (!(greatest > 0)) return;
        const area = { ...chartArea, ...this.#span, greatest };
        ctx.save();
        this.#paintTimes(ctx, area);
        ctx.beginPath();
        ctx.rect(area.left - 1, area.top - 1, area.right - area.left + 2, area.bottom - area.top + 2);
        ctx.clip();
        // The first line is the one that a chart is about: it comes last, over all others.
        for (let index = this.#lines.length - 1; index >= 0; index--) this.#paintLine(ctx, area, index);
        this.#paintMarks(ctx, area);
        ctx.restore();
      },
    };
  }

  /** The time axis: a line through the plot at each tick, and what time it is there. */
  #paintTimes(context: CanvasRenderingContext2D, area: PlotArea): void {
    const { left, right, top, bottom, from, to } = area;
    const ticksOf = this.#definition.axis === 'elapsed' ? elapsedTicks : timeTicks;
    context.fillStyle = cssColor(this.#theme.muted);
    context.font = `${String(FONT_PIXELS)}px ${this.#theme.fontFamily}`;
    context.textAlign = 'center';
    context.textBaseline = 'top';
    const ticks = ticksOf({ from, to }, right - left).map(({ value, label }) => ({
      x: left + ((value - from) * (right - left)) / (to - from),
      label,
    }));
    for (const { x, label } of ticks) context.fillText(label, x, bottom + LABEL_PADDING);
    context.fillStyle = cssColor(this.#theme.grid);
    // On a whole pixel, so that the line is one pixel wide and not two.
    for (const { x } of ticks) context.fillRect(Math.round(x), top, 1, bottom - top);
  }

  #paintLine(context: CanvasRenderingContext2D, area: PlotArea, index: number): void {
    const look = this.#appearances[index];
    const drawn = this.#lines[index];
    if (!look || !drawn) return;
    const { mean, upper, lower, under } = drawn;
    strokeLine(context, area, under, { color: look.under, width: look.width, dash: UNDER_DASH });
    if (upper.length > 0) {
      // In high contrast there are no tinted areas: a band is its two edges.
      const edge = { color: look.color, width: EDGE_WIDTH, dash: [] };
      if (look.band !== undefined) fillUnder(context, area, upper, lower, look.band);
      else for (const points of [lower, upper]) strokeLine(context, area, points, edge);
    } else if (look.area !== undefined) {
      // Where there is a band, the area would hide that it is about the least and the greatest values.
      fillUnder(context, area, mean, this.#otherEdge(index), look.area);
    }
    strokeLine(context, area, mean, look);
  }

  /** The line up to which the area of a line is filled; `undefined` for the lower edge of the chart. */
  #otherEdge(index: number): readonly Point[] | undefined {
    const { lines } = this.#definition;
    const to = lines[index]?.fillTo;
    return to === undefined ? undefined : this.#lines[lines.findIndex(({ id }) => id === to)]?.mean;
  }

  #paintMarks(context: CanvasRenderingContext2D, { left, right, bottom, from, to }: PlotArea): void {
    const pixel = (time: number): number => left + ((time - from) * (right - left)) / (to - from);
    this.#marks.forEach((times, index) => {
      context.fillStyle = this.#markColors[index] ?? '';
      for (let at = 0; at < times.length; at += 2) {
        const begin = Math.max(left, pixel(times[at] ?? 0));
        const end = Math.min(right, pixel(times[at + 1] ?? 0));
        if (end < begin) continue;
        context.fillRect(begin, bottom - MARK_HEIGHT, Math.max(1.5, end - begin), MARK_HEIGHT);
      }
    });
  }
}

const NOTHING = new Float64Array(0);

/** Makes the points of a line, of its band and of the same line of another day. */
function traceAll(
  data: ShownData,
  line: LineDefinition,
  window: TraceWindow,
  isThere: boolean,
  { mean, upper, lower, under }: Drawn,
): void {
  const isFaint = line.emphasis === 'faint' || line.emphasis === 'limit';
  // Bands of many lines over each other would show nothing but that there are many.
  const max = isThere && !isFaint ? data.max(line.id) : undefined;
  const min = max && data.min(line.id);
  const other = isThere && !isFaint ? data.under : undefined;
  trace(data, isThere ? data.mean(line.id) : NOTHING, data.stepMs > 0 ? 'mean' : 'extremes', window, mean);
  trace(data, max ?? NOTHING, 'greatest', window, upper);
  trace(data, min ?? NOTHING, 'least', window, lower);
  trace(other ?? data, other?.mean(line.id) ?? NOTHING, 'mean', window, under);
}

/** Beginnings and ends of the times in sight in which a mark's condition holds, in turn. */
export function markTimes(data: ShownData, { column, test }: MarkDefinition): Float64Array {
  const { times, gaps, stepMs } = data;
  const values = data.max(column) ?? data.mean(column);
  const found: number[] = [];
  let isOn = false;
  for (let row = firstRow(times, data.from); row < endRow(times, data.to); row++) {
    const time = times[row] ?? Number.NaN;
    const value = values[row] ?? Number.NaN;
    const holds = 'bits' in test ? (value & test.bits) !== 0 : value >= test.from;
    if (holds && (!isOn || gaps[row] === 1)) found.push(time, time + stepMs);
    else if (holds) found[found.length - 1] = time + stepMs;
    isOn = holds;
  }
  return Float64Array.from(found);
}
