import { ascii, type ByteReader } from '../../proc/byte-reader.ts';

/** Counters of a `cpu` line that are used: user, nice, system, idle, iowait, irq, softirq, steal. */
const FIELDS = 8;
const IDLE = 3;
const IOWAIT = 4;

const CPU = ascii('cpu');
const CONTEXT_SWITCHES = ascii('ctxt ');
const INTERRUPTS = ascii('intr ');
const SOFT_INTERRUPTS = ascii('softirq ');
const SPACE = 0x20;

/** What a row of {@link ProcStat} says of its core. */
export const CORE = {
  /** It has no line: it is offline. */
  offline: 0,
  /** It has a line, but no earlier one to compare with. */
  unknown: 1,
  /** It has come back since the last read. */
  woken: 2,
  /** Its utilization is known. */
  known: 3,
} as const;

/**
 * Reads `/proc/stat`: how busy the cores were between two reads, and the counters that stand beside them.
 *
 * A core works in user, nice, system, irq, softirq and steal time, and does not while idle or waiting for a disk.
 * Time in guests is already part of user and nice. Every field may step back on some kernels, iowait on all; such a
 * step counts as none.
 */
export class ProcStat {
  /** Percent between the last two reads. Row 0 is the machine, row 1 + i the i-th core; NaN unless `known`. */
  readonly utilization: Float64Array;
  /** A value of {@link CORE} for each row. */
  readonly states: Uint8Array;
  /** Context switches since boot; NaN when the file does not say. */
  contextSwitches = Number.NaN;
  /** Interrupts since boot; NaN when the file does not say. */
  interrupts = Number.NaN;
  /** Soft interrupts since boot; NaN when the file does not say. */
  softInterrupts = Number.NaN;
  readonly #rowOf: Int32Array;
  readonly #times: Float64Array;
  readonly #fresh = new Float64Array(FIELDS);
  /** Number of the read in which the row last had a line. */
  readonly #listed: Float64Array;
  /** Number of the read in which the row's line was last whole. */
  readonly #taken: Float64Array;
  #reads = 0;

  /** @param cpuIds kernel numbers of the cores, in the order of the columns */
  constructor(cpuIds: readonly number[]) {
    const rows = cpuIds.length + 1;
    this.utilization = new Float64Array(rows).fill(Number.NaN);
    this.states = new Uint8Array(rows);
    this.#times = new Float64Array(rows * FIELDS);
    this.#listed = new Float64Array(rows).fill(-1);
    this.#taken = new Float64Array(rows).fill(-1);
    this.#rowOf = new Int32Array(Math.max(-1, ...cpuIds) + 1).fill(-1);
    cpuIds.forEach((id, index) => (this.#rowOf[id] = index + 1));
  }

  /**
   * Takes in the file's content.
   *
   * @param withCores whether the cores' utilization is wanted; without, only whether each has a line is looked at
   */
  parse(reader: ByteReader, withCores = true): void {
    this.#reads++;
    this.contextSwitches = Number.NaN;
    this.interrupts = Number.NaN;
    this.softInterrupts = Number.NaN;
    this.utilization.fill(Number.NaN);
    do {
      if (reader.take(CPU)) {
        const row = reader.peek() === SPACE ? 0 : (this.#rowOf[reader.unsigned()] ?? -1);
        if (row === 0 || (row > 0 && withCores)) this.#parseTimes(reader, row);
        else if (row > 0) this.#listed[row] = this.#reads;
      } else if (reader.take(CONTEXT_SWITCHES)) this.contextSwitches = reader.unsigned();
      else if (reader.take(INTERRUPTS)) this.interrupts = reader.unsigned();
      else if (reader.take(SOFT_INTERRUPTS)) this.softInterrupts = reader.unsigned();
    } while (reader.nextLine());
    for (let row = 0; row < this.states.length; row++) {
      if (this.#listed[row] !== this.#reads) this.states[row] = CORE.offline;
      else if (this.#taken[row] !== this.#reads) this.states[row] = CORE.unknown;
    }
  }

  /** Forgets earlier reads: the next one has nothing to compare with. */
  forget(): void {
    this.#taken.fill(-1);
    this.states.fill(CORE.unknown);
    this.utilization.fill(Number.NaN);
  }

  #parseTimes(reader: ByteReader, row: number): void {
    // The kernel lists a core once; of a damaged content that lists it twice the first line counts.
    if (this.#listed[row] === this.#reads) return;
    this.#listed[row] = this.#reads;
    const fresh = this.#fresh;
    if (!reader.unsignedRow(fresh, FIELDS)) return;
    const wasOffline = this.#reads > 1 && this.states[row] === CORE.offline;
    const hasEarlier = this.#taken[row] === this.#reads - 1;
    const times = this.#times;
    const first = row * FIELDS;
    let all = 0;
    let idle = 0;
    for (let field = 0; field < FIELDS; field++) {
      const value = fresh[field] ?? 0;
      const passed = value - (times[first + field] ?? 0);
      times[first + field] = value;
      if (!(passed > 0)) continue;
      all += passed;
      if (field === IDLE || field === IOWAIT) idle += passed;
    }
    this.#taken[row] = this.#reads;
    this.states[row] = wasOffline ? CORE.woken : CORE.unknown;
    if (!hasEarlier || !(all > 0 && Number.isFinite(all))) return;
    this.utilization[row] = (100 * (all - idle)) / all;
    this.states[row] = CORE.known;
  }
}
