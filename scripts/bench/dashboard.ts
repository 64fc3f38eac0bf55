import { mkdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { Browser } from 'playwright-core';
import { launchChromium } from '../lib/chromium.mjs';
import { step } from '../lib/terminal.mjs';
import { BrowserMeter, type BrowserUse } from './browser-use.ts';
import { DashboardPage } from './dashboard-page.ts';
import { measureInVsCode, type VsCodeOpening } from './dashboard-vscode.ts';
import { fakeNvml } from './fake-nvml.ts';
import { generateLogs } from './history-logs.ts';
import { untilPainted } from './page-probe.ts';
import { summarize, type Summary } from './statistics.ts';
import { WatchedMachine } from './watched-machine.ts';
import { measureZoom, type ZoomRate } from './zoom-rate.ts';

/** Aims: until the first chart is painted, ms; CPU of the renderer while the dashboard is in sight, % of a core. */
export const DASHBOARD_AIMS = { liveMs: 400, longMs: 1500, rendererPercent: 2 } as const;

const DAYS = 30;
const OPENINGS = 5;
/** A page as wide as an editor on a wide screen, and high enough for eight charts to be in sight. */
const SIZE = { width: 1400, height: 1300 };
/** Until code is compiled and the sampler has told all that it tells at first. */
const SETTLE_MS = 12_000;
/** How often memory is looked at, and the ticks between two looks. */
const LOOKS = 4;
const TICKS = 900;

/** How long it takes to see something. */
export interface Opening {
  readonly name: string;
  /** Until a chart has been painted with data in it, and until nothing more was being read for it, in ms. */
  readonly first: Summary;
  readonly all: Summary;
}

/** CPU of a page in sight for some time. */
export interface PageUse {
  readonly name: string;
  readonly use: BrowserUse;
}

/** Memory of a page that has seen so many ticks. */
export interface PageMemory {
  readonly ticks: number;
  readonly heapMib: number;
  readonly privateMib: number;
}

/** What the dashboard costs. */
export interface DashboardCosts {
  readonly openings: readonly Opening[];
  readonly inVsCode?: readonly VsCodeOpening[];
  readonly charts: number;
  readonly seconds: number;
  readonly uses: readonly PageUse[];
  readonly memory: readonly PageMemory[];
  readonly zoom: readonly ZoomRate[];
  readonly notes: readonly string[];
}

/** Measures the dashboard in Chromium and in VS Code. Takes about ten minutes. */
export async function measureDashboard(folder: string, seconds: number): Promise<DashboardCosts> {
  const logs = path.join(folder, 'data', 'optimetrics', 'logs');
  mkdirSync(path.join(folder, 'run'), { recursive: true, mode: 0o700 });
  await step(`Generating ${DAYS} days of logs`, () => Promise.resolve(generateLogs(logs, DAYS, Date.now())));
  const nvml = await fakeNvml();
  // The sampler is started by this process, as a window starts it.
  Object.assign(process.env, nvml.env);
  const machine = await step('Starting the sampler', () => WatchedMachine.start(folder));
  try {
    await machine.source.range(
      { ...spanBack(DAYS), points: 100 },
      () => undefined,
      AbortSignal.timeout(600_000),
    );
    const openings = await step('Opening dashboards', () => measureOpenings(machine));
    const { charts, uses } = await step(`Watching dashboards for ${seconds} s`, () =>
      measureUses(machine, seconds),
    );
    const memory = await step('An hour of a dashboard, fast', () => measureMemory(machine));
    const zoom = await step('Zooming', () => onPage(machine, '24h', page => measureZoom(page)));
    await machine.end();
    const inVsCode = await measureInVsCode(folder);
    return {
      openings,
      ...inVsCode,
      charts,
      seconds,
      uses,
      memory,
      zoom,
      notes: [nvml.note, ...inVsCode.notes],
    };
  } finally {
    for (const name of Object.keys(nvml.env)) Reflect.deleteProperty(process.env, name);
    await machine.end();
    rmSync(path.join(folder, 'run'), { recursive: true, force: true });
  }
}

function spanBack(days: number): { from: number; to: number } {
  const to = Date.now();
  return { from: to - days * 86_400_000, to };
}

/** What a dashboard saves that shows a preset. */
function showing(preset: string, lengthMs: number): unknown {
  return { choice: { kind: 'following', preset, lengthMs } };
}

const SPANS = {
  '5m': 300_000,
  '24h': 86_400_000,
  '30d': 30 * 86_400_000,
} as const;

async function measureOpenings(machine: WatchedMachine): Promise<Opening[]> {
  const browser = await launchChromium();
  const openings: Opening[] = [];
  for (const [preset, ms] of Object.entries(SPANS)) {
    const first: number[] = [];
    const all: number[] = [];
    for (let round = 0; round < OPENINGS; round++) {
      const state = showing(preset, ms);
      const page = await DashboardPage.open(browser, machine, { ...SIZE, state, isProbed: true });
      const beganAt = await page.beganAt();
      const painted = await untilPainted(preset, () => page.painted());
      first.push(painted.first - beganAt);
      all.push(painted.all - beganAt);
      await page.close();
    }
    openings.push({ name: preset, first: summarize(first), all: summarize(all) });
  }
  await browser.close();
  return openings;
}

/** Pages side by side, each in a browser of its own. */
async function measureUses(
  machine: WatchedMachine,
  seconds: number,
): Promise<{ charts: number; uses: PageUse[] }> {
  const browsers: Browser[] = [];
  const launch = async (flags: readonly string[] = []): Promise<Browser> => {
    const browser = await launchChromium(flags);
    browsers.push(browser);
    return browser;
  };
  const [still, drawing, live, hidden] = [await launch(), await launch(), await launch(), await launch()];
  const blank = await still.newPage({ viewport: SIZE });
  await blank.setContent('<p>Nothing moves here.</p>');
  const canvas = await drawing.newPage({ viewport: SIZE });
  await canvas.setContent('<canvas width="600" height="150"></canvas>');
  await canvas.evaluate(drawEachSecond);
  const page = await DashboardPage.open(live, machine, SIZE);
  const other = await DashboardPage.open(hidden, machine, SIZE);
  await hide(other);
  await delay(SETTLE_MS);
  const charts = await page.charts();
  const named = [
    ['an empty page', still],
    ['a page with one canvas, one line drawn each second', drawing],
    [`the dashboard, ${charts} charts in sight`, live],
    ['the dashboard, hidden', hidden],
  ] as const;
  const meters = await Promise.all(
    named.map(async ([name, browser]) => ({ name, meter: await BrowserMeter.of(browser) })),
  );
  for (const { meter } of meters) meter.begin();
  await delay(seconds * 1000);
  const uses = meters.map(({ name, meter }) => ({ name, use: meter.result() }));
  await Promise.all([page.close(), other.close()]);
  for (const browser of browsers) await browser.close();
  return { charts, uses };
}

/** What the least dashboard would do. Runs in the page. */
function drawEachSecond(): void {
  const context = document.querySelector('canvas')?.getContext('2d');
  if (!context) return;
  setInterval(() => {
    requestAnimationFrame(now => {
      context.clearRect(0, 0, 600, 150);
      context.beginPath();
      for (let x = 0; x < 300; x++) context.lineTo(2 * x, 75 + 60 * Math.sin(now / 5000 + x / 20));
      context.stroke();
    });
  }, 1000);
}

/** Tells the page that nobody can see it, as the browser does with one behind another; without a screen, none ever is. */
async function hide(dashboard: DashboardPage): Promise<void> {
  await dashboard.page.evaluate(() => {
    Object.defineProperty(document, 'hidden', { value: true });
    document.dispatchEvent(new Event('visibilitychange'));
  });
}

/** An hour of ticks, as fast as the page takes them. */
async function measureMemory(machine: WatchedMachine): Promise<PageMemory[]> {
  const browser = await launchChromium();
  const page = await DashboardPage.open(browser, machine, SIZE);
  await delay(SETTLE_MS / 4);
  const meter = await BrowserMeter.of(browser);
  const looks: PageMemory[] = [];
  const { frame } = machine.source;
  const look = async (ticks: number): Promise<void> => {
    looks.push({ ticks, heapMib: await page.heapMib(), privateMib: meter.privateMib });
  };
  await look(0);
  for (let at = 1; frame && at <= LOOKS * TICKS; at++) {
    const values = frame.values.map(value => value && value * (0.5 + ((at * 7919) % 1000) / 1000));
    await page.post({ type: 'frame', frame: { ...frame, seq: at, utcMs: frame.utcMs + 1000 * at, values } });
    if (at % TICKS === 0) await look(at);
  }
  await page.close();
  await browser.close();
  return looks;
}

async function onPage<T>(
  machine: WatchedMachine,
  preset: keyof typeof SPANS,
  measure: (page: DashboardPage) => Promise<T>,
): Promise<T> {
  const browser = await launchChromium();
  const state = showing(preset, SPANS[preset]);
  const page = await DashboardPage.open(browser, machine, { ...SIZE, state, isProbed: true });
  await untilPainted(preset, () => page.painted());
  const result = await measure(page);
  await page.close();
  await browser.close();
  return result;
}
