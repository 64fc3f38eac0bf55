import type { RangeChunk, RangeResult } from '../../src/common/protocol.ts';
import type { WorkloadSpan } from '../../src/common/workload.ts';
import type { QuantileDefinition } from '../charts/definition.ts';
import { contains, lengthOf, type Span } from '../time/span.ts';
import { ColumnStore } from './column-store.ts';
import { fillQuantiles } from './quantile.ts';
import type { SampleStore } from './sample-store.ts';
import type { ShownData } from './shown-data.ts';

/** What was asked for. */
export interface RangeWish extends Span {
  readonly columns: readonly string[];
  readonly points: number;
}

/** Most steps without a sample that do not count as a gap while a range goes on. */
const LARGEST_STEP_MS = 5_000;

/**
 * The points of a range as they come in pieces, and, where it ended now, those that follow: they are made of the samples that
 * come every second.
 */
export class RangeSeries {
  readonly wish: RangeWish;
  readonly #quantiles: readonly QuantileDefinition[];
  #head: RangeResult | undefined;
  #index: ReadonlyMap<string, number> = new Map();
  /** Means of the columns, then their least values, then their greatest, then the quantiles. */
  #rows = new ColumnStore(0);
  readonly #categories: string[] = [];
  #hasBands = false;
  #isComplete = false;
  #goesOn: boolean;
  /** Latest sample that was counted, and how long the newest point's values have been in force. */
  #countedTo = Number.NaN;
  #weight = 0;

  /** @param goesOn whether it ends now, and samples are to follow it */
  constructor(wish: RangeWish, quantiles: readonly QuantileDefinition[], goesOn: boolean) {
    this.wish = wish;
    this.#quantiles = quantiles;
    this.#goesOn = goesOn;
  }

  /** Columns that there are; empty until the first piece has come. */
  get columns(): ReadonlySet<string> {
    return new Set([...(this.#head?.columns ?? []), ...this.#quantiles.map(({ id }) => id)]);
  }

  get stepMs(): number {
    return this.#head?.stepMs ?? 0;
  }

  get source(): RangeResult['source'] | undefined {
    return this.#head?.source;
  }

  get isComplete(): boolean {
    return this.#isComplete;
  }

  /** Whether samples follow it. */
  get goesOn(): boolean {
    return this.#goesOn;
  }

  get times(): Float64Array {
    return this.#rows.times;
  }

  /** Numbers that are held. */
  get cells(): number {
    return this.#rows.size * (1 + 3 * (this.#head?.columns.length ?? 0) + this.#quantiles.length);
  }

  /** How much of it has come, 0 to 1. */
  get share(): number {
    if (this.#isComplete) return 1;
    const last = this.#rows.time(this.#rows.size - 1);
    if (Number.isNaN(last)) return 0;
    return Math.min(1, Math.max(0, (last - this.wish.from) / lengthOf(this.wish)));
  }

  /** The time of which it tells. */
  get span(): Span {
    const to = this.#goesOn && this.#isComplete ? Math.max(this.wish.to, this.#countedTo) : this.wish.to;
    return { from: this.wish.from, to };
  }

  /** Means of a series. Valid until the next change. */
  mean(id: string): Float64Array {
    return this.#rows.lane(this.#index.get(id) ?? -1);
  }

  /** The points that there are now, which stay as they are. */
  snapshot(): Pick<ShownData, 'times' | 'mean' | 'min' | 'max'> {
    const { times, lane } = this.#rows.snapshot();
    const at = (id: string): number => this.#index.get(id) ?? -1;
    const columns = this.#head?.columns.length ?? 0;
    const band = (id: string, which: 1 | 2): Float64Array | undefined =>
      at(id) < 0 || at(id) >= columns || !this.#hasBands ? undefined : lane(which * columns + at(id));
    return { times, mean: id => lane(at(id)), min: id => band(id, 1), max: id => band(id, 2) };
  }

  /** Kinds of work, in order of time. */
  get workload(): WorkloadSpan[] {
    const spans: { category: string; from: number; to: number }[] = [];
    const { times, stepMs } = this;
    for (let row = 0; row < times.length; row++) {
      const category = this.#categories[row] ?? '';
      const from = times[row] ?? Number.NaN;
      if (category === '') continue;
      const last = spans.at(-1);
      if (last?.category === category && from - last.to < stepMs / 2) last.to = from + stepMs;
      else spans.push({ category, from, to: from + stepMs });
    }
    // What goes on has not been seen until the end of its last point.
    const { to } = this.span;
    return spans.map(one => (one.to > to ? { ...one, to: Math.max(one.from, to) } : one));
  }

  /** 1 for each point that does not follow the one before it. */
  get gaps(): Uint8Array {
    const { times, stepMs } = this;
    const gaps = new Uint8Array(times.length);
    for (let row = 1; row < times.length; row++)
      gaps[row] = (times[row] ?? 0) - (times[row - 1] ?? 0) > 1.5 * stepMs ? 1 : 0;
    return gaps;
  }

  /** Whether it has what is asked for, as finely. One that is still coming counts as what it will be. */
  answers(span: Span, columns: readonly string[], points: number): boolean {
    if (!contains(this.span, span)) return false;
    const asked = new Set(this.wish.columns);
    if (!columns.every(column => asked.has(column))) return false;
    const wanted = lengthOf(span) / points;
    // The sampler gives whole seconds at best.
    const isFinest = this.#head?.source === 'rows' && this.stepMs <= 1_000;
    return isFinest || lengthOf(this.wish) / this.wish.points <= wanted * 1.05;
  }

  /** Takes the next piece in. One of a sampler that does not say what it is about is ignored until the end. */
  add(chunk: RangeChunk): void {
    if (chunk.head) this.#begin(chunk.head);
    const head = this.#head;
    if (!head) return;
    const { length } = head.columns;
    const read = (series: RangeChunk['mean'] | undefined, column: number, at: number): number =>
      series?.[column]?.[at] ?? Number.NaN;
    chunk.times.forEach((time, at) => {
      const row = this.#rows.append(time);
      this.#categories.push(chunk.categories[at] ?? '');
      for (let column = 0; column < length; column++) {
        this.#rows.set(column, row, read(chunk.mean, column, at));
        this.#rows.set(length + column, row, read(chunk.min ?? chunk.mean, column, at));
        this.#rows.set(2 * length + column, row, read(chunk.max ?? chunk.mean, column, at));
      }
      this.#fillQuantiles(row);
    });
    this.#hasBands ||= chunk.min !== undefined;
  }

  /** All of it has come. */
  finish(result: RangeResult): void {
    if (!this.#head) this.#begin(result);
    this.#isComplete = true;
    this.#countedTo = this.wish.to;
    const last = this.#rows.time(this.#rows.size - 1);
    this.#weight = Number.isNaN(last) ? 0 : Math.max(0, this.wish.to - last);
  }

  /** Samples are missing from now on: nothing follows it any more. */
  close(): void {
    this.#goesOn = false;
  }

  /** Goes on with the samples that it does not have yet. One that would miss some ends where it is. */
  follow(samples: SampleStore, category: (time: number) => string): void {
    if (!this.#goesOn || !this.#isComplete || this.stepMs === 0) return;
    const { times } = samples;
    if (times.length > 0 && (times[0] ?? 0) > this.#countedTo + LARGEST_STEP_MS) {
      this.#goesOn = false;
      return;
    }
    const columns = this.#head?.columns ?? [];
    const lanes = columns.map(column => samples.values(column));
    let row = times.length;
    while (row > 0 && (times[row - 1] ?? 0) > this.#countedTo) row--;
    for (; row < times.length; row++) {
      const time = times[row] ?? Number.NaN;
      this.#addSample(time, lanes, row, category(time));
    }
    // As far as it was asked back; what slides out on the left is not needed again soon.
    const before = this.#countedTo - 2 * lengthOf(this.wish);
    const { size } = this.#rows;
    this.#rows.dropBefore(before);
    this.#categories.splice(0, size - this.#rows.size);
  }

  #addSample(time: number, lanes: readonly Float64Array[], from: number, category: string): void {
    const start = Math.floor(time / this.stepMs) * this.stepMs;
    const { length } = lanes;
    const ms = Math.min(LARGEST_STEP_MS, Math.max(1, time - this.#countedTo));
    this.#countedTo = time;
    let row = this.#rows.size - 1;
    if (this.#rows.time(row) !== start) {
      row = this.#rows.append(start);
      this.#weight = 0;
      this.#categories.push(category);
    }
    const share = ms / (this.#weight + ms);
    this.#weight += ms;
    for (let column = 0; column < length; column++) {
      const value = lanes[column]?.[from] ?? Number.NaN;
      if (Number.isNaN(value)) continue;
      const mean = this.#rows.get(column, row);
      this.#rows.set(column, row, Number.isNaN(mean) ? value : mean + (value - mean) * share);
      const least = this.#rows.get(length + column, row);
      if (!(least <= value)) this.#rows.set(length + column, row, value);
      const greatest = this.#rows.get(2 * length + column, row);
      if (!(greatest >= value)) this.#rows.set(2 * length + column, row, value);
      if (!(least === greatest)) this.#hasBands = true;
    }
    if ((this.#categories[row] ?? '') === '') this.#categories[row] = category;
    this.#fillQuantiles(row);
  }

  #begin(head: RangeResult): void {
    this.#head = head;
    const { columns } = head;
    this.#rows = new ColumnStore(3 * columns.length + this.#quantiles.length);
    this.#index = new Map([
      ...columns.map((column, at) => [column, at] as const),
      ...this.#quantiles.map(({ id }, at) => [id, 3 * columns.length + at] as const),
    ]);
  }

  #fillQuantiles(row: number): void {
    if (this.#quantiles.length === 0) return;
    fillQuantiles(
      this.#quantiles,
      column => this.#rows.get(this.#index.get(column) ?? -1, row),
      (id, value) => {
        this.#rows.set(this.#index.get(id) ?? -1, row, value);
      },
    );
  }
}
