import {
  LONGEST_HISTORY_SECONDS,
  type DashboardCommand,
  type HostMessage,
  type SamplerState,
} from '../src/common/dashboard.ts';
import type { LayoutMessage } from '../src/common/protocol.ts';
import { Banner, type Notice } from './banner.ts';
import { Card } from './card.ts';
import { chartsFor, columnsDrawn } from './charts/all.ts';
import { make, setText } from './dom.ts';
import { formatAgo } from './format.ts';
import type { Host } from './host.ts';
import { Model } from './model.ts';
import { Pacer } from './pacer.ts';
import { RESOLUTION_MS, WINDOW_MS } from './series.ts';
import type { Theme } from './theme.ts';
import { Toolbar } from './toolbar.ts';
import { makeProgressRing } from './toolkit.ts';
import { gapsBefore } from './trace.ts';
import { WorkloadSection } from './workload/section.ts';

/** A minute more than is drawn, so that the line reaches the window's left edge. */
const HISTORY_SECONDS = Math.min(WINDOW_MS / 1000 + 60, LONGEST_HISTORY_SECONDS);

/** The view as a whole: takes the extension's messages in and keeps the page up to date. */
export class Dashboard {
  readonly #host: Host;
  readonly #model = new Model();
  readonly #pacer = new Pacer(() => {
    this.#draw();
  }, RESOLUTION_MS);
  readonly #toolbar: Toolbar;
  readonly #stateBanner = new Banner();
  readonly #historyBanner = new Banner();
  readonly #emptyWords = make('p');
  readonly #emptyRing = makeProgressRing();
  readonly #empty = make('div', { class: 'empty' }, this.#emptyRing, this.#emptyWords);
  readonly #grid = make('div', { class: 'grid' });
  readonly #workload = new WorkloadSection(() => {
    this.#host.post({ type: 'command', command: 'correctWorkload' });
  });
  /** Watches a little more than the window, so that a card is drawn before it comes into sight. */
  readonly #sight = new IntersectionObserver(
    entries => {
      for (const { target, isIntersecting } of entries) {
        const card = this.#cards.find(candidate => candidate.element === target);
        if (!card) continue;
        const appears = isIntersecting && !card.isInSight;
        card.isInSight = isIntersecting;
        if (appears) card.draw(this.#model, gapsBefore(this.#model.ring), this.#now);
      }
    },
    { rootMargin: '200px' },
  );
  #theme: Theme;
  #cards: readonly Card[] = [];
  /** `undefined` until the extension has told it. */
  #state: SamplerState | undefined;
  #detail = '';
  #showCores: boolean;
  #paused = false;
  /** Moment at the charts' right edge, milliseconds since 1970 UTC. Stands still while paused. */
  #now = Number.NaN;
  #cursor: number | undefined;
  #request = 0;
  #awaited: number | undefined;

  /** @param root element of the page that the view fills */
  constructor(root: HTMLElement, host: Host, theme: Theme) {
    this.#host = host;
    this.#theme = theme;
    this.#showCores = host.options.showCores;
    this.#toolbar = new Toolbar(this.#showCores, {
      onPause: paused => {
        this.#paused = paused;
        this.#showStatus();
        if (!paused) this.#pacer.request('now');
      },
      onShowCores: show => {
        this.#showCores = show;
        host.options = { showCores: show };
        this.#rebuild();
        this.#askHistory();
      },
    });
    root.replaceChildren(
      make(
        'header',
        { class: 'top' },
        this.#toolbar.element,
        this.#stateBanner.element,
        this.#historyBanner.element,
      ),
      make('main', {}, this.#empty, this.#workload.element, this.#grid),
    );
    this.#showState();
  }

  /** Takes over the colours of the user's theme. */
  setTheme(theme: Theme): void {
    this.#theme = theme;
    for (const card of this.#cards) card.setTheme(theme);
  }

  /** Handles a message of the extension. */
  receive(message: HostMessage): void {
    switch (message.type) {
      case 'sync':
        if (message.layout) this.#setLayout(message.layout);
        this.#toolbar.setMachine(message.machine);
        this.#workload.setMessage(message.workload);
        this.#setState(message.state, message.detail);
        this.#askHistory();
        break;
      case 'workload':
        this.#workload.setMessage(message.workload);
        if (!this.#paused) this.#pacer.request();
        break;
      case 'layout': {
        const isFirst = this.#model.layout === undefined;
        this.#setLayout(message.layout);
        if (isFirst) this.#askHistory();
        break;
      }
      case 'state': {
        const resumed = message.state === 'running' && this.#state !== 'running';
        this.#toolbar.setMachine(message.machine);
        this.#setState(message.state, message.detail);
        // The sampler may have gone on while this window had no connection to it.
        if (resumed) this.#askHistory();
        break;
      }
      case 'frame':
        this.#model.addFrame(message.frame);
        this.#workload.addFrame(message.frame);
        if (!this.#paused) this.#pacer.request();
        break;
      case 'history':
        if (message.request !== this.#awaited) break;
        this.#awaited = undefined;
        this.#model.addHistory(message.history);
        this.#workload.addHistory(message.history);
        this.#pacer.request('now');
        break;
      case 'historyFailed':
        if (message.request !== this.#awaited) break;
        this.#awaited = undefined;
        this.#showHistoryFault(message.why);
        break;
    }
  }

  #setLayout(layout: LayoutMessage): void {
    this.#model.setLayout(layout);
    this.#rebuild();
  }

  #setState(state: SamplerState, detail: string): void {
    this.#state = state;
    this.#detail = detail;
    this.#showState();
  }

  #askHistory(): void {
    this.#historyBanner.show(undefined);
    if (!this.#model.layout || this.#state !== 'running') return;
    this.#awaited = ++this.#request;
    this.#host.post({
      type: 'history',
      request: this.#awaited,
      seconds: HISTORY_SECONDS,
      columns: columnsDrawn(this.#cards.map(card => card.definition)),
    });
  }

  /** Brings the cards in line with the layout and the options. A card that stays the same is kept. */
  #rebuild(): void {
    const { layout, gpus } = this.#model;
    if (!layout) return;
    const charts = chartsFor(layout, gpus, { showCores: this.#showCores });
    const kept = new Map(this.#cards.map(card => [JSON.stringify(card.definition), card]));
    this.#cards = charts.map(chart => {
      const identity = JSON.stringify(chart);
      const card = kept.get(identity);
      kept.delete(identity);
      return (
        card ??
        new Card(chart, this.#theme, seconds => {
          this.#setCursor(seconds);
        })
      );
    });
    for (const card of kept.values()) {
      this.#sight.unobserve(card.element);
      card.dispose();
    }
    // Cards that stay are not moved: they would lose the focus.
    this.#cards.forEach(({ element }, index) => {
      const there = this.#grid.children.item(index);
      if (there !== element) this.#grid.insertBefore(element, there);
    });
    this.#model.setCharts(charts);
    this.#setCursor(undefined);
    this.#showState();
    this.#pacer.request('now');
  }

  #draw(): void {
    const { ring } = this.#model;
    if (!this.#paused) {
      this.#model.showLatest();
      this.#now = ring.time(ring.size - 1);
    }
    this.#showState();
    if (this.#grid.hidden) return;
    if (!this.#paused) this.#workload.showLatest();
    this.#workload.draw(this.#now);
    const gaps = gapsBefore(ring);
    for (const card of this.#cards) {
      card.draw(this.#model, gaps, this.#now);
      this.#sight.observe(card.element);
    }
  }

  #setCursor(seconds: number | undefined): void {
    if (seconds === this.#cursor) return;
    this.#cursor = seconds;
    for (const card of this.#cards) card.setCursor(this.#model, seconds);
    this.#showStatus();
  }

  #showState(): void {
    const { layout, ring } = this.#model;
    const hasReadings = ring.size > 0;
    const hasCharts = this.#cards.length > 0;
    this.#stateBanner.show(this.#stateNotice());
    this.#grid.hidden = !hasReadings || !hasCharts;
    this.#grid.classList.toggle('stale', this.#state !== 'running');
    this.#workload.setAvailable(!this.#grid.hidden, this.#state === 'running');
    const nothing = layout !== undefined && !hasCharts;
    const waits = !nothing && this.#state !== 'stopped' && this.#state !== 'failed';
    this.#empty.hidden = !this.#grid.hidden;
    // The banner has a ring of its own while the sampler starts.
    this.#emptyRing.hidden = !waits || this.#state === 'starting';
    setText(
      this.#emptyWords,
      nothing
        ? 'All groups of readings are switched off in the settings.'
        : waits
          ? 'Waiting for the first reading…'
          : 'Nothing has been read yet.',
    );
    this.#toolbar.setAvailable({
      pause: !this.#grid.hidden,
      cores: !this.#grid.hidden && (layout?.slots.has('core_0_utilization') ?? false),
    });
    this.#showStatus();
  }

  #showStatus(): void {
    if (this.#cursor !== undefined) this.#toolbar.setStatus(formatAgo(this.#cursor), 'still');
    else if (this.#paused) this.#toolbar.setStatus('Paused', 'still');
    else if (this.#state === 'running') this.#toolbar.setStatus('Live', 'live');
    else this.#toolbar.setStatus(this.#state === undefined ? '' : 'Not live', 'still');
  }

  #stateNotice(): Notice | undefined {
    const run = (command: DashboardCommand) => () => {
      this.#host.post({ type: 'command', command });
    };
    const start = { label: 'Start', run: run('start') };
    const detail = this.#detail;
    switch (this.#state) {
      case undefined:
      case 'running':
        return undefined;
      case 'starting':
        return { kind: 'progress', title: 'Starting…', detail, actions: [] };
      case 'stopped':
        return { kind: 'information', title: 'Stopped.', detail, actions: [start] };
      case 'failed':
        return {
          kind: 'error',
          title: 'No readings.',
          detail,
          actions: [start, { label: 'Show Log', run: run('showLog') }],
        };
    }
  }

  #showHistoryFault(why: string): void {
    this.#historyBanner.show({
      kind: 'error',
      title: 'The last 10 minutes could not be read.',
      detail: why,
      actions: [
        {
          label: 'Try Again',
          run: () => {
            this.#askHistory();
          },
        },
      ],
    });
  }
}
