import { build } from 'esbuild';
import fs from 'node:fs';
import path from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { parseWebviewMessage, type HostMessage, type WebviewMessage } from '../../../src/common/dashboard.ts';
import type { ExportAnswer } from '../../../src/common/dashboard-export.ts';
import type { TemperatureUnit } from '../../../src/common/units.ts';
import { dashboardHtml } from '../../../src/extension/dashboard/html.ts';
import { inkColumns } from './ink.ts';
import { normalize } from './text.ts';
import { THEMES, type ThemeName } from './themes.ts';

const ORIGIN = 'https://dashboard.invalid';
const ROOT = path.resolve(import.meta.dirname, '../../..');

/** Script and style sheet of the dashboard, bundled as the build does it. */
export interface DashboardBundle {
  readonly script: string;
  readonly style: string;
}

/** Bundles the dashboard in memory. */
export async function bundleDashboard(): Promise<DashboardBundle> {
  const { outputFiles } = await build({
    entryPoints: [path.join(ROOT, 'webview/main.ts')],
    bundle: true,
    format: 'iife',
    target: 'chrome128',
    outdir: path.join(ROOT, 'dist/webview'),
    write: false,
    logLevel: 'silent',
  });
  const text = (extension: string): string =>
    outputFiles.find(file => file.path.endsWith(extension))?.text ?? '';
  return { script: text('.js'), style: text('.css') };
}

/** What the page keeps for the test to read. */
interface TestHooks {
  __posted: unknown[];
  __violations: string[];
  __state: unknown;
}

/** The dashboard in a page of its own, with the test in the place of VS Code. Nothing is read from a network. */
export class StandalonePage {
  readonly page: Page;
  /** Errors and warnings of the page. */
  readonly problems: string[] = [];

  private constructor(page: Page) {
    this.page = page;
    page.on('pageerror', error => this.problems.push(String(error)));
    page.on('console', message => {
      if (message.type() === 'error' || message.type() === 'warning') this.problems.push(message.text());
    });
  }

  /**
   * Opens the page under the very content security policy that the extension sets.
   *
   * @param state what an earlier page saved with `setState`
   */
  static async open(
    browser: Browser,
    bundle: DashboardBundle,
    options: {
      readonly theme?: ThemeName;
      readonly width?: number;
      readonly height?: number;
      /** Pixels of the screen to a CSS pixel, as the zoom of the window sets it; 1 unless given. */
      readonly scale?: number;
      readonly state?: unknown;
      readonly temperatureUnit?: TemperatureUnit;
    } = {},
  ): Promise<StandalonePage> {
    const page = await browser.newPage({
      viewport: { width: options.width ?? 1200, height: options.height ?? 900 },
      deviceScaleFactor: options.scale ?? 1,
    });
    const standalone = new StandalonePage(page);
    const html = dashboardHtml({
      nonce: 'bm9uY2Utb2YtdGhlLXRlc3Q',
      cspSource: ORIGIN,
      scriptUri: `${ORIGIN}/main.js`,
      styleUri: `${ORIGIN}/main.css`,
      arrangement: { places: [], cores: 'none' },
      temperatureUnit: options.temperatureUnit ?? 'celsius',
      language: 'en',
      words: {},
    });
    await page.route('**/*', route => {
      const { pathname } = new URL(route.request().url());
      if (pathname === '/') return route.fulfill({ contentType: 'text/html', body: html });
      if (pathname === '/main.js')
        return route.fulfill({ contentType: 'text/javascript', body: bundle.script });
      if (pathname === '/main.css') return route.fulfill({ contentType: 'text/css', body: bundle.style });
      return route.abort();
    });
    // tsx marks functions with this helper of its own, also those that run in the page.
    await page.addInitScript('globalThis.__name = target => target');
    await page.addInitScript((state: unknown) => {
      const hooks = globalThis as unknown as TestHooks;
      hooks.__posted = [];
      hooks.__violations = [];
      hooks.__state = state;
      document.addEventListener('securitypolicyviolation', event => {
        hooks.__violations.push(`${event.violatedDirective}: ${event.blockedURI} ${event.sample}`);
      });
      Object.assign(globalThis, {
        acquireVsCodeApi: () => ({
          postMessage: (message: unknown) => hooks.__posted.push(message),
          getState: () => hooks.__state,
          setState: (next: unknown) => {
            hooks.__state = next;
          },
        }),
      });
    }, options.state);
    // VS Code has set the theme before the page's script runs.
    await page.addInitScript(applyTheme, { ...THEMES[options.theme ?? 'dark'] });
    await page.goto(`${ORIGIN}/`);
    return standalone;
  }

  /** Sends messages as the extension does, in their order. */
  async send(...messages: readonly HostMessage[]): Promise<void> {
    await this.page.evaluate(list => {
      for (const message of list) window.postMessage(message, '*');
    }, messages);
  }

  /** Everything the dashboard has told the extension, checked as the extension checks it. */
  async posted(): Promise<WebviewMessage[]> {
    const list = await this.page.evaluate(() => (globalThis as unknown as TestHooks).__posted);
    return list.map(item => {
      const message = parseWebviewMessage(item);
      if (!message) throw new Error(`not a message the extension takes: ${JSON.stringify(item)}`);
      return message;
    });
  }

  /** Waits for the latest request for a range after the one with this number. */
  async rangeRequest(after = 0): Promise<Extract<WebviewMessage, { type: 'range' }>> {
    await this.page.waitForFunction(
      last =>
        (globalThis as unknown as TestHooks).__posted.some(item => {
          const message = item as { readonly type: string; readonly request?: number };
          return message.type === 'range' && (message.request ?? 0) > last;
        }),
      after,
    );
    const latest = (await this.posted()).filter(message => message.type === 'range').at(-1);
    if (!latest) throw new Error('no range was asked for');
    return latest;
  }

  /** What the dashboard has answered to a request for an export so far; bytes as they arrive in the extension. */
  async exportAnswers(request: number): Promise<ExportAnswer[]> {
    const list = await this.page.evaluate(
      wanted =>
        (globalThis as unknown as TestHooks).__posted
          .map(item => item as { type: string; request?: number; bytes?: Uint8Array; fault?: string })
          .filter(item => item.type.startsWith('export') && item.request === wanted)
          .map(({ bytes, ...rest }) => ({
            ...rest,
            ...(bytes ? { base64: btoa(Array.from(bytes, byte => String.fromCharCode(byte)).join('')) } : {}),
          })),
      request,
    );
    return list.map(({ base64, ...rest }) => {
      const bytes = base64 === undefined ? {} : { bytes: new Uint8Array(Buffer.from(base64, 'base64')) };
      const message = parseWebviewMessage({ ...rest, ...bytes });
      if (
        message?.type !== 'exportChunk' &&
        message?.type !== 'exportEnd' &&
        message?.type !== 'exportFailed'
      )
        throw new Error(`not an answer that the extension takes: ${JSON.stringify(rest)}`);
      return message;
    });
  }

  /** Breaches of the content security policy so far. */
  async violations(): Promise<string[]> {
    return this.page.evaluate(() => (globalThis as unknown as TestHooks).__violations);
  }

  /** What the page has saved with `setState`. */
  async savedState(): Promise<unknown> {
    return this.page.evaluate(() => (globalThis as unknown as TestHooks).__state);
  }

  /** Changes the theme as VS Code does: variables on the root element, class and kind on the body. */
  async setTheme(theme: ThemeName): Promise<void> {
    await this.page.evaluate(applyTheme, { ...THEMES[theme] });
  }

  /** Value beside a line of a card, by the card's id and the line's title; `undefined` when there is no such line. */
  async value(card: string, title: string): Promise<string | undefined> {
    const entry = this.page
      .locator(
        `[data-chart="${card}"] .pane:not([hidden]) .entry:not([hidden]), [data-chart="${card}"] .numbers .entry`,
      )
      .filter({ has: this.page.getByText(title, { exact: true }) });
    return (await entry.count()) === 0 ? undefined : normalize(await entry.first().locator('dd').innerText());
  }

  /** Value of a tile at the top, by its column; `undefined` when there is no such tile. */
  async tile(column: string): Promise<string | undefined> {
    const tile = this.page.locator(`[data-tile="${column}"] .value`);
    return (await tile.count()) === 0 ? undefined : normalize(await tile.innerText());
  }

  /** As {@link inkColumns}. */
  async inkColumns(chart: string, variable: string): Promise<boolean[]> {
    return inkColumns(this.page, chart, variable);
  }

  /** Keeps a file for people to look at. */
  keep(name: string, bytes: Uint8Array): void {
    fs.mkdirSync(path.join(ROOT, 'test-results'), { recursive: true });
    fs.writeFileSync(path.join(ROOT, 'test-results', `dashboard-${name}`), bytes);
  }

  /** Keeps a picture of the page for people to look at. */
  async screenshot(name: string): Promise<void> {
    await this.page.screenshot({ path: path.join(ROOT, 'test-results', `dashboard-${name}.png`) });
  }

  async close(): Promise<void> {
    await this.page.close();
  }
}

/** Runs in the page, also before it has a body. */
function applyTheme(theme: {
  kind: string;
  bodyClass: string;
  variables: Readonly<Record<string, string>>;
}): void {
  const apply = (): void => {
    const root = document.documentElement;
    document.body.className = theme.bodyClass;
    document.body.dataset['vscodeThemeKind'] = theme.kind;
    for (const name of [...root.style]) if (name.startsWith('--vscode-')) root.style.removeProperty(name);
    for (const [name, value] of Object.entries(theme.variables))
      root.style.setProperty(`--vscode-${name}`, value);
  };
  // The body must have its theme before the script at its end runs.
  if (document.body as HTMLElement | null) apply();
  else {
    new MutationObserver((_, observer) => {
      if (!(document.body as HTMLElement | null)) return;
      observer.disconnect();
      apply();
    }).observe(document, { childList: true, subtree: true });
  }
}
