import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { Frame } from 'playwright-core';
import { DIST } from '../../../scripts/lib/paths.mjs';
import { FakeNvml } from '../../fixtures/nvml/fake-nvml.ts';
import { startHost, type VsCodeHost } from '../harness/host.ts';
import { until } from '../harness/until.ts';
import type { VsCodeWindow } from '../harness/window.ts';
import { ClusterNode } from './cluster-node.ts';
import { writeDays } from './days.ts';
import { speakGerman } from './german.ts';
import { MixedLoad } from './mixed-load.ts';
import { live, scrollTo, STATUS, type Studio } from './studio.ts';
import { takeUploads } from './uploads.ts';

/** The span that the dashboard shows until it is told otherwise. */
const LIVE_MS = 300_000;
/** For how long nothing but compiling is done, which is told after some seconds, before there is more. */
const COMPILING_MS = 60_000;
const DAYS = 3;
/** For the past to be read and drawn. */
const DRAWN_MS = 5_000;

/** Pictures that are taken of one VS Code. */
export interface Scene {
  readonly pictures: readonly string[];
  readonly take: (studio: Studio) => Promise<void>;
}

export const SCENES: readonly Scene[] = [
  { pictures: ['first-run'], take: takeFirstRun },
  { pictures: ['eight-gpus', '512-cores'], take: takeClusterNode },
  { pictures: ['upload-preview', 'upload-consent', 'upload-status'], take: takeUploads },
  {
    pictures: [
      ...['dashboard', 'status-bar', 'light', 'high-contrast', 'narrow', 'german'],
      ...['24-hours', 'sessions', 'compare', 'layout', 'sampler-down'],
    ],
    take: takeWork,
  },
];

/** A machine on which there has never been a sampler. */
async function takeFirstRun(studio: Studio): Promise<void> {
  const host = await startHost();
  try {
    const window = await studio.open(host);
    await studio.fit(window, await studio.dashboard(window), '[data-chart="cpu"]');
    await studio.take('first-run', window);
  } finally {
    await host.stop();
  }
}

/** The real sampler on the tree of a large machine and on a stand-in of the driver's library. */
async function takeClusterNode(studio: Studio): Promise<void> {
  const root = fs.mkdtempSync(path.join(os.tmpdir(), 'om-cluster-'));
  const fake = new FakeNvml();
  const node = new ClusterNode(root, fake);
  const clock = setInterval(() => {
    node.pass();
  }, 1000);
  const host = await startHost({ env: { OPTIMETRICS_SYSROOT: root, OPTIMETRICS_NVML: fake.library } });
  try {
    const window = await studio.open(host, { width: 1400, height: 1000 });
    await live(window, ({ text }) => text.includes('GPU×8'));
    const dashboard = await studio.dashboard(window);
    // The cores of so large a machine are read while they are looked at.
    await studio.fit(window, dashboard, '[data-chart="cores"]');
    await delay(LIVE_MS);
    await studio.fit(window, dashboard, '[data-chart="cores"]');
    await studio.take('512-cores', window);
    await scrollTo(dashboard, '[data-chart="gpu4"]');
    await studio.fit(window, dashboard, '[data-chart="gpu7"]');
    await studio.take('eight-gpus', window);
  } finally {
    clearInterval(clock);
    await host.stop();
    fake.dispose();
    fs.rmSync(root, { recursive: true });
  }
}

/** This machine at work, after days that were recorded. */
async function takeWork(studio: Studio): Promise<void> {
  const host = await startHost();
  const load = new MixedLoad(path.join(host.root, 'load'));
  try {
    writeDays({
      logDirectory: host.logDirectory,
      workloadDirectory: path.join(host.root, 'data', 'optimetrics', 'workload'),
      hardwareId: hardwareIdOf(host),
      days: DAYS,
      now: Date.now(),
    });
    if (studio.wants('dashboard', 'status-bar', 'light', 'high-contrast', 'narrow', 'german'))
      await takeLive(studio, host, load);
    await load.stop();
    // Without a window the sampler would end between two pictures, and its answers with it.
    await studio.open(host);
    await takePast(studio, host);
    await takeDown(studio, host);
  } finally {
    await load.stop();
    await host.stop();
  }
}

async function takeLive(studio: Studio, host: VsCodeHost, load: MixedLoad): Promise<void> {
  const began = Date.now();
  load.compile();
  const first = await studio.open(host);
  await delay(COMPILING_MS);
  if (studio.wants('status-bar')) await takeTooltip(studio, first);
  await load.addOthers();
  await delay(Math.max(0, began + LIVE_MS - Date.now()));
  if (studio.wants('dashboard')) {
    await studio.fit(first, await studio.dashboard(first), '[data-chart="memory"]');
    await studio.take('dashboard', first);
  }
  for (const theme of ['light', 'high contrast'] as const) {
    const name = theme.replace(' ', '-');
    if (!studio.wants(name)) continue;
    const window = await studio.open(host, { theme });
    await studio.fit(window, await studio.dashboard(window), '[data-chart="memory"]');
    await studio.take(name, window);
    await window.close();
  }
  if (studio.wants('narrow')) await takeNarrow(studio, host);
  if (studio.wants('german')) {
    const stop = speakGerman(host);
    const window = await studio.open(host, { locale: 'de-DE' });
    stop();
    await studio.fit(
      window,
      await studio.dashboard(window, 'OptiMetrics: Dashboard öffnen'),
      '[data-chart="memory"]',
    );
    await studio.take('german', window);
    await window.close();
  }
}

/** The item in the status bar with its tooltip, without the rest of the window. */
async function takeTooltip(studio: Studio, window: VsCodeWindow): Promise<void> {
  const tooltip = window.page.locator('.monaco-hover:visible').last();
  await until('a tooltip with a workload that stays for a moment', async () => {
    if (!/sure|Unknown/.test(await window.statusTooltip(STATUS))) return undefined;
    const box = await tooltip.boundingBox();
    const size = window.page.viewportSize();
    if (!box || !size) return undefined;
    const x = Math.max(0, box.x - 40);
    const y = Math.max(0, box.y - 16);
    await studio.take('status-bar', window, { x, y, width: size.width - x, height: size.height - y }, 0);
    // One with new values has closed it.
    return await tooltip.isVisible();
  });
  await window.page.mouse.move(300, 300);
}

/** The dashboard in 320 pixels, as beside an editor. */
async function takeNarrow(studio: Studio, host: VsCodeHost): Promise<void> {
  const window = await studio.open(host, { width: 500, height: 1500 });
  const dashboard = await studio.dashboard(window);
  const width = await dashboard.evaluate(() => innerWidth);
  await window.page.setViewportSize({ width: 500 - width + 320, height: 1500 });
  await until('320 pixels', async () => (await dashboard.evaluate(() => innerWidth)) === 320);
  await studio.take('narrow', window, await studio.webviewPart(dashboard));
  await window.close();
}

/** What the log has of the days before. */
async function takePast(studio: Studio, host: VsCodeHost): Promise<void> {
  if (!studio.wants('24-hours', 'sessions', 'compare', 'layout')) return;
  const window = await studio.open(host);
  const dashboard = await studio.dashboard(window);
  await choose(dashboard, '24h');
  await studio.fit(window, dashboard, '[data-chart="memory"]');
  await studio.take('24-hours', window);
  await dashboard.locator('.compare-bar select').selectOption('1');
  await until(
    'the day before',
    async () => (await dashboard.locator('[data-chart="cpu"] .entry .under').count()) > 0,
  );
  await scrollTo(dashboard, '[data-chart="cpu"]');
  await studio.take('compare', window);
  await dashboard.locator('.compare-bar select').selectOption('none');
  if (studio.wants('sessions')) {
    await scrollTo(dashboard, '.sessions');
    const table = dashboard.locator('.sessions-table');
    await table.locator('tbody tr').nth(2).waitFor({ timeout: 60_000 });
    // The longest first.
    await table.getByRole('button', { name: 'Length' }).click();
    for (const kind of ['AI training', 'CAD and 3D modelling'])
      await table.locator('tbody tr', { hasText: kind }).first().locator('input').click();
    await dashboard.locator('.pair-charts .pane:not([hidden])').first().waitFor();
    await scrollTo(dashboard, '.sessions');
    await studio.fit(window, dashboard, '.sessions');
    await scrollTo(dashboard, '.sessions');
    await studio.take('sessions', window);
  }
  if (studio.wants('layout')) {
    await dashboard.evaluate(() => {
      document.documentElement.scrollTop = 0;
    });
    await dashboard.locator('.arrange').click();
    await studio.take('layout', window);
  }
  await window.close();
}

async function choose(dashboard: Frame, range: string): Promise<void> {
  await dashboard.locator(`[data-range="${range}"]`).click();
  await until('it to be read', async () =>
    (await dashboard.locator('.loading').getAttribute('class'))?.includes('idle'),
  );
}

/** The sampler was killed, and its file is gone: it does not come back. */
async function takeDown(studio: Studio, host: VsCodeHost): Promise<void> {
  if (!studio.wants('sampler-down')) return;
  const window = await studio.open(host);
  const dashboard = await studio.dashboard(window);
  await choose(dashboard, '15m');
  await delay(DRAWN_MS);
  const [sampler] = host.samplers();
  const extensions = path.join(host.serverFolder, 'extensions');
  const file = fs
    .readdirSync(extensions)
    .map(name => path.join(extensions, name, 'dist', 'sampler.js'))
    .find(name => fs.existsSync(name));
  if (!sampler || file === undefined) throw new Error('there is no sampler to kill');
  fs.rmSync(file);
  process.kill(sampler.pid, 'SIGKILL');
  await window.waitForStatus(STATUS, ({ kind }) => kind === 'warning');
  await window.statusTooltip(STATUS);
  await studio.take('sampler-down', window);
}

/** The hardware id of this machine, as the sampler of this host has it. */
function hardwareIdOf(host: VsCodeHost): string {
  const text = execFileSync(process.execPath, [path.join(DIST, 'cli.js'), 'sample', '--json'], {
    env: { ...host.env },
    encoding: 'utf8',
  });
  return (JSON.parse(text) as { readonly hardware_id: string }).hardware_id;
}
