import {
  Chart,
  Filler,
  LinearScale,
  LineController,
  LineElement,
  PointElement,
  type ChartDataset,
  type Plugin,
} from 'chart.js';
import { appearances, markColors, UNDER_DASH, type Appearance } from '../appearance.ts';
import type { ChartDefinition, LineDefinition, MarkDefinition } from '../charts/definition.ts';
import type { ShownData } from '../data/shown-data.ts';
import { formatTick } from '../format.ts';
import { cssColor, type Theme } from '../theme.ts';
import { elapsedTicks, timeTicks } from '../time/ticks.ts';
import { niceCeiling } from './ceiling.ts';
import { endRow, firstRow, trace, type Point } from './trace.ts';

Chart.register(LineController, LineElement, PointElement, LinearScale, Filler);

/** Width of the vertical axis, the same on every chart so that their times line up. */
export const AXIS_WIDTH = 44;
/** Room on the right of the plot. */
export const PLOT_RIGHT = 2;
/** Height of the ticks along the bottom. */
const MARK_HEIGHT = 5;

/** Datasets of a line: its mean, the upper and the lower edge of its band, and the mean of another day. */
const SETS = 4;
const UNDER = 3;

/** A line chart of a span on a canvas. The only place that knows Chart.js. */
export class Plot {
  readonly #definition: ChartDefinition;
  /** {@link SETS} for each line; arrays and points are used again and again. */
  readonly #points: readonly Point[][];
  readonly #marks: Float64Array[];
  readonly #chart: Chart<'line', Point[]>;
  #appearances: readonly Appearance[];
  #markColors: readonly string[];

  /** @param canvas inside an element of its own, whose size it takes */
  constructor(canvas: HTMLCanvasElement, definition: ChartDefinition, theme: Theme) {
    this.#definition = definition;
    this.#points = Array.from({ length: definition.lines.length * SETS }, () => []);
    this.#marks = definition.marks.map(() => new Float64Array(0));
    this.#appearances = appearances(definition, theme);
    this.#markColors = markColors(definition, theme);
    this.#chart = new Chart<'line', Point[]>(canvas, {
      type: 'line',
      data: { datasets: this.#points.map((data, index) => ({ data, ...this.#style(index) })) },
      options: {
        animation: false,
        parsing: false,
        normalized: true,
        responsive: true,
        maintainAspectRatio: false,
        events: [],
        layout: { autoPadding: false, padding: { top: 8, right: PLOT_RIGHT } },
        datasets: {
          line: { pointRadius: 0, spanGaps: false, borderJoinStyle: 'round', borderCapStyle: 'round' },
        },
        scales: {
          x: {
            type: 'linear',
            border: { display: false },
            grid: { drawTicks: false },
            ticks: {
              autoSkip: false,
              // Labels of one axis are of about one size: measuring one of them is enough.
              sampleSize: 1,
              maxRotation: 0,
              padding: 6,
              callback: (_, index, ticks) => String(ticks[index]?.label ?? ''),
            },
            // Labels stay inside, so the room that is kept for their overhang is not needed.
            afterFit: axis => {
              axis.paddingLeft = axis.paddingRight = 0;
            },
            afterBuildTicks: axis => {
              const width = axis.chart.width - AXIS_WIDTH;
              const ticks = definition.axis === 'elapsed' ? elapsedTicks : timeTicks;
              axis.ticks = ticks({ from: axis.min, to: axis.max }, width);
            },
            // The labels are made with the ticks.
            beforeTickToLabelConversion: () => undefined,
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
      plugins: [this.#markPlugin()],
    });
    this.setTheme(theme);
  }

  /** Draws in the colours of `theme`, with the data it has. */
  setTheme(theme: Theme): void {
    this.#appearances = appearances(this.#definition, theme);
    this.#markColors = markColors(this.#definition, theme);
    this.#chart.data.datasets.forEach((dataset, index) => {
      Object.assign(dataset, this.#style(index));
    });
    const font = { family: theme.fontFamily, size: 11 };
    for (const scale of Object.values(this.#chart.options.scales ?? {})) {
      if (scale?.ticks) Object.assign(scale.ticks, { color: cssColor(theme.muted), font });
      if (scale?.grid) scale.grid.color = cssColor(theme.grid);
    }
    this.#chart.update('none');
  }

  /** Draws what there is. @param isShown whether a line is there on this machine */
  draw(data: ShownData, isShown: (line: LineDefinition) => boolean): void {
    const { from, to } = data;
    const window = { from, to, width: this.width };
    let highest = this.#definition.leastTop ?? 0;
    this.#definition.lines.forEach((line, index) => {
      const isThere = isShown(line);
      this.#trace(data, line, index, window, isThere);
      for (const points of this.#setsOf(index)) {
        for (const point of points) if (point.y > highest) highest = point.y;
      }
    });
    this.#definition.marks.forEach((mark, index) => {
      this.#marks[index] = markTimes(data, mark);
    });
    const { scales } = this.#chart.options;
    if (scales?.['x']) Object.assign(scales['x'], { min: from, max: to });
    if (this.#definition.range === 'adaptive' && scales?.['y'])
      scales['y'].max = niceCeiling(highest, this.#definition.leastTop);
    this.#chart.update('none');
  }

  /** Width of the plot without its axis, in pixels. */
  get width(): number {
    return Math.max(1, this.#chart.width - AXIS_WIDTH);
  }

  /** Whether any line has a value in sight. */
  get hasData(): boolean {
    return this.#points.some(points => points.some(point => !Number.isNaN(point.y)));
  }

  /** Frees the canvas. */
  dispose(): void {
    this.#chart.destroy();
  }

  #setsOf(line: number): readonly Point[][] {
    return this.#points.slice(line * SETS, line * SETS + SETS);
  }

  #trace(
    data: ShownData,
    line: LineDefinition,
    index: number,
    window: { from: number; to: number; width: number },
    isThere: boolean,
  ): void {
    const [mean = [], upper = [], lower = [], under = []] = this.#setsOf(index);
    const values = isThere ? data.mean(line.id) : NOTHING;
    const isFaint = line.emphasis === 'faint' || line.emphasis === 'limit';
    // Bands of many lines over each other would show nothing but that there are many.
    const max = isThere && !isFaint ? data.max(line.id) : undefined;
    const min = max && data.min(line.id);
    trace(data, values, data.stepMs > 0 ? 'mean' : 'extremes', window, mean);
    trace(data, max ?? NOTHING, 'greatest', window, upper);
    trace(data, min ?? NOTHING, 'least', window, lower);
    const other = isThere && !isFaint ? data.under : undefined;
    trace(other ?? data, other?.mean(line.id) ?? NOTHING, 'mean', window, under);
    const { datasets } = this.#chart.data;
    const hasBand = upper.length > 0;
    for (let set = 0; set < SETS; set++) {
      const dataset = datasets[index * SETS + set];
      if (dataset) dataset.hidden = !isThere || (set === UNDER ? under.length === 0 : set > 0 && !hasBand);
    }
    const dataset = datasets[index * SETS];
    // The area under a line would hide that the band is about the least and the greatest values.
    if (dataset) dataset.fill = hasBand ? false : this.#fillOf(index);
  }

  #fillOf(index: number): false | 'origin' | number {
    const { lines } = this.#definition;
    if (this.#appearances[index]?.area === undefined) return false;
    const other = lines.findIndex(line => line.id === lines[index]?.fillTo);
    return other >= 0 ? other * SETS : 'origin';
  }

  #style(dataset: number): Partial<ChartDataset<'line', Point[]>> {
    const index = Math.floor(dataset / SETS);
    const set = dataset % SETS;
    const look = this.#appearances[index];
    if (!look) return {};
    if (set === 0) {
      return {
        borderColor: look.color,
        borderWidth: look.width,
        borderDash: [...look.dash],
        fill: this.#fillOf(index),
        backgroundColor: look.area ?? 'transparent',
      };
    }
    if (set === UNDER) {
      return { borderColor: look.under, borderWidth: look.width, borderDash: [...UNDER_DASH], fill: false };
    }
    return {
      borderColor: look.color,
      // In high contrast there are no tinted areas: a band is its two edges.
      borderWidth: look.band === undefined ? 0.75 : 0,
      fill: set === 1 && look.band !== undefined ? '+1' : false,
      backgroundColor: look.band ?? 'transparent',
    };
  }

  #yLabel(value: number): string {
    return this.#definition.range === 'percent' ? `${formatTick(value)}\u00a0%` : formatTick(value);
  }

  #markPlugin(): Plugin<'line'> {
    return {
      id: 'marks',
      afterDatasetsDraw: ({ ctx, chartArea, scales }) => {
        const axis = scales['x'];
        if (!axis || this.#marks.every(times => times.length === 0)) return;
        ctx.save();
        this.#marks.forEach((times, index) => {
          ctx.fillStyle = this.#markColors[index] ?? '';
          for (let at = 0; at < times.length; at += 2) {
            const left = Math.max(chartArea.left, axis.getPixelForValue(times[at] ?? 0));
            const right = Math.min(chartArea.right, axis.getPixelForValue(times[at + 1] ?? 0));
            if (right < left) continue;
            ctx.fillRect(left, chartArea.bottom - MARK_HEIGHT, Math.max(1.5, right - left), MARK_HEIGHT);
          }
        });
        ctx.restore();
      },
    };
  }
}

const NOTHING = new Float64Array(0);

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
