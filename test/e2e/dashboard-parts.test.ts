import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { Browser } from 'playwright-core';
import { ExportCollector, type ExportKind } from '../../src/common/dashboard-export.ts';
import { temperatureIn, type TemperatureUnit } from '../../src/common/units.ts';
import type { WorkloadSession } from '../../src/common/workload-session.ts';
import { bundleDashboard, StandalonePage, type DashboardBundle } from '../webview/support/standalone-page.ts';
import { parseCsv } from '../webview/support/parse-csv.ts';
import { START_MS, SyntheticMachine, type SyntheticOptions } from '../webview/support/synthetic.ts';
import { normalize } from '../webview/support/text.ts';
import type { ThemeName } from '../webview/support/themes.ts';
import { launchChromium } from './harness/chromium.ts';
import { until } from './harness/until.ts';
import { pictureOf, pixelsOf } from './harness/picture.ts';

/** Ticks that every page is given, one a second: a little less than the usual span. */
const TICKS = 290;

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
  readonly temperatureUnit?: TemperatureUnit;
  /** Cores without a reading, from a tick on. */
  readonly offline?: readonly number[];
};

/** Opens a page that has seen {@link TICKS} frames come. */
async function open(options: OpenOptions = {}): Promise<Opened> {
  const { offline = [], ...rest } = options;
  const absent = Object.fromEntries(
    offline.map(core => [`core_${String(core)}_utilization`, 'asleep' as const]),
  );
  const machine = new SyntheticMachine({ ...rest, absent: { ...rest.absent, ...absent } });
  const dashboard = await StandalonePage.open(browser, bundle, rest);
  await dashboard.send({
    type: 'sync',
    layout: machine.layout,
    frame: null,
    state: 'running',
    detail: '',
    machine: 'this machine',
    status: null,
    usage: null,
    workload: null,
  });
  const frames = Array.from({ length: TICKS }, (_, tick) => machine.frame(tick + 1));
  for (let at = 0; at < TICKS; at += 50)
    await dashboard.send(...frames.slice(at, at + 50).map(frame => ({ type: 'frame', frame }) as const));
  return { dashboard, machine };
}

async function finish({ dashboard }: Opened): Promise<void> {
  assert.deepEqual(await dashboard.violations(), []);
  assert.deepEqual(dashboard.problems, []);
  await dashboard.close();
}

const CORES = '[data-chart="cores"]';

/** Waits until the map has cells at its right edge, where the newest are. */
async function isDrawn({ dashboard }: Opened): Promise<void> {
  const canvas = dashboard.page.locator(`${CORES} .heat-plot canvas`);
  await canvas.scrollIntoViewIfNeeded();
  await until('the heat map', async () => {
    const { width, height, data } = await pixelsOf(canvas);
    let filled = 0;
    for (let y = 10; y < height - 30; y++) if ((data[4 * (y * width + width - 10) + 3] ?? 0) > 0) filled++;
    return filled > 0.6 * (height - 40);
  });
}

/** What the page answers to a request for an export. */
async function exported(
  { dashboard }: Opened,
  request: number,
  kind: ExportKind,
  sessions: readonly WorkloadSession[] = [],
): Promise<Uint8Array> {
  await dashboard.send({ type: 'export', request, kind });
  if (kind === 'markdown') {
    // Beside the list, whose requests have small numbers.
    const asked = await until('the question for sessions', async () =>
      (await dashboard.posted()).findLast(one => one.type === 'sessions' && one.request >= 1e9),
    );
    const result = { stepMs: 60_000, sessions, earlier: 0 };
    if (asked.type === 'sessions') await dashboard.send({ type: 'sessions', request: asked.request, result });
  }
  return until(`the ${kind}`, async () => {
    const answers = await dashboard.exportAnswers(request);
    assert.ok(!answers.some(({ type }) => type === 'exportFailed'), 'it is refused');
    if (!answers.some(({ type }) => type === 'exportEnd')) return undefined;
    const collector = new ExportCollector();
    for (const answer of answers) if (answer.type === 'exportChunk') collector.add(answer.bytes);
    return collector.bytes();
  });
}

describe('the heat map of the cores', { timeout: 240_000 }, () => {
  for (const theme of ['dark', 'light', 'high-contrast', 'high-contrast-light'] as const) {
    test(`has a row for each of 64 cores in ${theme}, offline ones told apart`, async () => {
      const opened = await open({ cores: 64, theme, offline: [5, 6, 7] });
      await isDrawn(opened);
      const section = opened.dashboard.page.locator(CORES);
      assert.match(
        await section.locator('.heat-readout').innerText(),
        /^Busiest: core \d+ with .* · 3 cores offline$/,
      );
      assert.equal(await section.locator('.merged').innerText(), '');
      await opened.dashboard.screenshot(`cores-64-${theme}`);
      await finish(opened);
    });
  }

  test('512 cores share rows and it is said; pointing at a cell tells its cores and value', async () => {
    const opened = await open({ cores: 512, gpus: 8, width: 1500, height: 1000 });
    await isDrawn(opened);
    const { page } = opened.dashboard;
    const section = page.locator(CORES);
    assert.equal(await section.locator('.merged').innerText(), 'A row shows the busiest of 2 cores');
    const canvas = section.locator('.heat-plot canvas');
    const box = await canvas.boundingBox();
    assert.ok(box);
    await page.mouse.move(box.x + box.width / 2, box.y + 8 + 100.5);
    await until('the cores of the row', async () =>
      /^Busiest of cores 200 to 201: \d+\.\d.%/.test(await section.locator('.heat-readout').innerText()),
    );
    assert.equal(
      (await page.locator('.crosshair:not([hidden])').count()) > 1,
      true,
      'every chart marks the moment',
    );
    await opened.dashboard.screenshot('cores-512');
    await finish(opened);
  });

  test('the keyboard goes from core to core and through time, and a screen reader hears where it is', async () => {
    const opened = await open({ cores: 8, gpus: 0 });
    await isDrawn(opened);
    const canvas = opened.dashboard.page.locator(`${CORES} .heat-plot canvas`);
    await canvas.focus();
    await canvas.press('ArrowDown');
    await canvas.press('ArrowDown');
    await canvas.press('ArrowLeft');
    const text = async (): Promise<string> => normalize((await canvas.getAttribute('aria-valuetext')) ?? '');
    // The span is of 300 s, and a key goes on by a hundredth of it.
    const at = new Date(START_MS + (TICKS - 3) * 1000);
    const value = opened.machine.value('core_1_utilization', TICKS - 3) ?? Number.NaN;
    const clock = await opened.dashboard.page.evaluate(
      ms =>
        new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit', second: '2-digit' }).format(
          ms,
        ),
      at.getTime(),
    );
    // The latest samples may have come and not been drawn yet.
    await until('a reading', async () => !(await text()).includes('no reading'));
    assert.equal(await text(), `Core 1: ${value.toFixed(1)} % · ${normalize(clock)}`);
    await canvas.press('ArrowUp');
    assert.match(await text(), /^Core 0: /);
    await canvas.press('Escape');
    assert.equal(await canvas.getAttribute('aria-valuetext'), 'now');
    await finish(opened);
  });

  test('is a table for those who want one, sorted by what they choose', async () => {
    const opened = await open({ cores: 32, offline: [3] });
    await isDrawn(opened);
    const section = opened.dashboard.page.locator(CORES);
    await section.locator('canvas').first().focus();
    await opened.dashboard.page.keyboard.press('t');
    const rows = section.locator('tbody tr');
    await until('the table', async () => (await rows.count()) === 32);
    assert.match(normalize(await rows.nth(3).innerText()), /^Core 3\s+offline\s+no reading\s+no reading$/);
    await section.getByRole('button', { name: 'Mean' }).click();
    assert.equal(await section.locator('th[aria-sort="descending"]').innerText(), 'Mean');
    const means = (await rows.locator('td:nth-child(3)').allInnerTexts()).map(text =>
      Number.parseFloat(text),
    );
    const sorted = [...means.slice(0, -1)].sort((a, b) => b - a);
    assert.deepEqual(means.slice(0, -1), sorted);
    assert.ok(Number.isNaN(means.at(-1)), 'the one without a reading comes last');
    const mean = means[0] ?? 0;
    const best = Math.max(
      ...Array.from({ length: 32 }, (_, core) => {
        const values = Array.from({ length: TICKS }, (_, tick) =>
          opened.machine.value(`core_${String(core)}_utilization`, tick + 1),
        ).filter(value => value !== null);
        return values.length === 0 ? 0 : values.reduce((sum, value) => sum + value, 0) / values.length;
      }),
    );
    assert.ok(Math.abs(mean - best) < 0.06, `${String(mean)} is the highest mean, ${String(best)}`);
    await opened.dashboard.screenshot('cores-table');
    await finish(opened);
  });
});

describe('charts as tables', { timeout: 120_000 }, () => {
  test('a button turns a chart into a table of its values, and back', async () => {
    const opened = await open({ cores: 4 });
    const { page } = opened.dashboard;
    const card = page.locator('[data-chart="memory"]');
    await until('the chart', async () => (await card.locator('canvas').count()) > 0);
    const button = card.getByRole('button', { name: 'Memory as a table' });
    await button.click();
    assert.equal(await button.getAttribute('aria-pressed'), 'true');
    assert.equal(await card.locator('canvas:visible').count(), 0);
    // 290 samples are more than 240 rows: two share one. What came after the click is there a few seconds later.
    await until('all rows', async () => (await card.locator('tbody tr').count()) === TICKS / 2);
    const heads = await card.locator('thead th').allInnerTexts();
    assert.deepEqual(heads.slice(0, 4), ['Time', 'Memory, mean', 'Memory, least', 'Memory, greatest']);
    const first = normalize(await card.locator('tbody tr').first().locator('td').first().innerText());
    const pair = [TICKS - 1, TICKS].map(tick => opened.machine.value('ram_percent', tick) ?? Number.NaN);
    const mean = (pair[0] ?? Number.NaN) / 2 + (pair[1] ?? Number.NaN) / 2;
    assert.ok(
      Math.abs(Number.parseFloat(first) - mean) <= 0.051,
      `${first} is the mean of ${pair.join(' and ')}`,
    );
    await opened.dashboard.screenshot('memory-table');
    await button.click();
    assert.ok((await card.locator('canvas:visible').count()) > 0);
    await finish(opened);
  });

  test('values are read out to those who ask for it', async () => {
    const opened = await open({ cores: 4 });
    const card = opened.dashboard.page.locator('[data-chart="memory"]');
    await card.getByRole('button', { name: 'Memory as a table' }).click();
    await card.getByText('Read out every 30 seconds').click();
    await opened.dashboard.send({ type: 'frame', frame: opened.machine.frame(TICKS + 1) });
    const value = opened.machine.value('ram_percent', TICKS + 1) ?? Number.NaN;
    await until('the words', async () =>
      normalize(await opened.dashboard.page.locator('[aria-live="polite"]').first().innerText()).startsWith(
        `Memory ${value.toFixed(1)} %`,
      ),
    );
    await finish(opened);
  });
});

describe('exports of the dashboard', { timeout: 180_000 }, () => {
  test('the picture is of the whole page, in the theme’s colours and as fine as the screen', async () => {
    for (const theme of ['dark', 'light'] as const) {
      const opened = await open({ cores: 16, gpus: 2, theme, width: 1100, height: 500 });
      await until(
        'the charts',
        async () => (await opened.dashboard.page.locator('canvas:visible').count()) > 5,
      );
      const png = await exported(opened, 1, 'png');
      const picture = await pictureOf(opened.dashboard.page, png);
      const { width, height } = await opened.dashboard.page.locator('main > .content').evaluate(element => ({
        width: element.clientWidth * devicePixelRatio,
        height: element.scrollHeight * devicePixelRatio,
      }));
      assert.equal(picture.width, width);
      assert.ok(picture.height > height && picture.height < height + 100, 'all of it, and a title');
      assert.ok(picture.height > 1000, 'more than is in sight');
      assert.deepEqual(picture.at(1, 1), theme === 'dark' ? [31, 31, 31, 255] : [255, 255, 255, 255]);
      // Every band of the picture has something on it, also below what was in sight.
      for (let top = 0; top + 200 < picture.height; top += 200)
        assert.ok(
          picture.colors(top, top + 200) > 10,
          `something between ${String(top)} and ${String(top + 200)}`,
        );
      opened.dashboard.keep(`export-${theme}.png`, png);
      await finish(opened);
    }
  });

  test('the values as CSV are those of the frames', async () => {
    const opened = await open({ cores: 2, gpus: 1, category: tick => (tick < 100 ? 'idle' : 'my_employer') });
    const text = new TextDecoder().decode(await exported(opened, 7, 'csv'));
    const [head = [], ...rows] = parseCsv(text);
    assert.deepEqual(head.slice(0, 3), ['timestamp', 'session_category', 'total_utilization']);
    assert.ok(head.includes('core_1_utilization') && head.includes('gpu0_vram_percent'));
    assert.equal(rows.length, TICKS);
    rows.forEach((row, at) => {
      const tick = at + 1;
      assert.equal(row[0], new Date(START_MS + 1000 * tick).toISOString());
      assert.equal(row[1], tick < 100 ? 'idle' : 'profile', 'a class of the user’s own is not named');
      for (const [index, column] of head.entries())
        if (index > 1)
          assert.equal(
            Number(row[index]),
            opened.machine.value(column, tick),
            `${column} at ${String(tick)}`,
          );
    });
    await finish(opened);
  });

  test('the summary names neither the machine’s parts nor the user’s own classes', async () => {
    const opened = await open({ gpus: 1, category: tick => (tick < 100 ? 'idle' : 'my_employer') });
    const session = { from: START_MS, to: START_MS + 280_000, coveredMs: 280_000, ofClassMs: 280_000 };
    const bytes = await exported(opened, 2, 'markdown', [
      { ...session, category: 'my_employer', cpu: { mean: 12, peak: 80 } },
    ]);
    const text = normalize(new TextDecoder().decode(bytes));
    assert.match(
      text,
      /^\*\*OptiMetrics\*\*, this machine: 2026-01-15 09:2\d:\d\d – 09:3\d:\d\d UTC \(5 min\)\n/,
    );
    assert.match(text, /^\| CPU \| \d+\.\d % \| \d+\.\d % \| \d+\.\d % \|$/m);
    assert.match(text, /^\| GPU 0 \| /m);
    assert.match(text, /^\| Own profiles \| 6\d % \| 3 min \|$/m);
    assert.match(text, /^\| Own profiles \| 2026-01-15 09:30 \| 4 min \| 12\.0 % \/ 80\.0 % \|$/m);
    assert.ok(!/NVIDIA|my_employer|RTX/.test(text));
    await finish(opened);
  });

  test('temperatures are in °F where the user wants that: on the page, in the table, and in what is exported', async () => {
    const opened = await open({ gpus: 1, temperatureUnit: 'fahrenheit' });
    const { dashboard, machine } = opened;
    const { page } = dashboard;
    const fahrenheit = (column: string, tick: number): number =>
      temperatureIn('fahrenheit', machine.value(column, tick) ?? Number.NaN);
    const gpu = fahrenheit('gpu0_temperature', TICKS);
    await until(
      'the tile',
      async () => (await dashboard.tile('gpu0_temperature')) === `${gpu.toFixed(0)} °F`,
    );
    const thermal = page.locator('[data-pane="gpu0-thermal"]');
    await thermal.scrollIntoViewIfNeeded();
    assert.equal(await thermal.locator('h3').innerText(), 'Temperature and fan, °F');
    assert.equal(await dashboard.value('gpu0', 'Temperature'), `${gpu.toFixed(0)} °F`);
    await dashboard.screenshot('fahrenheit');
    const card = page.locator('[data-chart="cpu-thermal"]');
    await card.getByRole('button', { name: 'CPU temperature and power as a table' }).click();
    const cell = card.locator('tbody tr').first().locator('td').first();
    await until('the rows', async () => (await card.locator('tbody tr').count()) > 0);
    assert.match(normalize(await cell.innerText()), /^1\d\d\.\d °F$/);

    const [head = [], ...rows] = parseCsv(new TextDecoder().decode(await exported(opened, 1, 'csv')));
    const at = head.indexOf('gpu0_temperature_fahrenheit');
    assert.ok(at > 0 && !head.includes('gpu0_temperature'), head.join());
    rows.forEach((row, index) => {
      assert.ok(Math.abs(Number(row[at]) - fahrenheit('gpu0_temperature', index + 1)) < 0.001, row[at]);
    });
    const summary = normalize(new TextDecoder().decode(await exported(opened, 2, 'markdown')));
    assert.match(summary, /^\| GPU 0 temperature \| 1\d\d °F \| 1\d\d °F \| 1\d\d °F \|$/m);
    await finish(opened);
  });

  test('where nothing is shown there is nothing to export', async () => {
    const dashboard = await StandalonePage.open(browser, bundle);
    await dashboard.send({ type: 'export', request: 1, kind: 'png' });
    await until('the refusal', async () => (await dashboard.exportAnswers(1)).length > 0);
    assert.deepEqual(await dashboard.exportAnswers(1), [
      { type: 'exportFailed', request: 1, fault: 'empty' },
    ]);
    await dashboard.close();
  });

  test('the menu is worked by keyboard and tells the extension what to do', async () => {
    const opened = await open();
    const { page } = opened.dashboard;
    await page.getByRole('button', { name: 'Export' }).focus();
    await page.keyboard.press('Enter');
    await page.keyboard.press('ArrowDown');
    await opened.dashboard.screenshot('export-menu');
    await page.keyboard.press('Enter');
    const commands = (await opened.dashboard.posted()).filter(({ type }) => type === 'command');
    assert.deepEqual(commands, [{ type: 'command', command: 'exportCsv' }]);
    assert.equal(await page.getByRole('menu').count(), 0);
    await finish(opened);
  });
});
