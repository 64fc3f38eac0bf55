import type { Absence } from '../src/common/frame.ts';
import { layoutFromNames, type Layout } from '../src/common/layout.ts';
import type { FrameMessage, HistoryResult, LayoutMessage } from '../src/common/protocol.ts';
import { Readings, slotsOf } from '../src/common/readings.ts';
import type { ChartDefinition, QuantileDefinition } from './charts/definition.ts';
import { quantile } from './quantile.ts';
import { SeriesRing } from './series.ts';

/** A value, or the reason why there is none. */
export type Reading = number | Absence;

/** What the dashboard knows: the layout, the latest reading of every column, and the past of the series drawn. */
export class Model {
  #message: LayoutMessage = { columns: [], gpus: [] };
  #slots = slotsOf(this.#message);
  #layout: Layout | undefined;
  #latest: Readings | undefined;
  #shown: Readings | undefined;
  #ring = new SeriesRing([]);
  #quantiles: readonly QuantileDefinition[] = [];
  #row = new Float64Array(0);
  #scratch = new Float64Array(0);

  /** The columns that this version knows; `undefined` before the first layout. */
  get layout(): Layout | undefined {
    return this.#layout;
  }

  /** The machine's GPUs, in the order of their numbers. */
  get gpus(): LayoutMessage['gpus'] {
    return this.#message.gpus;
  }

  /** The past of the series of the charts given last. Another object after {@link setCharts}. */
  get ring(): SeriesRing {
    return this.#ring;
  }

  /** Takes over the columns of the frames that follow. Readings stay until the next one. */
  setLayout(message: LayoutMessage): void {
    this.#message = message;
    this.#slots = slotsOf(message);
    this.#layout = layoutFromNames(message.columns).layout;
  }

  /** Keeps the past of the series of these charts, and of no others. */
  setCharts(charts: readonly ChartDefinition[]): void {
    this.#ring = this.#ring.withIds(charts.flatMap(chart => chart.lines.map(line => line.id)));
    this.#quantiles = charts.flatMap(chart => chart.quantiles);
    this.#row = new Float64Array(this.#ring.ids.length);
    this.#scratch = new Float64Array(Math.max(0, ...this.#quantiles.map(item => item.columns.length)));
  }

  /** Takes a tick in. One of another layout's length is ignored: its columns are not known. */
  addFrame(frame: FrameMessage): void {
    if (frame.values.length !== this.#message.columns.length) return;
    this.#latest = new Readings(this.#message, frame, this.#slots);
    this.#fill(this.#row, column => frame.values[this.#slots.get(column) ?? -1]);
    this.#ring.push(frame.utcMs, this.#row);
  }

  /** Puts the sampler's past in place of what is held of the same span. */
  addHistory(history: HistoryResult): void {
    const series = new Map(history.columns.map((column, index) => [column, history.series[index]]));
    this.#ring.replaceSpan(history.times, (row, into) => {
      this.#fill(into, column => series.get(column)?.[row]);
    });
  }

  /** From now on {@link reading} gives the latest values; without this call, those it gave before. */
  showLatest(): void {
    this.#shown = this.#latest;
  }

  /** Shown reading of a column or series; `undefined` before the first frame that has it. */
  reading(id: string): Reading | undefined {
    const made = this.#quantiles.find(item => item.id === id);
    if (!made) return this.#shown?.value(id) ?? this.#shown?.absence(id);
    const values: number[] = [];
    for (const column of made.columns) {
      const value = this.#shown?.value(column);
      if (value !== undefined) values.push(value);
    }
    values.sort((a, b) => a - b);
    return values.length > 0 ? quantile(values, made.quantile) : this.#shown?.absence(made.columns[0] ?? '');
  }

  /** Whether a series has a value anywhere in the past that is held. */
  hasPast(id: string): boolean {
    const series = this.#ring.indexOf(id);
    for (let row = this.#ring.size - 1; row >= 0; row--) {
      if (!Number.isNaN(this.#ring.value(series, row))) return true;
    }
    return false;
  }

  #fill(into: Float64Array, value: (column: string) => number | null | undefined): void {
    this.#ring.ids.forEach((id, series) => {
      into[series] = value(id) ?? Number.NaN;
    });
    let sortedFor: readonly string[] | undefined;
    let sorted = this.#scratch;
    for (const { id, columns, quantile: share } of this.#quantiles) {
      // The quantiles of a chart share one list of columns: it is sorted once for all of them.
      if (columns !== sortedFor) {
        let count = 0;
        for (const column of columns) {
          const one = value(column);
          if (typeof one === 'number') this.#scratch[count++] = one;
        }
        sorted = this.#scratch.subarray(0, count).sort();
        sortedFor = columns;
      }
      into[this.#ring.indexOf(id)] = quantile(sorted, share);
    }
  }
}
