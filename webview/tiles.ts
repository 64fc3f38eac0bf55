import type { Appearance } from './appearance.ts';
import type { ChartDefinition } from './charts/definition.ts';
import type { Metric } from '../src/common/metrics.ts';
import { make, setAttribute, setText } from './dom.ts';
import { ABSENCE_SENTENCE, formatParts } from './format.ts';
import type { Reading } from './model.ts';

/** What a tile says. */
export interface TileText {
  /** The digits of a value, or the word that stands in its place. */
  readonly text: string;
  readonly unit: string;
  /** The sentence behind the word. */
  readonly why: string | undefined;
  readonly isValue: boolean;
}

/** What a tile says of a reading; `undefined` stands for one that has not come yet. */
export function tileText(reading: Reading | undefined, metric: Metric): TileText {
  if (reading === undefined) return { text: '\u2013', unit: '', why: undefined, isValue: false };
  if (typeof reading === 'number') {
    const { number, unit } = formatParts(reading, metric);
    return { text: number, unit, why: undefined, isValue: true };
  }
  return { text: reading, unit: '', why: ABSENCE_SENTENCE[reading], isValue: false };
}

/** From this many of a kind on, tiles are set more tightly. */
const MANY = 6;

/** The values above a chart: one tile for each of its lines, then its numbers. */
export class Tiles {
  readonly element: HTMLElement;
  readonly #lines: readonly Tile[];
  readonly #numbers: readonly Tile[];
  readonly #chart: ChartDefinition;

  constructor(chart: ChartDefinition) {
    this.#chart = chart;
    this.#lines = chart.lines.map(line => new Tile(line.title, line.metric, true));
    this.#numbers = chart.numbers.map(number => new Tile(number.title, number.metric, false));
    const isFaint = (_: Tile, index: number): boolean => chart.lines[index]?.emphasis === 'faint';
    const groups = {
      leading: this.#lines.filter((tile, index) => !isFaint(tile, index)),
      numbers: this.#numbers,
      faint: this.#lines.filter(isFaint),
    };
    this.element = make('div', { class: 'readout' });
    for (const [group, tiles] of Object.entries(groups)) {
      if (tiles.length === 0) continue;
      const kind = tiles.length > MANY ? `${group} many` : group;
      this.element.append(make('dl', { class: `tiles ${kind}` }, ...tiles.map(tile => tile.element)));
    }
  }

  /**
   * Writes the values.
   *
   * @param reading of a line or a number
   * @param isShown whether line `index` is there on this machine
   */
  show(reading: (id: string) => Reading | undefined, isShown: (index: number) => boolean): void {
    this.#lines.forEach((tile, index) => {
      tile.element.hidden = !isShown(index);
      tile.show(reading(this.#chart.lines[index]?.id ?? ''));
    });
    this.#numbers.forEach((tile, index) => {
      tile.show(reading(this.#chart.numbers[index]?.column ?? ''));
    });
  }

  /** Gives the mark beside each line's title the look of the line. */
  setAppearances(looks: readonly Appearance[]): void {
    this.#lines.forEach((tile, index) => {
      const look = looks[index];
      if (look) tile.setAppearance(look);
    });
  }
}

class Tile {
  readonly element: HTMLElement;
  readonly #metric: Metric;
  readonly #digits = make('span');
  readonly #unit = make('span', { class: 'unit' });
  readonly #value = make('dd', {}, this.#digits, this.#unit);
  readonly #mark = make('span', { 'class': 'mark', 'aria-hidden': 'true' });

  constructor(title: string, metric: Metric, isLine: boolean) {
    this.#metric = metric;
    const name = make('span', { class: 'name', title: metric.meaning }, title);
    const term = isLine ? make('dt', {}, this.#mark, name) : make('dt', {}, name);
    this.element = make('div', { class: 'tile' }, term, this.#value);
  }

  show(reading: Reading | undefined): void {
    const { text, unit, why, isValue } = tileText(reading, this.#metric);
    setText(this.#digits, text);
    setText(this.#unit, unit === '' ? '' : `\u00a0${unit}`);
    setAttribute(this.#value, 'title', why);
    this.#value.classList.toggle('absent', !isValue);
  }

  setAppearance(look: Appearance): void {
    const { style } = this.#mark;
    style.borderTopColor = look.color;
    style.borderTopWidth = `${String(Math.max(2, Math.ceil(look.width)))}px`;
    style.borderTopStyle = look.dash.length === 0 ? 'solid' : (look.dash[0] ?? 0) < 4 ? 'dotted' : 'dashed';
  }
}
