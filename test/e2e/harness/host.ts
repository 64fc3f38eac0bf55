import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { Browser, BrowserContext } from 'playwright-core';
import {
  ensureHost,
  freePort,
  prepareHost,
  startHost as startServer,
} from '../../../scripts/lib/vscode-host.mjs';
import { packageVsix } from '../../../scripts/lib/vsix.mjs';
import { launchChromium } from './chromium.ts';
import { processesWith, type RunningProcess, signalAll } from './processes.ts';
import { until } from './until.ts';
import { VsCodeWindow } from './window.ts';

/** What a VS Code of a test is like. */
export interface HostOptions {
  /** Workspace trust is on: a folder is restricted until it is trusted. Off unless set. */
  readonly trust?: boolean;
  /** VS Code's telemetry is on, and goes nowhere; its level is that of the settings. Off unless set. */
  readonly telemetry?: boolean;
  /** Environment of the server, the extension host and the sampler, besides the folders of the test's own user. */
  readonly env?: Readonly<Record<string, string>>;
  /** User settings, besides those that keep VS Code quiet. */
  readonly settings?: Readonly<Record<string, unknown>>;
  /** Files of the workspace: path in it, content. */
  readonly files?: Readonly<Record<string, string>>;
  /** Extension to install; ours, packed from dist/ as it is, unless set. */
  readonly vsix?: string;
}

/** How a window is opened. */
export interface WindowOptions {
  /** Folder to open; the host's workspace unless set. */
  readonly folder?: string;
  /** A browser that has never been here before: without what VS Code keeps there. */
  readonly freshBrowser?: boolean;
  readonly width?: number;
  readonly height?: number;
  /** Pixels of the screen for one of CSS; with another number than 1 it is a browser of its own. */
  readonly scale?: number;
  /** Language of the browser: `de-DE`. With one it is a browser of its own. */
  readonly locale?: string;
}

/** Hosts that run, ended with this process if a test does not. */
const running = new Set<VsCodeHost>();
/** Where our extension is packed, once for all hosts of a process. */
const packing: { folder?: string; vsix?: Promise<string> } = {};
process.on('exit', () => {
  for (const host of running) host.abandon();
  if (packing.folder !== undefined) fs.rmSync(packing.folder, { recursive: true, force: true });
});
for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) {
  process.once(signal, () => {
    process.exit(1);
  });
}

/** Our extension, packed from dist/. */
function packed(): Promise<string> {
  packing.folder ??= fs.mkdtempSync(path.join(os.tmpdir(), 'om-e2e-vsix-'));
  return (packing.vsix ??= packageVsix(packing.folder));
}

/**
 * Starts a VS Code with our extension, for a user that nobody else is: with a home, a runtime and a data folder of its own.
 * End it with {@link VsCodeHost.stop}.
 */
export async function startHost(options: HostOptions = {}): Promise<VsCodeHost> {
  await ensureHost();
  const host = new VsCodeHost(options);
  running.add(host);
  try {
    await host.start();
  } catch (error) {
    await host.stop();
    throw error;
  }
  return host;
}

/** A VS Code server with windows in a browser. */
export class VsCodeHost {
  /** Folder of everything of this host. */
  readonly root: string;
  /** Environment of the server, and so of the extension host and the sampler. */
  readonly env: Readonly<Record<string, string>>;
  /** Folder that windows open unless they are told otherwise. */
  readonly workspace: string;
  readonly #options: HostOptions;
  #port = 0;
  #browser: Browser | undefined;
  #context: BrowserContext | undefined;

  constructor(options: HostOptions) {
    this.#options = options;
    this.root = fs.mkdtempSync(path.join(os.tmpdir(), 'om-e2e-'));
    this.workspace = this.#folder('workspace');
    this.env = {
      PATH: process.env['PATH'] ?? '',
      LANG: 'C.UTF-8',
      HOME: this.#folder('home'),
      TMPDIR: this.#folder('tmp'),
      XDG_RUNTIME_DIR: this.#folder('run'),
      XDG_DATA_HOME: this.#folder('data'),
      XDG_STATE_HOME: this.#folder('state'),
      XDG_CONFIG_HOME: this.#folder('config'),
      XDG_CACHE_HOME: this.#folder('cache'),
      ...options.env,
    };
    for (const [name, content] of Object.entries(options.files ?? {})) {
      const file = path.join(this.workspace, name);
      fs.mkdirSync(path.dirname(file), { recursive: true });
      fs.writeFileSync(file, content);
    }
  }

  #folder(name: string): string {
    const folder = path.join(this.root, name);
    fs.mkdirSync(folder, { mode: 0o700 });
    return folder;
  }

  /** Folder of socket, token and marks of the sampler. */
  get runtimeDirectory(): string {
    return path.join(this.root, 'run', 'optimetrics');
  }

  /** Folder of the log, where no setting names another. */
  get logDirectory(): string {
    return path.join(this.root, 'data', 'optimetrics', 'logs');
  }

  /** Folder of VS Code's own settings, state, extensions and logs. */
  get serverFolder(): string {
    return path.join(this.root, 'server');
  }

  /** The user's settings. */
  get settingsFile(): string {
    return path.join(this.serverFolder, 'user-data', 'User', 'settings.json');
  }

  /**
   * Puts these settings in place of those of the machine, which a window sees at once. The window is one to another machine
   * for VS Code: there it takes a later change of a setting with the scope `machine` from here, and not from the user's.
   */
  writeMachineSettings(settings: Readonly<Record<string, unknown>>): void {
    const file = path.join(this.serverFolder, 'user-data', 'Machine', 'settings.json');
    fs.mkdirSync(path.dirname(file), { recursive: true });
    fs.writeFileSync(file, JSON.stringify(settings));
  }

  /** Installs the extension and starts the server; {@link startHost} calls it. */
  async start(): Promise<void> {
    const { vsix = await packed(), settings = {}, trust = false, telemetry = false } = this.#options;
    await prepareHost(this.serverFolder, { vsix, env: this.env, settings });
    this.#port = await freePort();
    const log = fs.openSync(path.join(this.root, 'server.log'), 'w');
    try {
      await startServer({
        folder: this.serverFolder,
        env: this.env,
        port: this.#port,
        workspace: this.workspace,
        trust,
        telemetry,
        stdio: ['ignore', log, log],
      });
    } finally {
      fs.closeSync(log);
    }
    this.#browser = await launchChromium();
  }

  /** Opens a window and waits until its workbench is there. Its extensions may still be starting. */
  async openWindow(options: WindowOptions = {}): Promise<VsCodeWindow> {
    const { folder = this.workspace, width = 1280, height = 800, scale = 1, locale } = options;
    const browser = this.#browser;
    if (browser === undefined) throw new Error('The host has not been started');
    const isOwn = options.freshBrowser === true || scale !== 1 || locale !== undefined;
    const context = isOwn
      ? await browser.newContext({ deviceScaleFactor: scale, ...(locale === undefined ? {} : { locale }) })
      : (this.#context ??= await browser.newContext());
    const page = await context.newPage();
    // tsx marks functions with this helper of its own, also those that run in the page.
    await page.addInitScript('globalThis.__name = target => target');
    await page.setViewportSize({ width, height });
    const window = new VsCodeWindow(page);
    await window.goto(`http://127.0.0.1:${this.#port}/?folder=${encodeURIComponent(folder)}`);
    return window;
  }

  /** What this host started and still runs, in whatever process group: server, extension hosts, sampler. */
  processes(): RunningProcess[] {
    return processesWith('HOME', path.join(this.root, 'home'));
  }

  /** Samplers of this host that run. */
  samplers(): RunningProcess[] {
    return this.processes().filter(({ command }) => command.includes('sampler.js'));
  }

  /** Ends everything that this host started and removes its folders. */
  async stop(): Promise<void> {
    await this.#browser?.close();
    signalAll(this.processes(), 'SIGTERM');
    const asked = Date.now();
    await until('every process of the host to end', () => {
      const left = this.processes();
      if (Date.now() - asked > 5000) signalAll(left, 'SIGKILL');
      return left.length === 0;
    });
    fs.rmSync(this.root, { recursive: true, force: true });
    running.delete(this);
  }

  /** Like {@link stop}, at once and without a goodbye, for when this process is about to end. */
  abandon(): void {
    signalAll(this.processes(), 'SIGKILL');
    fs.rmSync(this.root, { recursive: true, force: true });
  }
}
