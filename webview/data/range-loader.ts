import type { HostMessage, WebviewMessage } from '../../src/common/dashboard.ts';
import type { QuantileDefinition } from '../charts/definition.ts';
import { lengthOf, type Span } from '../time/span.ts';
import { RangeSeries, type RangeWish } from './range-series.ts';

/** Numbers that are kept of ranges that are not shown now: 16 MB. */
const MOST_CELLS = 2_000_000;

/** What comes of asking for a range. */
export interface RangeOutcome {
  /** A piece has come. */
  readonly onPiece: () => void;
  readonly onDone: (series: RangeSeries) => void;
  readonly onFailed: (why: string) => void;
}

/** Where the numbers of the loaders of a page begin: so far apart that each knows its own answers. */
export const FIRST_REQUEST = { shown: 1, otherDay: 1_000_000_000, sessions: 2_000_000_000 } as const;

type Answer = Extract<HostMessage, { type: 'rangeChunk' | 'rangeDone' | 'rangeFailed' }>;

/** Asks the extension for ranges, and keeps those that it got. */
export class RangeLoader {
  readonly #post: (message: WebviewMessage) => void;
  readonly #awaited = new Map<number, { readonly series: RangeSeries; readonly outcome: RangeOutcome }>();
  /** Ranges that are complete, the one that was used last at the end. */
  readonly #kept: RangeSeries[] = [];
  #request: number;

  /** @param first the number of its first request */
  constructor(post: (message: WebviewMessage) => void, first: number = FIRST_REQUEST.shown) {
    this.#post = post;
    this.#request = first;
  }

  /**
   * Asks for a range.
   *
   * @param goesOn whether it ends now, and samples are to follow it
   * @returns number by which it can be cancelled, and what comes of it as far as it has come
   */
  ask(
    wish: RangeWish,
    quantiles: readonly QuantileDefinition[],
    goesOn: boolean,
    outcome: RangeOutcome,
  ): { readonly request: number; readonly series: RangeSeries } {
    const request = this.#request++;
    const series = new RangeSeries(wish, quantiles, goesOn);
    this.#awaited.set(request, { series, outcome });
    const { from, to, points, columns } = wish;
    this.#post({ type: 'range', request, from: Math.floor(from), to: Math.ceil(to), points, columns });
    return { request, series };
  }

  /** Nobody waits for this any more. */
  cancel(request: number): void {
    if (this.#awaited.delete(request)) this.#post({ type: 'cancelRange', request });
  }

  /** Takes an answer in; one that nobody waits for is dropped. */
  receive(message: Answer): void {
    const awaited = this.#awaited.get(message.request);
    if (!awaited) return;
    const { series, outcome } = awaited;
    switch (message.type) {
      case 'rangeChunk':
        series.add(message.chunk);
        outcome.onPiece();
        break;
      case 'rangeDone':
        this.#awaited.delete(message.request);
        series.finish(message.result);
        outcome.onDone(series);
        break;
      case 'rangeFailed':
        this.#awaited.delete(message.request);
        outcome.onFailed(message.why);
    }
  }

  /** Keeps a range, and forgets those that were not used for long. */
  keep(series: RangeSeries): void {
    this.#use(series);
    let cells = this.#kept.reduce((sum, one) => sum + one.cells, 0);
    while (cells > MOST_CELLS && this.#kept.length > 1) cells -= this.#kept.shift()?.cells ?? 0;
  }

  /** A range that is kept and has all that is asked for. */
  find(span: Span, columns: readonly string[], points: number): RangeSeries | undefined {
    const found = this.#kept.findLast(one => one.answers(span, columns, points));
    if (found) this.#use(found);
    return found;
  }

  /** The range that is kept and tells most of a span, the finest of those that tell as much; `undefined` where none tells anything. */
  nearest(span: Span): RangeSeries | undefined {
    let best: RangeSeries | undefined;
    let bestShare = 0;
    for (const one of this.#kept) {
      const share = overlap(one.span, span) / lengthOf(span);
      const isBetter =
        share > bestShare + 0.01 ||
        (share > bestShare - 0.01 && share > 0 && one.stepMs < (best?.stepMs ?? Infinity));
      if (!isBetter) continue;
      best = one;
      bestShare = share;
    }
    return best;
  }

  /** Samples are missing from now on: ranges that went on end where they are, and what is awaited is asked for no more. */
  interrupt(): void {
    for (const series of this.#kept) series.close();
    for (const request of [...this.#awaited.keys()]) this.cancel(request);
  }

  #use(series: RangeSeries): void {
    const at = this.#kept.indexOf(series);
    if (at >= 0) this.#kept.splice(at, 1);
    this.#kept.push(series);
  }
}

function overlap(a: Span, b: Span): number {
  return Math.max(0, Math.min(a.to, b.to) - Math.max(a.from, b.from));
}
