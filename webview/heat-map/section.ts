import type { ShownData } from '../data/shown-data.ts';
import { make, setAttribute, setHidden, setText } from '../dom.ts';
import { t } from '../l10n.ts';
import { AXIS_WIDTH, PLOT_RIGHT } from '../plot/plot.ts';
import type { Section } from '../section.ts';
import { TableSwitch } from '../tables/table-switch.ts';
import type { Theme } from '../theme.ts';
import { Gestures } from '../time/gestures.ts';
import { lengthOf } from '../time/span.ts';
import { lengthText, momentText } from '../time/time-text.ts';
import type { TimeView } from '../time/time-view.ts';
import { OFFLINE, ShownCores } from './core-source.ts';
import { coreStatistics, sortCores } from './core-statistics.ts';
import { CoreTable, percentText } from './core-table.ts';
import { HeatLegend } from './legend.ts';
import { HeatMapPlot } from './plot.ts';

/** How often the words for the map change: reading them every second aloud would be noise. */
const SUMMARY_EVERY_MS = 10_000;

/** Rows that an arrow key goes on by with Shift. */
const LEAP = 10;

/** Room around the cells, in CSS pixels; as on the charts, so that times line up. */
const MARGINS = { left: AXIS_WIDTH, right: PLOT_RIGHT, top: 8, bottom: 22 };

/** The cores over time: how busy each was, as colours. */
export class HeatMapSection implements Section {
  /** Also the name by which the user's layout knows it. */
  static readonly id = 'cores';

  readonly id = HeatMapSection.id;
  readonly title = t('Cores');
  readonly columns: readonly string[];
  readonly element: HTMLElement;
  readonly #view: TimeView;
  readonly #source: ShownCores;
  readonly #canvas = make('canvas', {
    'role': 'slider',
    'tabindex': '0',
    'aria-label': this.title,
    'aria-valuemin': '0',
    'aria-valuemax': '0',
    'aria-valuenow': '0',
    'aria-valuetext': '',
    'aria-describedby': 'heat-keys chart-keys',
  });
  readonly #note = make('p', { class: 'note', hidden: '' });
  readonly #readout = make('p', { class: 'heat-readout' });
  /** As high as the map may become. */
  readonly #room = make('div', { 'class': 'heat-room', 'aria-hidden': 'true' });
  readonly #frame = make('div', { class: 'plot heat-plot' }, this.#canvas, this.#note);
  readonly #legend = new HeatLegend();
  readonly #chart: HTMLElement;
  readonly #gestures: Gestures;
  readonly #switch: TableSwitch;
  readonly #unlisten: () => void;
  #plot: HeatMapPlot | undefined;
  #theme: Theme;
  #data: ShownData | undefined;
  /** First core of the row that the user points at. */
  #core: number | undefined;
  #summarizedAt = Number.NEGATIVE_INFINITY;

  /** @param columns of the cores' utilization, in the order of their numbers */
  constructor(columns: readonly string[], view: TimeView, theme: Theme) {
    this.columns = columns;
    this.#view = view;
    this.#theme = theme;
    this.#source = new ShownCores(columns);
    this.#chart = make(
      'div',
      { class: 'heat-chart' },
      this.#readout,
      this.#room,
      this.#frame,
      this.#legend.element,
      make(
        'p',
        { id: 'heat-keys', hidden: '' },
        t('Up and down choose a core, with Shift ten rows on. T shows a table of the cores.'),
      ),
    );
    this.#chart.style.setProperty('--cores', String(columns.length));
    const table = new CoreTable(this.#source);
    this.#switch = new TableSwitch(this.title, this.#chart, table, data => {
      this.#draw(data);
      this.write();
    });
    const heading = make('h2', { id: `heading-${this.id}` }, this.title);
    const count = columns.length === 1 ? t('1 core') : t('{0} cores', columns.length);
    this.element = make(
      'section',
      { 'class': 'card heat-map', 'data-chart': this.id, 'aria-labelledby': heading.id },
      make('header', {}, heading, make('p', { class: 'subtitle' }, count), this.#switch.button),
      this.#chart,
      table.element,
    );
    this.#gestures = new Gestures(this.#frame, this.#canvas, view);
    this.#unlisten = view.onCursor(() => {
      if (view.cursor === undefined) this.#core = undefined;
      this.#showCursor();
    });
    this.#listen();
  }

  update(_view: TimeView, data: ShownData): void {
    this.#data = data;
    this.#source.show(data);
    if (this.#switch.isChartShown) this.#draw(data);
    this.#switch.update(data);
  }

  write(): void {
    const data = this.#data;
    if (!data || !this.#switch.isChartShown) return;
    this.#showNote(data);
    this.#showCursor();
    this.#summarize(data);
  }

  setTheme(theme: Theme): void {
    this.#theme = theme;
    if (!this.#plot) return;
    this.#plot.setTheme(theme);
    this.#legend.setPalette(this.#plot.palette);
  }

  dispose(): void {
    this.#unlisten();
    this.#plot?.dispose();
    this.element.remove();
  }

  #draw(data: ShownData): void {
    const { stepMs, isOther } = this.#source;
    this.#plot ??= this.#makePlot();
    const { from, to } = data;
    this.#plot.draw({ source: this.#source, stepMs, from, to }, isOther);
    const { coresPerRow, columnMs } = this.#plot.merging;
    this.#legend.setMerging(coresPerRow, columnMs > stepMs ? lengthText(columnMs) : undefined);
  }

  #makePlot(): HeatMapPlot {
    const plot = new HeatMapPlot(this.#canvas, this.#room, this.#theme, MARGINS);
    this.#legend.setPalette(plot.palette);
    return plot;
  }

  #showNote(data: ShownData): void {
    const text = this.#source.hasReadings || !data.isComplete ? '' : this.#whyEmpty(data);
    setHidden(this.#note, text === '');
    setText(this.#note, text);
  }

  #whyEmpty(data: ShownData): string {
    // Rollups, from which long spans are, have nothing of single cores.
    const isKept = data.columns.size === 0 || this.columns.some(column => data.columns.has(column));
    return isKept
      ? t('Nothing was recorded of the cores in this time.')
      : t(
          'Single cores are not kept for a span this long, and on a machine with many only while they are shown.',
        );
  }

  /** Marks what the user points at, and says what is there; else what is now. */
  #showCursor(): void {
    const plot = this.#plot;
    if (!plot || !this.#data) return;
    this.#gestures.show();
    plot.mark(this.#core);
    const { cursor, span, isFollowing } = this.#view;
    const text = cursor === undefined ? this.#latestText() : this.#cellText(plot, cursor);
    setText(this.#readout, text);
    const seconds = (time: number): string => String(Math.round((time - span.from) / 1000));
    setAttribute(this.#canvas, 'aria-valuemax', seconds(span.to));
    setAttribute(this.#canvas, 'aria-valuenow', seconds(cursor ?? span.to));
    // What changes each second is told only to those who ask: by the map's name, which changes rarely, and by the table.
    const still = isFollowing ? t('now') : t('no moment chosen');
    setAttribute(this.#canvas, 'aria-valuetext', cursor === undefined ? still : text);
  }

  #cellText(plot: HeatMapPlot, time: number): string {
    const all = { firstCore: 0, untilCore: this.#source.cores };
    const row = this.#core === undefined ? all : plot.rowOf(this.#core);
    const what =
      this.#core === undefined
        ? t('Busiest of all cores')
        : row.untilCore - row.firstCore === 1
          ? t('Core {0}', row.firstCore)
          : t('Busiest of cores {0} to {1}', row.firstCore, row.untilCore - 1);
    return `${what}: ${percentText(plot.valueAt({ time, ...row }))} · ${momentText(time, this.#view.span)}`;
  }

  /** The busiest core at the newest moment that is shown, and how many are offline then. */
  #latestText(): string {
    const { size, cores } = this.#source;
    const value = (core: number): number => this.#source.value(size - 1, core);
    let offline = 0;
    let busiest = -1;
    for (let core = 0; core < cores; core++) {
      if (value(core) === OFFLINE) offline++;
      else if (value(core) >= 0 && (busiest < 0 || value(core) > value(busiest))) busiest = core;
    }
    const isOne = offline === 1;
    return [
      ...(busiest < 0 ? [] : [t('Busiest: core {0} with {1}', busiest, percentText(value(busiest)))]),
      ...(offline === 0 ? [] : [isOne ? t('1 core offline') : t('{0} cores offline', offline)]),
    ].join(' · ');
  }

  #summarize(data: ShownData): void {
    const now = Date.now();
    // A screen reader speaks a name that changes while it has the focus.
    if (now - this.#summarizedAt < SUMMARY_EVERY_MS || document.activeElement === this.#canvas) return;
    this.#summarizedAt = now;
    const [first] = sortCores(coreStatistics(this.#source, data.from, data.to), 'mean');
    const past =
      first && first.mean >= 0
        ? t('core {0} has the highest mean, {1}', first.core, percentText(first.mean))
        : t('no reading');
    const span = lengthText(Math.round(lengthOf(data) / 1000) * 1000);
    const parts = [t('{0}, {1}', this.title, span), past, this.#latestText()];
    setAttribute(this.#canvas, 'aria-label', parts.filter(part => part !== '').join('. '));
  }

  #listen(): void {
    // Time is the gestures' part; which core is pointed at is ours, and is to be known when they tell of the moment.
    this.#frame.addEventListener(
      'pointermove',
      event => {
        const y = event.clientY - this.#canvas.getBoundingClientRect().top;
        this.#core = this.#plot?.coreAt(y);
        if (this.#view.cursor !== undefined) this.#showCursor();
      },
      { capture: true },
    );
    this.#canvas.addEventListener('keydown', event => {
      if (event.ctrlKey || event.metaKey || event.altKey) return;
      const direction = event.key === 'ArrowUp' ? -1 : event.key === 'ArrowDown' ? 1 : 0;
      if (direction === 0 || !this.#plot) return;
      event.preventDefault();
      const rows = this.#plot.merging.coresPerRow * (event.shiftKey ? LEAP : 1);
      const next = this.#core === undefined ? 0 : this.#core + direction * rows;
      this.#core = Math.min(this.#source.cores - 1, Math.max(0, next));
      if (this.#view.cursor === undefined) this.#view.setCursor(this.#view.span.to);
      else this.#showCursor();
    });
  }
}
