import type { Metric } from '../../src/common/metrics.ts';
import { statisticsOf, type ShownData } from '../data/shown-data.ts';
import { make, setText } from '../dom.ts';
import { formatValue } from '../format.ts';
import { t } from '../l10n.ts';
import { makeCheckbox } from '../toolkit.ts';
import { ANNOUNCE_EVERY_MS, type Announcer } from './announcer.ts';
import { fitChildren } from './fit-children.ts';
import { tableRows, type Cell } from './table-rows.ts';

/** A series of a chart. */
export interface TableSeries {
  /** Name of it in `ShownData`. */
  readonly id: string;
  readonly title: string;
  readonly metric: Metric;
}

/** How often the rows follow what is shown; not while somebody is reading them. */
const UPDATE_EVERY_MS = 5_000;

const NO_READING = '–';

/** The values of a chart as a table: a row for each moment or stretch of time, the newest first. */
export class DataTable {
  readonly element: HTMLElement;
  readonly #name: string;
  readonly #series: readonly TableSeries[];
  readonly #announcer: Announcer;
  readonly #caption = make('caption');
  readonly #head = make('tr');
  readonly #body = make('tbody');
  readonly #region: HTMLElement;
  #headShown = '';
  #spanShown = '';
  #updatedAt = Number.NEGATIVE_INFINITY;
  #isAnnouncing = false;
  #announcedAt = Number.NEGATIVE_INFINITY;

  /** @param name of the chart */
  constructor(name: string, series: readonly TableSeries[], announcer: Announcer) {
    this.#name = name;
    this.#series = series;
    this.#announcer = announcer;
    this.#region = make(
      'div',
      { 'class': 'rows', 'role': 'region', 'tabindex': '0', 'aria-label': t('{0}, table', name) },
      make('table', {}, this.#caption, make('thead', {}, this.#head), this.#body),
    );
    const announce = makeCheckbox(t('Read out every 30 seconds'), false, isWanted => {
      this.#isAnnouncing = isWanted;
      this.#announcedAt = Number.NEGATIVE_INFINITY;
    });
    this.element = make('div', { class: 'data-table', hidden: '' }, announce, this.#region);
  }

  /** Shows the table, or hides it, and then nothing of it is kept up to date. */
  set isShown(isShown: boolean) {
    this.element.hidden = !isShown;
    this.#updatedAt = Number.NEGATIVE_INFINITY;
    if (!isShown) this.#body.replaceChildren();
  }

  get isShown(): boolean {
    return !this.element.hidden;
  }

  /** Takes over what is shown now; the rows a little later, and those that somebody reads when he has left them. */
  update(data: ShownData): void {
    if (!this.isShown) return;
    const now = performance.now();
    if (this.#isAnnouncing && now - this.#announcedAt >= ANNOUNCE_EVERY_MS) {
      this.#announcedAt = now;
      this.#announcer.say(this.#latestText(data));
    }
    // The user has chosen another span, or all that happens is that time goes on.
    const span = `${String(data.stepMs)} ${String(Math.round((data.to - data.from) / 1000))}`;
    const isRead = this.#region.contains(document.activeElement);
    if (span === this.#spanShown && (isRead || now - this.#updatedAt < UPDATE_EVERY_MS)) return;
    this.#spanShown = span;
    this.#updatedAt = now;
    this.#show(data);
  }

  #latestText(data: ShownData): string {
    const values = this.#series.flatMap(({ id, title, metric }) => {
      const last = statisticsOf(data, id)?.last;
      return last === undefined ? [] : `${title} ${formatValue(last, metric)}`;
    });
    return values.length > 0 ? values.join(', ') : t('{0}: no reading', this.#name);
  }

  #show(data: ShownData): void {
    const known = this.#series.filter(({ id }) => statisticsOf(data, id) !== undefined);
    const series = known.length > 0 ? known : this.#series;
    const { rows, pointsPerRow, isBanded } = tableRows(
      data,
      series.map(({ id }) => id),
    );
    const clock = new Intl.DateTimeFormat(undefined, timeStyle(data.to - data.from));
    const rowMs = (data.stepMs > 0 ? data.stepMs : usualStep(data.times)) * pointsPerRow;
    setText(
      this.#caption,
      isBanded
        ? t('{0}; newest first, a row stands for {1} s', this.#name, Math.round(rowMs / 1000))
        : t('{0}; newest first', this.#name),
    );
    this.#showHead(series, isBanded);
    const width = this.#head.childElementCount;
    fitChildren(this.#body, rows.length, () => make('tr', {}, make('th', { scope: 'row' })));
    rows.forEach(({ time, cells }, index) => {
      const row = this.#body.children.item(index);
      if (!row) return;
      fitChildren(row, width, () => make('td'));
      const texts = cells.flatMap((cell, at) => cellTexts(cell, series[at]?.metric, isBanded));
      [clock.format(time), ...texts].forEach((text, at) => {
        const element = row.children.item(at);
        if (element) setText(element, text);
      });
    });
  }

  #showHead(series: readonly TableSeries[], isBanded: boolean): void {
    const titles = series.flatMap(({ title }) =>
      isBanded ? [t('{0}, mean', title), t('{0}, least', title), t('{0}, greatest', title)] : [title],
    );
    const identity = JSON.stringify(titles);
    if (identity === this.#headShown) return;
    this.#headShown = identity;
    this.#body.replaceChildren();
    this.#head.replaceChildren(...[t('Time'), ...titles].map(title => make('th', { scope: 'col' }, title)));
  }
}

function cellTexts({ mean, least, greatest }: Cell, metric: Metric | undefined, isBanded: boolean): string[] {
  const text = (value: number): string =>
    Number.isNaN(value) || !metric ? NO_READING : formatValue(value, metric);
  return isBanded ? [text(mean), text(least), text(greatest)] : [text(mean)];
}

/** Clock of a span: seconds over minutes, days over weeks. */
export function timeStyle(spanMs: number): Intl.DateTimeFormatOptions {
  const hours = spanMs / 3_600_000;
  return {
    ...(hours > 20 ? { month: 'short', day: 'numeric' } : {}),
    hour: '2-digit',
    minute: '2-digit',
    ...(hours <= 20 ? { second: '2-digit' } : {}),
  };
}

function usualStep(times: Float64Array): number {
  const [first, last] = [times[0] ?? 0, times.at(-1) ?? 0];
  return times.length > 1 ? (last - first) / (times.length - 1) : 1000;
}
