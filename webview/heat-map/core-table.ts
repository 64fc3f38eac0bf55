import type { ShownData } from '../data/shown-data.ts';
import { make, setAttribute, setText } from '../dom.ts';
import { t } from '../l10n.ts';
import { fitChildren } from '../tables/fit-children.ts';
import type { ChartTable } from '../tables/table-switch.ts';
import { coreStatistics, sortCores, type CoreOrder } from './core-statistics.ts';
import { OFFLINE, type ShownCores } from './core-source.ts';

const UPDATE_EVERY_MS = 2_000;

/** The cores as a table that can be sorted: what each does now, and its mean and greatest value over what is shown. */
export class CoreTable implements ChartTable {
  readonly element: HTMLElement;
  readonly #source: ShownCores;
  readonly #body = make('tbody');
  readonly #heads: ReadonlyMap<CoreOrder, HTMLElement>;
  #order: CoreOrder = 'core';
  #data: ShownData | undefined;
  #updatedAt = Number.NEGATIVE_INFINITY;

  /** @param source has been given what is shown before {@link update} is */
  constructor(source: ShownCores) {
    this.#source = source;
    const orders: readonly (readonly [CoreOrder, string])[] = [
      ['core', t('Core')],
      ['now', t('Last')],
      ['mean', t('Mean')],
      ['greatest', t('Greatest')],
    ];
    this.#heads = new Map(
      orders.map(([order, title]) => {
        const button = make('button', { type: 'button' }, title);
        button.addEventListener('click', () => {
          this.#sort(order);
        });
        return [order, make('th', { scope: 'col' }, button)];
      }),
    );
    const caption = make('caption', {}, t('Utilization of each core over what is shown'));
    const head = make('thead', {}, make('tr', {}, ...this.#heads.values()));
    const label = t('Cores, table');
    this.element = make(
      'div',
      { class: 'data-table', hidden: '' },
      make(
        'div',
        { 'class': 'rows', 'role': 'region', 'tabindex': '0', 'aria-label': label },
        make('table', {}, caption, head, this.#body),
      ),
    );
    this.#markOrder();
  }

  set isShown(isShown: boolean) {
    this.element.hidden = !isShown;
    this.#updatedAt = Number.NEGATIVE_INFINITY;
    if (!isShown) this.#body.replaceChildren();
  }

  get isShown(): boolean {
    return !this.element.hidden;
  }

  update(data: ShownData): void {
    this.#data = data;
    if (!this.isShown || performance.now() - this.#updatedAt < UPDATE_EVERY_MS) return;
    this.#updatedAt = performance.now();
    this.#show(data);
  }

  #sort(order: CoreOrder): void {
    this.#order = order;
    this.#markOrder();
    if (this.#data) this.#show(this.#data);
  }

  #markOrder(): void {
    for (const [order, head] of this.#heads) {
      const direction = order === 'core' ? 'ascending' : 'descending';
      setAttribute(head, 'aria-sort', order === this.#order ? direction : 'none');
    }
  }

  #show({ from, to }: ShownData): void {
    const cores = sortCores(coreStatistics(this.#source, from, to), this.#order);
    fitChildren(this.#body, cores.length, () =>
      make('tr', {}, make('th', { scope: 'row' }), make('td'), make('td'), make('td')),
    );
    cores.forEach(({ core, now, mean, greatest }, index) => {
      const cells = this.#body.children.item(index)?.children;
      [t('Core {0}', core), percentText(now), percentText(mean), percentText(greatest)].forEach(
        (text, at) => {
          const cell = cells?.item(at);
          if (cell) setText(cell, text);
        },
      );
    });
  }
}

/** A utilization in words: `42.0 %`, `offline`, `no reading`. */
export function percentText(value: number): string {
  if (value >= 0) return `${value.toFixed(1)}\u00a0%`;
  return value === OFFLINE ? t('offline') : t('no reading');
}
