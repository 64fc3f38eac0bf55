import fs from 'node:fs';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { ConsoleMessage, Frame, Locator, Page } from 'playwright-core';
import { TEST_RESULTS } from '../../../scripts/lib/paths.mjs';
import { until } from './until.ts';

/** Publisher and name of our extension, which VS Code puts before the ids of its status bar items. */
const EXTENSION = 'optimetrics.optimetrics';

/** Files that VS Code asks for and this server does not have: one 404 each a load. */
const MISSING_FILES = /\/vsda(_bg\.wasm|\.js)$/;

/** What VS Code itself logs as an error: on a machine under load, and when a page is reloaded. */
const OWN_ERRORS = [
  "Timed out waiting for authentication provider 'github'",
  "Unable to write file 'vscode-log:",
  'Aborted onWillSaveTextDocument-event after',
  'Long running operations during shutdown are unsupported in the web',
];

/**
 * In a browser VS Code saves what it remembers of a window (editors, the state of extensions) every five seconds, when it
 * is idle, and not when the window goes away.
 */
const SAVE_MS = 7_000;

/** A status bar item, as it is shown. */
export interface StatusItem {
  /** Its text, without icons. */
  readonly text: string;
  /** What a screen reader says. */
  readonly label: string;
  /** Background that stands out; `undefined` for none. */
  readonly kind: 'warning' | 'error' | undefined;
}

/** A message in the lower right corner. */
export interface Toast {
  readonly severity: 'info' | 'warning' | 'error';
  readonly text: string;
  readonly buttons: readonly string[];
}

/** A window of VS Code in a page of the browser. */
export class VsCodeWindow {
  /** The page, for what has no method here. */
  readonly page: Page;
  readonly #problems: string[] = [];

  constructor(page: Page) {
    this.page = page;
    page.on('console', message => {
      if (message.type() === 'error' && !isExpected(message)) this.#problems.push(message.text());
    });
    page.on('pageerror', error => this.#problems.push(String(error)));
  }

  /** Opens an address and waits for the workbench. */
  async goto(address: string): Promise<void> {
    await this.page.goto(address);
    await this.#workbench();
  }

  /** Reloads the window once VS Code has saved what it remembers of it: its extension host is started anew. */
  async reload(): Promise<void> {
    await delay(SAVE_MS);
    await this.page.reload();
    await this.#workbench();
  }

  /** Closes the window, as the user does. */
  async close(): Promise<void> {
    await this.page.close({ runBeforeUnload: false });
  }

  async #workbench(): Promise<void> {
    await this.page.locator('.monaco-workbench .statusbar').waitFor({ timeout: 60_000 });
  }

  /** Errors on the console of the window and uncaught ones, but for those that VS Code itself has here. */
  problems(): readonly string[] {
    return this.#problems;
  }

  #statusItem(id: string): Locator {
    return this.page.locator(`.statusbar-item[id="${EXTENSION}.${id}"]`);
  }

  /** The status bar item with this id, or `undefined` when it is not shown. */
  async status(id: string): Promise<StatusItem | undefined> {
    const item = this.#statusItem(id);
    if ((await item.count()) === 0 || !(await item.isVisible())) return undefined;
    const classes = (await item.getAttribute('class')) ?? '';
    return {
      text: (await item.innerText()).trim(),
      label: (await item.locator('a').first().getAttribute('aria-label')) ?? '',
      kind: classes.includes('error-kind')
        ? 'error'
        : classes.includes('warning-kind')
          ? 'warning'
          : undefined,
    };
  }

  /** Waits until the status bar item is shown and `accept` says yes to it. */
  async waitForStatus(id: string, accept: (item: StatusItem) => boolean = () => true): Promise<StatusItem> {
    let last: StatusItem | undefined;
    try {
      return await until('the status bar item', async () => {
        last = await this.status(id);
        return last !== undefined && accept(last) ? last : undefined;
      });
    } catch (cause) {
      throw new Error(`The status bar item ${id} stayed ${JSON.stringify(last ?? 'hidden')}`, { cause });
    }
  }

  /** Text of the tooltip of a status bar item, which is shown for it and stays open. */
  async statusTooltip(id: string): Promise<string> {
    const tooltip = this.page.locator('.monaco-hover:visible').last();
    return until('the tooltip', async () => {
      await this.page.mouse.move(10, 10);
      await this.#statusItem(id).hover();
      await tooltip.waitFor({ timeout: 5000 });
      return (await tooltip.innerText()).trim();
    });
  }

  /** Clicks a status bar item. */
  async clickStatus(id: string): Promise<void> {
    await this.#statusItem(id).locator('a').first().click();
  }

  /** Runs a command by its full title (`OptiMetrics: Start`) from the palette. */
  async runCommand(title: string): Promise<void> {
    const input = this.page.locator('.quick-input-widget:visible input.input');
    const row = this.page.locator('.quick-input-list .monaco-list-row', { hasText: title }).first();
    await until(`the command ${title} in the palette`, async () => {
      if (!(await input.isVisible())) await this.page.keyboard.press('F1');
      await input.waitFor({ timeout: 2000 });
      await input.fill(`>${title}`);
      try {
        await row.waitFor({ timeout: 2000 });
      } catch (error) {
        // The list has what could be run when it was opened.
        await this.page.keyboard.press('Escape');
        throw error;
      }
      await row.click();
      return true;
    });
    await until('the palette to be closed', async () => {
      // Some commands ask on, in the same box.
      return !(await input.isVisible()) || !(await input.inputValue({ timeout: 1000 })).startsWith('>');
    });
  }

  /** Puts a text in place of the user's settings, as the user does in the editor, which stays open: `{…}`. */
  async writeUserSettings(text: string): Promise<void> {
    const editor = this.page.locator('.monaco-editor[data-uri$="/settings.json"]');
    if ((await editor.count()) === 0) await this.runCommand('Preferences: Open User Settings (JSON)');
    await editor.locator('.view-lines').click();
    await this.page.keyboard.press('Control+A');
    await this.page.keyboard.insertText(text);
    // The editor closes braces and quotes by itself: what it has put after the text goes.
    await this.page.keyboard.press('Control+Shift+End');
    await this.page.keyboard.press('Delete');
    await this.page.keyboard.press('Control+S');
    await until('the file to be saved', async () => (await this.page.locator('.tab.dirty').count()) === 0);
  }

  /** Messages in the lower right corner, the newest first. */
  async toasts(): Promise<Toast[]> {
    const items = await this.page.locator('.notifications-toasts .notification-list-item').all();
    return Promise.all(
      items.map(async item => {
        const icon = (await item.locator('.notification-list-item-icon').getAttribute('class')) ?? '';
        return {
          severity: icon.includes('error') ? 'error' : icon.includes('warning') ? 'warning' : 'info',
          text: (await item.locator('.notification-list-item-message').innerText()).trim(),
          buttons: await item
            .locator('.notification-list-item-buttons-container .monaco-button')
            .allInnerTexts(),
        } as const;
      }),
    );
  }

  /** Waits for a message with this in its text. */
  async waitForToast(text: string | RegExp): Promise<Toast> {
    const matches = (toast: Toast): boolean =>
      typeof text === 'string' ? toast.text.includes(text) : text.test(toast.text);
    return until(`a message with ${String(text)}`, async () => (await this.toasts()).find(matches));
  }

  /** Saves an export under this path in the dialog that is about to come, and waits until that is done. */
  async saveAs(file: string): Promise<void> {
    const input = this.page.locator('.quick-input-widget:visible input.input');
    await until('the dialog', async () => /optimetrics_\d{8}T\d{6}Z/.test(await input.inputValue()));
    await input.fill(file);
    await this.page.keyboard.press('Enter');
    await until('the file', () => fs.existsSync(file));
    await this.waitForToast('OptiMetrics: the dashboard was exported.');
    await this.page.keyboard.press('Escape');
  }

  /** Clicks a button of a message in the lower right corner. */
  async clickToast(text: string, button: string): Promise<void> {
    const toast = this.page
      .locator('.notifications-toasts .notification-list-item', { hasText: text })
      .first();
    await toast.hover();
    await toast.locator('.monaco-button', { hasText: button }).click();
  }

  /** Whether the folder is not trusted, so that the window is restricted. Only with workspace trust on. */
  async isRestricted(): Promise<boolean> {
    return (await this.page.locator('.statusbar-item[id="status.workspaceTrust"]:visible').count()) > 0;
  }

  /** Trusts the folder of a restricted window, as the user does, and waits until it is no longer restricted. */
  async trustFolder(): Promise<void> {
    await this.runCommand('Workspaces: Manage Workspace Trust');
    await this.page.locator('.workspace-trust-editor .monaco-button', { hasText: 'Trust' }).first().click();
    await until('the window to be trusted', async () => !(await this.isRestricted()));
  }

  /** The document of the webview that holds `selector`; waits for it. */
  async webview(selector: string): Promise<Frame> {
    const [frame] = await until(`a webview with ${selector}`, async () => {
      const frames = await this.webviews(selector);
      return frames.length > 0 && frames;
    });
    if (!frame) throw new Error('never');
    return frame;
  }

  /** The documents of all webviews that hold `selector` now. */
  async webviews(selector: string): Promise<Frame[]> {
    const found: Frame[] = [];
    for (const frame of this.page.frames()) {
      if (frame.name() !== 'active-frame' && !frame.url().includes('fake.html')) continue;
      const count = frame.locator(selector).count();
      if ((await count.catch(() => 0)) > 0) found.push(frame);
    }
    return found;
  }

  /** Keeps a picture of the window as `test-results/<name>.png`. */
  async screenshot(name: string): Promise<void> {
    fs.mkdirSync(TEST_RESULTS, { recursive: true });
    await this.page.screenshot({ path: path.join(TEST_RESULTS, `${name}.png`) });
  }
}

/** Whether an error on the console is VS Code's own. */
function isExpected(message: ConsoleMessage): boolean {
  const isMissing = message.text().includes('404') && MISSING_FILES.test(message.location().url);
  return isMissing || OWN_ERRORS.some(text => message.text().includes(text));
}
