import type { MeanAndPeak, WorkloadSession } from '../../src/common/workload-session.ts';
import { workloadIcon } from '../../src/common/workload-icons.ts';
import { durationText } from '../../src/common/workload-words.ts';
import { make, setAttribute } from '../dom.ts';
import { makeIcon, setIcon } from '../icons/icon.ts';
import { t } from '../l10n.ts';
import { classOf } from '../workload/band.ts';
import {
  nextSorting,
  sessionKey,
  sessionLength,
  sortSessions,
  type Sorting,
  type SortKey,
} from './session-list.ts';
import {
  energyText,
  meanAndPeakText,
  NOTHING,
  percentText,
  sessionTitle,
  sourceLines,
  sourcesText,
  startText,
  wattText,
} from './session-words.ts';

/** Rows that are shown until the user asks for more. */
const FIRST_ROWS = 50;

/** What the user does in the list. */
export interface TableEvents {
  /** A session is to be shown in the charts. */
  readonly onJump: (session: WorkloadSession) => void;
  /** Other sessions are ticked. */
  readonly onTick: () => void;
  /** A whole new order. */
  readonly onSort: (sorting: Sorting) => void;
  /** More rows are wanted. */
  readonly onMore: () => void;
}

/**
 * The sessions as a table. Its rows are one stop of the Tab key: arrow keys, Home and End go from row to row, Enter shows a
 * session in the charts, Space ticks it.
 */
export class SessionTable {
  readonly element: HTMLElement;
  readonly #events: TableEvents;
  readonly #heads: ReadonlyMap<SortKey, HTMLElement>;
  readonly #body = make('tbody');
  readonly #more = make('button', { type: 'button', class: 'more' });
  #sorting: Sorting;
  #rows: readonly Row[] = [];
  #most = FIRST_ROWS;
  /** Keys of the sessions that are ticked, the one that was first. */
  #ticked: readonly string[] = [];
  #focusedKey: string | undefined;

  constructor(sorting: Sorting, events: TableEvents) {
    this.#sorting = sorting;
    this.#events = events;
    const columns: readonly (readonly [SortKey, string, string])[] = [
      ['class', t('Kind of work'), ''],
      ['start', t('Began'), ''],
      ['length', t('Length'), ''],
      ['cpu', t('CPU'), t('Mean, and peak')],
      ['gpu', t('GPU'), t('Mean, and peak, of the GPU that was busiest')],
      ['ram', t('RAM'), t('Mean, and peak')],
      ['vram', t('VRAM'), t('Mean, and peak, of the GPU whose memory was fullest')],
      [
        'power',
        t('Power'),
        t('Mean of the CPU and the GPUs together, and the highest minute, as far as it is known'),
      ],
      ['energy', t('Energy'), t('Of the CPU and the GPUs, as far as their power is known')],
    ];
    this.#heads = new Map(columns.map(([key, title, hint]) => [key, this.#head(key, title, hint)]));
    this.#more.addEventListener('click', () => {
      this.#most = Number.POSITIVE_INFINITY;
      events.onMore();
    });
    this.#body.addEventListener('keydown', event => {
      this.#onKey(event);
    });
    this.element = make(
      'div',
      { class: 'session-scroll' },
      make(
        'table',
        {
          'class': 'sessions-table',
          'role': 'grid',
          'aria-label': t('Sessions'),
          'aria-describedby': 'session-keys',
        },
        make(
          'thead',
          {},
          make(
            'tr',
            {},
            make('th', { scope: 'col' }, make('span', { class: 'for-screen-readers' }, t('Compare'))),
            ...this.#heads.values(),
          ),
        ),
        this.#body,
      ),
      this.#more,
      make(
        'p',
        { id: 'session-keys', hidden: '' },
        t(
          'Arrow keys go from session to session. Enter shows one in the charts. Space picks it for comparison; two can be compared.',
        ),
      ),
    );
    this.#showSorting();
  }

  /** Keys of the sessions that are ticked, at most two, in the order in which that was done. */
  get ticked(): readonly string[] {
    return this.#ticked;
  }

  /** Focuses the row that the Tab key leads to. */
  focus(): void {
    this.#row(this.#focusedKey)?.element.focus();
  }

  /** Unticks all. */
  untick(): void {
    this.#setTicked([]);
  }

  /** Shows these sessions. Rows of sessions that stay keep their elements, and the focus. */
  show(sessions: readonly WorkloadSession[]): void {
    const sorted = sortSessions(sessions, this.#sorting);
    const shown = sorted.slice(0, this.#most);
    const kept = new Map(this.#rows.map(row => [row.key, row]));
    const hadFocus = this.#body.contains(document.activeElement);
    this.#rows = shown.map(session => {
      const row =
        kept.get(sessionKey(session)) ?? new Row(session, this.#events.onJump, key => this.#tick(key));
      row.show(session);
      return row;
    });
    const elements = this.#rows.map(({ element }) => element);
    const isSame =
      elements.length === this.#body.children.length &&
      elements.every((element, at) => this.#body.children.item(at) === element);
    if (!isSame) this.#body.replaceChildren(...elements);
    const keys = new Set(sorted.map(sessionKey));
    if (this.#ticked.some(key => !keys.has(key))) this.#setTicked(this.#ticked.filter(key => keys.has(key)));
    else this.#showTicks();
    this.#rove(this.#focusedKey);
    if (hadFocus && !isSame) this.#row(this.#focusedKey)?.element.focus();
    const left = sorted.length - shown.length;
    this.#more.hidden = left === 0;
    this.#more.textContent = t('Show {0} more', left);
  }

  #head(key: SortKey, title: string, hint: string): HTMLElement {
    const button = make('button', { type: 'button' }, title, makeIcon('chevron-down'));
    if (hint !== '') button.title = hint;
    button.addEventListener('click', () => {
      this.#sorting = nextSorting(this.#sorting, key);
      this.#showSorting();
      this.#events.onSort(this.#sorting);
    });
    return make('th', { scope: 'col', class: key === 'class' || key === 'start' ? '' : 'number' }, button);
  }

  #showSorting(): void {
    const { key, isDescending } = this.#sorting;
    for (const [other, head] of this.#heads) {
      const direction = isDescending ? 'descending' : 'ascending';
      setAttribute(head, 'aria-sort', other === key ? direction : undefined);
      const arrow = head.querySelector('svg');
      if (!arrow) continue;
      arrow.toggleAttribute('hidden', other !== key);
      setIcon(arrow, isDescending ? 'chevron-down' : 'chevron-up');
    }
  }

  #tick(key: string): void {
    const others = this.#ticked.filter(one => one !== key);
    // A third one takes the place of the one that was ticked before the last.
    this.#setTicked(others.length < this.#ticked.length ? others : [...others, key].slice(-2));
  }

  #setTicked(keys: readonly string[]): void {
    this.#ticked = keys;
    this.#showTicks();
    this.#events.onTick();
  }

  #showTicks(): void {
    for (const row of this.#rows) row.isTicked = this.#ticked.includes(row.key);
  }

  #row(key: string | undefined): Row | undefined {
    return this.#rows.find(row => row.key === key);
  }

  /** Makes one row the stop of the Tab key. */
  #rove(key: string | undefined): void {
    const stop = this.#row(key) ?? this.#rows[0];
    this.#focusedKey = stop?.key;
    for (const row of this.#rows) row.element.tabIndex = row === stop ? 0 : -1;
  }

  #onKey(event: KeyboardEvent): void {
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    const at = this.#rows.findIndex(({ element }) => element.contains(event.target as Node));
    const row = this.#rows[at];
    if (!row) return;
    const to = {
      ArrowDown: at + 1,
      ArrowUp: at - 1,
      Home: 0,
      End: this.#rows.length - 1,
      PageDown: at + 10,
      PageUp: at - 10,
    }[event.key];
    if (to !== undefined) {
      const next = this.#rows[Math.min(this.#rows.length - 1, Math.max(0, to))];
      this.#rove(next?.key);
      next?.element.focus();
    } else if (event.key === 'Enter') this.#events.onJump(row.session);
    else if (event.key === ' ') this.#tick(row.key);
    else return;
    event.preventDefault();
  }
}

/** One session. */
class Row {
  readonly key: string;
  readonly element: HTMLTableRowElement;
  readonly #box = make('input', { type: 'checkbox', tabindex: '-1' });
  readonly #cells: readonly HTMLElement[];
  #session: WorkloadSession;
  #shown = '';

  constructor(
    session: WorkloadSession,
    onJump: (session: WorkloadSession) => void,
    onTick: (key: string) => void,
  ) {
    this.#session = session;
    this.key = sessionKey(session);
    this.#cells = Array.from({ length: 9 }, (_, at) =>
      at === 0
        ? make('th', { scope: 'row', class: 'kind' })
        : make('td', { class: at === 1 ? '' : 'number' }),
    );
    this.element = make('tr', {}, make('td', { class: 'pick' }, this.#box), ...this.#cells);
    this.#box.addEventListener('click', event => {
      event.stopPropagation();
    });
    this.#box.addEventListener('change', () => {
      onTick(this.key);
    });
    this.element.addEventListener('click', () => {
      onJump(this.#session);
    });
  }

  get session(): WorkloadSession {
    return this.#session;
  }

  set isTicked(isTicked: boolean) {
    this.#box.checked = isTicked;
    this.element.setAttribute('aria-selected', String(isTicked));
  }

  /** Writes what is known now; the page is touched only where that is something else. */
  show(session: WorkloadSession): void {
    this.#session = session;
    const identity = JSON.stringify(session);
    if (identity === this.#shown) return;
    this.#shown = identity;
    const title = sessionTitle(session);
    const start = startText(session.from);
    this.#box.setAttribute('aria-label', t('Compare {0}, {1}', title, start));
    const { power } = session;
    const [kind, begin, length, cpu, gpu, ram, vram, watts, energy] = this.#cells;
    kind?.replaceChildren(
      make('span', { 'class': 'swatch', 'data-class': classOf(session.category), 'aria-hidden': 'true' }),
      ...(session.category === '' ? [] : [makeIcon(workloadIcon(session.category))]),
      title,
    );
    begin?.replaceChildren(start);
    length?.replaceChildren(durationText(sessionLength(session) / 1000));
    showPair(cpu, session.cpu, percentText);
    showPair(gpu, session.gpu, percentText, session.gpu && t('GPU {0}', session.gpu.gpu));
    showPair(ram, session.ram, percentText);
    showPair(vram, session.vram, percentText, session.vram && t('GPU {0}', session.vram.gpu));
    showPair(watts, power, wattText, power && sourcesText(power));
    energy?.replaceChildren(power ? energyText(power.wh) : NOTHING);
    if (energy) setAttribute(energy, 'title', power ? sourceLines(session).join('\n') : undefined);
    if (power) energy?.append(make('span', { class: 'peak' }, sourcesText(power)));
  }
}

function showPair(
  cell: HTMLElement | undefined,
  value: MeanAndPeak | undefined,
  text: (value: number) => string,
  of?: string,
): void {
  if (!cell) return;
  cell.classList.toggle('absent', value === undefined);
  if (!value) {
    cell.replaceChildren(NOTHING);
    cell.removeAttribute('title');
    return;
  }
  const words = meanAndPeakText(value, text);
  cell.title = of === undefined ? words : `${of}: ${words}`;
  cell.replaceChildren(
    make('span', { 'aria-hidden': 'true' }, text(value.mean), ' '),
    make('span', { 'class': 'peak', 'aria-hidden': 'true' }, text(value.peak)),
    make('span', { class: 'for-screen-readers' }, words),
  );
}
