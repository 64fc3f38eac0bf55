import { cssColor, type Theme } from '../theme.ts';
import { timeTicks } from '../time/ticks.ts';
import type { CoreSource } from './core-source.ts';
import { busiest, columnTime, momentsOf, momentBefore, rowsFor, type Rows } from './grid.ts';
import { heatPalette, type HeatPalette } from './palette.ts';
import { Raster, type RasterPlan } from './raster.ts';

/** What is shown of the past. */
export interface HeatMapView {
  readonly source: CoreSource;
  /** Time between two samples, milliseconds. */
  readonly stepMs: number;
  /** Ends of the time axis, milliseconds since 1970 UTC. */
  readonly from: number;
  readonly to: number;
}

/** Room around the cells, in CSS pixels. */
export interface Margins {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

/** A place on the map: a moment, and the cores of the row. */
export interface HeatMapPlace {
  readonly time: number;
  readonly firstCore: number;
  /** The one after the last. */
  readonly untilCore: number;
}

/** A rectangle, in CSS pixels. */
interface Area {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

const FONT_PIXELS = 11;
/** Least distance of two labels of the core axis, in CSS pixels. */
const LABEL_DISTANCE = 22;

/** A heat map of time and cores on a canvas: core 0 on top, now at the right. */
export class HeatMapPlot {
  readonly #canvas: HTMLCanvasElement;
  readonly #room: HTMLElement;
  readonly #context: CanvasRenderingContext2D;
  readonly #margins: Margins;
  readonly #cells = document.createElement('canvas');
  readonly #cellsContext: CanvasRenderingContext2D;
  readonly #sizes = new ResizeObserver(() => {
    this.#paint();
  });
  #theme: Theme;
  #palette: HeatPalette;
  #view: HeatMapView | undefined;
  #plan: RasterPlan | undefined;
  #raster: Raster | undefined;
  #rows: Rows = { count: 1, coresPerRow: 1, height: 1 };
  #marked: number | undefined;

  /**
   * @param canvas inside an element of its own, whose width it takes; that becomes as high as the map
   * @param room an element as high as the map may become
   */
  constructor(canvas: HTMLCanvasElement, room: HTMLElement, theme: Theme, margins: Margins) {
    this.#canvas = canvas;
    this.#room = room;
    this.#margins = margins;
    this.#context = contextOf(canvas);
    // It is written to each second and never drawn by a graphics card.
    this.#cellsContext = contextOf(this.#cells, { willReadFrequently: true });
    this.#theme = theme;
    this.#palette = heatPalette(theme);
    this.#sizes.observe(room);
  }

  /** Colours of the cells, for a legend. */
  get palette(): HeatPalette {
    return this.#palette;
  }

  /** How much shares a cell for want of pixels: neighbouring cores a row, and the time of a column. */
  get merging(): { readonly coresPerRow: number; readonly columnMs: number } {
    return { coresPerRow: this.#rows.coresPerRow, columnMs: this.#plan?.columnMs ?? 0 };
  }

  setTheme(theme: Theme): void {
    this.#theme = theme;
    this.#palette = heatPalette(theme);
    this.#paint();
  }

  /**
   * Draws a part of the past.
   *
   * @param isOther the samples are not those that were drawn last, with some more at the end
   */
  draw(view: HeatMapView, isOther: boolean): void {
    this.#view = view;
    if (isOther) this.#raster?.invalidate();
    this.#paint();
  }

  /** Puts a frame around the row of a core; `undefined` takes it away. */
  mark(core: number | undefined): void {
    if (core === this.#marked) return;
    this.#marked = core;
    this.#paint();
  }

  /** First core of the row at a distance from the canvas's upper edge; `undefined` above and below the cells. */
  coreAt(y: number): number | undefined {
    const { top, height } = this.#area();
    if (!this.#view || y < top || y >= top + height) return undefined;
    return Math.floor(((y - top) * devicePixelRatio) / this.#rows.height) * this.#rows.coresPerRow;
  }

  /** The cores that share a row with `core`. */
  rowOf(core: number): { readonly firstCore: number; readonly untilCore: number } {
    const { coresPerRow } = this.#rows;
    const firstCore = Math.floor(core / coresPerRow) * coresPerRow;
    return { firstCore, untilCore: Math.min(this.#view?.source.cores ?? 0, firstCore + coresPerRow) };
  }

  /** What a cell shows, in percent: the highest of its cores and moments; `OFFLINE`; NaN where there is no reading. */
  valueAt({ time, firstCore, untilCore }: HeatMapPlace): number {
    const plan = this.#plan;
    if (!plan) return Number.NaN;
    const { columnMs, source } = plan;
    const from = Math.floor(time / columnMs) * columnMs;
    const hint = momentBefore(source, from) + 1;
    const { first, until } = momentsOf(source, from, from + columnMs, hint);
    return busiest(source, first, until, firstCore, untilCore);
  }

  /** Frees what the browser holds. */
  dispose(): void {
    this.#sizes.disconnect();
    this.#cells.width = this.#cells.height = 0;
  }

  /** Where the cells are, in CSS pixels. */
  #area(): Area {
    const { left, right, top } = this.#margins;
    return {
      left,
      top,
      width: Math.max(1, this.#room.clientWidth - left - right),
      height: (this.#rows.count * this.#rows.height) / devicePixelRatio,
    };
  }

  #paint(): void {
    const view = this.#view;
    const { clientWidth, clientHeight } = this.#room;
    if (!view || clientWidth === 0 || view.source.cores === 0) return;
    const scale = devicePixelRatio;
    const { top, bottom } = this.#margins;
    this.#rows = rowsFor(view.source.cores, (clientHeight - top - bottom) * scale);
    const area = this.#area();
    this.#fill(view, area.width * scale);
    const height = top + area.height + bottom;
    fitTo(this.#canvas, clientWidth, height, scale);
    const context = this.#context;
    context.setTransform(scale, 0, 0, scale, 0, 0);
    context.clearRect(0, 0, clientWidth, height);
    this.#paintCells(view, area);
    this.#paintAxes(view, area);
    this.#paintMark(area);
  }

  /** Brings the cells up to date. */
  #fill(view: HeatMapView, pixels: number): void {
    const span = view.to - view.from;
    const columnMs = columnTime(span, pixels, view.stepMs);
    const plan: RasterPlan = {
      source: view.source,
      rows: this.#rows,
      columnMs,
      columns: Math.ceil(span / columnMs),
      pixels: this.#palette.pixels,
    };
    if (!this.#raster || !isSame(this.#plan, plan)) {
      this.#plan = plan;
      this.#cells.width = Raster.width(plan);
      this.#cells.height = plan.rows.count;
      this.#raster = new Raster(plan, {
        put: (x, width, cells) => {
          const bytes = new Uint8ClampedArray(cells.buffer, cells.byteOffset, cells.byteLength);
          this.#cellsContext.putImageData(new ImageData(bytes, width), x, 0);
        },
      });
    }
    this.#raster.draw(view.from, view.to);
  }

  #paintCells(view: HeatMapView, { left, top, width, height }: Area): void {
    const plan = this.#plan;
    if (!plan) return;
    const context = this.#context;
    const ring = Raster.width(plan);
    const first = Math.floor(view.from / plan.columnMs);
    const until = Math.floor(view.to / plan.columnMs) + 1;
    const xOf = (column: number): number =>
      left + ((column * plan.columnMs - view.from) / (view.to - view.from)) * width;
    context.save();
    context.beginPath();
    context.rect(left, top, width, height);
    context.clip();
    context.imageSmoothingEnabled = false;
    for (let column = first; column < until;) {
      const at = ((column % ring) + ring) % ring;
      const count = Math.min(until - column, ring - at);
      const x = xOf(column);
      context.drawImage(this.#cells, at, 0, count, plan.rows.count, x, top, xOf(column + count) - x, height);
      column += count;
    }
    context.restore();
  }

  #paintAxes(view: HeatMapView, { left, top, width, height }: Area): void {
    const context = this.#context;
    context.font = `${String(FONT_PIXELS)}px ${this.#theme.fontFamily}`;
    context.fillStyle = cssColor(this.#theme.muted);
    context.textBaseline = 'middle';
    context.textAlign = 'right';
    const { cores } = view.source;
    const pixelsPerCore = height / Math.max(1, cores);
    for (const core of coreTicks(cores, pixelsPerCore)) {
      context.fillText(String(core), left - 8, top + (core + 0.5) * pixelsPerCore);
    }
    context.textBaseline = 'top';
    context.textAlign = 'center';
    for (const { value, label } of timeTicks(view, width)) {
      const half = context.measureText(label).width / 2;
      const x = left + ((value - view.from) / (view.to - view.from)) * width;
      context.fillText(label, Math.min(left + width - half, Math.max(left + half, x)), top + height + 6);
    }
    context.strokeStyle = cssColor(this.#theme.grid);
    context.lineWidth = 1;
    context.strokeRect(left - 0.5, top - 0.5, width + 1, height + 1);
  }

  #paintMark({ left, top, width }: Area): void {
    if (this.#marked === undefined) return;
    const context = this.#context;
    const { height, coresPerRow } = this.#rows;
    const rowHeight = height / devicePixelRatio;
    const y = top + Math.floor(this.#marked / coresPerRow) * rowHeight;
    // Two frames, one around the other, one of which stands out from any cell.
    for (const [color, out] of [
      [this.#theme.background, 1.5],
      [this.#theme.foreground, 0.5],
    ] as const) {
      context.strokeStyle = cssColor({ ...color, a: 1 });
      context.lineWidth = 1;
      context.strokeRect(left - out, y - out, width + 2 * out, rowHeight + 2 * out);
    }
  }
}

/** Numbers of the cores that are labelled: in steps of a power of two that leave room for the text. */
export function coreTicks(cores: number, pixelsPerCore: number): number[] {
  let step = 1;
  while (step * pixelsPerCore < LABEL_DISTANCE && step < cores) step *= 2;
  return Array.from({ length: Math.ceil(cores / step) }, (_, index) => index * step);
}

function isSame(one: RasterPlan | undefined, other: RasterPlan): boolean {
  return (
    one?.source === other.source &&
    one.columnMs === other.columnMs &&
    one.columns === other.columns &&
    one.pixels === other.pixels &&
    one.rows.count === other.rows.count &&
    one.rows.coresPerRow === other.rows.coresPerRow
  );
}

/** Gives a canvas the size of `width` and `height` CSS pixels on this screen, and the element around it the height. */
function fitTo(canvas: HTMLCanvasElement, width: number, height: number, scale: number): void {
  const [pixelWidth, pixelHeight] = [Math.round(width * scale), Math.round(height * scale)];
  if (canvas.width === pixelWidth && canvas.height === pixelHeight) return;
  canvas.width = pixelWidth;
  canvas.height = pixelHeight;
  canvas.style.width = `${String(width)}px`;
  canvas.style.height = `${String(height)}px`;
  if (canvas.parentElement) canvas.parentElement.style.height = `${String(height)}px`;
}

function contextOf(
  canvas: HTMLCanvasElement,
  settings?: CanvasRenderingContext2DSettings,
): CanvasRenderingContext2D {
  const context = canvas.getContext('2d', settings);
  if (!context) throw new Error('The browser gives no canvas to draw on.');
  return context;
}
