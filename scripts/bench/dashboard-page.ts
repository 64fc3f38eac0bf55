import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { Browser, BrowserContext, CDPSession, Page } from 'playwright-core';
import type { HostMessage } from '../../src/common/dashboard.ts';
import { Conversation } from '../../src/extension/dashboard/conversation.ts';
import { dashboardHtml } from '../../src/extension/dashboard/html.ts';
import { DIST } from '../lib/paths.mjs';
import { installProbe, type Painted, type ProbedPage } from './page-probe.ts';
import type { WatchedMachine } from './watched-machine.ts';

const ORIGIN = 'https://dashboard.invalid';
/** VS Code's dark theme, as far as the dashboard uses it. */
const COLORS = {
  'foreground': '#cccccc',
  'editor-background': '#1f1f1f',
  'descriptionForeground': '#9d9d9d',
  'panel-border': '#2b2b2b',
  'charts-blue': '#59a4f9',
  'charts-green': '#89d185',
  'charts-orange': '#d18616',
  'charts-purple': '#b180d7',
  'charts-red': '#f48771',
  'charts-yellow': '#cca700',
  'charts-foreground': '#cccccc',
};

/** How the page is opened. */
export interface PageOptions {
  readonly width: number;
  readonly height: number;
  /** What an earlier page has saved; nothing unless given. */
  readonly state?: unknown;
  /** Whether it is noted when charts are painted, which makes drawing slower. */
  readonly isProbed?: boolean;
}

/** The built dashboard in a page of its own, with the extension's half of the talk and a real sampler behind it. */
export class DashboardPage {
  readonly page: Page;
  readonly #context: BrowserContext;
  readonly #session: CDPSession;
  readonly #conversation: Conversation;
  #isOpen = true;

  private constructor(page: Page, session: CDPSession, machine: WatchedMachine) {
    this.page = page;
    this.#context = page.context();
    this.#session = session;
    const ports = {
      post: (message: HostMessage) => {
        void this.post(message);
      },
      run: () => undefined,
      keep: () => undefined,
      used: () => undefined,
    };
    this.#conversation = new Conversation(machine.source, ports, true);
  }

  /** Opens the page; it may not have drawn anything yet. */
  static async open(
    browser: Browser,
    machine: WatchedMachine,
    { width, height, state, isProbed = false }: PageOptions,
  ): Promise<DashboardPage> {
    // Without the policy that forbids what the bench puts into the page.
    const context = await browser.newContext({ bypassCSP: true, viewport: { width, height } });
    const page = await context.newPage();
    const dashboard = new DashboardPage(page, await context.newCDPSession(page), machine);
    const files = new Map([
      ['/', { contentType: 'text/html', body: html() }],
      ['/dashboard.js', { contentType: 'text/javascript', body: built('dashboard.js') }],
      ['/dashboard.css', { contentType: 'text/css', body: built('dashboard.css') }],
    ]);
    await page.route('**/*', route => {
      const file = files.get(new URL(route.request().url()).pathname);
      return file ? route.fulfill(file) : route.abort();
    });
    await page.exposeFunction('__post', (message: unknown) => {
      dashboard.#conversation.receive(message);
    });
    // tsx marks functions with this helper of its own, also those that run in the page.
    await page.addInitScript('globalThis.__name = target => target');
    await page.addInitScript(standInForVsCode, { state, colors: COLORS });
    if (isProbed) await page.addInitScript(installProbe);
    await page.goto(`${ORIGIN}/`);
    return dashboard;
  }

  /** Sends a message as the extension does. */
  async post(message: HostMessage): Promise<void> {
    if (!this.#isOpen) return;
    const expression = `window.postMessage(${JSON.stringify(message)}, '*')`;
    // A page that is being closed takes nothing any more.
    await this.#session.send('Runtime.evaluate', { expression }).catch(() => undefined);
  }

  /** The charts that were painted so far. Only of a page that is probed. */
  painted(): Promise<readonly Painted[]> {
    return this.page.evaluate(() => (globalThis as unknown as ProbedPage).__painted);
  }

  /** When the page began to be made, milliseconds since 1970 UTC. */
  beganAt(): Promise<number> {
    return this.page.evaluate(() => performance.timeOrigin);
  }

  /** Number of charts in sight. */
  charts(): Promise<number> {
    return this.page.evaluate(
      () =>
        [...document.querySelectorAll('[data-pane]:not([hidden]) canvas')].filter(canvas => {
          const { top, bottom } = canvas.getBoundingClientRect();
          return bottom > 0 && top < innerHeight;
        }).length,
    );
  }

  /** Memory of the page's scripts after a collection of garbage, in MiB. */
  async heapMib(): Promise<number> {
    await this.#session.send('HeapProfiler.collectGarbage');
    const { usedSize } = await this.#session.send('Runtime.getHeapUsage');
    return usedSize / 2 ** 20;
  }

  async close(): Promise<void> {
    this.#isOpen = false;
    this.#conversation.dispose();
    await this.#context.close();
  }
}

function built(name: string): string {
  return readFileSync(path.join(DIST, 'webview', name), 'utf8');
}

function html(): string {
  return dashboardHtml({
    nonce: 'bm9uY2Utb2YtdGhlLWJlbmNo',
    cspSource: ORIGIN,
    scriptUri: `${ORIGIN}/dashboard.js`,
    styleUri: `${ORIGIN}/dashboard.css`,
    arrangement: { places: [], cores: 'all' },
    language: 'en',
    temperatureUnit: 'celsius',
    words: {},
  });
}

/** Runs in the page, before it has a body. */
function standInForVsCode({
  state,
  colors,
}: {
  state: unknown;
  colors: Readonly<Record<string, string>>;
}): void {
  const post = (message: unknown): void => {
    (globalThis as unknown as { __post(message: unknown): void }).__post(message);
  };
  Object.assign(globalThis, {
    acquireVsCodeApi: () => ({ postMessage: post, getState: () => state, setState: () => undefined }),
  });
  new MutationObserver((_, observer) => {
    if (!(document.body as HTMLElement | null)) return;
    observer.disconnect();
    document.body.className = 'vscode-dark';
    document.body.dataset['vscodeThemeKind'] = 'vscode-dark';
    for (const [name, color] of Object.entries(colors))
      document.documentElement.style.setProperty(`--vscode-${name}`, color);
  }).observe(document, { childList: true, subtree: true });
}
