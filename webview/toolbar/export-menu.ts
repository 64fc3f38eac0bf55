import type { DashboardCommand } from '../../src/common/dashboard.ts';
import { make, setAttribute } from '../dom.ts';
import type { IconName } from '../icons/icon-names.ts';
import { makeIcon } from '../icons/icon.ts';
import { t } from '../l10n.ts';
import { makeButton } from '../toolkit.ts';

/** A button with a menu of the ways to export what is shown. */
export class ExportMenu {
  readonly element: HTMLElement;
  readonly #button: HTMLElement;
  readonly #menu = make('div', { class: 'menu', role: 'menu', hidden: '' });
  readonly #items: readonly HTMLButtonElement[];

  /** @param onChoose the user has chosen one of them */
  constructor(onChoose: (command: DashboardCommand) => void) {
    this.#button = makeButton(
      t('Export'),
      'secondary',
      () => {
        this.#open(this.#menu.hidden === true);
      },
      'export',
    );
    setAttribute(this.#button, 'aria-haspopup', 'menu');
    setAttribute(this.#button, 'aria-expanded', 'false');
    const items: readonly (readonly [DashboardCommand, IconName, string])[] = [
      ['exportPng', 'device-camera', t('Picture (PNG)…')],
      ['exportCsv', 'table', t('Values (CSV)…')],
      ['copySummary', 'markdown', t('Copy summary (Markdown)')],
    ];
    this.#items = items.map(([command, icon, title]) => {
      const item = make(
        'button',
        { type: 'button', role: 'menuitem', tabindex: '-1' },
        makeIcon(icon),
        title,
      );
      item.addEventListener('click', () => {
        this.#open(false);
        this.#button.focus();
        onChoose(command);
      });
      return item;
    });
    this.#menu.append(...this.#items);
    setAttribute(this.#menu, 'aria-label', t('Export'));
    this.element = make('div', { class: 'with-menu' }, this.#button, this.#menu);
    this.element.addEventListener('keydown', event => {
      this.#key(event);
    });
    this.element.addEventListener('focusout', event => {
      if (!this.element.contains(event.relatedTarget as Node | null)) this.#open(false);
    });
  }

  #open(isOpen: boolean): void {
    this.#menu.hidden = !isOpen;
    setAttribute(this.#button, 'aria-expanded', String(isOpen));
    if (!isOpen) return;
    // It hangs on the right edge of its button, and on the left one where the page ends before it.
    this.#menu.classList.remove('to-the-right');
    this.#menu.classList.toggle('to-the-right', this.#menu.getBoundingClientRect().left < 0);
    this.#items[0]?.focus();
  }

  #key(event: KeyboardEvent): void {
    if (this.#menu.hidden) return;
    const at = this.#items.findIndex(item => item === document.activeElement);
    const count = this.#items.length;
    const to: Readonly<Record<string, number | undefined>> = {
      ArrowDown: (at + 1) % count,
      ArrowUp: (at - 1 + count) % count,
      Home: 0,
      End: count - 1,
    };
    const next = to[event.key];
    if (event.key === 'Escape') {
      this.#open(false);
      this.#button.focus();
    } else if (next === undefined) return;
    else this.#items[next]?.focus();
    event.preventDefault();
    event.stopPropagation();
  }
}
