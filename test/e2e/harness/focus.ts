import type { Frame, Page } from 'playwright-core';

/** What has the focus in a document. */
export interface Focus {
  /** Its name as a screen reader has it, as far as it comes from the element itself. */
  readonly name: string;
  /** Elements of one kind look alike when they have the focus. */
  readonly kind: string;
  /** Whether there is a line around it, or it stands out otherwise. */
  readonly isMarked: boolean;
  /** Whether it is in sight, and nothing lies over it. */
  readonly isInSight: boolean;
  /** Where it is, in pixels of the document's viewport. */
  readonly box: { readonly x: number; readonly y: number; readonly width: number; readonly height: number };
}

/** What has the focus; `undefined` when nothing has. */
export async function focusOf(frame: Frame | Page): Promise<Focus | undefined> {
  return frame.evaluate(() => {
    const element = document.activeElement;
    if (!element || element === document.body || !document.hasFocus()) return undefined;
    const inner = element.shadowRoot?.activeElement ?? element.shadowRoot?.querySelector('.control');
    const label = element.querySelector(':scope > .name') ?? element;
    const { labels } = element as HTMLElement & { readonly labels?: NodeListOf<HTMLLabelElement> | null };
    const name =
      element.getAttribute('aria-label') ?? labels?.[0]?.firstChild?.textContent ?? label.textContent;
    const isMarked = [element, ...(inner ? [inner] : [])].some(one => {
      const { outlineStyle, outlineWidth, outlineColor, backgroundColor, borderTopColor } =
        getComputedStyle(one);
      const isClear = (color: string): boolean => /^rgba\(.*, 0\)$|^transparent$/.test(color);
      const hasLine =
        outlineStyle !== 'none' && Number.parseFloat(outlineWidth) > 0 && !isClear(outlineColor);
      const isMenuItem = one.getAttribute('role') === 'menuitem' && !isClear(backgroundColor);
      const focusColor = getComputedStyle(document.documentElement).getPropertyValue('--vscode-focusBorder');
      const probe = document.createElement('i');
      probe.style.color = focusColor;
      document.body.append(probe);
      const hasBorder = getComputedStyle(probe).color === borderTopColor;
      probe.remove();
      return hasLine || isMenuItem || hasBorder;
    });
    const { x, y, width, height } = element.getBoundingClientRect();
    // The upper edge is what a header at the top would cover. Rows of a table are as wide as the table.
    const seenX = Math.min(Math.max(0, x) + Math.min(width, 40) / 2, innerWidth - 2);
    const at = document.elementFromPoint(seenX, Math.max(y + 3, Math.min(0, y + height - 3)));
    return {
      name: name.replaceAll(/\s+/g, ' ').trim(),
      kind: [
        element.parentElement?.className ?? '',
        element.localName,
        element.className,
        element.getAttribute('role') ?? '',
      ].join(' '),
      isMarked: isMarked && element.matches(':focus-visible, :focus-within'),
      isInSight:
        at !== null && (element.contains(at) || at.contains(element)) && y + height <= innerHeight + 1,
      box: { x, y, width, height },
    };
  });
}

/** Somebody without a mouse. */
export class KeyboardUser {
  readonly #page: Page;
  readonly #frame: Frame | Page;
  /** Names of the stops of the Tab key where it could not be seen where the focus is, and why. */
  readonly unseen: string[] = [];

  /** @param frame the document in which the Tab key is pressed */
  constructor(page: Page, frame: Frame | Page) {
    this.#page = page;
    this.#frame = frame;
  }

  /** Presses keys one after the other, each by its name or `Shift+` and that. */
  async press(...keys: readonly string[]): Promise<void> {
    for (const key of keys) await this.#page.keyboard.press(key);
  }

  /** Presses Tab, or Shift+Tab, once. @returns what has the focus then; `undefined` past the ends of the document */
  async next(key = 'Tab'): Promise<Focus | undefined> {
    await this.press(key);
    const focus = await focusOf(this.#frame);
    if (focus) this.#note(focus);
    return focus;
  }

  /**
   * Presses Tab until something with this name has the focus.
   *
   * @param name all of it, or a part
   * @throws Error when it is not on the way
   */
  async tabTo(name: string | RegExp, { back = false } = {}): Promise<Focus> {
    const passed: string[] = [];
    for (let stop = 0; stop < 150; stop++) {
      const focus = await this.next(back ? 'Shift+Tab' : 'Tab');
      if (focus && (typeof name === 'string' ? focus.name === name : name.test(focus.name))) return focus;
      passed.push(focus?.name ?? 'nothing');
    }
    throw new Error(`No stop of the Tab key is ${String(name)}: ${passed.join(' | ')}`);
  }

  #note({ name, isMarked, isInSight }: Focus): void {
    if (!isMarked) this.unseen.push(`${name}: not marked`);
    if (!isInSight) this.unseen.push(`${name}: not in sight`);
  }
}
