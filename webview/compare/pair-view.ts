import type { HostMessage, WebviewMessage } from '../../src/common/dashboard.ts';
import type { WorkloadSession } from '../../src/common/workload-session.ts';
import { type Column, columnTitle, parseColumnName } from '../../src/common/layout.ts';
import { appearances } from '../appearance.ts';
import type { ChartDefinition, LineDefinition } from '../charts/definition.ts';
import { FIRST_REQUEST, RangeLoader } from '../data/range-loader.ts';
import type { RangeSeries } from '../data/range-series.ts';
import { make, setAttribute, setText } from '../dom.ts';
import { unitText } from '../format.ts';
import { t } from '../l10n.ts';
import { Plot } from '../plot/plot.ts';
import { differencesOf } from '../sessions/differences.ts';
import { sessionKey } from '../sessions/session-list.ts';
import { sessionTitle, startText } from '../sessions/session-words.ts';
import { summarize } from '../card/summary.ts';
import type { Theme } from '../theme.ts';
import { makeButton } from '../toolkit.ts';
import { layerColumn, overlay } from './overlay.ts';

/** Points that each session is asked for with. */
const POINTS = 600;
/** How long nothing new is asked for after the list has changed: the session that goes on grows each minute. */
const GROWTH = 1.1;

type Answer = Extract<HostMessage, { type: 'rangeChunk' | 'rangeDone' | 'rangeFailed' }>;

interface PairChart {
  readonly column: string;
  readonly definition: ChartDefinition;
  readonly element: HTMLElement;
  readonly canvas: HTMLCanvasElement;
  plot?: Plot;
}

/** What a session's lines are made of, and why they are not there. */
interface Asked {
  readonly key: string;
  readonly request: number;
  readonly series: RangeSeries;
  why?: string;
}

/** Two sessions side by side: a table of what is known of both, and their lines over each other, from their beginnings on. */
export class PairView {
  readonly element: HTMLElement;
  readonly #loader: RangeLoader;
  readonly #caption = make('h3', { id: 'heading-pair' });
  readonly #body = make('tbody');
  readonly #heads = [make('th', { scope: 'col' }), make('th', { scope: 'col' })] as const;
  readonly #marks = [0, 1].map(() => make('span', { 'class': 'mark', 'aria-hidden': 'true' }));
  readonly #charts = make('div', { class: 'pair-charts' });
  readonly #note = make('p', { class: 'pair-note', role: 'status' });
  #theme: Theme;
  #columns: readonly string[] = [];
  #pair: readonly [WorkloadSession, WorkloadSession] | undefined;
  #plots: readonly PairChart[] = [];
  #asked: readonly Asked[] = [];

  constructor(post: (message: WebviewMessage) => void, theme: Theme, onClose: () => void) {
    this.#loader = new RangeLoader(post, FIRST_REQUEST.sessions);
    this.#theme = theme;
    this.element = make(
      'section',
      { 'class': 'pair', 'aria-labelledby': this.#caption.id, 'hidden': '' },
      make('header', {}, this.#caption, makeButton(t('Close'), 'secondary', onClose)),
      make(
        'div',
        { class: 'pair-body' },
        make(
          'table',
          { class: 'pair-table' },
          make(
            'thead',
            {},
            make('tr', {}, make('td'), ...this.#heads, make('th', { scope: 'col' }, t('Difference'))),
          ),
          this.#body,
        ),
        make('div', {}, this.#note, this.#charts),
      ),
    );
    setText(this.#caption, t('Two sessions side by side'));
    this.#heads.forEach((head, at) => {
      head.append(this.#marks[at] ?? '', make('span'));
    });
  }

  /** Columns that the machine has. */
  setColumns(columns: readonly string[]): void {
    this.#columns = columns;
  }

  setTheme(theme: Theme): void {
    this.#theme = theme;
    for (const chart of this.#plots) chart.plot?.setTheme(theme);
    this.#showMarks();
  }

  /** Shows these two, the earlier one first; `undefined` for none. */
  show(pair: readonly [WorkloadSession, WorkloadSession] | undefined): void {
    this.#pair = pair && (pair[0].from <= pair[1].from ? pair : [pair[1], pair[0]]);
    this.element.hidden = this.#pair === undefined;
    if (!this.#pair) {
      this.cancel();
      this.#clearPlots();
      return;
    }
    const [first, second] = this.#pair;
    this.#pair.forEach((session, at) => {
      const words = this.#heads[at]?.lastElementChild;
      if (words) setText(words, `${sessionTitle(session)}, ${startText(session.from)}`);
    });
    this.#body.replaceChildren(
      ...differencesOf(first, second).map(({ title, first: one, second: other, change }) =>
        make(
          'tr',
          {},
          make('th', { scope: 'row' }, title),
          make('td', {}, one),
          make('td', {}, other),
          make('td', {}, change),
        ),
      ),
    );
    this.#ask();
    this.#draw();
  }

  /** Nobody waits for what was asked for any more. */
  cancel(): void {
    for (const { request } of this.#asked) this.#loader.cancel(request);
    this.#asked = [];
  }

  /** Takes an answer in; those to others are ignored. */
  receive(message: Answer): void {
    this.#loader.receive(message);
  }

  dispose(): void {
    this.cancel();
    this.#clearPlots();
    this.element.remove();
  }

  #ask(): void {
    if (!this.#pair) return;
    const columns = PAIR_COLUMNS.filter(column => this.#columns.includes(column)).concat(this.#gpuColumns());
    const former = this.#asked;
    this.#asked = this.#pair.map(session => {
      const key = `${sessionKey(session)} ${columns.join()}`;
      const kept = former.find(
        one =>
          one.key === key &&
          session.to - session.from <= GROWTH * (one.series.wish.to - one.series.wish.from),
      );
      if (kept) return kept;
      const one: Asked = {
        key,
        ...this.#loader.ask({ from: session.from, to: session.to, columns, points: POINTS }, [], false, {
          onPiece: () => undefined,
          onDone: () => {
            this.#draw();
          },
          onFailed: why => {
            one.why = why;
            this.#draw();
          },
        }),
      };
      return one;
    });
    for (const one of former) if (!this.#asked.includes(one)) this.#loader.cancel(one.request);
    this.#makePlots(columns);
  }

  /** Of the GPU that either session was about. */
  #gpuColumns(): string[] {
    const numbers = new Set(this.#pair?.flatMap(({ gpu }) => gpu?.gpu ?? []));
    return [...numbers]
      .flatMap(number =>
        ['utilization', 'vram_percent', 'power_watts'].map(what => `gpu${String(number)}_${what}`),
      )
      .filter(column => this.#columns.includes(column));
  }

  #draw(): void {
    const pair = this.#pair;
    if (!pair) return;
    const why = this.#asked.find(one => one.why !== undefined)?.why;
    const isLoading = this.#asked.some(one => !one.series.isComplete && one.why === undefined);
    setText(
      this.#note,
      why !== undefined ? t('The lines could not be read: {0}', why) : isLoading ? t('Reading…') : '',
    );
    this.#charts.hidden = isLoading || why !== undefined;
    if (this.#charts.hidden) return;
    const layers = pair.flatMap(({ from, to }, at) => {
      const data = this.#asked[at]?.series;
      return data ? [{ from, to, data }] : [];
    });
    const data = overlay(
      layers,
      this.#plots.map(({ column }) => column),
    );
    for (const chart of this.#plots) {
      chart.plot ??= new Plot(chart.canvas, chart.definition, this.#theme);
      chart.plot.draw(data, () => true);
      chart.element.hidden = !chart.plot.hasData;
      setAttribute(chart.canvas, 'aria-label', summarize(chart.definition.title, chart.definition, data));
    }
    this.#showMarks();
  }

  #makePlots(columns: readonly string[]): void {
    if (columns.join() === this.#plots.map(({ column }) => column).join()) return;
    this.#clearPlots();
    this.#plots = columns.flatMap(column => {
      const known = parseColumnName(column);
      if (!known) return [];
      const definition = pairChart(known);
      const canvas = make('canvas', { 'role': 'img', 'aria-label': definition.title });
      const element = make(
        'div',
        { class: 'pane' },
        make('h4', {}, definition.title),
        make('div', { class: 'plot' }, canvas),
      );
      return [{ column, definition, canvas, element }];
    });
    this.#charts.replaceChildren(...this.#plots.map(({ element }) => element));
  }

  #clearPlots(): void {
    for (const { plot } of this.#plots) plot?.dispose();
    this.#plots = [];
    this.#charts.replaceChildren();
  }

  #showMarks(): void {
    const [chart] = this.#plots;
    if (!chart) return;
    appearances(chart.definition, this.#theme).forEach((look, at) => {
      const style = this.#marks[at]?.style;
      if (!style) return;
      style.borderTopColor = look.color;
      style.borderTopStyle = look.dash.length === 0 ? 'solid' : 'dashed';
    });
  }
}

/** What every machine has lines of. */
const PAIR_COLUMNS = ['total_utilization', 'ram_percent', 'power_watts'];

function pairChart(column: Column): ChartDefinition {
  const { metric, name } = column;
  const title = columnTitle(column, t);
  const line = (layer: number): LineDefinition => ({
    id: layerColumn(layer, name),
    title: layer === 0 ? t('First session') : t('Second session'),
    metric,
    color: layer === 0 ? 'blue' : 'orange',
    shade: 0,
    // Two of equal weight, told apart by dashes where colours are few.
    emphasis: 'other',
    optional: false,
  });
  return {
    id: `pair-${name}`,
    title: metric.unit === '%' ? title : `${title}, ${unitText(metric.unit)}`,
    range: metric.unit === '%' ? 'percent' : 'adaptive',
    axis: 'elapsed',
    lines: [line(0), line(1)],
    marks: [],
  };
}
