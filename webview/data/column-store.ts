const FIRST_ROOM = 256;

/** Rows of a {@link ColumnStore} at one moment. */
export interface Snapshot {
  readonly times: Float64Array;
  /** Values of a lane, one a row; empty for one that there is not. */
  readonly lane: (lane: number) => Float64Array;
}

/**
 * Rows of numbers in typed arrays, a lane for each column, in order of time: they come at the end and go at the beginning.
 * What there is lies in one piece, so that a lane can be handed out as it is.
 */
export class ColumnStore {
  #lanes: readonly Float64Array<ArrayBuffer>[];
  #times = new Float64Array(FIRST_ROOM);
  #start = 0;
  #end = 0;

  constructor(lanes: number) {
    this.#lanes = Array.from({ length: lanes }, () => new Float64Array(FIRST_ROOM));
  }

  /** Number of rows. */
  get size(): number {
    return this.#end - this.#start;
  }

  /** The rows that there are now, which keep their places whatever is added or dropped later. */
  snapshot(): Snapshot {
    const lanes = this.#lanes;
    const start = this.#start;
    const end = this.#end;
    return { times: this.times, lane: at => lanes[at]?.subarray(start, end) ?? NOTHING };
  }

  /** Times of the rows, milliseconds since 1970 UTC. Valid until something is added or removed. */
  get times(): Float64Array {
    return this.#times.subarray(this.#start, this.#end);
  }

  /** Values of a lane, one a row; empty for one that there is not. Valid until something is added or removed. */
  lane(lane: number): Float64Array {
    return this.#lanes[lane]?.subarray(this.#start, this.#end) ?? NOTHING;
  }

  /** Time of a row; NaN outside `[0, size)`. */
  time(row: number): number {
    return row >= 0 && row < this.size ? (this.#times[this.#start + row] ?? Number.NaN) : Number.NaN;
  }

  /** Value of a lane in a row; NaN where there is none. */
  get(lane: number, row: number): number {
    if (row < 0 || row >= this.size) return Number.NaN;
    return this.#lanes[lane]?.[this.#start + row] ?? Number.NaN;
  }

  set(lane: number, row: number, value: number): void {
    const values = this.#lanes[lane];
    if (values && row >= 0 && row < this.size) values[this.#start + row] = value;
  }

  setTime(row: number, time: number): void {
    if (row >= 0 && row < this.size) this.#times[this.#start + row] = time;
  }

  /** Adds a row without values. @returns its place */
  append(time: number): number {
    if (this.#end === this.#times.length) this.#makeRoom();
    this.#times[this.#end] = time;
    for (const lane of this.#lanes) lane[this.#end] = Number.NaN;
    this.#end++;
    return this.size - 1;
  }

  /** Removes the rows before a time. */
  dropBefore(time: number): void {
    while (this.#start < this.#end && (this.#times[this.#start] ?? 0) < time) this.#start++;
  }

  /** Removes the rows from a place on. */
  truncate(size: number): void {
    this.#end = Math.min(this.#end, this.#start + Math.max(0, size));
  }

  /** Always into new arrays, so that what was handed out stays as it was. */
  #makeRoom(): void {
    const { size } = this;
    const hasRoom = this.#start >= size / 4;
    const room = hasRoom ? this.#times.length : this.#times.length * 2;
    const moved = (values: Float64Array<ArrayBuffer>): Float64Array<ArrayBuffer> => {
      const into = new Float64Array(room);
      into.set(values.subarray(this.#start, this.#end));
      return into;
    };
    this.#times = moved(this.#times);
    this.#lanes = this.#lanes.map(moved);
    this.#start = 0;
    this.#end = size;
  }
}

const NOTHING = new Float64Array(0);
