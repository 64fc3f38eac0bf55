import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import type { Frame } from 'playwright-core';
import { FileTree } from '../../scripts/bench/file-tree.ts';
import { upTo, WideMachine } from '../../scripts/bench/wide-machine.ts';
import { NO_FAKE_NVML } from '../fixtures/nvml/build.ts';
import { FakeNvml } from '../fixtures/nvml/fake-nvml.ts';
import { readLog, times } from '../process/harness/log.ts';
import { parseCsv } from '../webview/support/parse-csv.ts';
import { normalize } from '../webview/support/text.ts';
import { startHost, type VsCodeHost } from './harness/host.ts';
import { pictureOf, pixelsOf, type Picture, type Pixels } from './harness/picture.ts';
import { until } from './harness/until.ts';
import type { VsCodeWindow } from './harness/window.ts';

const CORES = 512;
const OFFLINE = 300;

describe('the dashboard of a wide machine, and what is exported of it', { skip: NO_FAKE_NVML }, () => {
  let root: string;
  let fake: FakeNvml;
  let host: VsCodeHost;
  let window: VsCodeWindow;
  let dashboard: Frame;
  let clock: NodeJS.Timeout;

  before(async () => {
    root = fs.mkdtempSync(path.join(os.tmpdir(), 'om-wide-'));
    const machine = new WideMachine(new FileTree(root), { cpus: upTo(CORES), disks: 2, interfaces: 1 });
    let step = 0;
    // Ten times as fast as it says, so that there is something new at every tick.
    clock = setInterval(() => machine.at(++step, new Set([OFFLINE])), 100);
    fake = new FakeNvml();
    fake.turn({ gpus: 8, set: { 'utilization@0': 37, 'utilization@7': 93, 'used': 20 * 2 ** 30 } });
    host = await startHost({
      env: { OPTIMETRICS_SYSROOT: root, OPTIMETRICS_NVML: fake.library },
      settings: {
        'workbench.colorTheme': 'Default Dark Modern',
        'optimetrics.logging.enableDeltaFiltering': false,
      },
    });
    window = await host.openWindow({ width: 1500, height: 1000 });
    await window.waitForStatus('optimetrics.status', ({ text }) => text.includes('GPU×8'));
    await window.runCommand('OptiMetrics: Open Dashboard');
    dashboard = await window.webview('[data-chart="cores"] canvas');
  });
  after(async () => {
    clearInterval(clock);
    await host.stop();
    fake.dispose();
    fs.rmSync(root, { recursive: true });
  });

  /** Runs an export and saves it under a name in the workspace. */
  async function save(command: string, name: string): Promise<string> {
    const file = path.join(host.workspace, name);
    await window.runCommand(command);
    await window.saveAs(file);
    return file;
  }

  test('shows all cores of it although the log has none of them, and each at work as it is', async () => {
    const cores = dashboard.locator('[data-chart="cores"]');
    await until('readings of the cores', async () =>
      /^Busiest: core 100 with 100\.0.% · 1 core offline$/.test(
        await cores.locator('.heat-readout').innerText(),
      ),
    );
    assert.equal(await cores.locator('.subtitle').innerText(), `${String(CORES)} cores`);
    await cores.getByRole('button', { name: 'Cores as a table' }).click();
    const rows = cores.locator('tbody tr');
    await until('the rows', async () => (await rows.count()) === CORES);
    assert.match(normalize(await rows.nth(42).innerText()), /^Core 42\s+42\.0 %/);
    assert.match(normalize(await rows.nth(OFFLINE).innerText()), /^Core 300\s+offline\s+no reading/);
    await cores.getByRole('button', { name: 'Cores as a table' }).click();
    await until('the header of the log', () => readLog(host.logDirectory).length > 0);
    assert.ok(!('core_0_utilization' in (readLog(host.logDirectory)[0] ?? {})));
    await window.screenshot('dashboard-512-cores');
    await dashboard.locator('[data-chart="gpu7"]').scrollIntoViewIfNeeded();
    await window.screenshot('dashboard-eight-gpus');
  });

  test('the exported CSV has the rows of the log', async () => {
    await until('some rows', () => readLog(host.logDirectory).length >= 15);
    const file = await save('OptiMetrics: Export Dashboard as CSV…', 'shown.csv');
    const [head = [], ...rows] = parseCsv(fs.readFileSync(file, 'utf8'));
    assert.ok(head.includes(`core_${String(CORES - 1)}_utilization`));
    const log = readLog(host.logDirectory);
    const moments = times(log);
    let samples = 0;
    for (const row of rows) {
      const moment = Date.parse(row[0] ?? '');
      const same = log[moments.indexOf(moment)];
      // What came before the dashboard was open are means of a second; each lies between the rows around it.
      const near = log.filter((_, at) => Math.abs((moments[at] ?? 0) - moment) < 2_500);
      if (near.length < 3) continue;
      let isSame = same !== undefined;
      head.forEach((column, at) => {
        const shown = row[at] ?? '';
        const written = near.map(one => Number(one[column]));
        if (at < 2 || shown === '' || near[0]?.[column] === undefined) return;
        // History keeps seven digits.
        const reach = 1e-6 * Math.abs(Number(shown));
        const isThere =
          Number(shown) >= Math.min(...written) - reach && Number(shown) <= Math.max(...written) + reach;
        assert.ok(isThere, `${column} at ${row[0] ?? ''}: ${shown} for ${written.join(' ')}`);
        isSame &&= Math.abs(Number(shown) - Number(same?.[column])) <= reach;
      });
      if (isSame) samples++;
    }
    assert.ok(samples >= 5, `${String(samples)} rows of ${String(rows.length)} are rows of the log`);
    assert.ok(!fs.readFileSync(file, 'utf8').includes(root), 'no path');
  });

  test('the exported PNG is a picture of the whole dashboard', async () => {
    // What stands still can be compared.
    await dashboard.getByRole('button', { name: 'Pause' }).click();
    await until('it to stand still', async () =>
      (await dashboard.locator('.status').innerText()).startsWith('Means of'),
    );
    const file = await save('OptiMetrics: Export Dashboard as PNG…', 'shown.png');
    const picture = await pictureOf(window.page, fs.readFileSync(file));
    const { width, height } = await dashboard.locator('main > .content').evaluate(content => ({
      width: Math.round(content.clientWidth * devicePixelRatio),
      height: Math.round(content.scrollHeight * devicePixelRatio),
    }));
    assert.equal(picture.width, width);
    assert.ok(picture.height > height && picture.height < height + 120);
    for (let top = 0; top + 300 < picture.height; top += 300)
      assert.ok(picture.colors(top, top + 300) > 10, `something below ${String(top)}`);
    // Words over a chart without a line are painted, too.
    const canvases = await dashboard.locator('.plot:not(:has(.note:not([hidden]))) canvas:visible').all();
    assert.ok(canvases.length >= 25, `${String(canvases.length)} charts`);
    let all = 0;
    for (const canvas of canvases) {
      const { id, left, top, background } = await canvas.evaluate(element => {
        const content = element.closest('.content')?.getBoundingClientRect();
        const box = element.getBoundingClientRect();
        const card = element.closest('.card') ?? document.body;
        return {
          id: element.closest<HTMLElement>('[data-pane]')?.dataset['pane'] ?? card.className,
          left: Math.round(box.left - (content?.left ?? 0)),
          top: Math.round(box.top - (content?.top ?? 0)),
          background: getComputedStyle(card).backgroundColor.match(/\d+/g)?.map(Number) ?? [],
        };
      });
      // The title is above all of it.
      const place = { left, top: top + picture.height - height };
      const { inked, same } = sameBlocks(await pixelsOf(canvas), background, picture, place);
      assert.ok(inked > 0 && same > 0.95 * inked, `${id}: ${String(same)} of ${String(inked)} blocks`);
      all += inked;
    }
    assert.ok(all > 300, `${String(all)} blocks with something on them`);
    await dashboard.getByRole('button', { name: 'Resume' }).click();
    fs.copyFileSync(file, path.join(import.meta.dirname, '../../test-results/exported-dashboard.png'));
  });

  test('the summary is on the clipboard, without the names of the hardware', async () => {
    await window.page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
    await window.runCommand('OptiMetrics: Copy Dashboard Summary');
    const text = await until('the text', async () => {
      const copied = await window.page.evaluate(() => navigator.clipboard.readText());
      return copied.startsWith('**OptiMetrics**') ? copied : undefined;
    });
    assert.match(text, /^\*\*OptiMetrics\*\*, server behind this browser.*: \d{4}-\d\d-\d\d .* UTC/);
    assert.match(normalize(text), /^\| GPU 7 \| 93 % \| 93 % \| 93 % \|$/m);
    assert.match(text, /^\| Session \| Began \(UTC\) \| Length \| CPU, mean \/ peak \|/m);
    assert.ok(!text.includes('NVIDIA') && !text.includes(root));
  });

  test('an export that is cancelled leaves nothing, and one that cannot be written says why', async () => {
    const input = window.page.locator('.quick-input-widget:visible input.input');
    await window.runCommand('OptiMetrics: Export Dashboard as CSV…');
    await until('the dialog', async () => (await input.inputValue()).includes('optimetrics_'));
    const before = fs.readdirSync(host.workspace);
    await window.page.keyboard.press('Escape');
    await input.waitFor({ state: 'hidden' });
    assert.deepEqual(fs.readdirSync(host.workspace), before);
    assert.deepEqual(
      (await window.toasts()).filter(({ severity }) => severity === 'error'),
      [],
    );
  });

  test('temperatures change to °F as soon as the user wants that, and the rest stays as it was', async () => {
    await dashboard.getByRole('button', { name: '15 min' }).click();
    host.writeMachineSettings({ 'optimetrics.temperatureUnit': 'fahrenheit' });
    dashboard = await until('the page in °F', async () => {
      const page = await window.webview('[data-pane="gpu7-thermal"] canvas');
      const title = await page
        .locator('[data-pane="gpu7-thermal"] h3')
        .innerText()
        .catch(() => 'a page that has just gone');
      return title === 'Temperature and fan, °F' ? page : undefined;
    });
    assert.equal(
      await dashboard.getByRole('button', { name: '15 min' }).getAttribute('aria-pressed'),
      'true',
      'what was chosen is kept',
    );
    const entry = dashboard.locator('[data-pane="gpu7-thermal"] .entry', { hasText: 'Temperature' });
    await until('a reading', async () => /^1\d\d °F$/.test(normalize(await entry.locator('dd').innerText())));
  });

  test('without a dashboard on the screen the command says so, and offers one', async () => {
    await window.runCommand('View: Close All Editors');
    await window.runCommand('OptiMetrics: Export Dashboard as PNG…');
    const toast = await window.waitForToast('no dashboard is on the screen');
    assert.equal(toast.severity, 'info');
    assert.deepEqual(toast.buttons, ['Open Dashboard']);
    await window.clickToast('no dashboard is on the screen', 'Open Dashboard');
    await window.webview('[data-chart="cores"] canvas');
  });

  test('the console of the window stays clean', () => {
    assert.deepEqual(window.problems(), []);
  });
});

/** Edge of a block of pixels. A chart may stand between two pixels: it is the means of blocks that stay the same. */
const BLOCK = 16;

/** How many blocks of a canvas have something on them, and how many of these a picture has at a place. */
function sameBlocks(
  canvas: Pixels,
  background: readonly number[],
  picture: Picture,
  place: { readonly left: number; readonly top: number },
): { inked: number; same: number } {
  let inked = 0;
  let same = 0;
  for (let y = 0; y + BLOCK <= canvas.height; y += BLOCK) {
    for (let x = 0; x + BLOCK <= canvas.width; x += BLOCK) {
      const wanted = blockMean(canvas, x, y, background);
      const off = (mean: readonly number[]): number =>
        Math.max(...mean.map((value, channel) => Math.abs(value - (wanted[channel] ?? 0))));
      if (off(background) < 10) continue;
      inked++;
      if (off(blockMean(picture, place.left + x, place.top + y, background)) <= 8) same++;
    }
  }
  return { inked, same };
}

/** The mean colour of a block over a background. */
function blockMean(
  { width, data }: Pixels,
  left: number,
  top: number,
  background: readonly number[],
): number[] {
  const sums = [0, 0, 0];
  for (let y = top; y < top + BLOCK; y++) {
    for (let x = left; x < left + BLOCK; x++) {
      const at = 4 * (y * width + x);
      const alpha = (data[at + 3] ?? 0) / 255;
      for (let channel = 0; channel < 3; channel++)
        sums[channel] =
          (sums[channel] ?? 0) + alpha * (data[at + channel] ?? 0) + (1 - alpha) * (background[channel] ?? 0);
    }
  }
  return sums.map(sum => sum / BLOCK ** 2);
}
