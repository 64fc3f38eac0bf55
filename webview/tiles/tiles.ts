import type { DashboardStatus } from '../../src/common/dashboard.ts';
import type { LayoutMessage } from '../../src/common/protocol.ts';
import { type Layout, metricMeaning } from '../../src/common/layout.ts';
import { valueText } from '../card/legend.ts';
import type { Model, Reading } from '../data/model.ts';
import { pointAt, type ShownData } from '../data/shown-data.ts';
import { make, setAttribute, setHidden, setText } from '../dom.ts';
import { t } from '../l10n.ts';
import { cssColor, lineColor, type Theme } from '../theme.ts';
import { lengthOf } from '../time/span.ts';
import type { TimeView } from '../time/time-view.ts';
import { tilesFor, type TileDefinition } from './definition.ts';
import { SPARK_MS, Sparkline } from './sparkline.ts';
import { whyAbsent } from './why.ts';

/** Share of a pixel by which sparklines must have moved to be worth drawing again. */
const LEAST_MOVE = 0.7;

/** The row of values at the top: what the machine is doing now, or was doing at the moment pointed at. */
export class Tiles {
  readonly element = make('ul', { 'class': 'tiles', 'aria-label': t('Values') });
  readonly #model: Model;
  readonly #view: TimeView;
  #theme: Theme;
  #tiles: readonly Tile[] = [];
  #status: DashboardStatus | undefined;
  #data: ShownData | undefined;
  #identity = '';
  /** What the sparklines show. */
  #drawn = { revision: -1, now: 0, width: 0 };

  constructor(model: Model, view: TimeView, theme: Theme) {
    this.#model = model;
    this.#view = view;
    this.#theme = theme;
    view.onCursor(() => {
      this.#showValues();
    });
  }

  /** Columns whose last minutes are drawn. */
  get columns(): readonly string[] {
    return this.#tiles.map(({ definition }) => definition.column);
  }

  setLayout(layout: Layout, gpus: LayoutMessage['gpus']): void {
    const definitions = tilesFor(layout, gpus);
    const identity = JSON.stringify(definitions);
    if (identity === this.#identity) return;
    this.#identity = identity;
    this.#tiles = definitions.map(definition => new Tile(definition));
    this.element.replaceChildren(...this.#tiles.map(({ element }) => element));
    this.setTheme(this.#theme);
  }

  setStatus(status: DashboardStatus | undefined): void {
    this.#status = status;
  }

  setTheme(theme: Theme): void {
    this.#theme = theme;
    this.#drawn = { ...this.#drawn, revision: -1 };
    for (const tile of this.#tiles) {
      tile.spark.color = cssColor(lineColor(theme, tile.definition.color, 0));
    }
  }

  /** Draws the sparklines. {@link write} is to follow. */
  draw(data: ShownData): void {
    this.#data = data;
    const { now } = this.#view;
    if (!this.#hasMoved(data.revision, now)) return;
    const { samples } = this.#model;
    const { times } = samples;
    for (const { definition, spark } of this.#tiles)
      spark.draw(times, samples.values(definition.column), now, definition.top);
  }

  /** Writes the values. */
  write(): void {
    this.#showValues();
  }

  /** Whether the sparklines would look different: they move on slower than values come. */
  #hasMoved(revision: number, now: number): boolean {
    const width = this.#tiles[0]?.spark.element.clientWidth ?? 0;
    const { revision: before, now: drawnAt, width: drawnWidth } = this.#drawn;
    const isSame = revision === before && width === drawnWidth && now >= drawnAt;
    if (isSame && now - drawnAt < (LEAST_MOVE * SPARK_MS) / Math.max(1, width)) return false;
    this.#drawn = { revision, now, width };
    return true;
  }

  #showValues(): void {
    const { cursor } = this.#view;
    const data = this.#data;
    const at = data && cursor !== undefined ? pointAt(data, cursor, lengthOf(data) / 100) : undefined;
    const past = (column: string): Reading | undefined => {
      const value = at === undefined ? undefined : data?.mean(column)[at];
      return value === undefined || Number.isNaN(value) ? undefined : value;
    };
    const reading = cursor === undefined ? (column: string) => this.#model.reading(column) : past;
    this.element.classList.toggle('at-cursor', cursor !== undefined);
    for (const tile of this.#tiles) tile.show(reading, this.#status, cursor !== undefined);
  }
}

class Tile {
  readonly definition: TileDefinition;
  readonly element: HTMLElement;
  readonly spark = new Sparkline(make('canvas', { 'class': 'spark', 'aria-hidden': 'true' }));
  readonly #digits = make('span', { class: 'digits' });
  readonly #unit = make('span', { class: 'unit' });
  readonly #value = make('p', { class: 'value' }, this.#digits, this.#unit);
  readonly #limit = make('p', { class: 'limit' });
  readonly #why = make('p', { class: 'why', hidden: '' });

  constructor(definition: TileDefinition) {
    this.definition = definition;
    const { title, metric, column } = definition;
    this.element = make(
      'li',
      { 'class': 'tile', 'data-tile': column },
      make('p', { class: 'name', title: metricMeaning(metric, t) }, title),
      this.#value,
      make('div', { class: 'below' }, this.spark.element, this.#why),
      this.#limit,
    );
  }

  show(
    reading: (column: string) => Reading | undefined,
    status: DashboardStatus | undefined,
    isPast: boolean,
  ): void {
    const { column, metric } = this.definition;
    const value = reading(column);
    const { text, unit, isValue } = valueText(value, metric);
    setText(this.#digits, text);
    setText(this.#unit, unit === '' ? '' : `\u00a0${unit}`);
    this.element.classList.toggle('absent', !isValue);
    const why = typeof value === 'string' ? whyAbsent(value, metric, status) : undefined;
    const words = why ? [why.sentence, why.remedy].filter(part => part !== '').join(' → ') : '';
    setHidden(this.#why, words === '');
    setHidden(this.spark.element, words !== '');
    setText(this.#why, words);
    setAttribute(this.#why, 'title', words === '' ? undefined : words);
    setText(this.#limit, isPast ? '' : this.definition.limit(reading, status?.limits ?? {}));
  }
}
