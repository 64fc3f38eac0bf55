import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { NO_FAKE_NVML } from '../fixtures/nvml/build.ts';
import { FakeNvml } from '../fixtures/nvml/fake-nvml.ts';
import { startHost, type VsCodeHost } from './harness/host.ts';
import { until } from './harness/until.ts';
import type { StatusItem, VsCodeWindow } from './harness/window.ts';

const STATUS = 'optimetrics.status';
const DARK = { 'workbench.colorTheme': 'Default Dark Modern' };

/** The text without what only keeps its width. */
const plain = (item: StatusItem): string => item.text.replaceAll('\u2007', '');

/** Puts these settings beside those that the host began with, as the user does. */
async function set(host: VsCodeHost, window: VsCodeWindow, settings: Record<string, unknown>): Promise<void> {
  const before = JSON.parse(fs.readFileSync(host.settingsFile, 'utf8')) as Record<string, unknown>;
  const named = Object.entries(settings).map(([name, value]) => [`optimetrics.${name}`, value]);
  const kept = Object.entries(before).filter(([name]) => !name.startsWith('optimetrics.'));
  await window.writeUserSettings(JSON.stringify(Object.fromEntries([...kept, ...named])));
  await closeBox(window);
}

/** Closes the settings, which are edited in a box over everything. */
async function closeBox({ page }: VsCodeWindow): Promise<void> {
  const box = page.locator('.monaco-modal-editor-block');
  await until('the settings to be closed', async () => {
    if (await box.isVisible()) await page.keyboard.press('Escape');
    return !(await box.isVisible());
  });
}

async function shows(window: VsCodeWindow, text: RegExp): Promise<StatusItem> {
  return window.waitForStatus(STATUS, item => text.test(plain(item)));
}

/** Waits until the tooltip has this in it; gives all of it. */
async function tooltipWith(window: VsCodeWindow, part: RegExp): Promise<string> {
  return until(`the tooltip to have ${String(part)}`, async () => {
    const text = await window.statusTooltip(STATUS);
    return part.test(text) ? text : undefined;
  });
}

describe('the template of the status bar', () => {
  let host: VsCodeHost;
  let window: VsCodeWindow;
  before(async () => {
    host = await startHost({ settings: DARK });
    window = await host.openWindow();
    await shows(window, /^CPU \d+% RAM \d+%/);
  });
  after(() => host.stop());

  test('changed by the user it is shown at once, with formats, icons and words for screen readers', async () => {
    await set(host, window, {
      'statusBar.template': '$(chip) {cpu:.1} {ram:gib} {{x}}[ GPU {gpu}] {machine} {cpu:spark5}',
      'statusBar.showWorkload': false,
    });
    const { label } = await shows(window, /^\d+\.\d% \d+\.\dGiB \{x\} \S+ [▁▂▃▄▅▆▇█┈]{5}$/);
    assert.match(
      label,
      /^OptiMetrics, CPU [\d.]+ percent, memory [\d.]+ gibibytes, server behind this browser/,
    );
    await until('samples in the sparkline', async () => {
      const item = await window.status(STATUS);
      return /[▁▂▃▄▅▆▇█]{5}$/.test(item?.text ?? '') || undefined;
    });
    await window.screenshot('status-template');
  });

  test('wrong it says so and where, and the last right one stays until it is right again', async () => {
    const wrong = { 'statusBar.template': '$(chip) {cpu} {rem}', 'statusBar.showWorkload': false };
    await set(host, window, wrong);
    const item = await shows(window, /^\d+\.\d% [^]*template: character 15$/);
    assert.match(item.label, /Character 15 of the template: there is no value {rem}/);
    assert.equal(item.kind, undefined, 'the machine is not in trouble');
    const tooltip = await tooltipWith(window, /there is no value/);
    assert.match(tooltip, /Did you mean \{ram\}\? The last right one is shown\. Edit/);
    await window.screenshot('status-template-wrong');
    await window.page.locator('.monaco-hover:visible a', { hasText: 'Edit' }).click();
    const message = window.page.locator('.setting-item-validation-message:visible', {
      hasText: 'Not a template',
    });
    await message.first().waitFor({ timeout: 60_000 });
    await window.screenshot('status-template-settings');
    await closeBox(window);
    await set(host, window, { 'statusBar.template': '{ram} right', 'statusBar.showWorkload': false });
    await shows(window, /^\d+% right$/);
  });

  test('wrong from the start it is the default that is shown', async () => {
    await set(host, window, { 'statusBar.template': '{cpu' });
    await window.reload();
    await shows(window, /^CPU \d+% RAM \d+%[^]* template: character 1$/);
  });

  test('has a compact form; the item moves to the other side and can be hidden', async () => {
    await set(host, window, {
      'statusBar.form': 'compact',
      'statusBar.alignment': 'left',
      'statusBar.priority': -50,
    });
    await window.waitForStatus('optimetrics.status.left.-50', item => /^\d+% \d+%/.test(plain(item)));
    const moved = window.page.locator('.left-items .statusbar-item[id$="optimetrics.status.left.-50"]');
    await moved.waitFor({ timeout: 30_000 });
    assert.equal(await window.status(STATUS), undefined, 'there is one item');
    await window.screenshot('status-compact-left');
    await set(host, window, { 'statusBar.enabled': false });
    await until('it to be hidden', async () => (await window.status(STATUS)) === undefined || undefined);
    await set(host, window, {});
    await shows(window, /^CPU \d+% RAM \d+%/);
    await window.page
      .locator('.right-items .statusbar-item[id$="optimetrics.status"]')
      .waitFor({ timeout: 30_000 });
  });

  test('temperatures are in the unit of the setting', async () => {
    await set(host, window, { 'temperatureUnit': 'fahrenheit', 'statusBar.template': 'T {cpuTemp}' });
    // A machine without a sensor has none to show.
    await shows(window, /^T (–|\d+°F)$/);
  });

  test('the tooltip is a table with blocks for the last two minutes and links that work', async () => {
    await set(host, window, {});
    await shows(window, /^CPU \d+% RAM \d+%/);
    await tooltipWith(window, /[▁▂▃▄▅▆▇█]/);
    const table = window.page.locator('.monaco-hover:visible table');
    const rows = await table.locator('tbody tr').all();
    const titles = await Promise.all(rows.map(row => row.locator('td').first().innerText()));
    assert.deepEqual(
      titles.map(title => title.trim()),
      ['CPU', 'Memory', 'Disk', 'Network'],
    );
    for (const row of rows) assert.match(await row.locator('td').nth(2).innerText(), /[▁▂▃▄▅▆▇█┈]{12}/);
    assert.match(await table.innerText(), /last 2\smin/);
    await window.screenshot('status-tooltip-table');
    await window.page.locator('.monaco-hover:visible a', { hasText: 'Open Dashboard' }).click();
    await window.webview('#dashboard');
  });

  test('the console of the window stays clean', () => {
    assert.deepEqual(window.problems(), []);
  });
});

describe('a machine in trouble', { skip: NO_FAKE_NVML }, () => {
  let host: VsCodeHost;
  let window: VsCodeWindow;
  let fake: FakeNvml;
  const total = 24 * 2 ** 30;
  before(async () => {
    fake = new FakeNvml();
    fake.turn({ gpus: 3, set: { total, used: total / 2, reasons: 0 } });
    host = await startHost({ settings: DARK, env: { OPTIMETRICS_NVML: fake.library } });
    window = await host.openWindow();
    await shows(window, /GPU×3 \d+%/);
  });
  after(async () => {
    await host.stop();
    fake.dispose();
  });

  test('GPU memory that is full and heat: a warning colour, and what to do; over, it goes away', async () => {
    assert.equal((await window.status(STATUS))?.kind, undefined);
    fake.turn({
      gpus: 3,
      set: { total, 'used': total / 2, 'used@1': 0.97 * total, 'reasons@2': 0x40, 'reasons': 0 },
    });
    const item = await window.waitForStatus(
      STATUS,
      ({ kind, label }) =>
        kind === 'warning' && label.includes('too hot') && label.includes('memory of GPU 1'),
    );
    await window.screenshot('status-warning');
    assert.match(
      item.label,
      /97 % of the memory of GPU 1 is in use, GPU 2 is slowed down because it is too hot/,
    );
    const tooltip = await tooltipWith(window, /GPU 2 is slowed down/);
    assert.match(tooltip, /97 % of the memory of GPU 1 is in use\s+The next allocation may fail/);
    assert.match(tooltip, /See that its fans run/);
    assert.match(tooltip, /GPU 0[\s\S]*GPU 1[\s\S]*GPU 2/, 'a row for each');
    await window.screenshot('status-trouble');
    await window.page.mouse.move(400, 300);
    fake.turn({ gpus: 3, set: { total, used: total / 2, reasons: 0 } });
    await window.waitForStatus(STATUS, ({ kind, label }) => kind === undefined && !label.includes('too hot'));
  });

  test('the warning colour can be turned off', async () => {
    await set(host, window, { 'statusBar.showWarnings': false });
    fake.turn({ gpus: 3, set: { total, used: 0.97 * total, reasons: 0 } });
    await tooltipWith(window, /97 % of the memory of GPU 0/);
    const item = await window.status(STATUS);
    assert.equal(item?.kind, undefined);
    assert.doesNotMatch(item?.label ?? '', /of the memory of GPU/);
    await window.page.mouse.move(400, 300);
  });

  test('a sampler that cannot be started is a warning, with how to try again', async () => {
    await set(host, window, {});
    const [sampler] = host.samplers();
    const file = fs
      .readdirSync(path.join(host.serverFolder, 'extensions'))
      .map(name => path.join(host.serverFolder, 'extensions', name, 'dist', 'sampler.js'))
      .find(name => fs.existsSync(name));
    assert.ok(sampler && file);
    const aside = `${file}.aside`;
    fs.renameSync(file, aside);
    try {
      process.kill(sampler.pid, 'SIGKILL');
      const item = await window.waitForStatus(STATUS, ({ kind }) => kind === 'warning');
      assert.match(item.label, /the sampler does not run/);
      const tooltip = await tooltipWith(window, /does not start/);
      assert.match(
        tooltip,
        /program cannot be run \(Error: Cannot find module …\)\. Install OptiMetrics again\./,
      );
      assert.match(tooltip, /tries at once/);
      assert.doesNotMatch(tooltip, /node:internal|requireStack/);
      await window.screenshot('status-sampler-down');
      await window.page.mouse.move(400, 300);
    } finally {
      fs.renameSync(aside, file);
    }
    await window.runCommand('OptiMetrics: Start');
    await shows(window, /CPU \d+%/);
    await window.waitForStatus(STATUS, ({ label }) => !label.includes('does not run'));
  });

  test('the console of the window stays clean', () => {
    assert.deepEqual(window.problems(), []);
  });
});
