import type { HostMessage, WebviewMessage } from '../../src/common/dashboard.ts';
import type { FrameMessage } from '../../src/common/protocol.ts';
import type { QuantileDefinition } from '../charts/definition.ts';
import { lengthOf, type Span } from '../time/span.ts';
import type { TimeView } from '../time/time-view.ts';
import { gapsBefore } from './gaps.ts';
import type { Model } from './model.ts';
import { RangeLoader } from './range-loader.ts';
import type { RangeSeries } from './range-series.ts';
import { KEPT_MS, LIVE_MS } from './sample-store.ts';
import type { ShownData } from './shown-data.ts';

/** Points that a range is asked for with: about one for each pixel that a chart has. */
export const RANGE_POINTS = 1_000;
/** While the user zooms or moves, what is shown is not asked for before it has stood still for so long. */
const SETTLE_MS = 150;

/** How far two clocks may be apart and still be asked alike. */
const CLOCK_REACH_MS = 5_000;

/** What is being read. */
export interface Loading {
  readonly span: Span;
  /** How much of it has come, 0 to 1. */
  readonly share: number;
}

/** What the feed tells the dashboard. */
export interface FeedEvents {
  /** There is something new to draw at once. */
  readonly onData: () => void;
  /** {@link Feed.loading} or {@link Feed.fault} has changed. */
  readonly onLoading: () => void;
}

/**
 * Finds what is to be shown of the view's span: single samples while it lies in the last minutes, else a range that the sampler
 * is asked for. What is being read for a view that has changed meanwhile is cancelled.
 */
export class Feed {
  readonly #model: Model;
  readonly #view: TimeView;
  readonly #loader: RangeLoader;
  readonly #events: FeedEvents;
  #columns: readonly string[] = [];
  #quantiles: readonly QuantileDefinition[] = [];
  #isConnected = false;
  /** The last minutes are being asked for. */
  #past: number | undefined;
  #active: { readonly request: number; readonly series: RangeSeries } | undefined;
  /** As much as had come of what the user did not wait for. */
  #cancelled: RangeSeries | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #revision = 0;
  #fault: { readonly why: string; readonly isPast: boolean } | undefined;
  /** A span whose reading the user has cancelled, or that failed: it is not asked for again by itself. */
  #givenUp: string | undefined;

  constructor(model: Model, view: TimeView, post: (message: WebviewMessage) => void, events: FeedEvents) {
    this.#model = model;
    this.#view = view;
    this.#loader = new RangeLoader(post);
    this.#events = events;
    view.onChange(() => {
      this.#givenUp = undefined;
      this.#cancelled = undefined;
      if (this.#fault?.isPast === false) this.#fault = undefined;
      this.#stop();
      this.#seek(view.isGesture ? SETTLE_MS : 0);
    });
  }

  /** What is being read for the view; `undefined` for nothing. */
  get loading(): Loading | undefined {
    const series = this.#active?.series;
    return series && { span: series.wish, share: series.share };
  }

  /** Why something could not be read; `undefined` while all is well. */
  get fault(): string | undefined {
    // Without a connection that is what is told.
    return this.#isConnected ? this.#fault?.why : undefined;
  }

  /** What is drawn from now on. */
  setSeries(columns: readonly string[], quantiles: readonly QuantileDefinition[]): void {
    const hasAll = columns.every(column => this.#columns.includes(column));
    this.#columns = columns;
    this.#quantiles = quantiles;
    this.#model.setSeries(columns, quantiles);
    this.#revision++;
    if (!hasAll) this.refresh();
  }

  /** Whether there is a sampler to ask. One that has come back may have gone on meanwhile: all that reaches to now is asked anew. */
  setConnected(isConnected: boolean): void {
    this.#isConnected = isConnected;
    this.#loader.interrupt();
    this.#past = undefined;
    this.#active = undefined;
    if (isConnected) this.refresh();
    this.#events.onLoading();
  }

  /** Takes a tick in. */
  addFrame(frame: FrameMessage): void {
    this.#model.addFrame(frame);
    const isOff = Math.abs(frame.utcMs - this.#view.now) > CLOCK_REACH_MS;
    this.#view.setNow(frame.utcMs);
    // What was asked for by this machine's clock was not the last minutes of the one that is watched.
    if (isOff && this.#past !== undefined) this.refresh();
  }

  /** Takes an answer of the extension in. */
  receive(message: Extract<HostMessage, { type: 'rangeChunk' | 'rangeDone' | 'rangeFailed' }>): void {
    this.#loader.receive(message);
  }

  /** Asks for the last minutes anew, and for what is shown. */
  refresh(): void {
    if (!this.#isConnected || this.#columns.length === 0) return;
    this.#fault = undefined;
    this.#givenUp = undefined;
    if (this.#past !== undefined) this.#loader.cancel(this.#past);
    const { now } = this.#view;
    const wish = { from: now - KEPT_MS, to: now, columns: this.#columns, points: RANGE_POINTS };
    this.#past = this.#loader.ask(wish, this.#quantiles, false, {
      onPiece: () => undefined,
      onDone: series => {
        this.#past = undefined;
        this.#model.addPast(series);
        this.#announce();
      },
      onFailed: why => {
        this.#past = undefined;
        this.#fault = { why, isPast: true };
        this.#events.onLoading();
      },
    }).request;
    this.#stop();
    this.#seek(0);
    this.#events.onLoading();
  }

  /** The user waits no longer for what is being read. What has come of it is shown. */
  cancel(): void {
    if (this.#active) {
      this.#cancelled = this.#active.series;
      this.#givenUp = JSON.stringify(this.#view.choice);
    }
    this.#stop();
    this.#announce();
  }

  /** There is more to draw than the next sample. */
  #announce(): void {
    this.#revision++;
    this.#events.onData();
  }

  /** What there is to show now. */
  shown(): ShownData {
    const { span } = this.#view;
    if (this.#isLive(span)) return this.#liveData(span);
    const series = this.#find(span);
    if (this.#timer === undefined) this.#seek(SETTLE_MS);
    return series ? this.#rangeData(series, span) : nothing(span, this.#revision, !this.#isAwaiting);
  }

  /** Whether more of what is shown has been asked for, or is about to be. */
  get #isAwaiting(): boolean {
    return this.#active !== undefined || this.#timer !== undefined;
  }

  #isLive(span: Span): boolean {
    return lengthOf(span) <= LIVE_MS && span.from >= this.#view.now - KEPT_MS;
  }

  #find(span: Span): RangeSeries | undefined {
    // What there is already is shown until the finer points have all come; they are shown as they come where there is nothing.
    return (
      this.#loader.find(this.#soughtSpan(span), this.#columns, RANGE_POINTS) ??
      this.#loader.nearest(span) ??
      this.#active?.series ??
      this.#cancelled
    );
  }

  /** Asks for what is shown, unless there is all of it, or it has been asked for. */
  #seek(delayMs: number): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const { span, choice } = this.#view;
    if (!this.#isConnected || this.#columns.length === 0 || this.#isLive(span)) return;
    if (this.#active || this.#givenUp === JSON.stringify(choice)) return;
    if (this.#loader.find(this.#soughtSpan(span), this.#columns, RANGE_POINTS)) return;
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      this.#ask();
    }, delayMs);
  }

  /** While the view follows now, the newest sample may be a moment ahead of the range. */
  #soughtSpan(span: Span): Span {
    return this.#view.isFollowing
      ? { from: span.from, to: Math.min(span.to, span.from + lengthOf(span) * 0.99) }
      : span;
  }

  #ask(): void {
    const { span, isFollowing } = this.#view;
    const wish = { from: span.from, to: span.to, columns: this.#columns, points: RANGE_POINTS };
    this.#active = this.#loader.ask(wish, this.#quantiles, isFollowing, {
      onPiece: () => {
        this.#events.onLoading();
        this.#announce();
      },
      onDone: series => {
        this.#active = undefined;
        this.#loader.keep(series);
        this.#events.onLoading();
        this.#announce();
      },
      onFailed: why => {
        this.#active = undefined;
        this.#givenUp = JSON.stringify(this.#view.choice);
        this.#fault = { why, isPast: false };
        this.#events.onLoading();
      },
    });
    this.#events.onLoading();
  }

  #stop(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#active) this.#loader.cancel(this.#active.request);
    this.#active = undefined;
    this.#events.onLoading();
  }

  #liveData({ from, to }: Span): ShownData {
    const { samples, workload } = this.#model;
    const { times, values } = samples.snapshot();
    const columns = new Set(samples.ids);
    return {
      from,
      to,
      stepMs: 0,
      times,
      gaps: gapsBefore(times),
      columns,
      workload,
      revision: this.#revision,
      isComplete: this.#past === undefined,
      mean: values,
      min: () => undefined,
      max: () => undefined,
    };
  }

  #rangeData(series: RangeSeries, { from, to }: Span): ShownData {
    series.follow(this.#model.samples, time => this.#categoryAt(time));
    return {
      from,
      to,
      stepMs: series.stepMs,
      ...series.snapshot(),
      gaps: series.gaps,
      columns: series.columns,
      workload: series.workload,
      revision: this.#revision,
      isComplete: !this.#isAwaiting,
    };
  }

  #categoryAt(time: number): string {
    return this.#model.workload.findLast(({ from, to }) => from <= time && time <= to)?.category ?? '';
  }
}

const NO_VALUES = new Float64Array(0);

function nothing({ from, to }: Span, revision: number, isComplete: boolean): ShownData {
  return {
    from,
    to,
    stepMs: 0,
    times: NO_VALUES,
    gaps: new Uint8Array(0),
    columns: new Set(),
    workload: [],
    revision,
    isComplete,
    mean: () => NO_VALUES,
    min: () => undefined,
    max: () => undefined,
  };
}
