import fs from 'node:fs';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { until } from './until.ts';
import type { VsCodeWindow } from './window.ts';

/** Somebody who answers what VS Code asks in its box at the top, by keyboard. */
export class Questions {
  readonly #window: VsCodeWindow;

  constructor(window: VsCodeWindow) {
    this.#window = window;
  }

  get #box() {
    return this.#window.page.locator('.quick-input-widget:visible');
  }

  async #isAsked(title: string): Promise<boolean> {
    const shown = this.#box.locator('.quick-input-title');
    return (await shown.isVisible()) && (await shown.innerText({ timeout: 1000 })).includes(title);
  }

  /** Waits for the question with this in its title. */
  async asked(title: string): Promise<void> {
    await until(`the question “${title}”`, () => this.#isAsked(title));
  }

  /** What there is to choose from: labels, and what stands with each. */
  async choices(): Promise<string[]> {
    const rows = this.#box.locator('.quick-input-list .monaco-list-row');
    await rows.first().waitFor();
    return (await rows.allInnerTexts()).map(text => text.replaceAll(/\s+/g, ' ').trim());
  }

  /** Chooses what has this label, once the question with this title is there. */
  async choose(title: string, label: string): Promise<void> {
    await this.asked(title);
    const { keyboard } = this.#window.page;
    await until(`the choice “${label}”`, async () => {
      await this.#box.locator('input.input').fill(label, { timeout: 2000 });
      const focused = this.#box.locator('.quick-input-list .monaco-list-row.focused .label-name');
      return (await focused.first().innerText({ timeout: 2000 })).includes(label);
    });
    await keyboard.press('Enter');
  }

  /** Types an answer in place of what is in the box. */
  async type(title: string, text: string): Promise<void> {
    await this.asked(title);
    await this.#box.locator('input.input').fill(text);
    await this.#window.page.keyboard.press('Enter');
  }

  /** Gives a file the name that it is to be saved under, and waits until it is there. */
  async save(title: string, file: string): Promise<void> {
    await this.asked(title);
    const input = this.#box.locator('input.input');
    await until('the name that is offered', async () =>
      (await input.inputValue({ timeout: 1000 })).includes('/'),
    );
    await until(`the file ${path.basename(file)}`, async () => {
      // The dialog may still put a folder of its own there, and the first time it may not have read that yet.
      if (await this.#isAsked(title)) {
        if ((await input.inputValue({ timeout: 1000 })) !== file) await input.fill(file);
        await this.#window.page.keyboard.press('Enter');
      }
      await delay(500);
      return fs.existsSync(file);
    });
  }

  /** What the box says below the text that is being typed. */
  async message(): Promise<string> {
    return this.#box.locator('.quick-input-message').innerText();
  }

  /** Goes back to the question before. */
  async back(): Promise<void> {
    await this.#window.page.keyboard.press('Control+Alt+Minus');
  }

  /** Gives up. */
  async escape(): Promise<void> {
    await this.#window.page.keyboard.press('Escape');
    await this.#box.waitFor({ state: 'hidden' });
  }
}
