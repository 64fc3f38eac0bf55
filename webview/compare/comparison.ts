import type { HostMessage, WebviewMessage } from '../../src/common/dashboard.ts';
import { RANGE_POINTS } from '../data/feed.ts';
import { FIRST_REQUEST, RangeLoader } from '../data/range-loader.ts';
import type { RangeSeries } from '../data/range-series.ts';
import type { ShownData, UnderData } from '../data/shown-data.ts';
import { t } from '../l10n.ts';
import { contains, DAY_MS, lengthOf, type Span } from '../time/span.ts';
import { offsetOf } from './other-day.ts';

/** A view that changes is not asked for before it has stood still for so long. */
const SETTLE_MS = 200;
/** More than is shown is asked for at a time, as a share of it: a view that follows now moves on. */
const AHEAD = 0.25;

type Answer = Extract<HostMessage, { type: 'rangeChunk' | 'rangeDone' | 'rangeFailed' }>;

/** What the comparison tells the dashboard. */
export interface ComparisonEvents {
  /** There is something new to draw. */
  readonly onData: () => void;
  /** {@link Comparison.isLoading} or {@link Comparison.fault} has changed. */
  readonly onState: () => void;
}

/** Finds the same hours of another day, and lays them under what is shown. */
export class Comparison {
  readonly #loader: RangeLoader;
  readonly #events: ComparisonEvents;
  #days: number | undefined;
  #columns: readonly string[] = [];
  #isConnected = false;
  #active: { readonly request: number; readonly series: RangeSeries } | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  /** What the timer waits for. */
  #wanted: Span | undefined;
  #fault: string | undefined;
  #revision = 0;
  /** What was given last. */
  #shown: RangeSeries | undefined;

  constructor(post: (message: WebviewMessage) => void, events: ComparisonEvents) {
    this.#loader = new RangeLoader(post, FIRST_REQUEST.otherDay);
    this.#events = events;
  }

  /** How many days back what is compared lies; `undefined` while nothing is. */
  get days(): number | undefined {
    return this.#days;
  }

  /** Why the other day could not be read. */
  get fault(): string | undefined {
    return this.#fault;
  }

  get isLoading(): boolean {
    return this.#active !== undefined;
  }

  /** Lays a day so many days before under what is shown; `undefined` for none. */
  choose(days: number | undefined): void {
    if (days === this.#days) return;
    this.#days = days;
    this.#revision++;
    this.#stop();
    this.#fault = undefined;
    this.#events.onData();
  }

  /** What is drawn. */
  setColumns(columns: readonly string[]): void {
    this.#columns = columns;
  }

  /** Whether there is a sampler to ask. */
  setConnected(isConnected: boolean): void {
    this.#isConnected = isConnected;
    this.#fault = undefined;
    this.#loader.interrupt();
    this.#stop();
  }

  /** Takes an answer in; those to others are ignored. */
  receive(message: Answer): void {
    this.#loader.receive(message);
  }

  /** What was at the same hours, as far as it is known, at the times of the span that is shown. */
  shown(span: Span): UnderData | undefined {
    if (this.#days === undefined || this.#columns.length === 0) return undefined;
    const offset = offsetOf(span, this.#days);
    const other = { from: span.from - offset, to: span.to - offset };
    const found = this.#loader.find(other, this.#columns, RANGE_POINTS);
    if (found) this.#stop();
    else this.#seek(other);
    const series = found ?? this.#active?.series ?? this.#loader.nearest(other);
    if (series !== this.#shown) this.#revision++;
    this.#shown = series;
    return series && { ...this.#dataOf(series, span, offset), title: dayTitle(this.#days, other) };
  }

  #seek(other: Span): void {
    if (!this.#isConnected || this.#fault !== undefined) return;
    if (this.#active) {
      if (contains(this.#active.series.wish, other)) return;
      this.#stop();
    }
    const isSame = this.#wanted?.from === other.from && this.#wanted.to === other.to;
    const isSliding = this.#wanted !== undefined && Math.abs(lengthOf(this.#wanted) - lengthOf(other)) < 1;
    this.#wanted = other;
    // A view that follows now moves each time, and is none the less still.
    if (this.#timer !== undefined && (isSame || isSliding)) return;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      this.#ask();
    }, SETTLE_MS);
  }

  #ask(): void {
    const wanted = this.#wanted;
    if (!wanted || this.#days === undefined) return;
    this.#wanted = undefined;
    const ahead = Math.min(AHEAD * lengthOf(wanted), (this.#days * DAY_MS) / 2);
    const wish = {
      from: wanted.from,
      to: wanted.to + ahead,
      columns: this.#columns,
      points: Math.ceil(RANGE_POINTS * (1 + ahead / lengthOf(wanted))),
    };
    this.#active = this.#loader.ask(wish, [], false, {
      onPiece: () => {
        this.#revision++;
        this.#events.onData();
      },
      onDone: series => {
        this.#active = undefined;
        this.#revision++;
        this.#loader.keep(series);
        this.#events.onState();
        this.#events.onData();
      },
      onFailed: why => {
        this.#active = undefined;
        this.#fault = why;
        this.#events.onState();
      },
    });
    this.#events.onState();
  }

  #stop(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#wanted = undefined;
    if (!this.#active) return;
    this.#loader.cancel(this.#active.request);
    this.#active = undefined;
    this.#events.onState();
  }

  #dataOf(series: RangeSeries, { from, to }: Span, offset: number): ShownData {
    const snapshot = series.snapshot();
    return {
      from,
      to,
      stepMs: series.stepMs,
      ...snapshot,
      times: snapshot.times.map(time => time + offset),
      gaps: series.gaps,
      columns: series.columns,
      workload: series.workload.map(one => ({ ...one, from: one.from + offset, to: one.to + offset })),
      revision: this.#revision,
      isComplete: this.#active === undefined,
    };
  }
}

/** What the other day is called beside a value. */
export function dayTitle(days: number, other: Span): string {
  if (days === 1) return t('day before');
  if (days === 7) return t('week before');
  return DATE.format(other.to - 1);
}

const DATE = new Intl.DateTimeFormat(undefined, { day: 'numeric', month: 'short' });
