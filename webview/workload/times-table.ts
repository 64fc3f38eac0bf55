import type { WorkloadTimes } from '../../src/common/workload.ts';
import { workloadIcon } from '../../src/common/workload-icons.ts';
import { workloadName } from '../../src/common/workload-names.ts';
import { durationText } from '../../src/common/workload-words.ts';
import { make } from '../dom.ts';
import { makeIcon } from '../icons/icon.ts';
import { t } from '../l10n.ts';
import { classOf } from './band.ts';

/** Most classes that are listed. */
const MOST_ROWS = 8;

/** A row of the table: a class, and how long it has been the answer. */
export interface TimesRow {
  readonly category: string;
  readonly today: number;
  readonly week: number;
  /** Length of its bar, as a share of the longest. */
  readonly share: number;
}

/** Rows for the classes of the week, the longest first. Of more than eight, the longest are shown. */
export function timesRows({ today, week }: WorkloadTimes): TimesRow[] {
  const rows = Object.entries(week)
    .filter(([, seconds]) => seconds >= 1)
    .sort(([, a], [, b]) => b - a)
    .slice(0, MOST_ROWS);
  const longest = rows[0]?.[1] ?? 1;
  return rows.map(([category, seconds]) => ({
    category,
    today: today[category] ?? 0,
    week: seconds,
    share: seconds / longest,
  }));
}

/** How long each class has been the answer, today and this week. */
export class TimesTable {
  readonly element: HTMLElement;
  readonly #body = make('tbody');
  #shown = '';

  constructor() {
    this.element = make(
      'table',
      { class: 'times' },
      make('caption', {}, t('Time per kind of work')),
      make(
        'thead',
        {},
        make(
          'tr',
          {},
          make('th', { scope: 'col' }, make('span', { class: 'for-screen-readers' }, t('Kind of work'))),
          make('th', { scope: 'col' }, t('Today')),
          make('th', { scope: 'col', title: t('Since Monday') }, t('This week')),
        ),
      ),
      this.#body,
    );
  }

  /** Shows the times; the page is touched only when a text of it changes. */
  show(times: WorkloadTimes): void {
    const rows = timesRows(times).map(row => ({
      ...row,
      today: row.today < 1 ? '–' : durationText(row.today),
      week: durationText(row.week),
      share: Math.round(row.share * 100),
    }));
    const identity = JSON.stringify(rows);
    if (identity === this.#shown) return;
    this.#shown = identity;
    this.element.hidden = rows.length === 0;
    this.#body.replaceChildren(
      ...rows.map(({ category, today, week, share }) => {
        const bar = make('span', { 'class': 'bar', 'data-class': classOf(category), 'aria-hidden': 'true' });
        bar.style.width = `${String(share)}%`;
        return make(
          'tr',
          {},
          make(
            'th',
            { scope: 'row' },
            make('span', { 'class': 'swatch', 'data-class': classOf(category), 'aria-hidden': 'true' }),
            makeIcon(workloadIcon(category)),
            workloadName(category, t).title,
          ),
          make('td', {}, today),
          make('td', { class: 'with-bar' }, make('span', {}, week), make('span', { class: 'rail' }, bar)),
        );
      }),
    );
  }
}
