import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import type { Frame } from 'playwright-core';
import { ROOT } from '../../scripts/lib/paths.mjs';
import { connect } from '../../src/client/connection.ts';
import { runtimePaths } from '../../src/runtime/runtime-paths.ts';
import { missingSeconds, readLog, seconds, times } from '../process/harness/log.ts';
import { NO_FAKE_NVML } from '../fixtures/nvml/build.ts';
import { FakeNvml } from '../fixtures/nvml/fake-nvml.ts';
import { startHost, type VsCodeHost } from './harness/host.ts';
import { until } from './harness/until.ts';
import type { VsCodeWindow } from './harness/window.ts';

const STATUS = 'optimetrics.status';
/** The values, and after them the workload class once there is an answer. */
const LIVE = /^(CPU \d+%\u2007* RAM) \d+%(?:\s+\D+)?$/;

/** A row for every sample: a log from which it can be seen that none is missing. */
const EVERY_SAMPLE = { 'optimetrics.logging.enableDeltaFiltering': false };

const isLive = ({ text }: { text: string }): boolean => LIVE.test(text);

describe('the extension in VS Code', () => {
  let host: VsCodeHost;
  let window: VsCodeWindow;
  before(async () => {
    host = await startHost({ settings: { 'workbench.colorTheme': 'Default Dark Modern', ...EVERY_SAMPLE } });
    window = await host.openWindow();
  });
  after(() => host.stop());

  const rows = () => readLog(host.logDirectory);

  test('the status bar shows live values that change, in a text that keeps its width', async () => {
    const first = await window.waitForStatus(STATUS, isLive);
    const lengths = new Set<number>();
    await window.waitForStatus(STATUS, item => {
      lengths.add(LIVE.exec(item.text)?.[1]?.length ?? 0);
      return isLive(item) && item.text !== first.text;
    });
    assert.equal(lengths.size, 1);
    assert.match(first.label, /OptiMetrics, CPU \d+ percent, memory \d+ percent/);
    assert.equal(first.kind, undefined);
  });

  test('the tooltip has every group, the kind of machine and the commands', async () => {
    await until(
      'the tooltip to have readings',
      async () => (await window.statusTooltip(STATUS)).includes('Memory') || undefined,
    );
    const tooltip = await window.statusTooltip(STATUS);
    for (const part of [
      /server behind this browser/,
      /CPU/,
      /Memory/,
      /Disk/,
      /Network/,
      /Log: metrics_[0-9a-f]{8}/,
      /Open Dashboard/,
      /Stop/,
    ]) {
      assert.match(tooltip, part);
    }
    assert.ok(!tooltip.includes('127.0.0.1'), 'no address');
    await window.screenshot('status-tooltip');
    await window.page.mouse.move(400, 300);
  });

  test('a click opens the dashboard: live values and charts that are drawn', async () => {
    await window.clickStatus(STATUS);
    const dashboard = await window.webview('section[data-chart="cpu"] canvas');
    const value = dashboard.locator('section[data-chart="cpu"] .entry dd').first();
    const first = await until('a value', async () =>
      /\d/.test(await value.innerText()) ? await value.innerText() : undefined,
    );
    await until('it changes', async () => (await value.innerText()) !== first || undefined);
    for (const chart of ['cpu', 'memory', 'disk', 'network']) {
      await dashboard.locator(`[data-pane="${chart}"]`).scrollIntoViewIfNeeded();
      await until(`the ${chart} chart to be drawn`, () =>
        dashboard.locator(`[data-pane="${chart}"] canvas`).evaluate((canvas: HTMLCanvasElement) => {
          const pixels = canvas.getContext('2d')?.getImageData(0, 0, canvas.width, canvas.height).data ?? [];
          return new Set(pixels).size > 8;
        }),
      );
    }
    assert.equal(
      await dashboard.locator('section[data-chart^="gpu"]').count(),
      0,
      'no GPU here, no chart of one',
    );
    await window.screenshot('dashboard-live');
  });

  test('two windows and a terminal: one sampler and one log; closing the window that started it loses nothing', async () => {
    const [sampler] = host.samplers();
    const second = await host.openWindow();
    await second.waitForStatus(STATUS, isLive);
    const config = path.join(host.root, 'every-sample.yaml');
    fs.writeFileSync(config, 'logging: { enable_delta_filtering: false }\n');
    const cli = path.join(ROOT, 'dist', 'cli.js');
    let printed = '';
    let said = '';
    let isOver = false;
    const run = (): ChildProcess => {
      printed = said = '';
      isOver = false;
      const child = spawn(process.execPath, [cli, 'run', '--config', config], {
        env: { ...host.env },
        stdio: ['ignore', 'pipe', 'pipe'],
      });
      child.stdout.on('data', text => (printed += String(text)));
      child.stderr.on('data', text => (said += String(text)));
      child.once('close', () => (isOver = true));
      return child;
    };
    let terminal = run();
    await until('the terminal to print samples, or to end', () => {
      // The settings of a window that is still coming up may be others yet.
      if (isOver && said.includes('a sampler runs with other settings')) terminal = run();
      return isOver || printed.split('\n').length > 2 || undefined;
    });
    assert.equal(isOver, false, `the terminal has ended: ${said}`);
    assert.deepEqual(
      host.samplers().map(({ pid }) => pid),
      [sampler?.pid],
    );
    await window.close();
    const closedAt = Date.now();
    await until(
      'eight more rows',
      () => (rows().length > 0 && (times(rows()).at(-1) ?? 0) > closedAt + 8_000) || undefined,
    );
    assert.deepEqual(
      host.samplers().map(({ pid }) => pid),
      [sampler?.pid],
      'still the same one',
    );
    assert.deepEqual(missingSeconds(rows()), []);
    assert.equal(new Set(seconds(rows())).size, rows().length, 'none is there twice');
    terminal.kill('SIGINT');
    await new Promise(resolve => terminal.once('exit', resolve));
    window = second;
  });

  test('kill -9 of the sampler: the status bar goes on with a new one', async () => {
    const [sampler] = host.samplers();
    assert.ok(sampler);
    process.kill(sampler.pid, 'SIGKILL');
    const killedAt = Date.now();
    await until('rows of a new sampler', () => (times(rows()).at(-1) ?? 0) > killedAt + 1_500 || undefined);
    await window.waitForStatus(STATUS, isLive);
    const [successor, ...others] = host.samplers();
    assert.ok(successor && successor.pid !== sampler.pid);
    assert.deepEqual(others, []);
    const missing = missingSeconds(rows());
    assert.ok(missing.length <= 1, `missing: ${missing.join(', ')}`);
  });

  test('after a reload the dashboard is there again, with its history', async () => {
    await window.runCommand('OptiMetrics: Open Dashboard');
    await window.webview('section[data-chart="cpu"] canvas');
    await until('some history', () => rows().length >= 12 || undefined);
    await window.reload();
    const dashboard = await window.webview('section[data-chart="cpu"] canvas');
    const canvas = dashboard.locator('[data-pane="cpu"] canvas');
    // Twelve seconds to the left of now is before the reload: a value there is of the past.
    await until('a value of twelve seconds ago', async () => {
      await canvas.focus();
      await canvas.press('Escape');
      for (let step = 0; step < 4; step++) await canvas.press('ArrowLeft');
      return /CPU \d/.test((await canvas.getAttribute('aria-valuetext')) ?? '') || undefined;
    });
    await canvas.press('Escape');
    await window.waitForStatus(STATUS, isLive);
    assert.equal(host.samplers().length, 1);
    await window.screenshot('dashboard-reloaded');
  });

  test('a longer span comes from the log, is zoomed and goes back; layout and span survive a reload', async () => {
    const dashboard = await window.webview('[data-pane="cpu"] canvas');
    const status = dashboard.locator('.status');
    await dashboard.locator('[data-range="1h"]').click();
    await until('an hour', async () => /1.h/.test(await status.innerText()) || undefined);
    const label = dashboard.locator('[data-pane="cpu"] canvas');
    await until('the hour to be drawn', async () => {
      await label.focus();
      await label.press('Escape');
      await label.press('ArrowLeft');
      return /CPU \d/.test((await label.getAttribute('aria-valuetext')) ?? '') || undefined;
    });
    // Around the moment pointed at, twice as near.
    await label.press('+');
    await until('half an hour', async () => /\d+:\d+/.test(await status.innerText()) || undefined);
    await label.press('Backspace');
    await label.press('Escape');
    await until('the hour again', async () => /1.h/.test(await status.innerText()) || undefined);

    await dashboard.locator('.arrange').click();
    const hidden = dashboard.locator('[data-section="network"]');
    await hidden.getByRole('button', { name: /^Hide/ }).click();
    await dashboard
      .locator('[data-section="memory"]')
      .getByRole('button', { name: /^Move up/ })
      .click();
    const order = (frame: Frame): Promise<string[]> =>
      frame
        .locator('.place:visible')
        .evaluateAll(places => places.map(place => (place as HTMLElement).dataset['section'] ?? ''));
    const cpu = dashboard.locator('[data-section="cpu"]');
    await cpu.getByRole('button', { name: /^Half width/ }).click();
    await cpu.getByRole('button', { name: /^Medium/ }).click();
    const wanted = (await order(dashboard)).join(' ');
    assert.match(wanted, /cpu memory cores/);
    assert.ok(!wanted.includes('network'));
    await window.reload();
    const again = await window.webview('[data-pane="cpu"] canvas');
    await until('the layout', async () => (await order(again)).join(' ') === wanted || undefined);
    await again.locator('[data-section="cpu"][data-width="full"][data-height="large"]').waitFor();
    await until('the span', async () => /1.h/.test(await again.locator('.status').innerText()) || undefined);
    await again.locator('.arrange').click();
    await window.screenshot('dashboard-layout');
    await again.getByRole('button', { name: 'Reset Layout' }).click();
    await until(
      'the usual layout',
      async () => (await order(again)).join(' ').includes('network') || undefined,
    );
    await again.locator('[data-range="5m"]').click();
  });

  test('two dashboards and one in the panel area, each with a span of its own, and all there again after a reload', async () => {
    await window.runCommand('OptiMetrics: Open Another Dashboard');
    await window.runCommand('OptiMetrics: Focus on Dashboard View');
    const drawn = '[data-pane="cpu"] canvas';
    const statuses = async (): Promise<string[]> => {
      const frames = await window.webviews(drawn);
      return Promise.all(frames.map(frame => frame.locator('.status').innerText()));
    };
    const [first] = await until('two that can be seen', async () => {
      const frames = await window.webviews(drawn);
      return frames.length === 2 && frames;
    });
    await first?.locator('[data-range="15m"]').click();
    const spans = async (): Promise<string[]> =>
      (await statuses()).map(text => text.replace(/\s/g, ' ')).sort();
    await until(
      'each its own span',
      async () =>
        JSON.stringify(await spans()) === JSON.stringify(['Live, 15 min', 'Live, 5 min']) || undefined,
    );
    for (const frame of await window.webviews(drawn)) {
      const value = frame.locator('section[data-chart="cpu"] .entry dd').first();
      const before = await value.innerText();
      await until('live values in each', async () => (await value.innerText()) !== before);
    }
    await window.screenshot('dashboard-panel-area');
    await window.reload();
    await until(
      'both again',
      async () =>
        JSON.stringify(await spans()) === JSON.stringify(['Live, 15 min', 'Live, 5 min']) || undefined,
    );
    assert.equal(host.samplers().length, 1);
  });

  test('Stop ends the sampler with the last window and survives a reload; Start brings it back', async () => {
    await window.runCommand('OptiMetrics: Stop');
    await window.waitForStatus(
      STATUS,
      ({ text, label }) => text === 'OptiMetrics' && label.includes('stopped'),
    );
    await until('the sampler to end', () => host.samplers().length === 0 || undefined);
    await window.reload();
    await window.waitForStatus(STATUS, ({ label }) => label.includes('stopped'));
    assert.equal(host.samplers().length, 0);
    const dashboard = await window.webview('#dashboard');
    await until(
      'the dashboard to say so',
      async () => /stopped/i.test(await dashboard.locator('#dashboard').innerText()) || undefined,
    );
    await window.screenshot('dashboard-when-stopped');
    await window.runCommand('OptiMetrics: Start');
    await window.waitForStatus(STATUS, isLive);
    assert.equal(host.samplers().length, 1);
  });

  test('Show Log shows the channel, with the sampler’s messages', async () => {
    await window.runCommand('OptiMetrics: Show Log');
    const output = window.page.locator('.output-view .view-lines, .part.panel .view-lines');
    await until(
      'the channel',
      async () => /connected\sto\sthe\ssampler/.test((await output.allInnerTexts()).join('\n')) || undefined,
    );
  });

  test('Copy Diagnostics puts a text without paths and names on the clipboard', async () => {
    await window.page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
    await window.runCommand('OptiMetrics: Copy Diagnostics');
    const text = await until('the text', async () => {
      const copied = await window.page.evaluate(() => navigator.clipboard.readText());
      return copied.startsWith('OptiMetrics') ? copied : undefined;
    });
    assert.match(text, /^Sampler: running$/m);
    assert.match(text, /^nvidia +unsupported: /m);
    assert.ok(!text.includes(host.root) && !text.includes('/'.concat('tmp')), 'no path');
  });

  test('Open Log Folder shows the folder of the log', async () => {
    await window.runCommand('OptiMetrics: Open Log Folder');
    const input = window.page.locator('.quick-input-widget:visible input.input');
    await until(
      'the dialog',
      async () => (await input.inputValue()).startsWith(host.logDirectory) || undefined,
    );
    await window.page.keyboard.press('Escape');
  });

  test('Open Walkthrough shows the walkthrough', async () => {
    await window.runCommand('OptiMetrics: Open Walkthrough');
    await window.page.locator('.gettingStartedContainer', { hasText: 'What is never collected' }).waitFor();
  });

  test('the console of the window stays clean', () => {
    assert.deepEqual(window.problems(), []);
  });
});

describe('the workload in VS Code', () => {
  let host: VsCodeHost;
  let window: VsCodeWindow;
  before(async () => {
    host = await startHost({ settings: { 'workbench.colorTheme': 'Default Dark Modern' } });
    window = await host.openWindow();
  });
  after(() => host.stop());

  const corrections = (): string =>
    path.join(host.root, 'data', 'optimetrics', 'workload', 'corrections.json');
  // What a machine that runs these tests is doing is for the classifier to say: any class will do, and “unknown”.
  const hasClass = ({ text, label }: { text: string; label: string }): boolean =>
    /%\s+[A-Za-z0-9]+$/.test(text) && /, workload [a-z0-9 ]+$/.test(label);

  test('the status bar names the class after the values, and the tooltip says how sure that is and why', async () => {
    const { label } = await window.waitForStatus(STATUS, hasClass);
    const title = / workload (.*)$/.exec(label)?.[1] ?? '';
    const tooltip = await until('the tooltip to say it', async () => {
      const text = await window.statusTooltip(STATUS);
      return text.includes('Correct Workload…') ? text : undefined;
    });
    assert.ok(title !== '');
    assert.match(tooltip, /(Unknown|[A-Z][A-Za-z0-9 ]+, \d+ % sure) for (< 1 min|\d+ min)/);
    const reasons = await window.page.locator('.monaco-hover:visible li').allInnerTexts();
    assert.ok(reasons.length >= 1 && reasons.length <= 3, reasons.join(' | '));
    await window.screenshot('workload-tooltip');
    await window.page.mouse.move(400, 300);
  });

  test('the dashboard has the answer, its reasons, the band and the time per class; a reload keeps the band', async () => {
    await window.runCommand('OptiMetrics: Open Dashboard');
    const check = async (): Promise<void> => {
      const dashboard = await window.webview('section.workload .band .span');
      const section = dashboard.locator('section.workload');
      const last = section.locator('.band .span').last();
      await until('the answer, and the same at the end of the band', async () => {
        const title = await section.locator('.answer strong').innerText();
        return ((await last.getAttribute('aria-label')) ?? '').startsWith(`${title}, `) || undefined;
      });
      assert.match((await last.getAttribute('aria-label')) ?? '', / to now$/);
      assert.ok((await section.locator('.reasons li').count()) >= 1);
      await until(
        'the time of today',
        async () =>
          /(< 1 min|\d+ min)\s+(< 1 min|\d+ min)/.test(await section.locator('.times').innerText()) ||
          undefined,
      );
    };
    await check();
    await window.screenshot('workload-dashboard');
    const reloadedAt = Date.now();
    await window.reload();
    await check();
    const dashboard = await window.webview('section.workload .band .span');
    await until('the band from before the reload', async () => {
      const { left, right, width } = await dashboard.locator('.band').evaluate(band => {
        const spans = [...band.querySelectorAll('.span')].map(one => one.getBoundingClientRect());
        const track = band.getBoundingClientRect();
        return {
          left: Math.min(...spans.map(one => one.left)),
          right: Math.max(...spans.map(one => one.right)),
          width: track.width,
        };
      });
      return (300 * (right - left)) / width > (Date.now() - reloadedAt) / 1000 || undefined;
    });
    await window.waitForStatus(STATUS, hasClass);
    await window.screenshot('workload-reloaded');
  });

  test('the user corrects it, and has that forgotten', async () => {
    await window.runCommand('OptiMetrics: Correct the Detected Workload…');
    const rows = window.page.locator('.quick-input-widget:visible .monaco-list-row');
    await until('the list of classes', async () => (await rows.count()) > 5 || undefined);
    await window.screenshot('workload-correct');
    await window.page.locator('.quick-input-widget:visible input.input').fill('CAD');
    await until('the one class', async () => (await rows.count()) === 1 || undefined);
    await rows.first().click();
    await window.waitForToast(
      'OptiMetrics will remember that this was “CAD and 3D modelling”. 1 correction kept on this machine.',
    );
    assert.equal(fs.statSync(corrections()).mode & 0o777, 0o600);
    await window.runCommand('OptiMetrics: Forget Workload Corrections');
    await window.waitForToast('OptiMetrics has forgotten 1 correction.');
    assert.ok(!fs.existsSync(corrections()));
    await window.screenshot('workload-forgotten');
  });

  const hasNoClass = ({ text, label }: { text: string; label: string }): boolean =>
    LIVE.test(text) && text.endsWith('%') && !label.includes('workload');

  test('profiles of a file and of the settings add a class, which is the answer; a bad one is told, and costs itself', async () => {
    const anything = {
      cpu_utilization: [0, 100],
      busiest_core_utilization: [0, 100],
      ram_percent: [0, 100],
      network_kbps: [0, 1e9],
    };
    const file = path.join(host.root, 'profiles.yaml');
    fs.writeFileSync(
      file,
      `session_classification:\n  profiles:\n    of_file: ${JSON.stringify(anything)}\n    bad: { gpu: [1, 2] }\n`,
    );
    host.writeMachineSettings({ 'optimetrics.configFile': file });
    await window.waitForToast(
      /profiles\.yaml:4:\d+: session_classification\.profiles\.bad\.gpu: unknown metric/,
    );
    await window.waitForStatus(STATUS, ({ label }) => label.endsWith(', workload of file'));
    host.writeMachineSettings({
      'optimetrics.sessionClassification.profiles': { of_settings: anything, worse: { ram_percent: [9, 1] } },
    });
    await window.waitForToast(
      /optimetrics\.sessionClassification\.profiles\.worse\.ram_percent: must be a list of the least and the greatest/,
    );
    await window.waitForStatus(STATUS, ({ label }) => label.endsWith(', workload of settings'));
    await window.screenshot('workload-profile');
  });

  test('switched off, no class is shown, and the dashboard and the command say so', async () => {
    host.writeMachineSettings({ 'optimetrics.general.enableSessionClassification': false });
    await window.waitForStatus(STATUS, hasNoClass);
    await window.runCommand('OptiMetrics: Open Dashboard');
    const dashboard = await window.webview('section.workload .answer strong');
    await until(
      'the dashboard to say so',
      async () => (await dashboard.locator('section.workload .answer strong').innerText()) === 'Off',
    );
    await window.screenshot('workload-off');
    await window.runCommand('OptiMetrics: Correct the Detected Workload…');
    await window.waitForToast('optimetrics.general.enableSessionClassification is off');
    host.writeMachineSettings({});
    await window.waitForStatus(STATUS, hasClass);
  });

  test('a setting takes it from the status bar and brings it back', async () => {
    const settings = JSON.parse(fs.readFileSync(host.settingsFile, 'utf8')) as Record<string, unknown>;
    const show = (showWorkload: boolean): Promise<void> =>
      window.writeUserSettings(
        JSON.stringify({ ...settings, 'optimetrics.statusBar.showWorkload': showWorkload }),
      );
    await show(false);
    await window.waitForStatus(STATUS, hasNoClass);
    await show(true);
    await window.waitForStatus(STATUS, hasClass);
  });

  test('the console of the window stays clean', () => {
    assert.deepEqual(window.problems(), []);
  });
});

describe('GPUs in VS Code', { skip: NO_FAKE_NVML }, () => {
  let host: VsCodeHost;
  let fake: FakeNvml;
  before(async () => {
    fake = new FakeNvml();
    fake.turn({ gpus: 2, set: { 'utilization@0': 37, 'utilization@1': 93, 'used': 20 * 2 ** 30 } });
    host = await startHost({ env: { OPTIMETRICS_NVML: fake.library } });
  });
  after(async () => {
    await host.stop();
    fake.dispose();
  });

  test('the status bar shows the busiest, the dashboard a chart for each; a driver that hangs costs only them', async () => {
    const window = await host.openWindow();
    await window.waitForStatus(STATUS, ({ text }) => text.includes('GPU×2 93%'));
    await window.runCommand('OptiMetrics: Open Dashboard');
    const dashboard = await window.webview('section[data-chart="gpu0"], section[data-chart="gpu1"]');
    await until('both GPUs', async () => {
      const text = (await dashboard.locator('section[data-chart^="gpu"]').allInnerTexts()).join('\n');
      return (
        (text.includes('NVIDIA Test GPU A') && text.includes('NVIDIA Test GPU B') && /\b93\b/.test(text)) ||
        undefined
      );
    });
    await window.screenshot('dashboard-two-gpus');
    fake.turn({ gpus: 2, rules: ['nvmlDeviceGetUtilizationRates=hang'] });
    await window.waitForStatus(STATUS, ({ text }) => /^CPU \d+%\u2007* GPU×2 –\u2007* RAM/.test(text));
    await until('the dashboard to say so', async () => {
      const text = (await dashboard.locator('section[data-chart^="gpu"]').allInnerTexts()).join('\n');
      return text.includes('failed') || undefined;
    });
    const tooltip = await until('the tooltip to say why', async () => {
      const text = await window.statusTooltip(STATUS);
      return text.includes('nvidia left-out') ? text : undefined;
    });
    assert.match(tooltip, /the sampler died in its driver/);
    await window.screenshot('gpus-left-out');
  });
});

describe('settings', () => {
  test('a wrong setting and a wrong file are told, and the defaults hold', async () => {
    const file = path.join(fs.mkdtempSync('/tmp/om-config-'), 'wrong.yaml');
    fs.writeFileSync(file, 'general:\n  collect_gpu: maybe\n');
    const host = await startHost({
      settings: { 'optimetrics.configFile': file, 'optimetrics.general.loggingInterval': 'fast' },
    });
    try {
      const window = await host.openWindow();
      const toast = await window.waitForToast('OptiMetrics: ');
      assert.equal(toast.severity, 'warning');
      assert.match(
        toast.text,
        /wrong\.yaml:2:\d+: general\.collect_gpu.*and 1 more|optimetrics\.general\.loggingInterval.*and 1 more/,
      );
      await window.waitForStatus(STATUS, isLive);
      assert.equal(host.samplers().length, 1);
    } finally {
      await host.stop();
      fs.rmSync(path.dirname(file), { recursive: true });
    }
  });

  for (const trust of [true, false]) {
    test(`a malicious workspace changes nothing, with workspace trust ${trust ? 'on, untrusted and then trusted' : 'off'}`, async () => {
      const stolen = fs.mkdtempSync('/tmp/om-stolen-');
      const host = await startHost({
        trust,
        settings: EVERY_SAMPLE,
        files: {
          '.vscode/settings.json': JSON.stringify({
            'optimetrics.logging.logDirectory': stolen,
            'optimetrics.configFile': path.join(stolen, 'evil.yaml'),
            'optimetrics.nvml': path.join(stolen, 'evil.so'),
            'optimetrics.nvmlLibrary': path.join(stolen, 'evil.so'),
            'optimetrics.general.collectNetwork': false,
            'optimetrics.cloud.enabled': true,
            'optimetrics.cloud.encryptBeforeUpload': false,
            'optimetrics.cloud.folder.path': path.join(stolen, 'up'),
            'OPTIMETRICS_NVML': path.join(stolen, 'evil.so'),
            'terminal.integrated.env.linux': { OPTIMETRICS_NVML: path.join(stolen, 'evil.so') },
          }),
          '.env': `OPTIMETRICS_NVML=${path.join(stolen, 'evil.so')}\n`,
          'configs/config.yaml': `logging: { log_directory: ${stolen} }\ncloud: { enabled: true, folder: { path: ${stolen}/up } }\n`,
        },
      });
      fs.writeFileSync(path.join(stolen, 'evil.yaml'), `logging: { log_directory: ${stolen} }\n`);
      const before = fs.readdirSync(stolen);
      try {
        const window = await host.openWindow();
        await window.waitForStatus(STATUS, isLive);
        const check = async (): Promise<void> => {
          const seen = readLog(host.logDirectory).length;
          await until(
            'two more rows in the right place',
            () => readLog(host.logDirectory).length >= seen + 2 || undefined,
          );
          assert.deepEqual(fs.readdirSync(stolen), before);
          assert.ok(
            'net_bytes_sent' in (readLog(host.logDirectory).at(-1) ?? {}),
            'what is collected is the user’s choice',
          );
          const [sampler] = host.samplers();
          const environment = fs.readFileSync(`/proc/${String(sampler?.pid)}/environ`, 'latin1');
          assert.ok(!environment.includes(stolen));
          const connection = await connect(runtimePaths(host.runtimeDirectory), 'terminal', 10_000);
          connection.close();
          const { config } = connection.hello;
          assert.equal(config.cloud.enabled, false);
          assert.ok(!JSON.stringify(config).includes(stolen));
        };
        await check();
        if (trust) {
          assert.equal(await window.isRestricted(), true);
          await window.trustFolder();
          await window.waitForStatus(STATUS, isLive);
          await check();
        }
      } finally {
        await host.stop();
        fs.rmSync(stolen, { recursive: true });
      }
    });
  }
});
