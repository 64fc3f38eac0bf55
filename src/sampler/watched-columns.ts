import { type Absence, Frame, type FrameWriter } from '../common/frame.ts';
import { buildLayout, type Layout, layoutOf } from '../common/layout.ts';

/** The metric of which a client can watch the instances although they have no columns. */
const WATCHED_METRIC = 'core_{n}_utilization';

/**
 * Values beside the frame: those of cores on a machine with so many that they have no columns of their own. They are read
 * while somebody watches them, and go to those who watch; history and log know nothing of them.
 *
 * Their slots come after those of the frame, so that an adapter fills them as it fills any others.
 */
export class WatchedColumns implements FrameWriter {
  readonly layout: Layout;
  readonly #main: Layout;
  readonly #frame: Frame;
  /** What the other columns are written into. */
  #target: FrameWriter;

  private constructor(main: Layout, layout: Layout) {
    this.layout = layout;
    this.#main = main;
    this.#frame = new Frame(this.layout);
    this.#target = this.#frame;
  }

  /** Columns for the cores that have none in `main`, the layout of the frame; `undefined` where there are no such. */
  static beside(main: Layout, cores: number): WatchedColumns | undefined {
    const all = buildLayout({ core: cores, gpu: 0, disk: 0 }, (_group, { name }) => name === WATCHED_METRIC);
    const columns = all.columns.filter(
      ({ name, metric }) => metric.name === WATCHED_METRIC && !main.slots.has(name),
    );
    return columns.length > 0 ? new WatchedColumns(main, layoutOf(columns)) : undefined;
  }

  get count(): number {
    return this.layout.columns.length;
  }

  /** What was read last. */
  get frame(): Frame {
    return this.#frame;
  }

  /** Slot of a column, for an adapter; `undefined` where it is not watched. */
  slot(column: string): number | undefined {
    const slot = this.layout.slots.get(column);
    return slot === undefined ? undefined : this.#main.columns.length + slot;
  }

  /** Forgets all readings, and from now on passes on to `target` what belongs there. */
  begin(target: FrameWriter): this {
    this.#frame.clear();
    this.#target = target;
    return this;
  }

  set(slot: number, value: number): void {
    const own = slot - this.#main.columns.length;
    if (own < 0) this.#target.set(slot, value);
    else this.#frame.set(own, value);
  }

  absent(slot: number, reason: Absence): void {
    const own = slot - this.#main.columns.length;
    if (own < 0) this.#target.absent(slot, reason);
    else this.#frame.absent(own, reason);
  }
}
