import { columnsDrawn } from '../charts/all.ts';
import type { CardDefinition } from '../charts/definition.ts';
import type { Model } from '../data/model.ts';
import type { ShownData } from '../data/shown-data.ts';
import { make } from '../dom.ts';
import type { Section } from '../section.ts';
import type { Announcer } from '../tables/announcer.ts';
import { DataTable } from '../tables/data-table.ts';
import { TableSwitch } from '../tables/table-switch.ts';
import type { Theme } from '../theme.ts';
import type { TimeView } from '../time/time-view.ts';
import { Numbers } from './legend.ts';
import { Pane } from './pane.ts';

/** A card of the dashboard: a heading, a chart that it is about, and smaller ones of the same thing. */
export class Card implements Section {
  readonly id: string;
  readonly title: string;
  readonly definition: CardDefinition;
  readonly element: HTMLElement;
  readonly columns: readonly string[];
  readonly #model: Model;
  readonly #panes: readonly Pane[];
  readonly #numbers: Numbers;
  readonly #switch: TableSwitch;
  readonly #unlisten: () => void;
  /** Whether the user has come to see it. */
  #isDrawn = false;

  /**
   * @param announcer says what a screen reader is to say
   * @param extra elements beside the heading
   */
  constructor(
    definition: CardDefinition,
    model: Model,
    view: TimeView,
    theme: Theme,
    announcer: Announcer,
    extra: readonly HTMLElement[] = [],
  ) {
    this.definition = definition;
    this.id = definition.id;
    this.title = definition.heading;
    this.columns = columnsDrawn(definition);
    this.#model = model;
    const { heading, subtitle, charts } = definition;
    this.#panes = charts.map(chart => {
      const name = [heading, chart.title].filter(text => text !== '').join(', ');
      return new Pane(name, chart, model, view, theme);
    });
    this.#numbers = new Numbers(definition.numbers);
    const title = make('h2', { id: `heading-${definition.id}` }, heading);
    const head = make('header', {}, title);
    if (subtitle !== '') head.append(make('p', { class: 'subtitle', title: subtitle }, subtitle));
    const panes = make('div', { class: 'panes' }, ...this.#panes.map(pane => pane.element));
    const lines = charts.flatMap(chart => chart.lines);
    const table = new DataTable(heading, lines, announcer);
    this.#switch = new TableSwitch(heading, panes, table, data => {
      this.#drawPanes(data);
      this.write();
    });
    head.append(...extra, this.#switch.button);
    this.element = make(
      'section',
      { 'class': 'card', 'data-chart': definition.id, 'aria-labelledby': title.id },
      head,
      panes,
      table.element,
      this.#numbers.element,
    );
    this.#unlisten = view.onCursor(() => {
      if (!this.#isDrawn) return;
      for (const pane of this.#panes) {
        pane.showValues();
        pane.showCursor();
      }
    });
  }

  update(_view: TimeView, data: ShownData): void {
    this.#isDrawn = true;
    if (this.#switch.isChartShown) this.#drawPanes(data);
    this.#switch.update(data);
  }

  write(): void {
    for (const pane of this.#panes) pane.write();
    this.#showNumbers();
  }

  #drawPanes(data: ShownData): void {
    for (const pane of this.#panes) pane.draw(data);
  }

  /** Writes the values without drawing the charts. A card of which this machine has nothing is left out. */
  showValues(): void {
    this.element.hidden = this.#panes.every(pane => pane.isUnsupported);
    for (const pane of this.#panes) pane.showValues();
    this.#showNumbers();
  }

  #showNumbers(): void {
    this.#numbers.show(column => this.#model.reading(column));
  }

  setTheme(theme: Theme): void {
    for (const pane of this.#panes) pane.setTheme(theme);
  }

  dispose(): void {
    this.#unlisten();
    for (const pane of this.#panes) pane.dispose();
    this.element.remove();
  }
}
