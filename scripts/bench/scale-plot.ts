import { type ScaleCosts, type ScaleSeries, TICK_LIMIT_MS } from './scale.ts';

const PANEL = { width: 420, height: 250 };
const MARGIN = { left: 48, right: 16, top: 34, bottom: 40 };
const PLOT = {
  width: PANEL.width - MARGIN.left - MARGIN.right,
  height: PANEL.height - MARGIN.top - MARGIN.bottom,
};
const COLOURS = ['#1f6feb', '#bc4c00', '#1a7f37', '#8250df'];
const GREY = '#57606a';
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
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" font-family="sans-serif" font-size="11">`,
    `<title>CPU time of a tick in ms: median (dots), 99th percentile (rings), fitted line, limit (dashes)</title>`,
    `<rect width="${width}" height="${height}" fill="#ffffff"/>`,
    ...body,
    '</svg>',
    '',
  ].join('\n');
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
    text(MARGIN.left, 18, `CPU time of a tick, ms, by ${title}`, 'start', '#1f2328', true),
    ...ticks(highest).flatMap(ms => [
      line(MARGIN.left, y(ms), MARGIN.left + PLOT.width, y(ms), '#d0d7de'),
      text(MARGIN.left - 6, y(ms) + 4, String(ms), 'end'),
    ]),
    ...ticks(most).map(count => text(x(count), MARGIN.top + PLOT.height + 16, String(count), 'middle')),
    line(MARGIN.left, y(TICK_LIMIT_MS), MARGIN.left + PLOT.width, y(TICK_LIMIT_MS), '#cf222e', '5 4'),
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
      `<circle cx="${px(x(count))}" cy="${px(y(tick.median / US_PER_MS))}" r="3" fill="${colour}"/>`,
      `<circle cx="${px(x(count))}" cy="${px(y(tick.p99 / US_PER_MS))}" r="3" fill="none" stroke="${colour}"/>`,
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

function group(left: number, top: number, parts: readonly string[]): string {
  return [`<g transform="translate(${left} ${top})">`, ...parts, '</g>'].join('\n');
}

function line(x1: number, y1: number, x2: number, y2: number, colour: string, dashes = ''): string {
  const dash = dashes === '' ? '' : ` stroke-dasharray="${dashes}"`;
  return `<line x1="${px(x1)}" y1="${px(y1)}" x2="${px(x2)}" y2="${px(y2)}" stroke="${colour}"${dash}/>`;
}

function text(
  x: number,
  y: number,
  words: string,
  anchor: 'start' | 'middle' | 'end',
  colour = GREY,
  isBold = false,
): string {
  const bold = isBold ? ' font-weight="bold"' : '';
  const escaped = words.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
  return `<text x="${px(x)}" y="${px(y)}" text-anchor="${anchor}" fill="${colour}"${bold}>${escaped}</text>`;
}

function px(value: number): string {
  return String(Math.round(value * 10) / 10);
}
