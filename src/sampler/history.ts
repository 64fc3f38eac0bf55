import type { Frame } from '../common/frame.ts';
import type { Layout } from '../common/layout.ts';
import type { HistoryParams, HistoryResult } from '../common/protocol.ts';
import { SpanBuilder } from '../common/workload-spans.ts';

/** Longest span that is answered, in seconds, and the number of samples kept: at most one a second. */
export const HISTORY_SECONDS = 3600;

/** How far before its second a sample may come. */
const EARLY_MS = 400;

/**
 * The last hour in memory: a ring a gauge column, in single precision, at most one sample a second, and one of the
 * workload class. Counters are left out: their rates are gauges.
 */
export class History {
  readonly #times = new Float64Array(HISTORY_SECONDS);
  readonly #series = new Map<string, Float32Array>();
  /** Workload class of each sample, as its place in {@link #categories}. */
  readonly #classes = new Uint16Array(HISTORY_SECONDS);
  readonly #categories = [''];
  #layout: Layout | undefined;
  /** The ring of each slot of the current layout; none for counters. */
  #ringOfSlot: (Float32Array | undefined)[] = [];
  /** Rings of columns that the current layout no longer has. */
  #orphans: Float32Array[] = [];
  #next = 0;
  #size = 0;
  /** When the next sample is due on the monotonic clock. */
  #dueMs = Number.NEGATIVE_INFINITY;

  /** Adds a frame; at intervals shorter than a second, about one a second. */
  add(frame: Frame): void {
    if (frame.monotonicMs < this.#dueMs - EARLY_MS) return;
    // Counted on from when it was due, so that ticks that come early and late by turns are all kept.
    this.#dueMs = Math.max(this.#dueMs, frame.monotonicMs) + 1000;
    if (frame.layout !== this.#layout) this.#adopt(frame.layout);
    const at = this.#next;
    this.#times[at] = frame.utcMs;
    this.#classes[at] = this.#placeOf(frame.category);
    for (const ring of this.#orphans) ring[at] = Number.NaN;
    for (let slot = 0; slot < this.#ringOfSlot.length; slot++) {
      const ring = this.#ringOfSlot[slot];
      if (ring) ring[at] = frame.values[slot] ?? Number.NaN;
    }
    this.#next = (at + 1) % HISTORY_SECONDS;
    if (this.#size < HISTORY_SECONDS) this.#size++;
  }

  /** Workload class of the sample at a place in the rings. */
  #categoryAt(at: number): string {
    return this.#categories[this.#classes[at] ?? 0] ?? '';
  }

  #placeOf(category: string): number {
    const place = this.#categories.indexOf(category);
    return place >= 0 ? place : this.#categories.push(category) - 1;
  }

  #adopt(layout: Layout): void {
    this.#layout = layout;
    this.#ringOfSlot = layout.columns.map(({ name, metric }) => {
      if (metric.kind !== 'gauge') return undefined;
      let ring = this.#series.get(name);
      if (!ring) {
        ring = new Float32Array(HISTORY_SECONDS).fill(Number.NaN);
        this.#series.set(name, ring);
      }
      return ring;
    });
    const current = new Set(this.#ringOfSlot);
    this.#orphans = [...this.#series.values()].filter(ring => !current.has(ring));
  }

  /** Moment of the oldest sample, milliseconds since 1970 UTC; NaN while there is none. */
  get since(): number {
    return this.#size === 0 ? Number.NaN : (this.#times[this.#index(0)] ?? Number.NaN);
  }

  /** Columns of which there are samples. */
  get columns(): string[] {
    return [...this.#series.keys()];
  }

  /** Calls back for each sample of a span, in the order of their coming, with values in the order of `columns`. */
  each(
    columns: readonly string[],
    from: number,
    to: number,
    take: (time: number, values: Float64Array, category: string) => void,
  ): void {
    const rings = columns.map(name => this.#series.get(name));
    const values = new Float64Array(columns.length);
    for (let k = 0; k < this.#size; k++) {
      const at = this.#index(k);
      const time = this.#times[at] ?? 0;
      if (time < from || time >= to) continue;
      for (let slot = 0; slot < rings.length; slot++) values[slot] = rings[slot]?.[at] ?? Number.NaN;
      take(time, values, this.#categoryAt(at));
    }
  }

  /** Place in the rings of the sample that came `k` after the oldest. */
  #index(k: number): number {
    return (this.#next - this.#size + k + HISTORY_SECONDS) % HISTORY_SECONDS;
  }

  /** The samples of the last `seconds` before `nowMs`, oldest first. Columns that are not known or named twice are left out. */
  query({ seconds, columns }: HistoryParams, nowMs: number): HistoryResult {
    const from = nowMs - Math.min(Math.max(seconds, 0), HISTORY_SECONDS) * 1000;
    const wanted = [...new Set(columns ?? this.#series.keys())].filter(name => this.#series.has(name));
    const indices: number[] = [];
    for (let k = 0; k < this.#size; k++) {
      const at = this.#index(k);
      const time = this.#times[at] ?? 0;
      if (time >= from && time <= nowMs) indices.push(at);
    }
    // A clock set back leaves older samples with later times; what is answered must ascend.
    indices.sort((a, b) => (this.#times[a] ?? 0) - (this.#times[b] ?? 0));
    const spans = new SpanBuilder();
    for (const at of indices) spans.add(this.#categoryAt(at), this.#times[at] ?? 0);
    return {
      times: indices.map(at => this.#times[at] ?? 0),
      columns: wanted,
      series: wanted.map(name => {
        const ring = this.#series.get(name);
        return indices.map(at => presentable(ring?.[at] ?? Number.NaN));
      }),
      workload: spans.spans,
    };
  }
}

/** Seven digits, all that single precision has: no tails such as 3.0999999046325684 on the wire. */
function presentable(value: number): number | null {
  return Number.isNaN(value) ? null : Number(value.toPrecision(7));
}
