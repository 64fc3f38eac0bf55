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
import { appearances, type Appearance } from './appearance.ts';
import { niceCeiling, timeLabel, timeTicks } from './axis.ts';
import type { ChartDefinition, LineDefinition } from './charts/definition.ts';
import { formatTick } from './format.ts';
import { WINDOW_MS, type SeriesRing } from './series.ts';
import { cssColor, type Theme } from './theme.ts';
import { nearestPoint, trace, type Point } from './trace.ts';

Chart.register(LineController, LineElement, PointElement, LinearScale, Filler);

/** Width of the vertical axis, the same on every chart so that their times line up. */
const AXIS_WIDTH = 44;

/** How far from the cursor a sample may be to be the one it points at, as a share of the width. */
const CURSOR_REACH = 1 / 100;

const SPAN_SECONDS = WINDOW_MS / 1000;

/** A line chart of the last ten minutes on a canvas. The only place that knows Chart.js. */
export class Plot {
  readonly #definition: ChartDefinition;
  readonly #points: readonly Point[][];
  readonly #chart: Chart<'line', Point[]>;
  #appearances: readonly Appearance[];
  #cursor: number | undefined;
  #cursorColor: string;

  /** @param canvas inside an element of its own, whose size it takes */
  constructor(canvas: HTMLCanvasElement, definition: ChartDefinition, theme: Theme) {
    this.#definition = definition;
    this.#points = definition.lines.map(() => []);
    this.#appearances = appearances(definition, theme);
    this.#cursorColor = cssColor(theme.muted);
    this.#chart = new Chart<'line', Point[]>(canvas, {
      type: 'line',
      data: { datasets: this.#datasets() },
      options: {
        animation: false,
        parsing: false,
        normalized: true,
        responsive: true,
        maintainAspectRatio: false,
        events: [],
        layout: { autoPadding: false, padding: { top: 8, right: 2 } },
        datasets: {
          line: { pointRadius: 0, spanGaps: false, borderJoinStyle: 'round', borderCapStyle: 'round' },
        },
        scales: {
          x: {
            type: 'linear',
            min: -SPAN_SECONDS,
            max: 0,
            border: { display: false },
            grid: { drawTicks: false },
            ticks: {
              align: 'inner',
              autoSkip: false,
              maxRotation: 0,
              padding: 6,
              callback: value => timeLabel(Number(value)),
            },
            // Labels stay inside, so the room that is kept for their overhang is not needed.
            afterFit: axis => {
              axis.paddingLeft = axis.paddingRight = 0;
            },
            afterBuildTicks: axis => {
              axis.ticks = timeTicks(SPAN_SECONDS, axis.chart.width - AXIS_WIDTH).map(value => ({ value }));
            },
          },
          y: {
            type: 'linear',
            min: 0,
            max: definition.range === 'percent' ? 100 : niceCeiling(0),
            border: { display: false },
            grid: { drawTicks: false },
            ticks: { padding: 8, callback: value => this.#yLabel(Number(value)) },
            afterBuildTicks: axis => {
              axis.ticks = [0, axis.max / 2, axis.max].map(value => ({ value }));
            },
            afterFit: axis => {
              axis.width = AXIS_WIDTH;
            },
          },
        },
      },
      plugins: [this.#cursorPlugin()],
    });
    this.setTheme(theme);
  }

  /** Draws in the colours of `theme`, with the data it has. */
  setTheme(theme: Theme): void {
    this.#appearances = appearances(this.#definition, theme);
    this.#cursorColor = cssColor(theme.muted);
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

  /**
   * Draws the last ten minutes.
   *
   * @param gaps of `ring`, see `gapsBefore`
   * @param isShown whether a line is there on this machine
   */
  draw(ring: SeriesRing, gaps: Uint8Array, now: number, isShown: (line: LineDefinition) => boolean): void {
    const window = { now, span: WINDOW_MS, width: Math.max(1, this.#chart.width - AXIS_WIDTH) };
    let highest = 0;
    this.#definition.lines.forEach((line, index) => {
      const points = this.#points[index] ?? [];
      trace(ring, ring.indexOf(line.id), gaps, window, points);
      for (const point of points) if (point.y > highest) highest = point.y;
      const dataset = this.#chart.data.datasets[index];
      if (dataset) dataset.hidden = !isShown(line);
    });
    if (this.#definition.range === 'adaptive') {
      const scale = this.#chart.options.scales?.['y'];
      if (scale) scale.max = niceCeiling(highest);
    }
    this.#chart.update('none');
  }

  /** Whether any line has a value in sight. */
  get hasData(): boolean {
    return this.#points.some(points => points.some(point => !Number.isNaN(point.y)));
  }

  /** Seconds before now at a distance from the canvas's left edge; `undefined` beside the plot. */
  secondsAt(offset: number): number | undefined {
    const seconds = this.#chart.scales['x']?.getValueForPixel(offset);
    return seconds !== undefined && seconds >= -SPAN_SECONDS && seconds <= 0 ? seconds : undefined;
  }

  /** What line `index` shows at a moment; `undefined` where it has a gap. */
  valueAt(index: number, seconds: number): number | undefined {
    const y = nearestPoint(this.#points[index] ?? [], seconds, SPAN_SECONDS * CURSOR_REACH)?.y;
    return y === undefined || Number.isNaN(y) ? undefined : y;
  }

  /** Marks a moment, in seconds before now; `undefined` for none. */
  setCursor(seconds: number | undefined): void {
    if (seconds === this.#cursor) return;
    this.#cursor = seconds;
    this.#chart.draw();
  }

  /** Frees the canvas. */
  dispose(): void {
    this.#chart.destroy();
  }

  #datasets(): ChartDataset<'line', Point[]>[] {
    return this.#points.map((data, index) => ({ data, ...this.#style(index) }));
  }

  #style(index: number): Partial<ChartDataset<'line', Point[]>> {
    const { lines } = this.#definition;
    const look = this.#appearances[index];
    if (!look) return {};
    const other = lines.findIndex(line => line.id === lines[index]?.fillTo);
    return {
      borderColor: look.color,
      borderWidth: look.width,
      borderDash: [...look.dash],
      fill: look.area === undefined ? false : other >= 0 ? other : 'origin',
      backgroundColor: look.area ?? 'transparent',
    };
  }

  #yLabel(value: number): string {
    return this.#definition.range === 'percent' ? `${formatTick(value)}\u00a0%` : formatTick(value);
  }

  #cursorPlugin(): Plugin<'line'> {
    return {
      id: 'cursor',
      afterDatasetsDraw: chart => {
        const { ctx, chartArea, scales } = chart;
        if (this.#cursor === undefined || !scales['x'] || !scales['y']) return;
        const x = scales['x'].getPixelForValue(this.#cursor);
        ctx.save();
        ctx.strokeStyle = this.#cursorColor;
        ctx.lineWidth = 1;
        ctx.beginPath();
        ctx.moveTo(x, chartArea.top);
        ctx.lineTo(x, chartArea.bottom);
        ctx.stroke();
        for (const [index, look] of this.#appearances.entries()) {
          const value = this.valueAt(index, this.#cursor);
          if (value === undefined || !chart.isDatasetVisible(index)) continue;
          ctx.fillStyle = look.color;
          ctx.beginPath();
          ctx.arc(x, scales['y'].getPixelForValue(value), look.width + 1.5, 0, 2 * Math.PI);
          ctx.fill();
        }
        ctx.restore();
      },
    };
  }
}
