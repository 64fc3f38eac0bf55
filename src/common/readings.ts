import type { Absence } from './frame.ts';
import type { FrameMessage, LayoutMessage } from './protocol.ts';

const ABSENCE_OF_LETTER: Readonly<Record<string, Absence>> = {
  u: 'unsupported',
  s: 'asleep',
  d: 'denied',
  f: 'failed',
};

/** One tick as a client sees it: values by column name, and why one is missing. */
export class Readings {
  readonly layout: LayoutMessage;
  readonly frame: FrameMessage;
  readonly #slots: ReadonlyMap<string, number>;

  constructor(layout: LayoutMessage, frame: FrameMessage, slots = slotsOf(layout)) {
    this.layout = layout;
    this.frame = frame;
    this.#slots = slots;
  }

  /** The value of a column; `undefined` where there is none. */
  value(column: string): number | undefined {
    return this.frame.values[this.#slots.get(column) ?? -1] ?? undefined;
  }

  /** Why a column has no value; `undefined` where it has one or the column does not exist. */
  absence(column: string): Absence | undefined {
    const slot = this.#slots.get(column);
    if (slot === undefined || this.frame.values[slot] !== null) return undefined;
    let letter = 0;
    for (let at = 0; at < slot; at++) if (this.frame.values[at] === null) letter++;
    return ABSENCE_OF_LETTER[this.frame.absent[letter] ?? ''] ?? 'failed';
  }

  /** Every column with its value or the reason why there is none, in the layout's order. */
  *entries(): Generator<readonly [column: string, value: number | Absence]> {
    let letter = 0;
    for (let slot = 0; slot < this.layout.columns.length; slot++) {
      const value = this.frame.values[slot] ?? null;
      const absence =
        value === null ? (ABSENCE_OF_LETTER[this.frame.absent[letter++] ?? ''] ?? 'failed') : undefined;
      yield [this.layout.columns[slot] ?? '', absence ?? value ?? Number.NaN];
    }
  }
}

/** Slot of each column, to share between the readings of one layout. */
export function slotsOf(layout: LayoutMessage): ReadonlyMap<string, number> {
  return new Map(layout.columns.map((column, slot) => [column, slot]));
}
