import type { ShownData } from '../data/shown-data.ts';
import { make, setAttribute } from '../dom.ts';
import { makeIcon } from '../icons/icon.ts';
import { t } from '../l10n.ts';

/** A table that can stand in the place of a chart. */
export interface ChartTable {
  readonly element: HTMLElement;
  isShown: boolean;
  update(data: ShownData): void;
}

/** Key that shows the table while the chart has the focus, and the chart while the table has it. */
const KEY = 't';

/** The button by which a chart becomes a table and back. */
export class TableSwitch {
  readonly button: HTMLButtonElement;
  readonly #chart: HTMLElement;
  readonly #table: ChartTable;
  readonly #draw: (data: ShownData) => void;
  #data: ShownData | undefined;

  /**
   * @param name of the chart
   * @param chart is hidden while the table is shown
   * @param draw draws the chart, which was not kept up to date while it was hidden
   */
  constructor(name: string, chart: HTMLElement, table: ChartTable, draw: (data: ShownData) => void) {
    this.#chart = chart;
    this.#table = table;
    this.#draw = draw;
    this.button = make(
      'button',
      {
        'type': 'button',
        'class': 'table-switch',
        'aria-pressed': 'false',
        'aria-label': t('{0} as a table', name),
        'title': t('Show as a table (T)'),
        'aria-keyshortcuts': KEY.toUpperCase(),
      },
      makeIcon('table'),
      t('Table'),
    );
    this.button.addEventListener('click', () => {
      this.#toggle();
    });
    for (const element of [chart, table.element]) {
      element.addEventListener('keydown', event => {
        if (event.key.toLowerCase() !== KEY || event.ctrlKey || event.metaKey || event.altKey) return;
        event.preventDefault();
        this.#toggle();
        // To the rows, and not to what stands above them.
        const next = this.#table.isShown
          ? table.element.querySelector('.rows')
          : chart.querySelector('canvas');
        if (next instanceof HTMLElement) next.focus();
      });
    }
  }

  /** Whether the chart itself can be seen. */
  get isChartShown(): boolean {
    return !this.#table.isShown;
  }

  /** Takes over what is shown now. */
  update(data: ShownData): void {
    this.#data = data;
    this.#table.update(data);
  }

  #toggle(): void {
    const isTable = !this.#table.isShown;
    this.#table.isShown = isTable;
    this.#chart.hidden = isTable;
    setAttribute(this.button, 'aria-pressed', String(isTable));
    if (!this.#data) return;
    if (isTable) this.#table.update(this.#data);
    else this.#draw(this.#data);
  }
}
