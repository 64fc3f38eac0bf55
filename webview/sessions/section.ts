import type { HostMessage, WebviewMessage } from '../../src/common/dashboard.ts';
import type { SessionsResult } from '../../src/common/protocol.ts';
import type { WorkloadSession } from '../../src/common/workload-session.ts';
import { PairView } from '../compare/pair-view.ts';
import { make, setText } from '../dom.ts';
import { t } from '../l10n.ts';
import type { Section } from '../section.ts';
import type { Theme } from '../theme.ts';
import { DAY_MS, MINUTE_MS, type Span } from '../time/span.ts';
import type { TimeView } from '../time/time-view.ts';
import { makeButton, makeProgressRing } from '../toolkit.ts';
import { sessionKey, sessionLength, USUAL_SORTING } from './session-list.ts';
import { SessionLoader } from './session-loader.ts';
import { SessionQuery } from './session-query.ts';
import { SessionTable } from './session-table.ts';

/** How far back the list reaches. */
const LENGTHS = [DAY_MS, 7 * DAY_MS, 30 * DAY_MS] as const;
const USUAL_LENGTH = 7 * DAY_MS;
/** Sessions that are not listed: of less than so long. */
const LEASTS = [0, 5 * MINUTE_MS, 15 * MINUTE_MS, 60 * MINUTE_MS] as const;
const USUAL_LEAST = 5 * MINUTE_MS;
/** Room around a session that is jumped to, as a share of its length. */
const MARGIN = 0.05;

/** The list of sessions, and two of them side by side. */
export class SessionsSection implements Section {
  readonly id = 'sessions';
  readonly title = t('Sessions');
  readonly columns: readonly string[] = [];
  readonly element: HTMLElement;
  readonly #view: TimeView;
  readonly #loader: SessionLoader;
  readonly #query: SessionQuery;
  readonly #table: SessionTable;
  readonly #pair: PairView;
  readonly #least = select(
    t('Shortest'),
    LEASTS.map(ms => [ms, ms === 0 ? t('all') : t('{0} min', ms / MINUTE_MS)]),
    USUAL_LEAST,
    () => {
      this.#show();
    },
  );
  readonly #length = select(
    t('Of the last'),
    LENGTHS.map(ms => [ms, ms === DAY_MS ? t('24 hours') : t('{0} days', ms / DAY_MS)]),
    USUAL_LENGTH,
    ms => {
      this.#loader.choose(ms, this.#view.now);
    },
  );
  readonly #words = make('p', { class: 'sessions-words', role: 'status' });
  readonly #ring = makeProgressRing();
  readonly #cancel: HTMLElement;
  readonly #again: HTMLElement;
  #isRunning = false;

  constructor(post: (message: WebviewMessage) => void, view: TimeView, theme: Theme) {
    this.#view = view;
    this.#loader = new SessionLoader(post, USUAL_LENGTH, () => {
      this.#show();
    });
    this.#query = new SessionQuery(post);
    this.#table = new SessionTable(USUAL_SORTING, {
      onJump: session => {
        this.#jump(session);
      },
      onTick: () => {
        this.#showPair();
      },
      onSort: () => {
        this.#show();
      },
      onMore: () => {
        this.#show();
      },
    });
    this.#pair = new PairView(post, theme, () => {
      this.#table.untick();
      this.#table.focus();
    });
    this.#cancel = makeButton(t('Cancel'), 'secondary', () => {
      this.#loader.cancel();
    });
    this.#again = makeButton(t('Try Again'), 'secondary', () => {
      this.#loader.reload(this.#view.now);
    });
    const heading = make('h2', { id: 'heading-sessions' }, this.title);
    this.element = make(
      'section',
      { 'class': 'sessions card', 'aria-labelledby': heading.id },
      make(
        'header',
        {},
        heading,
        make('div', { class: 'sessions-choices' }, this.#length.element, this.#least.element),
      ),
      make('div', { class: 'sessions-state' }, this.#ring, this.#words, this.#cancel, this.#again),
      this.#table.element,
      this.#pair.element,
    );
    this.#show();
  }

  update(): void {
    if (this.#isRunning) this.#loader.refresh(this.#view.now);
  }

  /** Columns that the machine has. */
  setColumns(columns: readonly string[]): void {
    this.#pair.setColumns(columns);
  }

  /** Whether there is a sampler to ask; one that has come back is asked anew. */
  setRunning(isRunning: boolean): void {
    this.#isRunning = isRunning;
    this.#loader.forget();
    this.#pair.cancel();
    this.#show();
  }

  /** Takes an answer in; one to others is ignored. */
  receive(
    message: Extract<
      HostMessage,
      { type: 'sessions' | 'sessionsFailed' | 'rangeChunk' | 'rangeDone' | 'rangeFailed' }
    >,
  ): void {
    if (message.type === 'sessions' || message.type === 'sessionsFailed') {
      this.#loader.receive(message);
      this.#query.receive(message);
    } else this.#pair.receive(message);
  }

  /** The sessions of any span, whatever is listed. Rejects with the reason in words. */
  of(span: Span): Promise<SessionsResult> {
    return this.#query.ask(span);
  }

  setTheme(theme: Theme): void {
    this.#pair.setTheme(theme);
  }

  dispose(): void {
    this.#pair.dispose();
    this.element.remove();
  }

  /** The sessions in the list. */
  get #listed(): readonly WorkloadSession[] {
    const least = this.#least.value;
    return (this.#loader.sessions ?? []).filter(session => sessionLength(session) >= least);
  }

  #jump({ from, to }: WorkloadSession): void {
    const margin = Math.max(MINUTE_MS, (to - from) * MARGIN);
    this.#view.show({ from: from - margin, to: Math.min(to + margin, this.#view.now) });
  }

  #show(): void {
    const listed = this.#listed;
    this.#table.element.hidden = listed.length === 0;
    this.#table.show(listed);
    this.#showPair();
    const { isLoading, why } = this.#loader;
    this.#ring.hidden = !isLoading;
    this.#cancel.hidden = !isLoading;
    this.#again.hidden = isLoading || why === undefined || !this.#isRunning;
    setText(this.#words, this.#stateText(listed.length));
  }

  #stateText(listed: number): string {
    const { isLoading, why, sessions, stepMs, earlier } = this.#loader;
    if (isLoading) return t('Reading the log…');
    if (why !== undefined && why !== '') return t('The sessions could not be read: {0}', why);
    if (why === '') return t('Cancelled.');
    if (!sessions) return this.#isRunning ? '' : t('Not running.');
    if (sessions.length === 0) return t('Nothing was recorded in this time.');
    const left = sessions.length - listed;
    const parts = [
      listed === 1 ? t('1 session') : t('{0} sessions', listed),
      ...(left > 0
        ? [left === 1 ? t('1 shorter one is not listed') : t('{0} shorter ones are not listed', left)]
        : []),
      ...(earlier > 0 ? [t('{0} earlier ones are not listed', earlier)] : []),
      ...(stepMs > MINUTE_MS ? [t('told apart by ten minutes')] : []),
    ];
    return `${parts.join(', ')}.`;
  }

  #showPair(): void {
    const { ticked } = this.#table;
    const byKey = new Map(this.#listed.map(session => [sessionKey(session), session]));
    const [first, second] = ticked.map(key => byKey.get(key));
    this.#pair.show(first && second ? [first, second] : undefined);
  }
}

/** A choice of a few numbers with its label. */
function select(
  label: string,
  options: readonly (readonly [value: number, text: string])[],
  chosen: number,
  onChange: (value: number) => void,
): { readonly element: HTMLElement; readonly value: number } {
  const choice = make(
    'select',
    {},
    ...options.map(([value, text]) => make('option', { value: String(value) }, text)),
  );
  choice.value = String(chosen);
  choice.addEventListener('change', () => {
    onChange(Number(choice.value));
  });
  return {
    element: make('label', {}, label, ' ', choice),
    get value() {
      return Number(choice.value);
    },
  };
}
