import { closeSync, mkdirSync, openSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { Frame, Page } from 'playwright-core';
import { connect } from '../../src/client/connection.ts';
import { Retire } from '../../src/common/protocol.ts';
import { runtimePaths } from '../../src/runtime/runtime-paths.ts';
import { launchChromium } from '../lib/chromium.mjs';
import { end } from '../lib/children.mjs';
import { step } from '../lib/terminal.mjs';
import { ensureHost, freePort, isHostSupported, prepareHost, startHost } from '../lib/vscode-host.mjs';
import { packageVsix } from '../lib/vsix.mjs';
import { plainEnvironment } from './child.ts';
import { installProbe, type ProbedPage, untilPainted } from './page-probe.ts';
import { type Summary, summarize } from './statistics.ts';

const OPENINGS = 5;
const PATIENCE_MS = 60_000;
const HELLO_MS = 5_000;
const STATUS = '.statusbar-item[id="optimetrics.optimetrics.optimetrics.status"]';
/** Until VS Code has done what it does after its start. */
const SETTLE_MS = 15_000;

/** From the command, or the choice of a span, to what is seen, in ms. */
export interface VsCodeOpening {
  readonly name: string;
  /** Until VS Code asks for the dashboard’s script: what it takes itself to make a page. NaN where there is one. */
  readonly page: Summary;
  readonly first: Summary;
  readonly all: Summary;
}

export interface InVsCode {
  readonly inVsCode?: readonly VsCodeOpening[];
  readonly notes: readonly string[];
}

/** Opens dashboards in the real VS Code, over the log that is in `folder` already. */
export async function measureInVsCode(folder: string): Promise<InVsCode> {
  if (!isHostSupported()) return { notes: ['VS Code is left out: its server runs on Linux, x64 and arm64.'] };
  const window = await step('Starting VS Code', () => VsCodeWindow.open(folder));
  try {
    const inVsCode = await step('Opening dashboards in VS Code', () => measureOpenings(window));
    return { inVsCode, notes: [] };
  } finally {
    await window.end();
  }
}

async function measureOpenings(window: VsCodeWindow): Promise<VsCodeOpening[]> {
  const live = new Times('command to live charts');
  const chosen = { '24h': new Times('choosing 24 hours'), '30d': new Times('choosing 30 days') };
  for (let round = 0; round < OPENINGS; round++) {
    const from = Date.now();
    await window.openDashboard();
    const frame = await window.dashboard();
    const painted = (): Promise<ProbedPage['__painted']> =>
      frame.evaluate(() => (globalThis as unknown as ProbedPage).__painted);
    live.add(from, await untilPainted('5m', painted), await scriptAskedAt(frame));
    await delay(2_000);
    for (const [preset, times] of Object.entries(chosen)) {
      const since = Date.now();
      await frame.locator(`[data-range="${preset}"]`).click();
      times.add(since, await untilPainted(preset, painted));
      await delay(1_000);
    }
    await window.closeEditor();
  }
  return [live, chosen['24h'], chosen['30d']].map(times => times.result);
}

class Times {
  readonly #name: string;
  readonly #page: number[] = [];
  readonly #first: number[] = [];
  readonly #all: number[] = [];

  constructor(name: string) {
    this.#name = name;
  }

  add(from: number, painted: { readonly first: number; readonly all: number }, page = Number.NaN): void {
    this.#page.push(page - from);
    this.#first.push(painted.first - from);
    this.#all.push(painted.all - from);
  }

  get result(): VsCodeOpening {
    return {
      name: this.#name,
      page: summarize(this.#page),
      first: summarize(this.#first),
      all: summarize(this.#all),
    };
  }
}

/** When the page asked for the dashboard’s script, milliseconds since 1970 UTC. */
function scriptAskedAt(frame: Frame): Promise<number> {
  return frame.evaluate(() => {
    const script = performance.getEntriesByType('resource').find(({ name }) => name.endsWith('dashboard.js'));
    return performance.timeOrigin + (script?.startTime ?? Number.NaN);
  });
}

/** Ends the sampler that the window has started, which would stay for a while. */
async function retireSampler(runtimeDirectory: string): Promise<void> {
  try {
    const connection = await connect(runtimePaths(runtimeDirectory), 'terminal', HELLO_MS);
    await connection.rpc.sendRequest(Retire, { ifLast: false, reason: 'the bench has ended' });
    await new Promise<void>(resolve => {
      connection.onClose(resolve);
    });
    await untilEnded(connection.hello.pid);
  } catch {
    // There is none any more.
  }
}

async function untilEnded(pid: number): Promise<never> {
  for (;;) {
    // Throws when there is no process of that number.
    process.kill(pid, 0);
    await delay(50);
  }
}

/** A window of VS Code, with the extension, whose log is there already. */
class VsCodeWindow {
  readonly #page: Page;
  readonly #end: () => Promise<void>;

  private constructor(page: Page, ended: () => Promise<void>) {
    this.#page = page;
    this.#end = ended;
  }

  static async open(folder: string): Promise<VsCodeWindow> {
    await ensureHost();
    const sub = (name: string): string => {
      const made = path.join(folder, name);
      mkdirSync(made, { recursive: true, mode: 0o700 });
      return made;
    };
    const workspace = sub('workspace');
    const env = {
      ...plainEnvironment(),
      HOME: sub('home'),
      XDG_RUNTIME_DIR: sub('vscode-run'),
      XDG_DATA_HOME: sub('data'),
      XDG_STATE_HOME: sub('state'),
      XDG_CONFIG_HOME: sub('config'),
      XDG_CACHE_HOME: sub('cache'),
    };
    const server = path.join(folder, 'server');
    await prepareHost(server, { vsix: await packageVsix(folder), env });
    const port = await freePort();
    const log = openSync(path.join(folder, 'server.log'), 'w');
    const child = await startHost({ folder: server, env, port, workspace, stdio: ['ignore', log, log] });
    closeSync(log);
    const browser = await launchChromium();
    const ended = async (): Promise<void> => {
      await browser.close();
      await end(child);
      await retireSampler(path.join(env.XDG_RUNTIME_DIR, 'optimetrics'));
    };
    try {
      const page = await browser.newPage({ viewport: { width: 1400, height: 900 } });
      // tsx marks functions with this helper of its own, also those that run in the page.
      await page.addInitScript('globalThis.__name = target => target');
      await page.addInitScript(installProbe);
      await page.goto(`http://127.0.0.1:${port}/?folder=${encodeURIComponent(workspace)}`);
      await page.locator(STATUS, { hasText: 'CPU' }).waitFor({ timeout: PATIENCE_MS });
      await delay(SETTLE_MS);
      return new VsCodeWindow(page, ended);
    } catch (error) {
      await ended();
      throw error;
    }
  }

  /** Runs the command that the status bar item runs. */
  async openDashboard(): Promise<void> {
    await this.#page.locator(`${STATUS} a`).first().click();
  }

  /** The document of the dashboard, once it has a chart. @throws Error when it does not come */
  async dashboard(): Promise<Frame> {
    for (const start = performance.now(); performance.now() - start < PATIENCE_MS;) {
      for (const frame of this.#page.frames()) {
        const count = await frame
          .locator('[data-pane]')
          .count()
          .catch(() => 0);
        if (count > 0) return frame;
      }
      await delay(20);
    }
    throw new Error('VS Code shows no dashboard');
  }

  /** Closes the dashboard, and waits until it is gone. */
  async closeEditor(): Promise<void> {
    const tab = this.#page.locator('.tabs-container .tab').first();
    await tab.click({ button: 'middle' });
    await tab.waitFor({ state: 'detached' });
    await delay(1_000);
  }

  /** Ends VS Code, and the sampler with it. */
  end(): Promise<void> {
    return this.#end();
  }
}
