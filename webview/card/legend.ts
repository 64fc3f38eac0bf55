import { absenceWord } from '../../src/common/absence-words.ts';
import { metricMeaning } from '../../src/common/layout.ts';
import type { Metric } from '../../src/common/metrics.ts';
import type { Appearance } from '../appearance.ts';
import type { LineDefinition, NumberDefinition } from '../charts/definition.ts';
import type { Reading } from '../data/model.ts';
import { make, setAttribute, setHidden, setText } from '../dom.ts';
import { absenceSentence, formatParts, formatValue } from '../format.ts';
import { t } from '../l10n.ts';

/** What stands in the place of a value. */
export interface ValueText {
  /** The digits of a value, or the word that stands in its place. */
  readonly text: string;
  readonly unit: string;
  /** The sentence behind the word. */
  readonly why: string | undefined;
  readonly isValue: boolean;
}

/** What is said of a reading; `undefined` stands for one that has not come yet. */
export function valueText(reading: Reading | undefined, metric: Metric): ValueText {
  if (reading === undefined) return { text: '\u2013', unit: '', why: undefined, isValue: false };
  if (typeof reading === 'number') {
    const { number, unit } = formatParts(reading, metric);
    return { text: number, unit, why: undefined, isValue: true };
  }
  return { text: absenceWord(reading, t), unit: '', why: absenceSentence(reading), isValue: false };
}

/** The value of another day, and what that is called. */
export interface UnderValue {
  /** `undefined` where it has none. */
  readonly value: number | undefined;
  readonly title: string;
}

/** From this many of a kind on, entries are set more tightly. */
const MANY = 6;

/** The lines of a chart with a mark of their look and their values. */
export class Legend {
  readonly element: HTMLElement;
  readonly #entries: readonly Entry[];

  constructor(lines: readonly LineDefinition[]) {
    this.#entries = lines.map(line => new Entry(line.title, line.metric, true));
    const kind = lines.length > MANY ? 'lines many' : 'lines';
    this.element = make('dl', { class: kind }, ...this.#entries.map(entry => entry.element));
  }

  /** Writes the values. @param isShown whether line `index` is there on this machine */
  show(
    reading: (index: number) => Reading | undefined,
    isShown: (index: number) => boolean,
    under: (index: number) => UnderValue | undefined,
  ): void {
    this.#entries.forEach((entry, index) => {
      setHidden(entry.element, !isShown(index));
      entry.show(reading(index));
      entry.showUnder(under(index));
    });
  }

  /** Gives the mark beside each line's title the look of the line. */
  setAppearances(looks: readonly Appearance[]): void {
    this.#entries.forEach((entry, index) => {
      const look = looks[index];
      if (look) entry.setAppearance(look);
    });
  }
}

/** Values of a card that have no line. */
export class Numbers {
  readonly element: HTMLElement;
  readonly #entries: readonly { readonly entry: Entry; readonly column: string }[];

  constructor(numbers: readonly NumberDefinition[]) {
    this.#entries = numbers.map(({ title, metric, column }) => ({
      entry: new Entry(title, metric, false),
      column,
    }));
    this.element = make('dl', { class: 'lines numbers' }, ...this.#entries.map(({ entry }) => entry.element));
    this.element.hidden = numbers.length === 0;
  }

  show(reading: (column: string) => Reading | undefined): void {
    for (const { entry, column } of this.#entries) entry.show(reading(column));
  }
}

class Entry {
  readonly element: HTMLElement;
  readonly #metric: Metric;
  readonly #digits = make('span');
  readonly #unit = make('span', { class: 'unit' });
  readonly #value = make('dd', {}, this.#digits, this.#unit);
  readonly #mark = make('span', { 'class': 'mark', 'aria-hidden': 'true' });
  #under: HTMLElement | undefined;

  constructor(title: string, metric: Metric, isLine: boolean) {
    this.#metric = metric;
    const name = make('span', { class: 'name', title: metricMeaning(metric, t) }, title);
    const term = isLine ? make('dt', {}, this.#mark, name) : make('dt', {}, name);
    this.element = make('div', { class: 'entry' }, term, this.#value);
  }

  show(reading: Reading | undefined): void {
    const { text, unit, why, isValue } = valueText(reading, this.#metric);
    setText(this.#digits, text);
    setText(this.#unit, unit === '' ? '' : `\u00a0${unit}`);
    setAttribute(this.#value, 'title', why);
    this.#value.classList.toggle('absent', !isValue);
  }

  /** Writes what it was on another day; `undefined` where none is compared. */
  showUnder(under: UnderValue | undefined): void {
    if (!under && !this.#under) return;
    this.#under ??= make('dd', { class: 'under' });
    if (under && !this.#under.isConnected) this.element.append(this.#under);
    if (!under) {
      this.#under.remove();
      return;
    }
    const value = under.value === undefined ? '–' : formatValue(under.value, this.#metric);
    setText(this.#under, `${under.title} ${value}`);
  }

  setAppearance(look: Appearance): void {
    const { style } = this.#mark;
    style.borderTopColor = look.color;
    style.borderTopWidth = `${String(Math.max(2, Math.ceil(look.width)))}px`;
    style.borderTopStyle = look.dash.length === 0 ? 'solid' : (look.dash[0] ?? 0) < 4 ? 'dotted' : 'dashed';
  }
}
