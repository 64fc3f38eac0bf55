import type { CoreSource } from './core-source.ts';
import { busiest, momentBefore, momentsOf, type Rows } from './grid.ts';
import { cellOf, MISSING, OFFLINE_CELL } from './palette.ts';

/** What the cells are made of; another object means other cells. */
export interface RasterPlan {
  readonly source: CoreSource;
  readonly rows: Rows;
  /** Time that a column stands for, milliseconds. */
  readonly columnMs: number;
  /** Columns that are shown at most. */
  readonly columns: number;
  readonly pixels: Uint32Array;
}

/** Something that takes a rectangle of cells; a canvas, in a page. */
export interface Cells {
  /** Stores `pixels`, row by row from the top, from column `x` on. */
  put(x: number, width: number, pixels: Uint32Array<ArrayBuffer>): void;
}

/**
 * The cells of a heat map: a pixel a cell, in a ring of columns. Column `n` stands for the time from `n` times
 * {@link RasterPlan.columnMs} on, and is stored at `n` modulo {@link width}. As time goes on only what has come is drawn, so
 * that a second costs a column, whatever is shown.
 */
export class Raster {
  readonly #plan: RasterPlan;
  readonly #cells: Cells;
  readonly #column: Uint32Array<ArrayBuffer>;
  /** Columns that are drawn, and how many samples there were then. */
  #from = 0;
  #until = 0;

  constructor(plan: RasterPlan, cells: Cells) {
    this.#plan = plan;
    this.#cells = cells;
    this.#column = new Uint32Array(plan.rows.count);
  }

  /** Columns of the ring: those that are shown, and one that is begun at each end. */
  static width(plan: RasterPlan): number {
    return plan.columns + 2;
  }

  /** Draws what is not drawn yet of the time from `from` to `to`; {@link invalidate} first where the past has changed. */
  draw(from: number, to: number): void {
    const { columnMs } = this.#plan;
    const first = Math.floor(from / columnMs);
    const until = Math.min(Math.floor(to / columnMs) + 1, first + Raster.width(this.#plan));
    const isFollowing = first >= this.#from && first < this.#until && until >= this.#until;
    if (!isFollowing) {
      this.#drawAll(first, until);
    } else {
      // The newest column was not over when it was drawn, and one before it may have waited for the sample after it.
      const again = Math.max(first, this.#until - 3);
      for (let column = again; column < until; column++) this.#drawColumn(column);
    }
    this.#from = first;
    this.#until = until;
  }

  /** Everything is drawn anew the next time. */
  invalidate(): void {
    this.#until = this.#from;
  }

  #drawAll(first: number, until: number): void {
    const width = Raster.width(this.#plan);
    const height = this.#column.length;
    const all = new Uint32Array(width * height);
    let hint = this.#hint(first);
    for (let column = first; column < until; column++) {
      hint = this.#fill(column, hint);
      const x = modulo(column, width);
      for (let row = 0; row < height; row++) all[row * width + x] = this.#column[row] ?? 0;
    }
    this.#cells.put(0, width, all);
  }

  #drawColumn(column: number): void {
    this.#fill(column, this.#hint(column));
    this.#cells.put(modulo(column, Raster.width(this.#plan)), 1, this.#column);
  }

  /** A moment from which those of a column can be searched. */
  #hint(column: number): number {
    return momentBefore(this.#plan.source, column * this.#plan.columnMs) + 1;
  }

  /** @returns hint for the next column */
  #fill(column: number, hint: number): number {
    const { source, rows, columnMs, pixels } = this.#plan;
    const from = column * columnMs;
    const { first, until } = momentsOf(source, from, from + columnMs, hint);
    // Dashes tell an offline core apart from work where colours do not.
    const offline = modulo(column, 4) < 2 ? OFFLINE_CELL : MISSING;
    for (let row = 0; row < rows.count; row++) {
      const core = row * rows.coresPerRow;
      const cell = cellOf(
        busiest(source, first, until, core, Math.min(source.cores, core + rows.coresPerRow)),
      );
      this.#column[row] = pixels[cell === OFFLINE_CELL ? offline : cell] ?? 0;
    }
    return until;
  }
}

function modulo(value: number, by: number): number {
  return ((value % by) + by) % by;
}
