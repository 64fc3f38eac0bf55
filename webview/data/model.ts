import type { Absence } from '../../src/common/frame.ts';
import { layoutFromNames, type Layout } from '../../src/common/layout.ts';
import type { FrameMessage, LayoutMessage } from '../../src/common/protocol.ts';
import { Readings, slotsOf } from '../../src/common/readings.ts';
import type { WorkloadSpan } from '../../src/common/workload.ts';
import { SpanBuilder } from '../../src/common/workload-spans.ts';
import type { QuantileDefinition } from '../charts/definition.ts';
import { fillQuantiles, quantile } from './quantile.ts';
import type { RangeSeries } from './range-series.ts';
import { KEPT_MS, SampleStore } from './sample-store.ts';

/** A value, or the reason why there is none. */
export type Reading = number | Absence;

/** What the dashboard knows: the layout, the latest reading of every column, and the past of the series drawn. */
export class Model {
  #message: LayoutMessage = { columns: [], gpus: [] };
  #slots = slotsOf(this.#message);
  #layout: Layout | undefined;
  #latest: Readings | undefined;
  #shown: Readings | undefined;
  #samples = new SampleStore([]);
  readonly #workload = new SpanBuilder();
  #quantiles: readonly QuantileDefinition[] = [];
  #row = new Float64Array(0);

  /** The columns that this version knows; `undefined` before the first layout. */
  get layout(): Layout | undefined {
    return this.#layout;
  }

  /** The machine's GPUs, in the order of their numbers. */
  get gpus(): LayoutMessage['gpus'] {
    return this.#message.gpus;
  }

  /** The last minutes of the series asked for last. Another object after {@link setSeries}. */
  get samples(): SampleStore {
    return this.#samples;
  }

  /** The kinds of work in the last minutes. */
  get workload(): readonly WorkloadSpan[] {
    return this.#workload.spans;
  }

  /** The latest tick; `undefined` before the first. */
  get latest(): Readings | undefined {
    return this.#latest;
  }

  /** Takes over the columns of the frames that follow. Readings stay until the next one. */
  setLayout(message: LayoutMessage): void {
    this.#message = message;
    this.#slots = slotsOf(message);
    this.#layout = layoutFromNames(message.columns).layout;
  }

  /** Keeps the last minutes of these columns and of what is made of them, and of no others. */
  setSeries(columns: readonly string[], quantiles: readonly QuantileDefinition[]): void {
    this.#samples = this.#samples.withIds([...columns, ...quantiles.map(({ id }) => id)]);
    this.#quantiles = quantiles;
    this.#row = new Float64Array(this.#samples.ids.length);
  }

  /** Takes a tick in. One of another layout's length is ignored: its columns are not known. */
  addFrame(frame: FrameMessage): void {
    if (frame.values.length !== this.#message.columns.length) return;
    this.#latest = new Readings(this.#message, frame, this.#slots);
    this.#fill(this.#row, column => frame.values[this.#slots.get(column) ?? -1] ?? Number.NaN);
    this.#samples.push(frame.utcMs, this.#row);
    this.#workload.add(frame.category, frame.utcMs);
    this.#workload.dropBefore(frame.utcMs - KEPT_MS);
  }

  /** Puts the past as the sampler has it in place of what is held of the same span. */
  addPast(past: RangeSeries): void {
    const { times } = past;
    const lanes = this.#samples.ids.map(id => past.mean(id));
    const rows = Array.from(times.keys()).filter(row =>
      lanes.some(lane => !Number.isNaN(lane[row] ?? Number.NaN)),
    );
    this.#samples.replaceSpan(
      rows.map(row => times[row] ?? Number.NaN),
      (at, into) => {
        const row = rows[at] ?? -1;
        lanes.forEach((lane, series) => {
          into[series] = lane[row] ?? Number.NaN;
        });
      },
    );
    // A point stands for the time until the next: what comes after the last one's goes on from there.
    const end = past.span.to;
    this.#workload.restore(past.workload, [...times, end]);
    const frame = this.#latest?.frame;
    if (frame && frame.utcMs > end) this.#workload.add(frame.category, frame.utcMs);
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

  /** Whether a series has a value anywhere in the minutes that are held. */
  hasPast(id: string): boolean {
    return this.#samples.values(id).some(value => !Number.isNaN(value));
  }

  #fill(into: Float64Array, value: (column: string) => number): void {
    this.#samples.ids.forEach((id, series) => {
      into[series] = value(id);
    });
    fillQuantiles(this.#quantiles, value, (id, made) => {
      into[this.#samples.indexOf(id)] = made;
    });
  }
}
