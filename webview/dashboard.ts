import type { Arrangement } from '../src/common/arrangement.ts';
import type { HostMessage, SamplerState } from '../src/common/dashboard.ts';
import type { FrameMessage, LayoutMessage } from '../src/common/protocol.ts';
import { Banner } from './banner.ts';
import { CompareBar } from './compare/compare-bar.ts';
import { Comparison } from './compare/comparison.ts';
import { CostFooter } from './cost/footer.ts';
import { EmptyState } from './dashboard-state.ts';
import { Feed } from './data/feed.ts';
import { Model } from './data/model.ts';
import { RESOLUTION_MS } from './data/sample-store.ts';
import type { ShownData } from './data/shown-data.ts';
import { make, setHidden } from './dom.ts';
import { answerExport, type Shown } from './export/exporter.ts';
import { CoreWatch } from './heat-map/core-watch.ts';
import type { Host } from './host.ts';
import { t } from './l10n.ts';
import { Grid } from './layout/grid.ts';
import { LoadingNotice } from './loading-notice.ts';
import { stateNotice } from './notices.ts';
import { Pacer } from './pacer.ts';
import { fillPage } from './page.ts';
import type { Section } from './section.ts';
import { Sections, type SectionContext } from './sections.ts';
import { Announcer } from './tables/announcer.ts';
import type { Theme } from './theme.ts';
import { NotReadList } from './tiles/not-read.ts';
import { Tiles } from './tiles/tiles.ts';
import { lengthOf } from './time/span.ts';
import { lengthText, momentText, spanText } from './time/time-text.ts';
import { TimeView } from './time/time-view.ts';
import { ExportMenu } from './toolbar/export-menu.ts';
import { Toolbar } from './toolbar/toolbar.ts';

/** Charts move on when the newest point has moved by about a pixel, and at least so often. */
const PIXELS = 500;
const SLOWEST_MS = 30_000;

/** The view as a whole: takes the extension's messages in and keeps the page up to date. */
export class Dashboard {
  readonly #host: Host;
  readonly #view: TimeView;
  readonly #model = new Model();
  readonly #feed: Feed;
  /** Draws the values; charts have a pace of their own. */
  readonly #values = new Pacer(() => {
    this.#footer.meter.measure(() => {
      this.#showValues();
    });
  }, RESOLUTION_MS);
  readonly #charts = new Pacer(() => {
    this.#footer.meter.measure(() => {
      this.#draw();
    });
  }, RESOLUTION_MS);
  readonly #comparison: Comparison;
  readonly #compareBar: CompareBar;
  readonly #context: SectionContext;
  readonly #sections: Sections;
  readonly #grid: Grid;
  readonly #tiles: Tiles;
  readonly #toolbar: Toolbar;
  readonly #loading: LoadingNotice;
  readonly #stateBanner = new Banner();
  readonly #empty = new EmptyState();
  readonly #notRead = new NotReadList();
  readonly #footer = new CostFooter();
  readonly #content: HTMLElement;
  readonly #announcer = new Announcer();
  readonly #coreWatch: CoreWatch;
  /** `undefined` until the extension has told it. */
  #state: SamplerState | undefined;
  #detail = '';
  #data: ShownData | undefined;

  /** @param root element of the page that the view fills */
  constructor(root: HTMLElement, host: Host, theme: Theme) {
    this.#host = host;
    this.#coreWatch = new CoreWatch(message => {
      host.post(message);
    });
    this.#view = new TimeView(Date.now(), host.state.choice);
    this.#feed = new Feed(
      this.#model,
      this.#view,
      message => {
        host.post(message);
      },
      {
        onData: () => {
          this.#charts.request('now');
        },
        onLoading: () => {
          this.#loading.show();
        },
      },
    );
    this.#comparison = new Comparison(
      message => {
        host.post(message);
      },
      {
        onData: () => {
          this.#charts.request('now');
        },
        onState: () => {
          this.#showComparison();
        },
      },
    );
    this.#comparison.choose(host.state.comparedDays);
    this.#compareBar = new CompareBar(
      () => this.#view.span,
      host.state.comparedDays,
      days => {
        host.save({ comparedDays: days });
        this.#comparison.choose(days);
        this.#showComparison();
      },
    );
    this.#context = {
      model: this.#model,
      view: this.#view,
      theme,
      cores: host.state.arrangement.cores,
      announcer: this.#announcer,
      onCores: cores => {
        this.#arranged({ cores });
      },
      post: message => {
        host.post(message);
      },
    };
    this.#sections = new Sections(this.#context);
    this.#tiles = new Tiles(this.#model, this.#view, theme);
    this.#grid = new Grid(host.state.arrangement.places, {
      onPlaces: places => {
        this.#arranged({ places });
      },
      onReset: () => {
        this.#arranged({ places: [] });
      },
      onAppear: section => {
        if (!this.#data) return;
        section.update(this.#view, this.#data);
        section.write?.();
      },
    });
    this.#toolbar = new Toolbar(this.#view, {
      onPause: paused => {
        if (paused) this.#view.hold();
        else this.#view.follow();
      },
      onArrange: isOpen => {
        this.#grid.isArranging = isOpen;
      },
      onCancel: () => {
        this.#feed.cancel();
      },
    });
    this.#loading = new LoadingNotice(this.#feed, this.#toolbar);
    this.#toolbar.tools.prepend(this.#compareBar.element);
    this.#toolbar.tools.append(
      new ExportMenu(command => {
        host.post({ type: 'command', command });
      }).element,
    );
    this.#content = make(
      'div',
      { class: 'content' },
      this.#tiles.element,
      this.#grid.panel,
      this.#grid.element,
      this.#notRead.element,
    );
    fillPage(root, {
      top: [this.#toolbar.element, this.#stateBanner.element, this.#loading.banner.element],
      main: [this.#empty.element, this.#content],
      after: [this.#footer.element, this.#announcer.element],
    });
    this.#view.onChange(() => {
      this.#host.save({ choice: this.#view.choice });
      this.#setPace();
      this.#showStatus();
      this.#charts.request('now');
    });
    this.#view.onCursor(() => {
      this.#showStatus();
    });
    this.#setPace();
    this.#showState();
  }

  /** Takes over the colours of the user's theme. */
  setTheme(theme: Theme): void {
    this.#context.theme = theme;
    this.#sections.setTheme(theme);
    this.#tiles.setTheme(theme);
    this.#values.request('now');
  }

  /** Handles a message of the extension. */
  receive(message: HostMessage): void {
    switch (message.type) {
      case 'sync':
        if (message.layout) this.#setLayout(message.layout);
        this.#coreWatch.reset();
        this.#coreWatch.tell(this.#host.state.arrangement.places);
        this.#toolbar.setMachine(message.machine);
        this.#sections.workload.setMessage(message.workload);
        this.#setStatus(message.status ?? undefined);
        this.#footer.usage = message.usage ?? undefined;
        if (message.frame) this.#addFrame(message.frame);
        this.#setState(message.state, message.detail);
        this.#connected(message.state === 'running');
        break;
      case 'workload':
        this.#sections.workload.setMessage(message.workload);
        this.#charts.request();
        break;
      case 'layout':
        this.#setLayout(message.layout);
        break;
      case 'state': {
        const was = this.#state;
        this.#toolbar.setMachine(message.machine);
        this.#setState(message.state, message.detail);
        // The sampler may have gone on while this window had no connection to it.
        if ((was === 'running') !== (message.state === 'running'))
          this.#connected(message.state === 'running');
        break;
      }
      case 'status':
        this.#setStatus(message.status);
        break;
      case 'usage':
        this.#footer.usage = message.usage;
        break;
      case 'frame':
        this.#addFrame(message.frame);
        break;
      case 'rangeChunk':
      case 'rangeDone':
      case 'rangeFailed':
        this.#feed.receive(message);
        this.#comparison.receive(message);
        this.#sections.sessions.receive(message);
        break;
      case 'sessions':
      case 'sessionsFailed':
        this.#sections.sessions.receive(message);
        break;
      case 'export':
        void answerExport(message, this.#shown(), answer => {
          this.#host.post(answer);
        });
        break;
    }
  }

  #connected(isConnected: boolean): void {
    this.#feed.setConnected(isConnected);
    this.#comparison.setConnected(isConnected);
    this.#sections.sessions.setRunning(isConnected);
  }

  /** What is shown, all of it drawn, also what is not scrolled into sight; `undefined` where there is nothing. */
  #shown(): Shown | undefined {
    const { layout } = this.#model;
    this.#showState();
    if (!layout || this.#content.hidden) return undefined;
    const data = this.#newData();
    const sections = this.#grid.chosen;
    for (const section of sections) {
      section.update(this.#view, data);
      section.write?.();
    }
    const drawn = new Set([...sections.flatMap(section => section.columns), ...this.#tiles.columns]);
    return {
      data,
      columns: layout.columns.map(({ name }) => name).filter(name => drawn.has(name)),
      machine: this.#toolbar.machine,
      page: this.#content,
      theme: this.#context.theme,
      sessions: sections.includes(this.#sections.sessions)
        ? span => this.#sections.sessions.of(span)
        : undefined,
    };
  }

  #addFrame(frame: FrameMessage): void {
    const isFirst = this.#model.latest === undefined;
    this.#feed.addFrame(frame);
    // The charts first: with them the values are written too.
    if (this.#view.isFollowing || isFirst) this.#charts.request();
    this.#values.request();
  }

  #setLayout(layout: LayoutMessage): void {
    this.#model.setLayout(layout);
    this.#rebuild();
  }

  #setStatus(status: Parameters<Tiles['setStatus']>[0]): void {
    this.#tiles.setStatus(status);
    this.#sections.workload.setStatus(status?.workload);
    this.#notRead.status = status;
  }

  #setState(state: SamplerState, detail: string): void {
    this.#state = state;
    this.#detail = detail;
    this.#sections.workload.setRunning(state === 'running');
    this.#showState();
  }

  /** The user has laid out this dashboard. */
  #arranged(change: Partial<Arrangement>): void {
    const arrangement = { ...this.#host.state.arrangement, ...change };
    this.#host.save({ arrangement });
    this.#host.post({ type: 'arranged', arrangement });
    this.#coreWatch.tell(arrangement.places);
    if (change.cores !== undefined) {
      this.#context.cores = change.cores;
      this.#rebuild();
    }
    this.#charts.request('now');
  }

  /** Brings the sections in line with the layout and what the user has chosen. */
  #rebuild(): void {
    const { layout, gpus } = this.#model;
    if (!layout) return;
    this.#sections.rebuild();
    this.#tiles.setLayout(layout, gpus);
    this.#grid.sections = this.#sections.list;
    this.#feed.setSeries(
      [...new Set([...this.#sections.columns, ...this.#tiles.columns])],
      this.#sections.quantiles,
    );
    this.#comparison.setColumns(this.#sections.comparedColumns);
    this.#showState();
    this.#charts.request('now');
    this.#values.request('now');
  }

  #showValues(): void {
    if (this.#view.isFollowing) this.#model.showLatest();
    this.#showState();
    if (this.#content.hidden) return;
    this.#tiles.draw(this.#data ?? this.#feed.shown());
    this.#sections.showValues([]);
    this.#tiles.write();
    this.#footer.show();
  }

  #draw(): void {
    if (this.#view.isFollowing) {
      this.#model.showLatest();
      this.#sections.workload.showLatest();
    }
    this.#showState();
    if (this.#content.hidden) return;
    this.#data = this.#newData();
    this.#showComparison();
    this.#update(this.#grid.visible, this.#data);
    this.#footer.show();
    this.#values.satisfy();
  }

  /** Shows what there is in these sections and the tiles: first all that is drawn, then what is made of elements, then texts. */
  #update(sections: readonly Section[], data: ShownData): void {
    const isDrawn = ({ columns }: Section): boolean => columns.length > 0;
    for (const section of sections.filter(isDrawn)) section.update(this.#view, data);
    this.#tiles.draw(data);
    for (const section of sections.filter(section => !isDrawn(section))) section.update(this.#view, data);
    for (const section of sections) section.write?.();
    this.#sections.showValues(sections);
    this.#tiles.write();
  }

  #newData(): ShownData {
    const under = this.#comparison.shown(this.#view.span);
    return { ...this.#feed.shown(), ...(under ? { under } : {}) };
  }

  #showComparison(): void {
    this.#compareBar.show(this.#comparison.days, this.#comparison.isLoading, this.#comparison.fault);
  }

  #setPace(): void {
    const pixelMs = lengthOf(this.#view.span) / PIXELS;
    this.#charts.leastMs = Math.min(SLOWEST_MS, Math.max(RESOLUTION_MS, pixelMs));
  }

  #showState(): void {
    const hasReadings = this.#model.latest !== undefined || this.#model.samples.size > 0;
    const hasNoParts = this.#model.layout !== undefined && this.#sections.isEmpty;
    const isEmpty = !hasReadings || hasNoParts;
    this.#stateBanner.show(
      stateNotice(this.#state, this.#detail, command => {
        this.#host.post({ type: 'command', command });
      }),
    );
    setHidden(this.#content, isEmpty);
    this.#content.classList.toggle('stale', this.#state !== 'running');
    setHidden(this.#empty.element, !isEmpty);
    this.#empty.show(this.#state, hasNoParts);
    this.#toolbar.setAvailable(!isEmpty);
    setHidden(this.#footer.element, isEmpty);
    this.#showStatus();
  }

  /** Says what the values are of: the moment pointed at, now, or the time shown. */
  #showStatus(): void {
    const { cursor, span, isFollowing, now } = this.#view;
    const isRunning = this.#state === 'running';
    this.#toolbar.setPaused(!isFollowing);
    if (cursor !== undefined) this.#toolbar.setStatus(momentText(cursor, span), 'still');
    else if (!isFollowing) this.#toolbar.setStatus(t('Means of {0}', spanText(span, now)), 'still');
    else if (isRunning) this.#toolbar.setStatus(t('Live, {0}', lengthText(lengthOf(span))), 'live');
    else this.#toolbar.setStatus(this.#state === undefined ? '' : t('Not live'), 'still');
  }
}
