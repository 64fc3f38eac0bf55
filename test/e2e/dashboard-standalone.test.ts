import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { Browser } from 'playwright-core';
import { MOST_CORE_LINES, type CoreChoice } from '../../src/common/arrangement.ts';
import type { DashboardStatus, HostMessage, WebviewMessage } from '../../src/common/dashboard.ts';
import type { WorkloadMessage } from '../../src/common/protocol.ts';
import { CATEGORIES, type Classification } from '../../src/common/workload.ts';
import { bundleDashboard, StandalonePage, type DashboardBundle } from '../webview/support/standalone-page.ts';
import { START_MS, SyntheticMachine, type SyntheticOptions } from '../webview/support/synthetic.ts';
import { normalize } from '../webview/support/text.ts';
import { THEMES, type ThemeName } from '../webview/support/themes.ts';
import { launchChromium } from './harness/chromium.ts';

/** Newest tick of the past that pages are given. */
const LAST = 640;

/** How the value of tick `tick` reads for a metric of one decimal. */
const percent = (machine: SyntheticMachine, column: string, tick: number): string =>
  `${(machine.value(column, tick) ?? Number.NaN).toFixed(1)} %`;

/** Class of a tick of the machine. */
function classAt(tick: number): string {
  if (tick < 240) return 'idle';
  if (tick < 300) return '';
  return tick < 520 ? 'unknown' : 'coding_development';
}

const CODING: Classification = {
  category: 'coding_development',
  confidence: 0.824,
  sinceMs: START_MS + 520_000,
  runnerUp: { category: 'idle', confidence: 0.11 },
  reasons: ['CPU 40 %', 'no encoder', 'disk writes in bursts'],
  probabilities: { coding_development: 0.824, idle: 0.11, ai_training: 0.003 },
};
const WORKLOAD: WorkloadMessage = {
  current: CODING,
  categories: ['coding_development', 'idle', 'ai_training'],
  times: {
    atMs: START_MS + LAST * 1000,
    today: { coding_development: 4_810, ai_training: 130 },
    week: { coding_development: 40_810, idle: 18_000, ai_training: 130 },
  },
};

let browser: Browser;
let bundle: DashboardBundle;

before(async () => {
  [browser, bundle] = await Promise.all([launchChromium(), bundleDashboard()]);
});
after(async () => {
  await browser.close();
});

interface Opened {
  readonly dashboard: StandalonePage;
  readonly machine: SyntheticMachine;
}

type OpenOptions = SyntheticOptions & {
  readonly theme?: ThemeName;
  readonly width?: number;
  readonly height?: number;
  /** Cores that have lines; none unless given. */
  readonly coreChoice?: CoreChoice;
  readonly status?: DashboardStatus;
  /** What was shown before the page was opened; 15 minutes unless given. */
  readonly choice?: unknown;
  readonly missing?: (tick: number) => boolean;
  readonly workload?: WorkloadMessage;
};

const LIVE = { kind: 'following', preset: '15m', lengthMs: 900_000 };
/** Ticks that the pages show. */
const SHOWN = 900;

const STATUS: DashboardStatus = { adapters: [], intervalSeconds: 1 };

const syncOf = (machine: SyntheticMachine): Extract<HostMessage, { type: 'sync' }> => ({
  type: 'sync',
  layout: machine.layout,
  frame: null,
  state: 'running',
  detail: '',
  machine: 'this machine',
  status: STATUS,
  usage: { cpuPercent: 0.08, rssMb: 47.3, seconds: 10 },
  workload: null,
});

/** Opens a page and brings it to where a user finds it after a second: the past drawn, one live frame after it. */
async function open(options: OpenOptions = {}): Promise<Opened> {
  const machine = new SyntheticMachine(options);
  const dashboard = await StandalonePage.open(browser, bundle, {
    ...options,
    state: {
      arrangement: { places: [], cores: options.coreChoice ?? 'none' },
      choice: options.choice ?? LIVE,
    },
  });
  await dashboard.send({
    ...syncOf(machine),
    frame: machine.frame(LAST),
    status: options.status ?? STATUS,
    workload: options.workload ?? null,
  });
  await answerRange(dashboard, machine, options.missing);
  await dashboard.send({ type: 'frame', frame: machine.frame(LAST + 1) });
  await showsValue(dashboard, 'cpu', 'CPU', percent(machine, 'total_utilization', LAST + 1));
  return { dashboard, machine };
}

type RangeRequest = Extract<WebviewMessage, { type: 'range' }>;

/** Waits for a request after the one with a number, and answers it. */
async function answerRange(
  dashboard: StandalonePage,
  machine: SyntheticMachine,
  missing?: (tick: number) => boolean,
  after = 0,
): Promise<RangeRequest> {
  const asked = await dashboard.rangeRequest(after);
  const { request } = asked;
  const { chunk, result } = machine.range(asked, LAST, missing);
  await dashboard.send({ type: 'rangeChunk', request, chunk }, { type: 'rangeDone', request, result });
  return asked;
}

/** Waits until `probe` gives what is expected, and fails with what it gave last. */
async function eventually<T>(expected: T, probe: () => Promise<T>): Promise<void> {
  const deadline = Date.now() + 20_000;
  for (;;) {
    const actual = await probe();
    try {
      assert.deepEqual(actual, expected);
      return;
    } catch (error) {
      if (Date.now() > deadline) throw error;
    }
    await new Promise(resolve => setTimeout(resolve, 50));
  }
}

async function showsValue(
  dashboard: StandalonePage,
  card: string,
  title: string,
  text: string | undefined,
): Promise<void> {
  await eventually(text, () => dashboard.value(card, title));
}

async function bannerText(dashboard: StandalonePage): Promise<string> {
  return (await dashboard.page.locator('.banner:not([hidden])').allInnerTexts())
    .join('|')
    .replaceAll(/\s+/g, ' ');
}

async function finish({ dashboard }: Opened): Promise<void> {
  assert.deepEqual(await dashboard.violations(), []);
  assert.deepEqual(dashboard.problems, []);
  await dashboard.close();
}

const inked = (columns: readonly boolean[]): number => columns.filter(Boolean).length / columns.length;

describe('dashboard in a page of its own', { timeout: 180_000 }, () => {
  test('asks for the past, then draws every chart and shows every value', async () => {
    const opened = await open({ gpus: 1, disks: 2 });
    const { dashboard, machine } = opened;
    const posted = await dashboard.posted();
    assert.deepEqual(posted[0], { type: 'ready' });
    assert.deepEqual(
      posted.map(({ type }) => type),
      ['ready', 'watchCores', 'range'],
    );
    for (const [chart, color] of [
      ['cpu', 'charts-blue'],
      ['memory', 'charts-purple'],
      ['gpu0', 'charts-green'],
      ['disk', 'charts-green'],
      ['network', 'charts-blue'],
    ] as const) {
      await dashboard.page.locator(`[data-pane="${chart}"]`).scrollIntoViewIfNeeded();
      await eventually(true, async () => inked(await dashboard.inkColumns(chart, color)) > 0.8);
    }
    assert.equal(await dashboard.value('memory', 'Memory'), percent(machine, 'ram_percent', LAST + 1));
    assert.equal(await dashboard.value('memory', 'I/O pressure'), percent(machine, 'io_pressure', LAST + 1));
    assert.equal(
      await dashboard.value('gpu0', 'GPU 0'),
      `${String(machine.value('gpu0_utilization', LAST + 1))} %`,
    );
    assert.match((await dashboard.value('disk', 'Write')) ?? '', /MB\/s$/);
    assert.match((await dashboard.value('network', 'In')) ?? '', /Mbit\/s$/);
    assert.equal(normalize(await dashboard.page.locator('.status').innerText()), 'Live, 15 min');
    assert.equal(await dashboard.tile('total_utilization'), percent(machine, 'total_utilization', LAST + 1));
    await dashboard.screenshot('dark');
    await finish(opened);
  });

  test('follows the frames', async () => {
    const opened = await open();
    for (let tick = LAST + 2; tick < LAST + 6; tick++) {
      await opened.dashboard.send({ type: 'frame', frame: opened.machine.frame(tick) });
    }
    await showsValue(opened.dashboard, 'cpu', 'CPU', percent(opened.machine, 'total_utilization', LAST + 5));
    await finish(opened);
  });

  test('missing samples are a gap in every line and its area', async () => {
    const opened = await open({ missing: tick => tick > 300 && tick <= 400 });
    const columns = await opened.dashboard.inkColumns('cpu', 'charts-blue');
    // Ticks 301 to 400 of the last 15 minutes.
    const at = (tick: number): number => Math.round(((tick - (LAST + 1 - SHOWN)) / SHOWN) * columns.length);
    assert.equal(columns.slice(at(310), at(392)).filter(Boolean).length, 0);
    assert.ok(inked(columns.slice(0, at(290))) > 0.9);
    assert.ok(inked(columns.slice(at(410))) > 0.9);
    await opened.dashboard.screenshot('gap');
    await finish(opened);
  });

  test('a chart for each GPU: none, one, eight', async () => {
    for (const gpus of [0, 1, 8]) {
      const opened = await open({ gpus, width: 1600, height: 1050 });
      const charts = opened.dashboard.page.locator('[data-chart^="gpu"]');
      assert.equal(await charts.count(), gpus);
      for (let gpu = 0; gpu < gpus; gpu++) {
        const chart = `gpu${String(gpu)}`;
        await opened.dashboard.page.locator(`[data-pane="${chart}"]`).scrollIntoViewIfNeeded();
        await eventually(
          true,
          async () => inked(await opened.dashboard.inkColumns(chart, 'charts-green')) > 0.8,
        );
        assert.equal(
          await opened.dashboard.value(chart, `GPU ${String(gpu)}`),
          `${String(opened.machine.value(`${chart}_utilization`, LAST + 1))} %`,
        );
      }
      if (gpus === 8) await opened.dashboard.screenshot('eight-gpus');
      await finish(opened);
    }
  });

  test('says in words why there is no value, and leaves out what the system does not have', async () => {
    const opened = await open({
      status: {
        ...STATUS,
        adapters: [
          {
            name: 'cpu',
            group: 'cpu',
            state: 'ok',
            detail: 'proc',
            limitations: [{ what: 'CPU power', why: 'only root may read it', remedy: 'chgrp GROUP' }],
          },
        ],
      },
      absent: {
        temperature: 'unsupported',
        power_watts: 'denied',
        disk_0_percent: 'failed',
        gpu0_utilization: 'asleep',
        gpu0_vram_percent: 'asleep',
        gpu0_memory_utilization: 'asleep',
        gpu0_power_watts: 'asleep',
        memory_pressure: 'unsupported',
      },
    });
    const { dashboard } = opened;
    assert.equal(await dashboard.value('cpu-thermal', 'Temperature'), 'unsupported');
    assert.equal(await dashboard.value('cpu-thermal', 'Power'), 'denied');
    assert.equal(await dashboard.value('disk', 'Disk 0'), 'failed');
    assert.equal(await dashboard.value('gpu0', 'GPU 0'), 'asleep');
    assert.equal(await dashboard.value('gpu0', 'Power'), 'asleep');
    assert.equal(await dashboard.value('memory', 'Memory pressure'), undefined);
    // The tile says why, and how to change it; so does the list of all that is not read.
    assert.equal(await dashboard.tile('power_watts'), 'denied');
    const why = dashboard.page.locator('[data-tile=power_watts] .why');
    assert.equal(await why.innerText(), 'only root may read it → chgrp GROUP');
    const list = dashboard.page.locator('.not-read');
    await list.locator('summary').click();
    assert.match(await list.locator('dl').innerText(), /CPU power\s+only root may read it → chgrp GROUP/);
    const note = dashboard.page.locator('[data-pane=gpu0] .note');
    await dashboard.page.locator('[data-pane=gpu0]').scrollIntoViewIfNeeded();
    await eventually(true, async () => (await note.innerText()).includes('sleeps'));
    assert.equal(await dashboard.page.locator('[data-pane=cpu] .note').isVisible(), false);
    await dashboard.screenshot('absent');
    await finish(opened);
  });

  test('takes the colours of each theme, also while it is open', async () => {
    const opened = await open({ cores: 4, coreChoice: 'all' });
    const { dashboard, machine } = opened;
    for (const theme of ['light', 'high-contrast', 'high-contrast-light', 'dark'] as const) {
      await dashboard.setTheme(theme);
      // Purple differs between dark and light, the page's colours between all.
      await eventually(true, async () => inked(await dashboard.inkColumns('memory', 'charts-purple')) > 0.8);
      const colors = await dashboard.page.evaluate(() => {
        const { color, backgroundColor } = getComputedStyle(document.body);
        return { color, backgroundColor };
      });
      const rgb = (hex: string): string =>
        `rgb(${[1, 3, 5].map(at => String(Number.parseInt(hex.slice(at, at + 2), 16))).join(', ')})`;
      assert.deepEqual(colors, {
        color: rgb(THEMES[theme].variables.foreground),
        backgroundColor: rgb(THEMES[theme].variables['editor-background']),
      });
      await dashboard.screenshot(`theme-${theme}`);
    }
    await dashboard.send({ type: 'frame', frame: machine.frame(LAST + 2) });
    await finish(opened);
  });

  test('fits a width of 320 pixels', async () => {
    const opened = await open({ width: 320, height: 2000, gpus: 1, cores: 16, coreChoice: 'all' });
    const { page } = opened.dashboard;
    assert.equal(await page.evaluate(() => document.documentElement.scrollWidth), 320);
    const cut = await page
      .locator('.tile .value, .entry dd')
      .evaluateAll(values =>
        values.filter(value => value.scrollWidth > value.clientWidth).map(value => value.textContent),
      );
    assert.deepEqual(cut, []);
    await opened.dashboard.screenshot('narrow');
    await finish(opened);
  });

  test('nothing moves when values change', async () => {
    const opened = await open({ width: 1000 });
    const { page } = opened.dashboard;
    const boxes = (): Promise<number[][]> =>
      page.locator('.tile, .entry, .plot').evaluateAll(elements =>
        elements.map(element => {
          const { left, top, width, height } = element.getBoundingClientRect();
          return [left, top, width, height];
        }),
      );
    const start = await boxes();
    for (const [tick, scale] of [
      [LAST + 2, 0],
      [LAST + 3, 1],
      [LAST + 4, 99_999],
    ] as const) {
      const frame = opened.machine.frame(tick);
      const values = frame.values.map((value, slot) =>
        value === null
          ? null
          : opened.machine.layout.columns[slot]?.endsWith('mbps') === true
            ? scale
            : Math.min(100, scale),
      );
      await opened.dashboard.send({ type: 'frame', frame: { ...frame, values } });
      await showsValue(opened.dashboard, 'cpu', 'CPU', `${Math.min(100, scale).toFixed(1)} %`);
      assert.deepEqual(await boxes(), start);
    }
    await finish(opened);
  });

  test('shows the state of the sampler; its buttons tell the extension', async () => {
    const opened = await open();
    const { dashboard } = opened;
    const commands = async (): Promise<string[]> =>
      (await dashboard.posted()).flatMap(message => (message.type === 'command' ? message.command : []));
    const state = (next: 'running' | 'starting' | 'stopped' | 'failed', detail = ''): HostMessage => ({
      type: 'state',
      state: next,
      detail,
      machine: 'this machine',
    });

    await dashboard.send(state('stopped'));
    await eventually('Stopped. No values come until you start it again. Start', () => bannerText(dashboard));
    assert.equal(await dashboard.page.locator('.status').innerText(), 'Not live');
    await dashboard.page.getByRole('button', { name: 'Start' }).click();
    assert.deepEqual(await commands(), ['start']);

    await dashboard.send(state('failed', 'It ended twice. Show the log to see why.'));
    await eventually('No readings. It ended twice. Show the log to see why. Start Show Log', () =>
      bannerText(dashboard),
    );
    await dashboard.screenshot('failed');
    // By keyboard, too.
    await dashboard.page.getByRole('button', { name: 'Show Log' }).focus();
    await dashboard.page.keyboard.press('Enter');
    assert.deepEqual(await commands(), ['start', 'showLog']);

    await dashboard.send(state('starting'));
    await eventually('Starting…', () => bannerText(dashboard));
    const before = await dashboard.rangeRequest();
    await dashboard.send(state('running'));
    await eventually('', () => bannerText(dashboard));
    // What it missed meanwhile is fetched.
    assert.equal((await dashboard.rangeRequest(before.request)).request, before.request + 1);
    await finish(opened);
  });

  test('before the first reading: waits, or offers the start', async () => {
    const dashboard = await StandalonePage.open(browser, bundle);
    const main = (): Promise<string> => dashboard.page.locator('main').innerText();
    await eventually(true, async () => (await main()).startsWith('Waiting for the first reading…'));
    assert.equal(await bannerText(dashboard), '');
    await dashboard.screenshot('waiting');
    await dashboard.send({
      ...syncOf(new SyntheticMachine({})),
      layout: null,
      status: null,
      usage: null,
      state: 'stopped',
    });
    await eventually(true, async () => (await main()).startsWith('Nothing has been read yet.'));
    assert.equal(await bannerText(dashboard), 'Stopped. No values come until you start it again. Start');
    assert.equal(await dashboard.page.getByRole('button', { name: 'Pause' }).count(), 0);
    await dashboard.screenshot('empty');
    const machine = new SyntheticMachine({});
    await dashboard.send(
      { type: 'state', state: 'running', detail: '', machine: 'this machine' },
      { type: 'layout', layout: machine.layout },
      { type: 'frame', frame: machine.frame(0) },
    );
    await showsValue(dashboard, 'cpu', 'CPU', percent(machine, 'total_utilization', 0));
    await dashboard.send({ type: 'layout', layout: { columns: ['session_confidence'], gpus: [] } });
    await eventually(true, async () =>
      (await main()).startsWith('All groups of readings are switched off in the settings.'),
    );
    await finish({ dashboard, machine });
  });

  test('a past that cannot be read is told and can be asked for again; live values go on', async () => {
    const machine = new SyntheticMachine({});
    const dashboard = await StandalonePage.open(browser, bundle);
    await dashboard.send({ ...syncOf(machine), frame: machine.frame(LAST) });
    const { request } = await dashboard.rangeRequest();
    await dashboard.send(
      { type: 'rangeFailed', request, why: 'connection closed' },
      { type: 'frame', frame: machine.frame(LAST + 1) },
    );
    await eventually('The past could not be read. connection closed Try Again', () => bannerText(dashboard));
    await showsValue(dashboard, 'cpu', 'CPU', percent(machine, 'total_utilization', LAST + 1));
    assert.ok(inked(await dashboard.inkColumns('cpu', 'charts-blue')) < 0.1);
    await dashboard.page.getByRole('button', { name: 'Try Again' }).click();
    await answerRange(dashboard, machine, undefined, request);
    await eventually('', () => bannerText(dashboard));
    await eventually(true, async () => inked(await dashboard.inkColumns('cpu', 'charts-blue')) > 0.8);
    await finish({ dashboard, machine });
  });

  test('paused, it stands still and forgets nothing', async () => {
    const opened = await open({ missing: tick => tick > 500 });
    const { dashboard, machine } = opened;
    const picture = (): Promise<string> =>
      dashboard.page
        .locator('[data-pane=cpu] canvas')
        .evaluate(canvas => (canvas as HTMLCanvasElement).toDataURL());
    await dashboard.page.getByRole('button', { name: 'Pause' }).click();
    await eventually(true, async () =>
      (await dashboard.page.locator('.status').innerText()).startsWith('Means of '),
    );
    const before = await picture();
    const tile = await dashboard.tile('total_utilization');
    for (let tick = LAST + 2; tick <= LAST + 100; tick++) {
      await dashboard.send({ type: 'frame', frame: machine.frame(tick) });
    }
    // Longer than it ever waits before it draws.
    await dashboard.page.waitForTimeout(1200);
    assert.equal(await picture(), before);
    assert.equal(await dashboard.tile('total_utilization'), tile);

    await dashboard.page.getByRole('button', { name: 'Resume' }).click();
    await showsValue(dashboard, 'cpu', 'CPU', percent(machine, 'total_utilization', LAST + 100));
    // The hundred seconds of the pause are the last ninth of the chart.
    const columns = await dashboard.inkColumns('cpu', 'charts-blue');
    assert.ok(inked(columns.slice(Math.ceil((columns.length * 8.1) / 9))) > 0.9);
    await finish(opened);
  });

  test('hidden, it draws nothing; seen again, it draws once what came meanwhile', async () => {
    const opened = await open();
    const { dashboard, machine } = opened;
    const hide = (hidden: boolean): Promise<void> =>
      dashboard.page.evaluate(value => {
        Object.defineProperty(document, 'hidden', { value, configurable: true });
        document.dispatchEvent(new Event('visibilitychange'));
      }, hidden);
    await hide(true);
    assert.deepEqual((await dashboard.posted()).at(-1), { type: 'shown', isShown: false });
    await dashboard.send(
      { type: 'frame', frame: machine.frame(LAST + 2) },
      { type: 'frame', frame: machine.frame(LAST + 3) },
    );
    await dashboard.page.waitForTimeout(1200);
    assert.equal(await dashboard.value('cpu', 'CPU'), percent(machine, 'total_utilization', LAST + 1));
    await hide(false);
    assert.deepEqual((await dashboard.posted()).at(-1), { type: 'shown', isShown: true });
    await showsValue(dashboard, 'cpu', 'CPU', percent(machine, 'total_utilization', LAST + 3));
    await finish(opened);
  });

  test('a chart out of sight is drawn when it comes into sight', async () => {
    const opened = await open({ gpus: 4, width: 400, height: 500 });
    const { dashboard, machine } = opened;
    await dashboard.send({ type: 'frame', frame: machine.frame(LAST + 2) });
    // Its values are kept up all the same, for those who find it by other means than their eyes.
    const sockets = String(machine.value('net_connections_total', LAST + 2)?.toFixed(0));
    await showsValue(dashboard, 'network', 'Sockets', sockets);
    const picture = (): Promise<string> =>
      dashboard.page
        .locator('[data-pane=network] canvas')
        .evaluate(canvas => (canvas as HTMLCanvasElement).toDataURL());
    const before = await picture();
    await dashboard.send({ type: 'frame', frame: machine.frame(LAST + 100) });
    await showsValue(dashboard, 'cpu', 'CPU', percent(machine, 'total_utilization', LAST + 100));
    assert.equal(await picture(), before);
    await dashboard.page.locator('[data-pane=network]').scrollIntoViewIfNeeded();
    await eventually(false, async () => (await picture()) === before);
    await finish(opened);
  });

  test('cores on request, all or chosen ones, with their past; the choice is kept', async () => {
    const opened = await open({ cores: 24 });
    const { dashboard, machine } = opened;
    const { page } = dashboard;
    assert.equal(await dashboard.value('cpu', 'Core 3'), undefined);
    const select = page.getByRole('combobox', { name: 'Cores' });
    const list = page.getByRole('textbox', { name: /Cores to show/ });
    await select.selectOption('Chosen cores…');
    await list.fill('3, 40');
    await list.press('Enter');
    await eventually(true, async () => (await page.locator('.cores').innerText()).includes('from 0 to 23'));
    await list.fill('2-4, 20');
    await list.press('Enter');
    await showsValue(dashboard, 'cpu', 'Core 3', percent(machine, 'core_3_utilization', LAST + 1));
    assert.equal(await page.locator('[data-pane=cpu] .entry').count(), 5);
    const kept = { places: [], cores: [2, 3, 4, 20] };
    assert.deepEqual(((await dashboard.savedState()) as { arrangement: unknown }).arrangement, kept);
    assert.deepEqual(
      (await dashboard.posted()).findLast(({ type }) => type === 'arranged'),
      {
        type: 'arranged',
        arrangement: kept,
      },
    );
    await dashboard.screenshot('cores');
    assert.ok(kept.cores.length <= MOST_CORE_LINES);
    await finish(opened);
  });

  test('sixty-four cores: how they are spread, not sixty-four lines', async () => {
    const opened = await open({ cores: 64, coreChoice: 'all' });
    const { dashboard } = opened;
    assert.equal(await dashboard.value('cpu', 'Core 3'), undefined);
    assert.match((await dashboard.value('cpu', 'Busiest core')) ?? '', /^\d+\.\d %$/);
    await dashboard.screenshot('many-cores');
    await finish(opened);
  });

  test('the cursor shows the values of a moment on all charts, by pointer and by keyboard', async () => {
    const opened = await open();
    const { dashboard, machine } = opened;
    const canvas = dashboard.page.locator('[data-pane=cpu] canvas');
    const status = async (): Promise<string> =>
      normalize(await dashboard.page.locator('.status').innerText());
    await canvas.focus();
    await dashboard.page.keyboard.press('ArrowLeft');
    // A hundredth of 15 minutes before the newest sample.
    const clock = (tick: number): Promise<string> =>
      dashboard.page.evaluate(
        time =>
          new Intl.DateTimeFormat(undefined, {
            hour: '2-digit',
            minute: '2-digit',
            second: '2-digit',
          }).format(time),
        START_MS + tick * 1000,
      );
    await eventually(normalize(await clock(LAST - 8)), status);
    assert.equal(await dashboard.value('cpu', 'CPU'), percent(machine, 'total_utilization', LAST - 8));
    assert.equal(await dashboard.value('memory', 'Memory'), percent(machine, 'ram_percent', LAST - 8));
    assert.equal(await dashboard.tile('ram_percent'), percent(machine, 'ram_percent', LAST - 8));
    assert.match(normalize((await canvas.getAttribute('aria-valuetext')) ?? ''), /: CPU \d/);
    assert.ok(await dashboard.page.locator('[data-pane=memory] .crosshair').isVisible());
    await dashboard.page.keyboard.press('Home');
    await eventually(normalize(await clock(LAST + 1 - SHOWN)), status);
    await dashboard.page.keyboard.press('Escape');
    await eventually('Live, 15 min', status);
    const box = await canvas.boundingBox();
    assert.ok(box);
    await dashboard.page.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
    await eventually(true, async () => /^\d+:\d+:\d+/.test(await status()));
    await dashboard.screenshot('cursor');
    await dashboard.page.mouse.move(box.x + box.width / 2, 5);
    await eventually('Live, 15 min', status);
    await finish(opened);
  });

  test('can be read without being seen', async () => {
    const opened = await open({ gpus: 1 });
    const { page } = opened.dashboard;
    assert.deepEqual(await page.getByRole('heading', { level: 2 }).allInnerTexts(), [
      'CPU',
      'Cores',
      'Memory',
      'GPU 0',
      'Disk',
      'Network',
      'CPU temperature and power',
      'Sessions',
    ]);
    const label = normalize((await page.locator('[data-pane=cpu] canvas').getAttribute('aria-label')) ?? '');
    assert.match(label, /^CPU, 15 min\. CPU: last [\d.]+ %, mean [\d.]+ %, highest [\d.]+ %\.$/);
    // Everything that can be operated is on the way of the Tab key, in the order of the page.
    const stops: string[] = [];
    await page.locator('body').focus();
    for (let stop = 0; stop < 20; stop++) {
      await page.keyboard.press('Tab');
      stops.push(
        await page.evaluate(() => {
          const element = document.activeElement;
          return (
            element?.closest<HTMLElement>('[data-pane]')?.dataset['pane'] ??
            element?.getAttribute('aria-label') ??
            (element instanceof HTMLSelectElement
              ? element.labels[0]?.firstChild?.textContent?.trim()
              : null) ??
            element?.textContent.trim() ??
            ''
          );
        }),
      );
    }
    assert.deepEqual(stops, [
      ...['5 min', '15 min', '1 h', '24 h', '7 d', '30 d', 'Custom…'],
      ...['Earlier', 'Later', 'Zoom in', 'Zoom out', 'Compare with', 'Pause', 'Layout', 'Export'],
      ...['Cores', 'CPU as a table', 'cpu', 'cpu-load', 'cpu-clock'],
    ]);
    await finish(opened);
  });

  test('the workload: the answer with its reasons, a band of the past, and time per class', async () => {
    const options = { category: classAt, workload: WORKLOAD, width: 1100 };
    const opened = await open(options);
    const { dashboard, machine } = opened;
    const { page } = dashboard;
    const section = page.locator('section.workload');
    await eventually('Coding 82 % sure, for 2 min', async () =>
      normalize(await section.locator('.answer').innerText()).replaceAll('\n', ' '),
    );
    assert.deepEqual(await section.locator('.reasons li').allInnerTexts(), [
      'CPU 40 %',
      'no encoder',
      'disk writes in bursts',
    ]);
    assert.equal(await section.locator('.alternatives').innerText(), 'Next likely: Idle 11 %');

    // Ticks −259 to 641 are shown: idle until 240, nothing until 300, unknown until 520, then coding.
    const band = section.locator('.band .span');
    const spans = (): Promise<(readonly [string | null, number, number])[]> =>
      band.evaluateAll(elements =>
        elements.map(element => {
          const { left, width } = element.getBoundingClientRect();
          const track = element.parentElement?.getBoundingClientRect();
          const share = (pixels: number): number => Math.round((900 * pixels) / (track?.width ?? Number.NaN));
          return [
            element.getAttribute('data-class'),
            share(left - (track?.left ?? 0)),
            share(width),
          ] as const;
        }),
      );
    const near = (a: number, b: number): boolean => Math.abs(a - b) <= 3;
    const drawn = await spans();
    assert.deepEqual(
      drawn.map(([category]) => category),
      ['idle', 'unknown', 'coding_development'],
    );
    for (const [at, left, width] of [
      [0, 0, 499],
      [1, 559, 220],
      [2, 779, 121],
    ] as const)
      assert.ok(near(drawn[at]?.[1] ?? 0, left) && near(drawn[at]?.[2] ?? 0, width), JSON.stringify(drawn));
    assert.deepEqual(await band.allInnerTexts(), ['Idle', 'unknown', 'Coding']);
    const list = section.getByRole('list', { name: 'Kinds of work in the time shown' });
    assert.equal(await list.getByRole('listitem').count(), 3);
    assert.match((await band.last().getAttribute('aria-label')) ?? '', /^Coding, \d+:\d+.* to now$/);
    assert.deepEqual(await section.locator('.legend li').allInnerTexts(), [
      'Idle 8 min',
      'Unknown 3 min',
      'Coding 2 min',
    ]);
    const colours = await band.evaluateAll(elements =>
      elements.map(element => getComputedStyle(element).borderTopColor),
    );
    assert.equal(new Set(colours).size, 2, 'idle and unknown share one, and are told apart by hatching');

    const rows = await section.locator('.times tbody tr').allInnerTexts();
    assert.deepEqual(
      rows.map(row => row.split(/\t|\n/).filter(cell => cell !== '')),
      [
        ['Coding', '1 h 20 min', '11 h 20 min'],
        ['Idle', '–', '5 h'],
        ['AI training', '2 min', '2 min'],
      ],
    );
    await dashboard.screenshot('workload');

    await section.getByRole('button', { name: 'Correct…' }).click();
    assert.deepEqual((await dashboard.posted()).at(-1), { type: 'command', command: 'correctWorkload' });

    // It goes on, and stands still while paused.
    await page.getByRole('button', { name: 'Pause' }).click();
    await dashboard.send(
      {
        type: 'workload',
        workload: { ...WORKLOAD, current: { ...CODING, category: 'unknown', confidence: 0.4, reasons: [] } },
      },
      { type: 'frame', frame: { ...machine.frame(LAST + 30), category: 'unknown' } },
    );
    await page.waitForTimeout(1200);
    assert.equal(await section.locator('.answer strong').innerText(), 'Coding');
    await page.getByRole('button', { name: 'Resume' }).click();
    await eventually('Unknown', () => section.locator('.answer strong').innerText());
    assert.equal(await section.locator('.alternatives').innerText(), 'Nearest: Coding 82 %, Idle 11 %');
    assert.equal((await spans()).at(-1)?.[0], 'coding_development', 'a gap in the samples is of no class');
    await dashboard.send({ type: 'frame', frame: { ...machine.frame(LAST + 31), category: 'unknown' } });
    await eventually('unknown', async () => (await spans()).at(-1)?.[0]);
    await finish(opened);
  });

  test('the workload in every theme, and on a narrow page', async () => {
    const many: WorkloadMessage = {
      ...WORKLOAD,
      times: {
        ...WORKLOAD.times,
        week: Object.fromEntries(CATEGORIES.map((category, at) => [category, 40_000 - at * 3_000])),
      },
    };
    const every = (tick: number): string =>
      [...CATEGORIES, 'unknown', 'my_own'][Math.floor(tick / 53) % 12] ?? '';
    const opened = await open({ category: every, workload: many, width: 1100, height: 700 });
    for (const theme of ['light', 'high-contrast', 'high-contrast-light', 'dark'] as const) {
      await opened.dashboard.setTheme(theme);
      await opened.dashboard.screenshot(`workload-${theme}`);
    }
    const { page } = opened.dashboard;
    await page.setViewportSize({ width: 320, height: 900 });
    await opened.dashboard.send({ type: 'frame', frame: opened.machine.frame(LAST + 2) });
    await page.waitForTimeout(800);
    assert.equal(await page.evaluate(() => document.documentElement.scrollWidth), 320);
    await opened.dashboard.screenshot('workload-narrow');
    await finish(opened);
  });

  test('no workload where the sampler does not classify, and words while there is no answer yet', async () => {
    const opened = await open();
    const section = opened.dashboard.page.locator('section.workload');
    assert.equal(await section.isVisible(), false);
    await opened.dashboard.send(
      { type: 'workload', workload: { ...WORKLOAD, current: null } },
      { type: 'frame', frame: opened.machine.frame(LAST + 2) },
    );
    await eventually('No answer yet', () => section.locator('.answer').innerText());
    await opened.dashboard.send(
      { type: 'workload', workload: { current: null, categories: [], times: WORKLOAD.times } },
      { type: 'frame', frame: opened.machine.frame(LAST + 3) },
    );
    await eventually(false, () => section.isVisible());
    // Once it is known to be off, it says so, and how to switch it on, also where the past has nothing any more.
    const status = { adapters: [], intervalSeconds: 1, workload: { state: 'off' } } as const;
    await opened.dashboard.send(
      { type: 'status', status },
      { type: 'frame', frame: opened.machine.frame(LAST + 4) },
    );
    await eventually('Off', () => section.locator('.answer').innerText());
    assert.match(
      await section.locator('.workload-note').innerText(),
      /not told apart now\. The setting “optimetrics\.general\.enableSessionClassification” switches that on\.$/,
    );
    assert.equal(await section.getByRole('button', { name: 'Correct…' }).isVisible(), false);
    await opened.dashboard.screenshot('workload-off');
    await section.getByRole('button', { name: 'Open Setting' }).click();
    assert.deepEqual((await opened.dashboard.posted()).at(-1), {
      type: 'command',
      command: 'workloadSettings',
    });
    const failed = { state: 'failed', why: 'the model cannot be used' } as const;
    await opened.dashboard.send(
      { type: 'status', status: { ...status, workload: failed } },
      { type: 'frame', frame: opened.machine.frame(LAST + 5) },
    );
    await eventually('Kinds of work cannot be told apart: the model cannot be used', () =>
      section.locator('.workload-note').innerText(),
    );
    await finish(opened);
  });

  test('a message that is none of ours changes nothing', async () => {
    const opened = await open();
    const { dashboard, machine } = opened;
    await dashboard.page.evaluate(() => {
      for (const message of [
        null,
        7,
        { type: 'frame' },
        { type: 'state', state: 'gone', detail: '<b>x</b>', machine: 'this machine' },
      ]) {
        window.postMessage(message, '*');
      }
    });
    await dashboard.send({
      type: 'state',
      state: 'failed',
      detail: '<img src=x onerror=alert(1)>',
      machine: 'this machine',
    });
    await eventually('No readings. <img src=x onerror=alert(1)> Start Show Log', () => bannerText(dashboard));
    await dashboard.send({ type: 'frame', frame: { ...machine.frame(LAST + 2), values: [1, 2, 3] } });
    assert.equal(await dashboard.value('cpu', 'CPU'), percent(machine, 'total_utilization', LAST + 1));
    await finish(opened);
  });
});
