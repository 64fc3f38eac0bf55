import type { ShownData } from '../data/shown-data.ts';
import { make, setAttribute, setText } from '../dom.ts';
import { t } from '../l10n.ts';
import type { Section } from '../section.ts';
import { TableSwitch } from '../tables/table-switch.ts';
import { timeStyle } from '../tables/data-table.ts';
import type { Theme } from '../theme.ts';
import type { TimeView } from '../time/time-view.ts';
import { coreStatistics, sortCores } from './core-statistics.ts';
import { OFFLINE, ShownCores } from './core-source.ts';
import { CoreTable, percentText } from './core-table.ts';
import { HeatLegend } from './legend.ts';
import { HeatMapPlot, type HeatMapView, type Margins } from './plot.ts';

/** How often the words for the map change: reading them every second aloud would be noise. */
const SUMMARY_EVERY_MS = 10_000;

/** Cores and columns that a key with Shift, or Page Up and Page Down, goes on by. */
const LEAP = 10;

/** What the section needs of the page. */
export interface HeatMapOptions {
  /** Columns of the cores' utilization, in the order of their numbers. */
  readonly columns: readonly string[];
  readonly view: TimeView;
  readonly theme: Theme;
  readonly margins: Margins;
  readonly ticks: HeatMapView['ticks'];
}

/** The cores over time: how busy each was, as colours. */
export class HeatMapSection implements Section {
  readonly id = 'cores';
  readonly title = t('Cores');
  readonly columns: readonly string[];
  readonly element: HTMLElement;
  readonly #options: HeatMapOptions;
  readonly #source: ShownCores;
  readonly #canvas = make('canvas', {
    'role': 'slider',
    'tabindex': '0',
    'aria-keyshortcuts': 'ArrowLeft ArrowRight ArrowUp ArrowDown PageUp PageDown Home End Escape T',
    'aria-roledescription': t('heat map'),
  });
  readonly #note = make('p', { class: 'note', hidden: '' });
  readonly #readout = make('p', { class: 'heat-readout' });
  readonly #frame = make('div', { class: 'plot heat-plot' }, this.#canvas, this.#note);
  readonly #legend = new HeatLegend();
  readonly #chart = make('div', { class: 'heat-chart' }, this.#readout, this.#frame, this.#legend.element);
  readonly #switch: TableSwitch;
  readonly #endCursor: () => void;
  #plot: HeatMapPlot | undefined;
  #theme: Theme;
  #data: ShownData | undefined;
  /** The core that the user points at. */
  #core: number | undefined;
  #summarizedAt = Number.NEGATIVE_INFINITY;

  constructor(options: HeatMapOptions) {
    this.#options = options;
    this.#theme = options.theme;
    this.columns = options.columns;
    this.#source = new ShownCores(options.columns);
    const table = new CoreTable(this.#source);
    this.#switch = new TableSwitch(this.title, this.#chart, table);
    const heading = make('h2', { id: `heading-${this.id}` }, this.title);
    const count = options.columns.length;
    this.element = make(
      'section',
      { 'class': 'card heat-map', 'data-chart': this.id, 'aria-labelledby': heading.id },
      make(
        'header',
        {},
        heading,
        make('p', { class: 'subtitle' }, count === 1 ? t('1 core') : t('{0} cores', count)),
        this.#switch.button,
      ),
      this.#chart,
      table.element,
    );
    setAttribute(this.#canvas, 'aria-label', this.title);
    this.#frame.style.setProperty('--cores', String(count));
    this.#endCursor = options.view.onCursor(() => {
      this.#showCursor();
    });
    this.#listen();
  }

  update(view: TimeView, data: ShownData): void {
    this.#data = data;
    this.#source.show(data);
    if (this.#switch.isChartShown) {
      this.#plot ??= this.#makePlot();
      const { stepMs } = this.#source;
      const { ticks } = this.#options;
      const merged = this.#plot.draw(
        { source: this.#source, stepMs, from: data.from, to: data.to, ticks },
        this.#source.isOther,
      );
      const seconds = merged.columnMs > stepMs ? Math.round(merged.columnMs / 100) / 10 : undefined;
      this.#legend.setMerging(merged.coresPerRow, seconds);
      this.#showNote(data);
      this.#showCursor();
      this.#summarize(view, data);
    }
    this.#switch.update(data);
  }

  setTheme(theme: Theme): void {
    this.#theme = theme;
    this.#plot?.setTheme(theme);
    if (this.#plot) this.#legend.setPalette(this.#plot.palette);
  }

  dispose(): void {
    this.#endCursor();
    this.#plot?.dispose();
    this.element.remove();
  }

  #makePlot(): HeatMapPlot {
    const plot = new HeatMapPlot(this.#canvas, this.#theme, this.#options.margins);
    this.#legend.setPalette(plot.palette);
    return plot;
  }

  #showNote(data: ShownData): void {
    const isThere = this.#source.hasReadings;
    const text = isThere
      ? ''
      : data.stepMs >= 60_000
        ? t('Cores are kept for spans of up to about six hours. Choose a shorter one to see them.')
        : data.isComplete
          ? t('No readings of cores in this time.')
          : '';
    this.#note.hidden = text === '';
    setText(this.#note, text);
  }

  /** The words above the map: of the cell that the user points at, else of now. */
  #showCursor(): void {
    const plot = this.#plot;
    if (!plot) return;
    const { cursor } = this.#options.view;
    if (cursor === undefined) this.#core = undefined;
    plot.setCursor(cursor, this.#core);
    const text = cursor === undefined ? this.#latestText() : this.#cellText(cursor);
    setText(this.#readout, text);
    const { from, to } = this.#data ?? { from: 0, to: 0 };
    setAttribute(this.#canvas, 'aria-valuemin', String(Math.round((from - to) / 1000)));
    setAttribute(this.#canvas, 'aria-valuemax', '0');
    setAttribute(this.#canvas, 'aria-valuenow', String(Math.round(((cursor ?? to) - to) / 1000)));
    // What changes each second is told only to those who ask: see the summary and the table.
    setAttribute(this.#canvas, 'aria-valuetext', cursor === undefined ? t('now') : text);
  }

  #cellText(time: number): string {
    const plot = this.#plot;
    if (!plot || !this.#data) return '';
    const clock = new Intl.DateTimeFormat(undefined, timeStyle(this.#data.to - this.#data.from)).format(time);
    const isOne = this.#core !== undefined;
    const { firstCore, untilCore } = isOne
      ? plot.rowOf(this.#core ?? 0)
      : { firstCore: 0, untilCore: this.#source.cores };
    const value = plot.valueAt({ time, firstCore, untilCore });
    const cores = !isOne
      ? t('Busiest of all cores')
      : untilCore - firstCore === 1
        ? t('Core {0}', firstCore)
        : t('Busiest of cores {0} to {1}', firstCore, untilCore - 1);
    return `${cores}: ${percentText(value)}, ${clock}`;
  }

  #latestText(): string {
    const { size, cores } = this.#source;
    if (size === 0) return '';
    let offline = 0;
    let top = -1;
    for (let core = 0; core < cores; core++) {
      const value = this.#source.value(size - 1, core);
      if (value === OFFLINE) offline++;
      else if (!Number.isNaN(value) && (top < 0 || value > this.#source.value(size - 1, top))) top = core;
    }
    const words = [
      ...(top < 0 ? [] : [t('Busiest: core {0}, {1}', top, percentText(this.#source.value(size - 1, top)))]),
      ...(offline === 0 ? [] : [offline === 1 ? t('1 core offline') : t('{0} cores offline', offline)]),
    ];
    return words.join(' · ');
  }

  #summarize(view: TimeView, { from, to }: ShownData): void {
    const now = performance.now();
    // A screen reader speaks a name that changes while it has the focus.
    if (now - this.#summarizedAt < SUMMARY_EVERY_MS || document.activeElement === this.#canvas) return;
    this.#summarizedAt = now;
    const [busiest] = sortCores(coreStatistics(this.#source, from, to), 'mean');
    const words =
      busiest && busiest.mean >= 0 ? this.#busiestText(busiest.core, busiest.mean) : t('no reading');
    setAttribute(
      this.#canvas,
      'aria-label',
      `${this.title}: ${words}${view.isFollowing ? `. ${this.#latestText()}` : ''}`,
    );
  }

  #busiestText(core: number, mean: number): string {
    return t(
      '{0} cores, the busiest on average is core {1} with {2}',
      this.#source.cores,
      core,
      percentText(mean),
    );
  }

  #listen(): void {
    const { view } = this.#options;
    this.#frame.addEventListener('pointermove', event => {
      const { left, top } = this.#canvas.getBoundingClientRect();
      const place = this.#plot?.placeAt(event.clientX - left, event.clientY - top);
      this.#point(place?.time, place?.firstCore);
    });
    this.#frame.addEventListener('pointerleave', () => {
      this.#point(undefined, undefined);
    });
    this.#canvas.addEventListener('blur', () => {
      this.#point(undefined, undefined);
    });
    this.#canvas.addEventListener('keydown', event => {
      const to = this.#goTo(event);
      if (to === undefined) return;
      event.preventDefault();
      event.stopPropagation();
      this.#point(to.time, to.core);
    });
    view.onChange(() => {
      this.#core = undefined;
    });
  }

  /** Where a key leads from where the user points; `undefined` for a key that leads nowhere. */
  #goTo({
    key,
    shiftKey,
    altKey,
    ctrlKey,
    metaKey,
  }: KeyboardEvent): { readonly time: number | undefined; readonly core: number | undefined } | undefined {
    const plot = this.#plot;
    const data = this.#data;
    if (!plot || !data || altKey || ctrlKey || metaKey) return undefined;
    const { coresPerRow, columnMs } = plot.merging;
    const { from, to } = data;
    const core = this.#core ?? 0;
    const time = this.#options.view.cursor ?? to;
    const columns = columnMs * (shiftKey ? LEAP : 1);
    const rows = coresPerRow * (shiftKey ? LEAP : 1);
    const at = (moment: number, row: number): { time: number; core: number } => ({
      time: Math.min(to, Math.max(from, moment)),
      core: Math.min(this.#source.cores - 1, Math.max(0, row)),
    });
    switch (key) {
      case 'ArrowLeft':
        return at(time - columns, core);
      case 'ArrowRight':
        return at(time + columns, core);
      case 'ArrowUp':
        return at(time, core - rows);
      case 'ArrowDown':
        return at(time, this.#core === undefined ? 0 : core + rows);
      case 'PageUp':
        return at(time, core - LEAP * coresPerRow);
      case 'PageDown':
        return at(time, core + LEAP * coresPerRow);
      case 'Home':
        return at(from, core);
      case 'End':
        return at(to, core);
      case 'Escape':
        return { time: undefined, core: undefined };
      default:
        return undefined;
    }
  }

  #point(time: number | undefined, core: number | undefined): void {
    const { view } = this.#options;
    this.#core = core;
    if (view.cursor === time) this.#showCursor();
    else view.setCursor(time);
  }
}
