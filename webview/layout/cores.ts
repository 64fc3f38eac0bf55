import { MOST_CORE_LINES, type CoreChoice } from '../../src/common/arrangement.ts';
import { make, setText } from '../dom.ts';
import { t } from '../l10n.ts';

/** Cores written as numbers and ranges: `0-3, 8`. `undefined` for what is none of that, or names more than can be drawn. */
export function parseCoreList(text: string, cores: number): number[] | undefined {
  const found = new Set<number>();
  for (const part of text.split(/[\s,;]+/u).filter(item => item !== '')) {
    const [, first, last] = /^(\d{1,5})(?:[-–](\d{1,5}))?$/u.exec(part) ?? [];
    if (first === undefined) return undefined;
    const from = Number(first);
    const to = last === undefined ? from : Number(last);
    if (to < from || to >= cores || to - from >= MOST_CORE_LINES) return undefined;
    for (let core = from; core <= to; core++) found.add(core);
  }
  return found.size === 0 || found.size > MOST_CORE_LINES ? undefined : [...found].sort((a, b) => a - b);
}

/** Cores as {@link parseCoreList} reads them: `0–3, 8`. */
export function coreListText(cores: readonly number[]): string {
  const parts: string[] = [];
  for (let at = 0; at < cores.length; at++) {
    const first = cores[at] ?? 0;
    while (cores[at + 1] === (cores[at] ?? 0) + 1) at++;
    const last = cores[at] ?? 0;
    parts.push(first === last ? String(first) : `${String(first)}–${String(last)}`);
  }
  return parts.join(', ');
}

/** Lets the user choose which cores have lines. */
export class CorePicker {
  readonly element: HTMLElement;
  readonly #select: HTMLSelectElement;
  readonly #list = make('input', {
    'type': 'text',
    'class': 'core-list',
    'aria-label': t('Cores to show, as numbers and ranges: 0-3, 8'),
    'placeholder': '0-3, 8',
    'hidden': '',
  });
  readonly #error = make('span', { class: 'field-error', role: 'alert' });
  readonly #onChoose: (cores: CoreChoice) => void;
  #count = 0;

  constructor(choice: CoreChoice, onChoose: (cores: CoreChoice) => void) {
    this.#onChoose = onChoose;
    const option = (value: string, text: string): HTMLOptionElement => make('option', { value }, text);
    this.#select = make(
      'select',
      { 'aria-label': t('Cores') },
      option('none', t('No cores')),
      option('all', t('All cores')),
      option('some', t('Chosen cores…')),
    );
    this.#select.value = typeof choice === 'string' ? choice : 'some';
    this.#list.hidden = typeof choice === 'string';
    if (typeof choice !== 'string') this.#list.value = coreListText(choice);
    this.#select.addEventListener('change', () => {
      this.#selected();
    });
    this.#list.addEventListener('change', () => {
      this.#listed();
    });
    this.element = make('div', { class: 'cores' }, this.#select, this.#list, this.#error);
  }

  /** How many cores there are to choose from; without any there is nothing to choose. */
  set count(count: number) {
    this.#count = count;
    this.element.hidden = count === 0;
  }

  #selected(): void {
    const { value } = this.#select;
    this.#list.hidden = value !== 'some';
    setText(this.#error, '');
    if (value === 'none' || value === 'all') this.#onChoose(value);
    else {
      this.#list.focus();
      if (this.#list.value !== '') this.#listed();
    }
  }

  #listed(): void {
    const cores = parseCoreList(this.#list.value, this.#count);
    setText(
      this.#error,
      cores
        ? ''
        : t(
            'Up to {0} numbers from 0 to {1}, as in “0-3, 8”.',
            MOST_CORE_LINES,
            Math.max(0, this.#count - 1),
          ),
    );
    if (cores) this.#onChoose(cores);
  }
}
