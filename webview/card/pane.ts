import { appearances } from '../appearance.ts';
import type { ChartDefinition, LineDefinition } from '../charts/definition.ts';
import type { Model, Reading } from '../data/model.ts';
import { statisticsOf, valueAt, type ShownData } from '../data/shown-data.ts';
import { make, setAttribute, setHidden, setText } from '../dom.ts';
import { absenceSentence, formatValue } from '../format.ts';
import { t } from '../l10n.ts';
import { Plot } from '../plot/plot.ts';
import type { Theme } from '../theme.ts';
import { Gestures } from '../time/gestures.ts';
import { lengthOf } from '../time/span.ts';
import { momentText } from '../time/time-text.ts';
import type { TimeView } from '../time/time-view.ts';
import { Legend, type UnderValue } from './legend.ts';
import { summarize } from './summary.ts';

/** How often the words for a chart change: reading them every second aloud would be noise. */
const SUMMARY_EVERY_MS = 10_000;
/** How far from the cursor a single sample may be to be the one it points at, as a share of the span. */
const CURSOR_REACH = 1 / 100;

/** One chart of a card: its legend with values, and the plot, in which the user moves through time. */
export class Pane {
  readonly definition: ChartDefinition;
  readonly element: HTMLElement;
  readonly #name: string;
  readonly #model: Model;
  readonly #view: TimeView;
  readonly #legend: Legend;
  readonly #canvas: HTMLCanvasElement;
  readonly #note = make('p', { class: 'note', hidden: '' });
  readonly #gestures: Gestures;
  /** Optional lines that have been seen to be there. */
  readonly #shownOptional = new Set<string>();
  #theme: Theme;
  #plot: Plot | undefined;
  #data: ShownData | undefined;
  /** What the plot shows. */
  #drawn: ShownData | undefined;
  #isUnwritten = false;
  /** Means over a span that stands still, for as long as it does. */
  #means: readonly (Reading | undefined)[] | undefined;
  #summarizedAt = Number.NEGATIVE_INFINITY;

  /** @param name of the chart for those who do not see it */
  constructor(name: string, definition: ChartDefinition, model: Model, view: TimeView, theme: Theme) {
    this.definition = definition;
    this.#name = name;
    this.#model = model;
    this.#view = view;
    this.#theme = theme;
    this.#legend = new Legend(definition.lines);
    this.#canvas = make('canvas', {
      'role': 'slider',
      'tabindex': '0',
      'aria-label': name,
      'aria-valuemin': '0',
      'aria-valuemax': '0',
      'aria-valuenow': '0',
      'aria-valuetext': '',
      'aria-describedby': 'chart-keys',
    });
    const plot = make('div', { class: 'plot' }, this.#canvas, this.#note);
    this.element = make('div', { 'class': 'pane', 'data-pane': definition.id });
    if (definition.title !== '') this.element.append(make('h3', {}, definition.title));
    this.element.append(this.#legend.element);
    const marks = definition.marks.map(({ title, color }) =>
      make(
        'span',
        { class: 'mark-key' },
        make('span', { 'class': `tick ${color}`, 'aria-hidden': 'true' }),
        title,
      ),
    );
    this.element.append(plot);
    if (marks.length > 0) this.element.append(make('p', { class: 'marks' }, ...marks));
    this.#gestures = new Gestures(plot, this.#canvas, view);
    this.#legend.setAppearances(appearances(definition, theme));
  }

  setTheme(theme: Theme): void {
    this.#theme = theme;
    this.#legend.setAppearances(appearances(this.definition, theme));
    this.#plot?.setTheme(theme);
  }

  /** Draws what there is. {@link write} is to follow, when all have drawn. */
  draw(data: ShownData): void {
    const before = this.#drawn;
    this.#data = data;
    this.#means = undefined;
    const isPresent = this.#isPresent;
    setHidden(this.element, !isPresent);
    if (!isPresent) return;
    this.#plot ??= new Plot(this.#canvas, this.definition, this.#theme);
    if (before && !hasMoved(before, data, this.#plot.width)) return;
    this.#drawn = data;
    this.#isUnwritten = true;
    this.#plot.draw(data, line => this.#isLineShown(line));
  }

  /** Writes what goes with what was drawn. */
  write(): void {
    if (this.#drawn && this.#isUnwritten) {
      this.#isUnwritten = false;
      this.#showNote(this.#drawn);
      this.#summarize(this.#drawn);
      this.showCursor();
    }
    this.showValues();
  }

  /** Writes the values beside the lines: those of the moment pointed at, else the latest, or the means of a span that stands still. */
  showValues(): void {
    const { lines } = this.definition;
    this.#legend.show(
      index => this.#valueOf(index),
      index => {
        const line = lines[index];
        return line !== undefined && this.#isLineShown(line);
      },
      index => this.#underOf(index),
    );
  }

  /** Marks the moment pointed at. */
  showCursor(): void {
    this.#gestures.show();
    const { span, cursor } = this.#view;
    const seconds = (time: number): string => String(Math.round((time - span.from) / 1000));
    setAttribute(this.#canvas, 'aria-valuemax', seconds(span.to));
    setAttribute(this.#canvas, 'aria-valuenow', seconds(cursor ?? span.to));
    setAttribute(this.#canvas, 'aria-valuetext', this.#valueText(cursor));
  }

  dispose(): void {
    this.#plot?.dispose();
    this.element.remove();
  }

  /** Whether this machine has none of what it shows, and never had; that a value is denied or asleep is worth a chart. */
  get isUnsupported(): boolean {
    return this.definition.lines.every(
      ({ id }) => this.#model.reading(id) === 'unsupported' && !this.#model.hasPast(id),
    );
  }

  /** A chart of what this machine does not have is left out, for good: it must not come and go with the span. */
  get #isPresent(): boolean {
    return this.definition.lines.some(line => this.#isLineShown(line));
  }

  /** An optional line is there when the machine has it; others say in words why they have no value. */
  #isLineShown(line: LineDefinition): boolean {
    if (!line.optional || this.#shownOptional.has(line.id)) return true;
    const isThere = typeof this.#model.reading(line.id) === 'number' || this.#model.hasPast(line.id);
    if (isThere) this.#shownOptional.add(line.id);
    return isThere;
  }

  #valueOf(index: number): Reading | undefined {
    const line = this.definition.lines[index];
    if (!line) return undefined;
    const data = this.#data;
    const { cursor, isFollowing } = this.#view;
    if (data && cursor !== undefined) return valueAt(data, line.id, cursor, reachOf(data));
    if (data && !isFollowing) {
      this.#means ??= this.definition.lines.map(({ id }) => statisticsOf(data, id)?.mean);
      return this.#means[index];
    }
    return this.#model.reading(line.id);
  }

  /** What the line was on another day: at the moment pointed at, else at this hour, or the mean of a span that stands still. */
  #underOf(index: number): UnderValue | undefined {
    const line = this.definition.lines[index];
    const under = this.#data?.under;
    if (!line || !under || line.emphasis === 'faint' || line.emphasis === 'limit') return undefined;
    const { cursor, isFollowing, now } = this.#view;
    const moment = cursor ?? (isFollowing ? now : undefined);
    const value =
      moment === undefined
        ? statisticsOf(under, line.id)?.mean
        : valueAt(under, line.id, moment, reachOf(under));
    return { value, title: under.title };
  }

  #showNote(data: ShownData): void {
    const text = this.#plot?.hasData === true ? '' : this.#whyEmpty(data);
    setHidden(this.#note, text === '');
    setText(this.#note, text);
  }

  #whyEmpty(data: ShownData): string {
    if (!data.isComplete) return '';
    const main = this.definition.lines[0];
    const reading = main && this.#model.reading(main.id);
    const isKept = main !== undefined && (data.columns.has(main.id) || data.columns.size === 0);
    if (typeof reading === 'string' && this.#view.isFollowing) return absenceSentence(reading);
    if (!isKept) return t('Kept for hours, not for days. Choose a shorter span.');
    return t('Nothing was recorded in this time.');
  }

  #summarize(data: ShownData): void {
    const now = Date.now();
    // A screen reader speaks a name that changes while it has the focus.
    if (now - this.#summarizedAt < SUMMARY_EVERY_MS || document.activeElement === this.#canvas) return;
    this.#summarizedAt = now;
    setAttribute(this.#canvas, 'aria-label', summarize(this.#name, this.definition, data));
  }

  #valueText(cursor: number | undefined): string {
    const data = this.#data;
    if (cursor === undefined || !data) return this.#view.isFollowing ? t('now') : t('no moment chosen');
    const values = this.definition.lines.flatMap((line, index) => {
      if (line.emphasis === 'faint' || !this.#isLineShown(line)) return [];
      const words = (value: number | undefined): string =>
        value === undefined ? t('no reading') : formatValue(value, line.metric);
      const under = this.#underOf(index);
      const other = under ? ` (${under.title} ${words(under.value)})` : '';
      return `${line.title} ${words(valueAt(data, line.id, cursor, reachOf(data)))}${other}`;
    });
    return `${momentText(cursor, this.#view.span)}: ${values.join(', ')}`;
  }
}

/** How far from a moment a single sample may be to be the one that is meant, in milliseconds. */
function reachOf(span: Pick<ShownData, 'from' | 'to'>): number {
  return lengthOf(span) * CURSOR_REACH;
}

/** Share of a pixel by which a plot that follows now must have moved to be worth drawing again. */
const LEAST_MOVE = 0.7;

/** Whether a plot would look different: another span or other data, or moved on by about a pixel. */
function hasMoved(before: ShownData, data: ShownData, width: number): boolean {
  const isSame =
    before.revision === data.revision &&
    before.under?.revision === data.under?.revision &&
    before.stepMs === data.stepMs &&
    Math.abs(lengthOf(before) - lengthOf(data)) < 1;
  const moved = data.to - before.to;
  return !isSame || moved < 0 || moved > (LEAST_MOVE * lengthOf(data)) / width;
}
