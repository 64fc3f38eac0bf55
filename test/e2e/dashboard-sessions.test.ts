import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { Browser } from 'playwright-core';
import type { WebviewMessage } from '../../src/common/dashboard.ts';
import type { WorkloadSession } from '../../src/common/workload-session.ts';
import { bundleDashboard, StandalonePage, type DashboardBundle } from '../webview/support/standalone-page.ts';
import { START_MS, SyntheticMachine } from '../webview/support/synthetic.ts';
import { normalize } from '../webview/support/text.ts';
import { THEMES, type ThemeName } from '../webview/support/themes.ts';
import { launchChromium } from './harness/chromium.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
/** Newest tick. */
const LAST = 640;
const NOW = START_MS + LAST * 1_000;

/** Sessions of the day before, and two short ones. */
const SESSIONS: readonly WorkloadSession[] = [
  session('coding_development', -26 * HOUR, 3 * HOUR, 20, 42),
  session('gaming', -22 * HOUR, 2 * HOUR, 35, undefined),
  session('idle', -19 * HOUR, 2 * MINUTE, 1, 3),
  session('idle', -18 * HOUR, 10 * HOUR, 2, 60),
  session('coding_development', -30 * MINUTE, 30 * MINUTE, 15, 9),
];

function session(
  category: string,
  start: number,
  length: number,
  cpu: number,
  wh: number | undefined,
): WorkloadSession {
  const from = NOW + start;
  return {
    category,
    from,
    to: from + length,
    coveredMs: length,
    ofClassMs: length,
    confidence: 80,
    cpu: { mean: cpu, peak: 99 },
    ram: { mean: 40, peak: 50 },
    ...(wh === undefined
      ? {}
      : {
          power: {
            mean: 60,
            peak: 120,
            wh,
            sources: [
              { wh: wh / 3, knownMs: length },
              { gpu: 0, wh: (2 * wh) / 3, knownMs: length / 2 },
            ],
          },
        }),
  };
}

type Request<T extends WebviewMessage['type']> = Extract<WebviewMessage, { type: T }>;

describe('sessions and comparison in the dashboard', () => {
  let browser: Browser;
  let bundle: DashboardBundle;
  before(async () => {
    [browser, bundle] = await Promise.all([launchChromium(), bundleDashboard()]);
  });
  after(async () => {
    await browser.close();
  });

  /** A page that runs, with whatever it asks for of the present answered. */
  async function open(options: { theme?: ThemeName; width?: number; height?: number; state?: unknown } = {}) {
    const machine = new SyntheticMachine({ gpus: 1, category: () => 'coding_development' });
    const dashboard = await StandalonePage.open(browser, bundle, { height: 2_400, ...options });
    await dashboard.send({
      type: 'sync',
      layout: machine.layout,
      frame: machine.frame(LAST),
      state: 'running',
      detail: '',
      machine: 'this machine',
      status: null,
      usage: null,
      workload: null,
    });
    const { request, ...wish } = await dashboard.rangeRequest();
    const { chunk, result } = machine.range(wish, LAST);
    await dashboard.send({ type: 'rangeChunk', request, chunk }, { type: 'rangeDone', request, result });
    return { machine, dashboard };
  }

  /** The newest message of a kind that comes after `after` others of it. */
  async function posted<T extends WebviewMessage['type']>(
    dashboard: StandalonePage,
    type: T,
    after = 0,
  ): Promise<Request<T>> {
    await dashboard.page.waitForFunction(
      ([kind, least]) =>
        (globalThis as unknown as { __posted: { type: string }[] }).__posted.filter(one => one.type === kind)
          .length > least,
      [type, after] as const,
    );
    const all = (await dashboard.posted()).filter((one): one is Request<T> => one.type === type);
    const last = all.at(-1);
    assert.ok(last);
    return last;
  }

  async function openList(options: Parameters<typeof open>[0] = {}) {
    const opened = await open(options);
    const { dashboard } = opened;
    await dashboard.page.locator('.sessions').scrollIntoViewIfNeeded();
    const request = await posted(dashboard, 'sessions');
    await dashboard.send({
      type: 'sessions',
      request: request.request,
      result: { stepMs: MINUTE, sessions: SESSIONS, earlier: 0 },
    });
    await dashboard.page.locator('.sessions-table tbody tr').first().waitFor();
    return { ...opened, request, rows: dashboard.page.locator('.sessions-table tbody tr') };
  }

  /** Texts of the cells of the rows that are shown. */
  async function cells(dashboard: StandalonePage): Promise<string[][]> {
    return dashboard.page.evaluate(() =>
      [...document.querySelectorAll('.sessions-table tbody tr')].map(row =>
        [...row.children].map(cell => (cell as HTMLElement).innerText.replaceAll('\u00a0', ' ').trim()),
      ),
    );
  }

  test('the list has a week of sessions with what is known of each, and says what it leaves out', async () => {
    const { dashboard, request } = await openList();
    assert.deepEqual([request.from, request.to], [NOW - 7 * DAY, NOW]);
    const rows = await cells(dashboard);
    assert.deepEqual(
      rows.map(row => [row[1], row[3]]),
      [
        ['Coding', '30 min'],
        ['Idle', '10 h'],
        ['Gaming', '2 h'],
        ['Coding', '3 h'],
      ],
    );
    const [first = [], , gaming = []] = rows;
    assert.match(first[4] ?? '', /^15\.0 %.*99\.0 %/s);
    assert.equal(first[5], '–');
    assert.match(first[9] ?? '', /^9\.00 Wh\s*CPU, GPU 0$/);
    assert.equal(gaming[9], '–');
    const words = dashboard.page.locator('.sessions-words');
    assert.equal(await words.innerText(), '4 sessions, 1 shorter one is not listed.');
    const energy = dashboard.page.locator('.sessions-table tbody tr').first().locator('td').last();
    assert.equal(
      normalize((await energy.getAttribute('title')) ?? ''),
      'CPU: 3.00 Wh\nGPU 0: 6.00 Wh, known for 50.0 % of the time',
    );
    await dashboard.page.getByLabel('Shortest').selectOption('0');
    assert.equal(await words.innerText(), '5 sessions.');
    await dashboard.page.getByLabel('Of the last').selectOption(String(DAY));
    assert.equal((await posted(dashboard, 'sessions', 1)).from, NOW - DAY);
    assert.match(await words.innerText(), /^Reading/);
    assert.deepEqual(dashboard.problems, []);
    assert.deepEqual(await dashboard.violations(), []);
    await dashboard.close();
  });

  test('a click on a head sorts, by keys too', async () => {
    const { dashboard } = await openList();
    const lengths = async (): Promise<(string | undefined)[]> => (await cells(dashboard)).map(row => row[3]);
    const head = dashboard.page.getByRole('columnheader', { name: 'Energy' });
    await head.getByRole('button').focus();
    await dashboard.page.keyboard.press('Enter');
    assert.deepEqual(await lengths(), ['10 h', '3 h', '30 min', '2 h']);
    assert.equal(await head.getAttribute('aria-sort'), 'descending');
    await dashboard.page.keyboard.press('Enter');
    assert.deepEqual(await lengths(), ['30 min', '3 h', '10 h', '2 h']);
    assert.equal(await head.getAttribute('aria-sort'), 'ascending');
    assert.equal(
      await dashboard.page.getByRole('columnheader', { name: 'Began' }).getAttribute('aria-sort'),
      null,
    );
    await dashboard.close();
  });

  test('Enter and a click show a session in the charts; arrow keys go through the list', async () => {
    const { dashboard, rows } = await openList();
    const before = (await dashboard.posted()).filter(({ type }) => type === 'range').length;
    await rows.first().focus();
    await dashboard.page.keyboard.press('ArrowDown');
    await dashboard.page.keyboard.press('End');
    await dashboard.page.keyboard.press('ArrowUp');
    assert.ok(await rows.nth(2).evaluate(row => row === document.activeElement));
    assert.equal(await dashboard.page.locator('.sessions-table tbody tr[tabindex="0"]').count(), 1);
    await dashboard.page.keyboard.press('Enter');
    const gaming = SESSIONS[1];
    assert.ok(gaming);
    const range = await posted(dashboard, 'range', before);
    assert.ok(Math.abs(range.from - (gaming.from - 6 * MINUTE)) < 2_000);
    assert.ok(Math.abs(range.to - (gaming.to + 6 * MINUTE)) < 2_000);
    await rows.last().click();
    const coding = SESSIONS[0];
    assert.ok(coding);
    assert.ok(
      Math.abs((await posted(dashboard, 'range', before + 1)).from - (coding.from - 9 * MINUTE)) < 2_000,
    );
    await dashboard.close();
  });

  test('two that are ticked are side by side, from their beginnings on', async () => {
    const { dashboard, machine, rows } = await openList();
    const known = (await dashboard.posted()).filter(({ type }) => type === 'range').length;
    await rows.nth(2).focus();
    await dashboard.page.keyboard.press(' ');
    const pair = dashboard.page.locator('.pair');
    assert.ok(await pair.isHidden());
    await dashboard.page.keyboard.press('ArrowDown');
    await dashboard.page.keyboard.press(' ');
    await pair.waitFor();
    const table = await pair.locator('tbody tr').allInnerTexts();
    const row = (title: string): string[] =>
      (table.find(text => text.startsWith(title)) ?? '').split('\t').map(text => normalize(text));
    // The earlier one first, whatever was ticked first.
    assert.deepEqual(row('Kind of work'), ['Kind of work', 'Coding', 'Gaming', '']);
    assert.deepEqual(row('Length'), ['Length', '3 h', '2 h', '−33 %']);
    assert.deepEqual(row('CPU, mean'), ['CPU, mean', '20.0 %', '35.0 %', '+15.0 %']);
    assert.deepEqual(row('Energy'), ['Energy', '42.0 Wh', '–', '']);
    await posted(dashboard, 'range', known + 1);
    const asked = (await dashboard.posted()).filter(one => one.type === 'range').slice(known);
    assert.deepEqual(
      asked.map(({ from, to }) => [from, to]),
      [0, 1].map(at => [SESSIONS[at]?.from, SESSIONS[at]?.to]),
    );
    for (const { request, ...wish } of asked) {
      const { chunk, result } = machine.range(wish, LAST);
      await dashboard.send({ type: 'rangeChunk', request, chunk }, { type: 'rangeDone', request, result });
    }
    const charts = pair.locator('.pair-charts .pane:not([hidden])');
    await charts.first().waitFor();
    assert.match(
      (await charts.first().locator('canvas').getAttribute('aria-label')) ?? '',
      /First session: last .* Second session: last /,
    );
    await pair.scrollIntoViewIfNeeded();
    await dashboard.screenshot('sessions-pair');
    await pair.getByText('Close', { exact: true }).click();
    assert.ok(await pair.isHidden());
    assert.equal(await dashboard.page.locator('.sessions-table tr[aria-selected="true"]').count(), 0);
    assert.deepEqual(dashboard.problems, []);
    await dashboard.close();
  });

  test('says why there is no list, and asks again', async () => {
    const { dashboard } = await open();
    await dashboard.page.locator('.sessions').scrollIntoViewIfNeeded();
    const { request } = await posted(dashboard, 'sessions');
    await dashboard.send({ type: 'sessionsFailed', request, why: 'the log cannot be read: not found' });
    const state = dashboard.page.locator('.sessions-state');
    await state.getByText('The sessions could not be read: the log cannot be read: not found').waitFor();
    await state.getByText('Try Again').click();
    await posted(dashboard, 'sessions', 1);
    await state.getByText('Cancel', { exact: true }).click();
    await posted(dashboard, 'cancelSessions');
    await state.getByText('Cancelled.').waitFor();
    await dashboard.close();
  });

  test('the same hours of another day are laid under the charts, with their values', async () => {
    const { dashboard, machine } = await open();
    const known = (await dashboard.posted()).filter(({ type }) => type === 'range').length;
    await dashboard.page.locator('.compare-bar select').selectOption('1');
    const { request, ...wish } = await posted(dashboard, 'range', known);
    const length = 5 * MINUTE;
    assert.ok(Math.abs(wish.from - (NOW - length - DAY)) < 2 * HOUR);
    assert.ok(wish.to - wish.from >= length && wish.to < NOW);
    const { chunk, result } = machine.range(wish, LAST);
    await dashboard.send({ type: 'rangeChunk', request, chunk }, { type: 'rangeDone', request, result });
    const under = dashboard.page.locator('[data-chart="cpu"] .entry .under').first();
    await under.waitFor();
    assert.match(normalize(await under.innerText()), /^day before [\d.]+ %$/);
    const saved = (await dashboard.savedState()) as { readonly comparedDays?: number };
    assert.equal(saved.comparedDays, 1);
    await dashboard.screenshot('compare');
    // A day of the user's own, which must be before what is shown.
    await dashboard.page.locator('.compare-bar select').selectOption('other');
    const date = dashboard.page.getByLabel('Day to compare with');
    await date.fill('2026-01-10');
    const other = await posted(dashboard, 'range', known + 1);
    assert.ok(Math.abs(other.from - (NOW - length - 5 * DAY)) < 2 * HOUR + DAY);
    await date.fill('2027-01-10');
    await dashboard.page.getByText('Choose a day before the time shown.').waitFor();
    await dashboard.page.locator('.compare-bar select').selectOption('none');
    assert.equal(await dashboard.page.locator('.entry .under').count(), 0);
    assert.deepEqual(dashboard.problems, []);
    assert.deepEqual(await dashboard.violations(), []);
    await dashboard.close();
  });

  test('in every theme and on a narrow panel it is all there', async () => {
    for (const theme of Object.keys(THEMES) as ThemeName[]) {
      const { dashboard, rows } = await openList({ theme });
      await rows.nth(0).locator('input').click();
      await rows.nth(3).locator('input').click();
      await dashboard.page.locator('.pair').waitFor();
      await dashboard.screenshot(`sessions-${theme}`);
      assert.deepEqual(dashboard.problems, []);
      await dashboard.close();
    }
    const { dashboard } = await openList({ width: 340 });
    const wide = await dashboard.page.evaluate(
      () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
    );
    assert.equal(wide, 0);
    await dashboard.screenshot('sessions-narrow');
    await dashboard.close();
  });
});
