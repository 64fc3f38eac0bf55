import type { Frame } from '../../src/common/frame.ts';

/** Which of the original's files a column goes into; it keeps one for each kind of hardware. */
const FILES: readonly { readonly prefix: string; readonly has: RegExp }[] = [
  {
    prefix: 'cpu_',
    has: /^(?:core_|total_util|avg_freq|context_sw|interrupts|soft_int|temperature|power_w|load_avg)/,
  },
  { prefix: 'gpu_', has: /^gpu\d+_/ },
  { prefix: '', has: /^(?:ram|swap)_/ },
  // Rates were not there in the first record, which fixed the columns.
  { prefix: '', has: /^disk_(?!.*rate)/ },
  { prefix: '', has: /^net_/ },
];

/** Relative change that was worth a record. */
const THRESHOLD = 0.02;

/**
 * What the original Python OptiMetrics writes for the same samples, rewritten after its source for the comparison: a CSV
 * file for each kind of hardware, each row with a time in microseconds and the hardware id, lines that end in CR LF, and
 * a record dropped only when not one of its values has changed by 2 % since the last record. It is a little less than
 * what that wrote: of its columns, those are here that our recordings have (not free and cached memory, times of disks,
 * and counters of each disk and interface).
 */
export class OriginalLog {
  readonly #hardwareId: string;
  readonly #isFiltering: boolean;
  readonly #texts = FILES.map(() => '');
  #last: Float64Array | undefined;
  records = 0;

  constructor(hardwareId: string, isFiltering: boolean) {
    this.#hardwareId = hardwareId;
    this.#isFiltering = isFiltering;
  }

  /** The contents of its files. */
  get files(): readonly string[] {
    return this.#texts.filter(text => text !== '');
  }

  append(frame: Frame): void {
    if (this.#isFiltering && this.#last && !isChanged(frame.values, this.#last)) return;
    this.#last = frame.values.slice();
    this.records++;
    const time = new Date(frame.utcMs).toISOString().replace('Z', '417+00:00');
    FILES.forEach(({ prefix, has }, index) => {
      const slots = [...frame.layout.columns.entries()].filter(
        ([slot, { name }]) => has.test(name) && frame.states[slot] === 0,
      );
      if (slots.length === 0) return;
      const names = slots.map(([, { name }]) => prefix + name.replace(/^gpu\d+_/, ''));
      const text = this.#texts[index] ?? '';
      const header = text === '' ? `timestamp,hardware_id,${names.join(',')}\r\n` : '';
      const fields = slots.map(([slot, { metric }]) => python(frame.values[slot] ?? 0, metric.kind));
      this.#texts[index] = `${text}${header}${time},${this.#hardwareId},${fields.join(',')}\r\n`;
    });
  }
}

function isChanged(values: Float64Array, last: Float64Array): boolean {
  return values.some((value, slot) => {
    const before = last[slot] ?? Number.NaN;
    if (Number.isNaN(value) || Number.isNaN(before)) return false;
    return before === 0 ? value !== 0 : Math.abs(value - before) / Math.abs(before) >= THRESHOLD;
  });
}

/** A number as Python writes it: what was measured is a float, what was counted an integer. */
function python(value: number, kind: string): string {
  return kind === 'gauge' && Number.isInteger(value) ? `${value}.0` : String(value);
}
