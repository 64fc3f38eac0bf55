import type { Layout } from './layout.ts';
import { maximumOf } from './units.ts';

/**
 * Why a slot has no value: the hardware or driver does not offer it, the device sleeps and is left asleep, this user
 * may not read it, or reading it went wrong.
 */
export type Absence = 'unsupported' | 'asleep' | 'denied' | 'failed';

/** Reasons by their code in {@link Frame.states}; code 0 means that there is a value. */
export const ABSENCES: readonly [undefined, ...Absence[]] = [
  undefined,
  'unsupported',
  'asleep',
  'denied',
  'failed',
];

const CODE: Readonly<Record<Absence, number>> = { unsupported: 1, asleep: 2, denied: 3, failed: 4 };

/** What an adapter writes its readings into. Slots that it leaves alone read `failed`. */
export interface FrameWriter {
  /**
   * Stores a value in the metric's unit, rounded to its decimals. A value that is not finite or outside the unit's
   * range is stored as `failed`: a wrong number is worse than none. Slot −1 (column not collected) is ignored.
   */
  set(slot: number, value: number): void;
  /** Marks the slot as having no value, and why. Slot −1 is ignored. */
  absent(slot: number, reason: Absence): void;
}

/** One tick: a value or the reason for its absence for every column of the layout. */
export class Frame implements FrameWriter {
  readonly layout: Layout;
  /** Number of the tick since the sampler started. */
  seq = 0;
  /** Moment of sampling, milliseconds since 1970 UTC. */
  utcMs = 0;
  /** Moment of sampling on the monotonic clock, milliseconds since an arbitrary start. */
  monotonicMs = 0;
  /** Detected workload class; empty while there is no answer. */
  category = '';
  /** A value a column; NaN where there is none. */
  readonly values: Float64Array;
  /** 0 where there is a value, else an index into {@link ABSENCES}. */
  readonly states: Uint8Array;
  readonly #scale: Float64Array;
  readonly #maximum: Float64Array;

  constructor(layout: Layout) {
    this.layout = layout;
    const size = layout.columns.length;
    this.values = new Float64Array(size);
    this.states = new Uint8Array(size);
    this.#scale = Float64Array.from(layout.columns, column => 10 ** column.metric.decimals);
    this.#maximum = Float64Array.from(layout.columns, column => maximumOf(column.metric.unit));
    this.clear();
  }

  /** Forgets all readings: every slot reads `failed` until it is set. */
  clear(): void {
    this.values.fill(Number.NaN);
    this.states.fill(CODE.failed);
  }

  set(slot: number, value: number): void {
    if (slot < 0 || slot >= this.values.length) return;
    if (!(value >= 0 && value <= (this.#maximum[slot] ?? 0))) {
      this.absent(slot, 'failed');
      return;
    }
    const scale = this.#scale[slot] ?? 1;
    // Counters beyond 2^53 / scale cannot be rounded by scaling, and have no decimals to lose.
    this.values[slot] = scale === 1 ? Math.round(value) : Math.round(value * scale) / scale;
    this.states[slot] = 0;
  }

  absent(slot: number, reason: Absence): void {
    if (slot < 0 || slot >= this.values.length) return;
    this.values[slot] = Number.NaN;
    this.states[slot] = CODE[reason];
  }

  /** A copy that stays as it is when this frame is read into again. */
  clone(): Frame {
    const copy = new Frame(this.layout);
    copy.assign(this);
    return copy;
  }

  /** Becomes a copy of a frame of the same layout, without allocating anything. */
  assign(other: Frame): void {
    this.seq = other.seq;
    this.utcMs = other.utcMs;
    this.monotonicMs = other.monotonicMs;
    this.category = other.category;
    this.values.set(other.values);
    this.states.set(other.states);
  }

  /** The value of a column by name; `undefined` where there is none. */
  value(name: string): number | undefined {
    const slot = this.layout.slots.get(name);
    if (slot === undefined || this.states[slot] !== 0) return undefined;
    return this.values[slot];
  }

  /** Why a column has no value; `undefined` where it has one. */
  absence(name: string): Absence | undefined {
    const slot = this.layout.slots.get(name);
    if (slot === undefined) return 'unsupported';
    return ABSENCES[this.states[slot] ?? 0];
  }
}
