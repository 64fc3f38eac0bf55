import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { Frame } from 'playwright-core';
import type { VsCodeHost, WindowOptions } from '../harness/host.ts';
import { until } from '../harness/until.ts';
import type { StatusItem, VsCodeWindow } from '../harness/window.ts';

export const STATUS = 'optimetrics.status';

/** Pixels of a picture for one of CSS: what is small in a README can still be read. */
const SCALE = 2;
/** For what is drawn after something has been asked for: charts are drawn once a second. */
const SETTLED_MS = 2_500;
/** How long a browser may take for a picture: it draws without a GPU, on a machine under load. */
const PATIENCE_MS = 120_000;
/** Colours of a picture, in percent of what can be seen; PNGs of as many colours as there are would be four times as large. */
const QUALITY = '0-100';

export type ThemeName = 'dark' | 'light' | 'high contrast';

const THEMES: Readonly<Record<ThemeName, string>> = {
  'dark': 'Default Dark Modern',
  'light': 'Default Light Modern',
  'high contrast': 'Default High Contrast',
};

/** A part of a window, in pixels of CSS. */
export interface Part {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** Takes pictures of windows, and keeps those that are wanted in a folder. */
export class Studio {
  readonly #folder: string;
  readonly #wanted: ReadonlySet<string>;

  /** @param wanted names of pictures; all when it is empty */
  constructor(folder: string, wanted: readonly string[]) {
    this.#folder = folder;
    this.#wanted = new Set(wanted);
  }

  /** Whether one of these pictures is to be taken. */
  wants(...names: readonly string[]): boolean {
    return this.#wanted.size === 0 || names.some(name => this.#wanted.has(name));
  }

  /** Opens a window of its own, as the user sees it on a sharp display, with the side bar closed. */
  async open(
    host: VsCodeHost,
    options: WindowOptions & { readonly theme?: ThemeName } = {},
  ): Promise<VsCodeWindow> {
    const { theme = 'dark', ...rest } = options;
    const settings = JSON.parse(fs.readFileSync(host.settingsFile, 'utf8')) as Record<string, unknown>;
    // Read when a window is opened.
    fs.writeFileSync(
      host.settingsFile,
      JSON.stringify({ ...settings, 'workbench.colorTheme': THEMES[theme] }),
    );
    const window = await host.openWindow({ scale: SCALE, freshBrowser: true, ...rest });
    await window.page.keyboard.press('Control+b');
    await live(window);
    return window;
  }

  /** Makes a window as high as it takes to show the dashboard down to the end of a part of it. */
  async fit({ page }: VsCodeWindow, dashboard: Frame, selector: string): Promise<void> {
    // What is drawn after that may have another height.
    for (let round = 0; round < 2; round++) {
      await delay(SETTLED_MS);
      const size = page.viewportSize();
      const missing = await dashboard
        .locator(selector)
        .first()
        .evaluate(element => Math.ceil(element.getBoundingClientRect().bottom + 6 - innerHeight));
      if (size) await page.setViewportSize({ width: size.width, height: size.height + missing });
    }
  }

  /** Opens the dashboard of a window and waits until its first chart has values. */
  async dashboard(window: VsCodeWindow, title = 'OptiMetrics: Open Dashboard'): Promise<Frame> {
    await window.runCommand(title);
    const dashboard = await window.webview('[data-pane="cpu"] canvas');
    await until('values', async () =>
      /\d/.test(await dashboard.locator('[data-pane="cpu"] .entry dd').first().innerText()),
    );
    return dashboard;
  }

  /**
   * Keeps a picture of a window, or of a part of it, as `<name>.png`.
   *
   * @param settledMs how long to wait before
   */
  async take(name: string, { page }: VsCodeWindow, clip?: Part, settledMs = SETTLED_MS): Promise<void> {
    if (!this.wants(name)) return;
    await delay(settledMs);
    const file = path.join(this.#folder, `${name}.png`);
    await page.screenshot({ path: file, timeout: PATIENCE_MS, ...(clip ? { clip } : {}) });
    execFileSync('pngquant', [
      ...['--force', '--strip', '--speed', '1', '--quality', QUALITY],
      ...['--output', file, '--', file],
    ]);
    console.log(`  ${name}.png (${Math.round(fs.statSync(file).size / 1024).toString()} KiB)`);
  }

  /** What a window has of the webview that `frame` is in, without what is around it. */
  async webviewPart(frame: Frame): Promise<Part> {
    const element = await frame.parentFrame()?.frameElement();
    const box = await element?.boundingBox();
    if (!box) throw new Error('the webview cannot be seen');
    return box;
  }
}

/** Waits until the status bar shows values, and `accept` says yes to them. */
export function live(
  window: VsCodeWindow,
  accept: (item: StatusItem) => boolean = () => true,
): Promise<StatusItem> {
  return window.waitForStatus(STATUS, item => /\d%/.test(item.text) && accept(item));
}

/** Scrolls a dashboard so that an element is right under the toolbar. */
export async function scrollTo(dashboard: Frame, selector: string): Promise<void> {
  await dashboard
    .locator(selector)
    .first()
    .evaluate((element: HTMLElement) => {
      const bar = document.querySelector('.top')?.getBoundingClientRect().height ?? 0;
      window.scrollBy(0, element.getBoundingClientRect().top - bar - 12);
    });
}
