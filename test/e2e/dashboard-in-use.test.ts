import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import type { Frame } from 'playwright-core';
import { missingSeconds, times, type LogRow } from '../process/harness/log.ts';
import { inkColumns } from '../webview/support/ink.ts';
import { parseCsv } from '../webview/support/parse-csv.ts';
import { normalize } from '../webview/support/text.ts';
import { axeFindings } from './harness/axe.ts';
import { KeyboardUser } from './harness/focus.ts';
import { startHost, type VsCodeHost } from './harness/host.ts';
import { HOURS, hourOf, writePast } from './harness/past.ts';
import { until } from './harness/until.ts';
import type { VsCodeWindow } from './harness/window.ts';

const STATUS = 'optimetrics.status';
const CPU = '[data-pane="cpu"] canvas';
const HOUR_MS = 3_600_000;

/** A theme of each kind: those that VS Code comes with. */
const THEMES = {
  'vscode-dark': 'Dark 2026',
  'vscode-light': 'Light 2026',
  'vscode-high-contrast': 'Default High Contrast',
  'vscode-high-contrast-light': 'Default High Contrast Light',
} as const;
const KINDS = Object.keys(THEMES) as (keyof typeof THEMES)[];

describe('the dashboard in use', () => {
  let host: VsCodeHost;
  let window: VsCodeWindow;
  let dashboard: Frame;
  before(async () => {
    host = await startHost({
      settings: {
        'workbench.colorTheme': THEMES['vscode-dark'],
        // For every sample a row: what is missing in an export is missing.
        'optimetrics.logging.enableDeltaFiltering': false,
      },
    });
    writePast(host.logDirectory, 31, Date.now());
    window = await host.openWindow({ width: 1400, height: 900 });
    await window.waitForStatus(STATUS, ({ text }) => /CPU \d/.test(text));
  });
  after(() => host.stop());

  const statusOf = async (frame = dashboard): Promise<string> =>
    normalize(await frame.locator('.status').innerText());
  const says = (what: RegExp): Promise<boolean> =>
    until(`the dashboard to say ${String(what)}`, async () => what.test(await statusOf()));
  const valueText = async (): Promise<string> =>
    normalize((await dashboard.locator(CPU).getAttribute('aria-valuetext')) ?? '');
  /** CPU at the moment that is pointed at. */
  const cpuAt = async (): Promise<number> => Number(/: CPU ([\d.]+) %/.exec(await valueText())?.[1]);
  const visible = (): Promise<Frame[]> => window.webviews(CPU);

  /** The file that the export command has saved, as rows. */
  async function exportedRows(): Promise<LogRow[]> {
    const file = path.join(host.workspace, `export-${String(Date.now())}.csv`);
    await window.runCommand('OptiMetrics: Export Dashboard as CSV…');
    await window.saveAs(file);
    return rowsOf(file);
  }

  test('from the palette to an export without a mouse, and it can always be seen where the focus is', async () => {
    const { page } = window;
    await page.keyboard.press('F1');
    const input = page.locator('.quick-input-widget:visible input.input');
    await input.waitFor();
    await page.keyboard.type('OptiMetrics: Open Dashboard');
    const row = page.locator('.quick-input-list .monaco-list-row.focused').first();
    await until('the command', async () => {
      if (normalize(await row.innerText()) === 'OptiMetrics: Open Dashboard') return true;
      await page.keyboard.press('ArrowDown');
      return false;
    });
    await page.keyboard.press('Enter');
    dashboard = await window.webview(CPU);
    const user = new KeyboardUser(page, dashboard);
    const isDrawn = (): Promise<boolean> =>
      until('the CPU chart to be drawn over all of the span', async () => {
        const columns = await inkColumns(dashboard, 'cpu', 'charts-blue');
        return columns.filter(Boolean).length > 0.9 * columns.length;
      });

    // The ranges.
    for (const [name, shown] of [
      ['15 min', 'Live, 15 min'],
      ['1 h', 'Live, 1 h'],
      ['24 h', 'Live, 24 h'],
      ['7 d', 'Live, 7 days'],
      ['30 d', 'Live, 30 days'],
    ] as const) {
      await user.tabTo(name);
      await user.press('Enter');
      await says(new RegExp(`^${shown}$`));
      await isDrawn();
    }
    await user.tabTo('24 h', { back: true });
    await user.press('Enter');
    await user.tabTo('Custom…');
    // Five minutes less of it: the fifth part of the field for the beginning.
    await user.press('Enter', 'ArrowRight', 'ArrowRight', 'ArrowRight', 'ArrowRight');
    await user.press('ArrowUp', 'ArrowUp', 'ArrowUp', 'ArrowUp', 'ArrowUp', 'Enter');
    await says(/^(Live, 2[34] h( \d+ min)?|Means of .*)$/);
    assert.equal(await dashboard.getByText('Custom…').getAttribute('aria-pressed'), 'true');

    // Pointing, zooming, moving.
    await user.tabTo('24 h', { back: true });
    await user.press('Enter');
    await says(/^Live, 24 h$/);
    await isDrawn();
    await user.tabTo(/^CPU, /);
    const seen = new Set<number>();
    for (let step = 0; step < 12; step++) {
      await user.press('ArrowLeft');
      seen.add(await until('a value', async () => (await cpuAt()) || undefined));
    }
    for (const { cpu } of HOURS)
      assert.ok(seen.has(cpu), `${String(cpu)} % for an hour: ${[...seen].join(' ')}`);
    await user.press('+', 'Escape');
    await says(/^(Live, 12 h|Means of )/);
    const zoomed = await statusOf();
    await user.press('Shift+ArrowLeft');
    await until('the time before', async () => (await statusOf()) !== zoomed);
    await user.press('Backspace');
    await until('the time as it was', async () => (await statusOf()) === zoomed);
    await user.press('-');
    await user.press('0');
    await says(/^Live, 24 h$/);
    await user.press('ArrowLeft', 'ArrowLeft', 'Enter');
    for (let step = 0; step < 10; step++) await user.press('ArrowLeft');
    assert.ok(await dashboard.locator('[data-pane="cpu"] .selection').isVisible());
    await user.press('Enter', 'Escape');
    await says(/^Means of /);
    await user.press('0');

    // The chart as a table and back.
    await user.press('t');
    await dashboard.locator('[data-chart="cpu"] .rows tbody tr').first().waitFor();
    assert.match(
      await dashboard.evaluate(() => document.activeElement?.getAttribute('aria-label') ?? ''),
      /^CPU, table$/,
    );
    await user.press('t');
    await until('the chart with the focus', () =>
      dashboard.locator(CPU).evaluate(canvas => canvas === document.activeElement),
    );

    // Which charts, their order and size.
    await user.tabTo('Layout', { back: true });
    await user.press('Enter');
    const order = (): Promise<string> =>
      dashboard
        .locator('.place:visible')
        .evaluateAll(all => all.map(one => (one as HTMLElement).dataset['section']).join(' '));
    await user.tabTo('Move down: CPU');
    const before = await order();
    await user.press('Enter');
    await until('another order', async () => (await order()) !== before);
    await user.tabTo('Half width: CPU');
    await user.press('Enter');
    await user.tabTo('Medium: CPU');
    await user.press('Enter');
    const cpu = dashboard.locator('.place[data-section="cpu"]');
    assert.deepEqual(
      [await cpu.getAttribute('data-width'), await cpu.getAttribute('data-height')],
      ['full', 'large'],
    );
    await user.tabTo('Hide: Network');
    await user.press('Enter');
    assert.ok(!(await order()).includes('network'));
    await user.tabTo('Show Network', { back: true });
    await user.press('Enter');
    await until('it to be back, with the focus', async () =>
      /^Hide: Network$/.test(
        await dashboard.evaluate(() => document.activeElement?.getAttribute('aria-label') ?? ''),
      ),
    );
    await user.tabTo('Reset Layout', { back: true });
    await user.press('Enter');
    await until('the usual order', async () => (await order()) === before);
    await user.tabTo('Layout', { back: true });
    await user.press('Enter');

    // The day before, below what is shown.
    await user.tabTo('Compare with', { back: true });
    await user.press('ArrowDown');
    await until('values of the day before', async () =>
      /^day before \d/.test(await dashboard.locator('[data-chart="cpu"] .under').first().innerText()),
    );
    await user.press('ArrowUp');
    await until('no comparison', async () => (await dashboard.locator('.under').count()) === 0);

    // A session, and two side by side.
    await user.tabTo(/^(Coding|Gaming)/);
    await user.press('ArrowDown', 'ArrowDown', 'Enter');
    await says(/^Means of /);
    await user.press(' ', 'ArrowDown', ' ');
    const pair = dashboard.locator('.pair');
    await pair.waitFor();
    await until('both kinds', async () => /Coding[^]*Gaming|Gaming[^]*Coding/.test(await pair.innerText()));
    await pair.locator('canvas').first().waitFor();
    await window.screenshot('dashboard-keyboard-sessions');
    await user.tabTo('Close');
    await user.press('Enter');
    assert.ok(await pair.isHidden());

    // What is shown is that session: its values are exported.
    await user.tabTo('Export', { back: true });
    await user.press('Enter', 'ArrowDown', 'Enter');
    const file = path.join(host.workspace, 'session.csv');
    await window.saveAs(file);
    const rows = rowsOf(file);
    const middle = times(rows)[rows.length >> 1] ?? 0;
    const inside = rows.filter((_, at) => hourOf(times(rows)[at] ?? 0) === hourOf(middle));
    assert.ok(inside.length > 60, `${String(inside.length)} rows`);
    for (const row of inside) {
      assert.equal(row['session_category'], hourOf(middle).category);
      assert.equal(Number(row['total_utilization']), hourOf(middle).cpu);
    }
    assert.deepEqual(user.unseen, []);
    await window.runCommand('View: Focus Active Editor Group');
  });

  test('a drag zooms in, the wheel nearer and farther, dragging with Shift moves, a double click resets', async () => {
    const { page } = window;
    await dashboard.locator('[data-range="24h"]').click();
    await says(/^Live, 24 h$/);
    const canvas = dashboard.locator(CPU);
    await canvas.scrollIntoViewIfNeeded();
    const box = await canvas.boundingBox();
    assert.ok(box);
    const at = (share: number): [number, number] => [box.x + 44 + share * (box.width - 46), box.y + 40];
    const drag = async (from: number, to: number): Promise<void> => {
      await page.mouse.move(...at(from));
      await page.mouse.down();
      await page.mouse.move(...at((from + to) / 2));
      await page.mouse.move(...at(to));
      await page.mouse.up();
      await page.mouse.move(box.x + 5, box.y + 5);
    };
    /** Length of what is shown, in hours, and its middle as hours before now: as the form for a span has them. */
    const shown = async (): Promise<{ hours: number; ago: number }> => {
      await dashboard.getByText('Custom…').click();
      const field = async (name: string): Promise<number> =>
        Date.parse(await dashboard.getByLabel(name, { exact: true }).inputValue());
      const [from, to] = [await field('From'), await field('To')];
      await dashboard.getByText('Custom…').click();
      return { hours: (to - from) / HOUR_MS, ago: (Date.now() - (from + to) / 2) / HOUR_MS };
    };
    await drag(0.25, 0.5);
    await says(/^Means of /);
    const dragged = await shown();
    assert.ok(Math.abs(dragged.hours - 6) < 0.5 && Math.abs(dragged.ago - 15) < 1, JSON.stringify(dragged));

    const wheel = async (pixels: number): Promise<void> => {
      await page.mouse.move(...at(0.5));
      await page.keyboard.down('Control');
      await page.mouse.wheel(0, pixels);
      await page.keyboard.up('Control');
    };
    await wheel(-120);
    await until('nearer', async () => (await shown()).hours < 5.5);
    await wheel(240);
    await until('farther', async () => (await shown()).hours > 6.5);

    const before = await shown();
    await page.keyboard.down('Shift');
    await drag(0.3, 0.6);
    await page.keyboard.up('Shift');
    const moved = await shown();
    assert.ok(Math.abs(moved.hours - before.hours) < 0.1);
    assert.ok(moved.ago > before.ago + 0.2 * before.hours, JSON.stringify([before, moved]));
    await page.mouse.dblclick(...at(0.5));
    await page.mouse.move(box.x + 5, box.y + 5);
    await says(/^Live, 24 h$/);
    await dashboard.locator('[data-range="5m"]').click();
  });

  /** When the first dashboard went out of sight. */
  let hiddenAt = 0;

  test('a theme of another kind reaches an open dashboard; axe finds nothing in any of them', async () => {
    hiddenAt = Date.now();
    await window.runCommand('OptiMetrics: Open Another Dashboard');
    const second = await until('another dashboard', async () => {
      const frames = (await visible()).filter(frame => frame !== dashboard);
      return frames.length === 1 && frames[0];
    });
    await second.locator('[data-range="1h"]').click();
    await second.evaluate(() => {
      Object.assign(globalThis, { isSamePage: true });
    });
    const states = [
      ['live', () => Promise.resolve()],
      [
        'a day, compared, with a table and two sessions side by side',
        async () => {
          await second.locator('[data-range="24h"]').click();
          await second.locator('.compare-bar select').selectOption('1');
          await second.getByRole('button', { name: 'Memory as a table' }).click();
          await second.locator('[data-chart="memory"] tbody tr').first().waitFor();
          const boxes = second.locator('.sessions-table tbody input');
          await second.locator('.sessions').scrollIntoViewIfNeeded();
          await boxes.nth(1).click();
          await boxes.nth(2).click();
          await second.locator('.pair canvas').first().waitFor();
        },
      ],
      [
        'the layout, a range that is none, the menu',
        async () => {
          await second.getByRole('button', { name: 'Layout' }).click();
          await second.getByRole('button', { name: 'Hide: Disk' }).click();
          await second.getByRole('button', { name: 'Custom…' }).click();
          await second.getByLabel('To', { exact: true }).fill('2001-01-01T00:00');
          await second.getByRole('button', { name: 'Show', exact: true }).click();
          await second.getByRole('button', { name: 'Export' }).click();
        },
      ],
    ] as const;
    const found: string[] = [];
    for (const [state, arrive] of states) {
      await arrive();
      for (const kind of KINDS) {
        await setTheme(second, kind);
        if (state === 'live') await isInColours(second);
        found.push(...(await axeFindings(second)).map(line => `${kind}, ${state}: ${line}`));
        await window.screenshot(
          `axe-${kind.replace('vscode-', '')}-${String(states.findIndex(([name]) => name === state))}`,
        );
      }
    }
    assert.deepEqual(found, []);
    assert.equal(await second.evaluate(() => 'isSamePage' in globalThis), true, 'it was not loaded again');
    await setTheme(second, 'vscode-dark');
  });

  /** Switches the theme and waits until a dashboard has it. */
  async function setTheme(frame: Frame, kind: keyof typeof THEMES): Promise<void> {
    host.writeMachineSettings({ 'workbench.colorTheme': THEMES[kind] });
    await until(`the theme ${THEMES[kind]}`, () =>
      frame.evaluate(wanted => document.body.dataset['vscodeThemeKind'] === wanted, kind),
    );
  }

  /** Waits until a chart is drawn in the colour that the theme has for it. */
  async function isInColours(frame: Frame): Promise<void> {
    await frame.locator('[data-pane="memory"]').scrollIntoViewIfNeeded();
    await until('the memory chart in the colours of the theme', async () => {
      const columns = await inkColumns(frame, 'memory', 'charts-purple');
      return columns.filter(Boolean).length > 0.8 * columns.length;
    });
  }

  test('hidden for a minute and shown again, a dashboard is complete', async () => {
    await until('a minute', () => Date.now() - hiddenAt > 61_000);
    await window.runCommand('View: Close Editor');
    const shownAt = Date.now();
    dashboard = await window.webview(CPU);
    await says(/^Live, 5 min$/);
    await dashboard.locator('[data-pane="memory"]').scrollIntoViewIfNeeded();
    await until('the minute to be drawn', async () => {
      const columns = await inkColumns(dashboard, 'memory', 'charts-purple');
      // The last two of five minutes. A gap of the minute would be a fifth of the chart.
      const last = columns
        .slice(Math.floor(0.6 * columns.length))
        .map(Number)
        .join('');
      const longest = Math.max(...last.split('1').map(({ length }) => length));
      return longest <= 0.02 * columns.length;
    });
    const rows = (await exportedRows()).filter(row => {
      const time = Date.parse(row['timestamp'] ?? '');
      return time > hiddenAt - 5_000 && time < shownAt;
    });
    assert.ok(rows.length >= 60, `${String(rows.length)} rows`);
    assert.deepEqual(missingSeconds(rows), []);
    for (const row of rows) assert.notEqual(row['total_utilization'], '');
  });

  test('the sampler is killed while somebody watches: the page goes on, without more than a second missing', async () => {
    await dashboard.evaluate(() => {
      Object.assign(globalThis, { isSamePage: true });
    });
    const [sampler] = host.samplers();
    assert.ok(sampler);
    process.kill(sampler.pid, 'SIGKILL');
    const killedAt = Date.now();
    await until('a new sampler', () => host.samplers().some(({ pid }) => pid !== sampler.pid));
    await says(/^Live, 5 min$/);
    await until('no word of trouble', async () => (await dashboard.locator('.banner:visible').count()) === 0);
    const value = dashboard.locator('section[data-chart="cpu"] .entry dd').first();
    for (let change = 0; change < 3; change++) {
      const last = await value.innerText();
      await until('values that change', async () => (await value.innerText()) !== last);
    }
    const rows = (await exportedRows()).filter(row => Date.parse(row['timestamp'] ?? '') > killedAt - 20_000);
    assert.ok(missingSeconds(rows).length <= 1, `missing: ${missingSeconds(rows).join(', ')}`);
    assert.equal(await dashboard.evaluate(() => 'isSamePage' in globalThis), true, 'it was not loaded again');
  });

  test('axe finds nothing while the sampler is down, in a dashboard that had readings and in a first one', async () => {
    const file = fs
      .readdirSync(path.join(host.serverFolder, 'extensions'))
      .map(name => path.join(host.serverFolder, 'extensions', name, 'dist', 'sampler.js'))
      .find(name => fs.existsSync(name));
    const [sampler] = host.samplers();
    assert.ok(sampler && file);
    fs.renameSync(file, `${file}.aside`);
    const found: string[] = [];
    try {
      process.kill(sampler.pid, 'SIGKILL');
      await dashboard.locator('.banner[data-kind="error"]').waitFor({ timeout: 60_000 });
      for (const kind of KINDS) {
        await setTheme(dashboard, kind);
        found.push(...(await axeFindings(dashboard)).map(line => `${kind}, down: ${line}`));
      }
      await window.runCommand('OptiMetrics: Open Another Dashboard');
      const first = await window.webview('.empty:not([hidden]) .empty-title');
      for (const kind of KINDS) {
        await setTheme(first, kind);
        found.push(...(await axeFindings(first)).map(line => `${kind}, empty: ${line}`));
      }
      await window.screenshot('axe-empty');
    } finally {
      fs.renameSync(`${file}.aside`, file);
    }
    assert.deepEqual(found, []);
    await window.runCommand('OptiMetrics: Start');
    await window.webview(CPU);
  });

  test('the console of the window stays clean', () => {
    assert.deepEqual(window.problems(), []);
  });
});

/** An exported CSV. */
function rowsOf(file: string): LogRow[] {
  const [head = [], ...rows] = parseCsv(fs.readFileSync(file, 'utf8'));
  return rows.map(row => Object.fromEntries(head.map((column, at) => [column, row[at] ?? ''])));
}
