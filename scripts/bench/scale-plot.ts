import { type ScaleCosts, type ScaleSeries, TICK_LIMIT_MS } from './scale.ts';
import { COLOURS, dot, GREY, group, INK, line, picture, RED, ring, RULE, text } from './svg.ts';

const PANEL = { width: 420, height: 250 };
const MARGIN = { left: 48, right: 16, top: 34, bottom: 40 };
const PLOT = {
  width: PANEL.width - MARGIN.left - MARGIN.right,
  height: PANEL.height - MARGIN.top - MARGIN.bottom,
};
const US_PER_MS = 1000;

/** One panel: the series of one kind of hardware over the same axis. */
interface Panel {
  readonly title: string;
  readonly series: readonly ScaleSeries[];
}

/**
 * Draws the CPU time of a tick over the number of cores, GPUs, disks and interfaces as SVG: medians, the fitted line, the
 * 99th percentiles as rings, and the limit.
 */
export function plotScale({ series }: ScaleCosts): string {
  const panels = panelsOf(series);
  const width = 2 * PANEL.width;
  const height = Math.ceil(panels.length / 2) * PANEL.height;
  const body = panels.map((panel, i) =>
    group((i % 2) * PANEL.width, Math.floor(i / 2) * PANEL.height, drawPanel(panel)),
  );
  const title =
    'CPU time of a tick in ms: median (dots), 99th percentile (rings), fitted line, limit (dashes)';
  return picture(width, height, title, body);
}

/** Series whose names begin with the same word share a panel. */
function panelsOf(series: readonly ScaleSeries[]): Panel[] {
  const kinds = new Map<string, ScaleSeries[]>();
  for (const one of series) {
    const kind = firstWord(one.name);
    kinds.set(kind, [...(kinds.get(kind) ?? []), one]);
  }
  return [...kinds].map(([title, of]) => ({ title, series: of }));
}

function firstWord(name: string): string {
  return name.replace(/[ ,].*/, '');
}

function drawPanel({ title, series }: Panel): string[] {
  const most = Math.max(...series.flatMap(({ points }) => points.map(({ count }) => count)));
  const highest = Math.max(
    TICK_LIMIT_MS * 1.1,
    ...series.flatMap(({ points }) => points.map(({ tick }) => tick.p99 / US_PER_MS)),
  );
  const x = (count: number): number => MARGIN.left + (PLOT.width * count) / most;
  const y = (ms: number): number => MARGIN.top + PLOT.height * (1 - ms / highest);
  return [
    text(MARGIN.left, 18, `CPU time of a tick, ms, by ${title}`, 'start', INK, true),
    ...ticks(highest).flatMap(ms => [
      line(MARGIN.left, y(ms), MARGIN.left + PLOT.width, y(ms), RULE),
      text(MARGIN.left - 6, y(ms) + 4, String(ms), 'end'),
    ]),
    ...ticks(most).map(count => text(x(count), MARGIN.top + PLOT.height + 16, String(count), 'middle')),
    line(MARGIN.left, y(TICK_LIMIT_MS), MARGIN.left + PLOT.width, y(TICK_LIMIT_MS), RED, '5 4'),
    ...series.flatMap((one, i) => drawSeries(one, COLOURS[i % COLOURS.length] ?? GREY, i, x, y)),
  ];
}

function drawSeries(
  { name, points, line: fit }: ScaleSeries,
  colour: string,
  row: number,
  x: (count: number) => number,
  y: (ms: number) => number,
): string[] {
  const at = (count: number): number => (fit.intercept + fit.slope * count) / US_PER_MS;
  const [first = 0, last = 0] = [points.at(0)?.count, points.at(-1)?.count];
  const label = `${name}: ${fit.slope.toFixed(2)} µs each, R² ${fit.rSquared.toFixed(3)}`;
  return [
    line(x(first), y(at(first)), x(last), y(at(last)), colour),
    ...points.flatMap(({ count, tick }) => [
      dot(x(count), y(tick.median / US_PER_MS), 3, colour),
      ring(x(count), y(tick.p99 / US_PER_MS), 3, colour),
    ]),
    text(MARGIN.left + 8, y(TICK_LIMIT_MS) + 16 + 15 * row, label, 'start', colour),
  ];
}

/** Round numbers from 0 up to `most`, four to eight of them. */
export function ticks(most: number): number[] {
  const power = 10 ** Math.floor(Math.log10(most / 4));
  const step = [1, 2, 2.5, 5, 10].map(factor => factor * power).find(size => most / size <= 8) ?? 10 * power;
  return Array.from({ length: Math.floor(most / step) + 1 }, (_, i) => Number((i * step).toPrecision(3)));
}
