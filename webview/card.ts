import { appearances } from './appearance.ts';
import type { ChartDefinition, LineDefinition } from './charts/definition.ts';
import { make, setAttribute, setText } from './dom.ts';
import { ABSENCE_SENTENCE, formatAgo, formatValue } from './format.ts';
import type { Model } from './model.ts';
import { Plot } from './plot.ts';
import { WINDOW_MS } from './series.ts';
import { summarize } from './summary.ts';
import type { Theme } from './theme.ts';
import { Tiles } from './tiles.ts';

const SPAN_SECONDS = WINDOW_MS / 1000;

/** Seconds that an arrow key moves the cursor, and with Shift. */
const KEY_STEP = 5;
const KEY_LEAP = 60;

/** How often the words for a chart change: reading them every second aloud would be noise. */
const SUMMARY_EVERY_MS = 10_000;

/** One part of the dashboard: a heading, the current values, and the chart of the last ten minutes. */
export class Card {
  readonly definition: ChartDefinition;
  /** Whether the card can be seen, as far as is known. The chart of one that cannot is left as it was. */
  isInSight = true;
  readonly element: HTMLElement;
  readonly #tiles: Tiles;
  readonly #canvas = make('canvas', {
    'role': 'slider',
    'tabindex': '0',
    'aria-valuemin': String(-SPAN_SECONDS),
    'aria-valuemax': '0',
    'aria-valuenow': '0',
    'aria-valuetext': 'now',
  });
  readonly #note = make('p', { class: 'note', hidden: '' });
  readonly #plotFrame: HTMLElement;
  readonly #onCursor: (seconds: number | undefined) => void;
  #plot: Plot | undefined;
  #theme: Theme;
  #cursor: number | undefined;
  #shown: ReadonlySet<string> = new Set();
  #summarizedAt = Number.NEGATIVE_INFINITY;

  /** @param onCursor the user points at a moment, in seconds before now; `undefined` when no longer */
  constructor(definition: ChartDefinition, theme: Theme, onCursor: (seconds: number | undefined) => void) {
    this.definition = definition;
    this.#theme = theme;
    this.#onCursor = onCursor;
    this.#tiles = new Tiles(definition);
    setAttribute(this.#canvas, 'aria-label', definition.heading);
    this.#tiles.setAppearances(appearances(definition, theme));
    const heading = make('h2', { id: `heading-${definition.id}` }, definition.heading);
    const head = make('header', {}, heading);
    if (definition.subtitle !== '') {
      head.append(make('p', { class: 'subtitle', title: definition.subtitle }, definition.subtitle));
    }
    this.#plotFrame = make('div', { class: 'plot' }, this.#canvas, this.#note);
    this.element = make(
      'section',
      { 'class': 'card', 'data-chart': definition.id, 'aria-labelledby': heading.id },
      head,
      this.#tiles.element,
      this.#plotFrame,
    );
    this.#listen();
  }

  /** Takes over the colours of `theme`. */
  setTheme(theme: Theme): void {
    this.#theme = theme;
    this.#tiles.setAppearances(appearances(this.definition, theme));
    this.#plot?.setTheme(theme);
  }

  /** Shows the state of `model`, and draws the chart when it is in sight. */
  draw(model: Model, gaps: Uint8Array, now: number): void {
    this.#shown = new Set(this.definition.lines.filter(line => isPresent(line, model)).map(line => line.id));
    if (this.isInSight) {
      this.#plot ??= new Plot(this.#canvas, this.definition, this.#theme);
      this.#plot.draw(model.ring, gaps, now, line => this.#shown.has(line.id));
      this.#showNote(model);
    }
    this.#showValues(model);
    this.#summarize(model, now);
  }

  /** Marks a moment on the chart and shows its values in place of the current ones. */
  setCursor(model: Model, seconds: number | undefined): void {
    this.#cursor = seconds;
    this.#plot?.setCursor(seconds);
    this.#showValues(model);
    setAttribute(this.#canvas, 'aria-valuenow', String(Math.round(seconds ?? 0)));
    setAttribute(this.#canvas, 'aria-valuetext', this.#valueText(seconds));
  }

  /** Frees what the browser holds for the chart. */
  dispose(): void {
    this.#plot?.dispose();
    this.element.remove();
  }

  #showValues(model: Model): void {
    const cursor = this.#cursor;
    this.element.classList.toggle('at-cursor', cursor !== undefined);
    this.#tiles.show(
      id => {
        const line = this.definition.lines.findIndex(candidate => candidate.id === id);
        return cursor === undefined || line < 0 ? model.reading(id) : this.#plot?.valueAt(line, cursor);
      },
      index => this.#shown.has(this.definition.lines[index]?.id ?? ''),
    );
  }

  #showNote(model: Model): void {
    const main = this.definition.lines[0];
    const reading = main && model.reading(main.id);
    const text =
      this.#plot?.hasData === true
        ? ''
        : typeof reading === 'string'
          ? ABSENCE_SENTENCE[reading]
          : 'No readings in the last 10 minutes.';
    this.#note.hidden = text === '';
    setText(this.#note, text);
  }

  #summarize(model: Model, now: number): void {
    // A screen reader speaks a name that changes while it has the focus.
    if (now - this.#summarizedAt < SUMMARY_EVERY_MS || document.activeElement === this.#canvas) return;
    this.#summarizedAt = now;
    setAttribute(this.#canvas, 'aria-label', summarize(this.definition, model.ring));
  }

  #valueText(seconds: number | undefined): string {
    if (seconds === undefined) return 'now';
    const values = this.definition.lines.flatMap((line, index) => {
      if (line.emphasis === 'faint' || !this.#shown.has(line.id)) return [];
      const value = this.#plot?.valueAt(index, seconds);
      return `${line.title} ${value === undefined ? 'no reading' : formatValue(value, line.metric)}`;
    });
    return `${formatAgo(seconds)}: ${values.join(', ')}`;
  }

  #listen(): void {
    this.#plotFrame.addEventListener('pointermove', event => {
      this.#onCursor(this.#plot?.secondsAt(event.clientX - this.#canvas.getBoundingClientRect().left));
    });
    this.#plotFrame.addEventListener('pointerleave', () => {
      this.#onCursor(undefined);
    });
    this.#canvas.addEventListener('blur', () => {
      this.#onCursor(undefined);
    });
    this.#canvas.addEventListener('keydown', event => {
      const step = event.shiftKey ? KEY_LEAP : KEY_STEP;
      const from = this.#cursor ?? 0;
      const moves: Readonly<Record<string, number | undefined>> = {
        ArrowLeft: from - step,
        ArrowRight: from + step,
        Home: -SPAN_SECONDS,
        End: 0,
        Escape: undefined,
      };
      if (!(event.key in moves)) return;
      event.preventDefault();
      const to = moves[event.key];
      this.#onCursor(to === undefined ? undefined : Math.min(0, Math.max(-SPAN_SECONDS, to)));
    });
  }
}

/** An optional line is there when the machine gives it values, now or in the past that is drawn. */
function isPresent(line: LineDefinition, model: Model): boolean {
  return !line.optional || typeof model.reading(line.id) === 'number' || model.hasPast(line.id);
}
