import type { Frame } from '../common/frame.ts';
import type { Layout } from '../common/layout.ts';
import { bandWidth, rateOf, shareFor } from './bands.ts';
import { HEARTBEAT_MS } from './format.ts';
import type { RowFilter } from './row-filter.ts';

/** What a tick may be late without making the minute too long. */
const LATE_MS = 500;

/**
 * Leaves out the samples that the last row stands for: those in which every value is inside its band around that row's,
 * see `bands.ts`. A sample is written when
 *
 * - a value has left its band, is no longer there, is there again, or is missing for another reason;
 * - the workload class is another one;
 * - the next sample could come more than {@link HEARTBEAT_MS} after the last row;
 * - a counter's rate is not known from two rows: after the first row of a file, after a row in which the counter was
 *   not there, and after a reset.
 *
 * The bands are those around the last row, so that they move with each row: a value that hovers about the edge of a
 * band is written once and then in the middle of the next band.
 *
 * Nothing is allocated but for a new layout.
 */
export class DeltaFilter implements RowFilter {
  readonly #share: number;
  #layout: Layout | undefined;
  #category = '';
  #rowUtcMs = 0;
  #rowMs = 0;
  #lastMs = 0;
  #hasRow = false;
  #values = new Float64Array();
  #states = new Uint8Array();
  /** The rate between the last two rows of a counter, NaN while it is not known; not used for gauges. */
  #rates = new Float64Array();
  /** Half widths of the bands around the values, of counters around the rates. */
  #widths = new Float64Array();
  #isCounter = new Uint8Array();
  #floors = new Float64Array();
  #shares = new Float64Array();

  /** @param thresholdPercent relative change of a gauge that is worth a row: `logging.delta_threshold_percent` */
  constructor(thresholdPercent: number) {
    this.#share = thresholdPercent / 100;
  }

  reset(): void {
    this.#hasRow = false;
  }

  admits(frame: Frame): boolean {
    if (frame.layout !== this.#layout) this.#adopt(frame.layout);
    const step = frame.monotonicMs - this.#lastMs;
    this.#lastMs = frame.monotonicMs;
    if (this.#hasRow && !this.#isDue(frame, step) && this.#holds(frame)) return false;
    this.#take(frame);
    return true;
  }

  #adopt(layout: Layout): void {
    const { columns } = layout;
    this.#layout = layout;
    this.#hasRow = false;
    this.#values = new Float64Array(columns.length);
    this.#states = new Uint8Array(columns.length);
    this.#rates = new Float64Array(columns.length).fill(Number.NaN);
    this.#widths = new Float64Array(columns.length);
    this.#isCounter = Uint8Array.from(columns, ({ metric }) => Number(metric.kind === 'counter'));
    this.#floors = Float64Array.from(columns, ({ metric }) => metric.floor);
    this.#shares = Float64Array.from(columns, ({ metric }) => shareFor(metric, this.#share));
  }

  #isDue({ monotonicMs }: Frame, step: number): boolean {
    return monotonicMs - this.#rowMs + step > HEARTBEAT_MS + LATE_MS;
  }

  /** Whether the last row stands for this frame too: every value, or counter's rate, is inside its band. */
  #holds({ category, values, states, utcMs }: Frame): boolean {
    if (category !== this.#category) return false;
    const heldStates = this.#states;
    const heldValues = this.#values;
    const rates = this.#rates;
    const widths = this.#widths;
    const isCounter = this.#isCounter;
    const rowUtcMs = this.#rowUtcMs;
    for (let slot = 0; slot < values.length; slot++) {
      const state = states[slot];
      if (state !== heldStates[slot]) return false;
      if (state !== 0) continue;
      let value = values[slot] ?? Number.NaN;
      let held = heldValues[slot] ?? Number.NaN;
      if (isCounter[slot] === 1) {
        value = rateOf(value, utcMs, held, rowUtcMs);
        held = rates[slot] ?? Number.NaN;
      }
      const difference = Math.abs(value - held);
      if (!(difference < (widths[slot] ?? 0) || difference === 0)) return false;
    }
    return true;
  }

  #take(frame: Frame): void {
    const { values, states } = frame;
    for (let slot = 0; slot < values.length; slot++) {
      if (this.#isCounter[slot] !== 1) continue;
      const isKnown = this.#hasRow && states[slot] === 0 && this.#states[slot] === 0;
      this.#rates[slot] = isKnown
        ? rateOf(values[slot] ?? Number.NaN, frame.utcMs, this.#values[slot] ?? Number.NaN, this.#rowUtcMs)
        : Number.NaN;
    }
    this.#values.set(values);
    this.#states.set(states);
    for (let slot = 0; slot < values.length; slot++) {
      const held = this.#isCounter[slot] === 1 ? this.#rates[slot] : this.#values[slot];
      this.#widths[slot] = bandWidth(this.#floors[slot] ?? 0, this.#shares[slot] ?? 0, held ?? Number.NaN);
    }
    this.#category = frame.category;
    this.#rowUtcMs = frame.utcMs;
    this.#rowMs = frame.monotonicMs;
    this.#hasRow = true;
  }
}
