import { SEGMENT_MS } from '../../sync/segments/segment.ts';

/** A piece of the log is closed when its window has been over for a minute. */
const CLOSED_MS = 65_000;
/** Machines that share a disk or a network do not all begin at the same moment. */
const SPREAD_MS = 20_000;
/** Wait after the start, when everything else begins too, and what is spread over besides. */
const FIRST_MS = 45_000;
const FIRST_SPREAD_MS = 45_000;
/** Wait after a first fault; it doubles with each further one. */
const FAULT_MS = 60_000;

export interface Clock {
  /** Monotonic, in milliseconds. */
  readonly monotonicMs: () => number;
  /** Milliseconds since 1970 UTC; it may jump. */
  readonly utcMs: () => number;
  /** From 0 to below 1. */
  readonly random: () => number;
}

/** When the upload is to do what, by the monotonic clock, so that a clock that is set delays and repeats nothing. */
export class Schedule {
  readonly #clock: Clock;
  #intervalMs = 3_600_000;
  #faults = 0;
  #sealAt = Infinity;
  #sendAt = Infinity;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Begins anew. */
  start(intervalMs: number): void {
    const { monotonicMs, random } = this.#clock;
    this.#intervalMs = intervalMs;
    this.#faults = 0;
    this.#sealAt = monotonicMs() + FIRST_MS;
    this.#sendAt = this.#sealAt + random() * FIRST_SPREAD_MS;
  }

  get isSealDue(): boolean {
    return this.#clock.monotonicMs() >= this.#sealAt;
  }

  get isSendDue(): boolean {
    return this.#clock.monotonicMs() >= this.#sendAt;
  }

  /** Time until there is something to do. */
  get waitMs(): number {
    return Math.max(0, Math.min(this.#sealAt, this.#sendAt) - this.#clock.monotonicMs());
  }

  /** When something is sent next, milliseconds since 1970 UTC. */
  get nextSendMs(): number {
    const { monotonicMs, utcMs } = this.#clock;
    return Math.round(utcMs() + Math.max(0, this.#sendAt - monotonicMs()));
  }

  /** Something was sealed, or there was nothing to seal: on with the next quarter of an hour. */
  sealed(): void {
    const { monotonicMs, utcMs, random } = this.#clock;
    const untilNext = SEGMENT_MS - (utcMs() % SEGMENT_MS);
    this.#sealAt = monotonicMs() + untilNext + CLOSED_MS + random() * SPREAD_MS;
  }

  /** All was sent, or it needs somebody to do something first. */
  sent(): void {
    this.#faults = 0;
    this.#sendAt = this.#clock.monotonicMs() + this.#intervalMs * (0.9 + 0.2 * this.#clock.random());
  }

  /** A fault that passes: tried again, later each time, never later than at the interval. */
  failed(notBeforeMs = 0): void {
    const { monotonicMs, random } = this.#clock;
    const backoffMs = Math.min(this.#intervalMs, FAULT_MS * 2 ** this.#faults++);
    this.#sendAt = monotonicMs() + Math.max(backoffMs * (0.5 + 0.5 * random()), notBeforeMs);
  }

  /** Something has changed that may help: tried at once. */
  hurry(): void {
    this.#faults = 0;
    this.#sendAt = Math.min(this.#sendAt, this.#clock.monotonicMs());
  }
}
