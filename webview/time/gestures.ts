import { AXIS_WIDTH, PLOT_RIGHT } from '../plot/plot.ts';
import { make, setHidden } from '../dom.ts';
import { lengthOf, type Span } from './span.ts';
import type { TimeView } from './time-view.ts';

/** A drag of fewer pixels than this is a click. */
const LEAST_DRAG = 4;
/** How much a turn of the wheel by one pixel zooms; a notch of a mouse's wheel is 100 or 120 of them. */
const WHEEL_RATE = 0.002;
/** What a key does to the span: how much + and − zoom, how far an arrow moves. */
const KEY_ZOOM = 0.5;
const KEY_PAN = 0.25;

/**
 * Lets the user move through time on a chart, by pointer and by keyboard: point at a moment, drag a span to see it, drag with
 * Shift to move, turn the wheel to zoom, and keys for each of these.
 *
 * @param frame element of the plot, whose left {@link AXIS_WIDTH} pixels are the vertical axis
 * @param canvas takes the keys
 */
export class Gestures {
  readonly #frame: HTMLElement;
  readonly #canvas: HTMLElement;
  readonly #view: TimeView;
  readonly #crosshair = make('div', { class: 'crosshair', hidden: '' });
  readonly #selection = make('div', { class: 'selection', hidden: '' });
  #drag: { readonly x: number; readonly span: Span; readonly kind: 'select' | 'pan' } | undefined;
  /** Where a selection by keys began. */
  #anchor: number | undefined;

  constructor(frame: HTMLElement, canvas: HTMLElement, view: TimeView) {
    this.#frame = frame;
    this.#canvas = canvas;
    this.#view = view;
    frame.append(this.#selection, this.#crosshair);
    frame.addEventListener('pointerdown', event => {
      this.#begin(event);
    });
    frame.addEventListener('pointermove', event => {
      this.#move(event);
    });
    frame.addEventListener('pointerup', event => {
      this.#end(event);
    });
    frame.addEventListener('pointercancel', () => {
      this.#drag = undefined;
      this.show();
    });
    frame.addEventListener('pointerleave', () => {
      if (!this.#drag) view.setCursor(undefined);
    });
    frame.addEventListener('dblclick', () => {
      view.reset();
    });
    frame.addEventListener('wheel', event => this.#wheel(event), { passive: false });
    canvas.addEventListener('keydown', event => {
      this.#key(event);
    });
    canvas.addEventListener('blur', () => {
      this.#anchor = undefined;
      view.setCursor(undefined);
    });
  }

  /** Marks the moment that is pointed at, and what is being selected. */
  show(): void {
    const { cursor } = this.#view;
    const x = cursor === undefined ? undefined : this.#pixelOf(cursor);
    setHidden(this.#crosshair, x === undefined);
    if (x !== undefined) this.#crosshair.style.transform = `translateX(${x.toFixed(1)}px)`;
    const anchor = this.#drag?.kind === 'select' ? this.#timeAt(this.#drag.x, this.#drag.span) : this.#anchor;
    const isSelecting = anchor !== undefined && cursor !== undefined;
    setHidden(this.#selection, !isSelecting);
    if (!isSelecting) return;
    const [left = 0, right = 0] = [this.#pixelOf(anchor) ?? AXIS_WIDTH, x ?? AXIS_WIDTH].sort(
      (a, b) => a - b,
    );
    this.#selection.style.transform = `translateX(${left.toFixed(1)}px)`;
    this.#selection.style.width = `${(right - left).toFixed(1)}px`;
  }

  get #plotWidth(): number {
    return Math.max(1, this.#frame.clientWidth - AXIS_WIDTH - PLOT_RIGHT);
  }

  /** Pixels from the frame's left edge; `undefined` beside the plot. */
  #pixelOf(time: number): number | undefined {
    const { span } = this.#view;
    const share = (time - span.from) / lengthOf(span);
    return share < 0 || share > 1 ? undefined : AXIS_WIDTH + share * this.#plotWidth;
  }

  #timeAt(x: number, span = this.#view.span): number {
    const share = Math.min(1, Math.max(0, (x - AXIS_WIDTH) / this.#plotWidth));
    return span.from + share * lengthOf(span);
  }

  #x(event: MouseEvent): number {
    return event.clientX - this.#frame.getBoundingClientRect().left;
  }

  #begin(event: PointerEvent): void {
    if (event.button !== 0 || this.#x(event) < AXIS_WIDTH) return;
    this.#drag = { x: this.#x(event), span: this.#view.span, kind: event.shiftKey ? 'pan' : 'select' };
    this.#frame.setPointerCapture(event.pointerId);
  }

  #move(event: PointerEvent): void {
    const x = this.#x(event);
    const drag = this.#drag;
    if (drag?.kind === 'pan') {
      this.#view.setCursor(undefined);
      this.#view.pan(((drag.x - x) * lengthOf(drag.span)) / this.#plotWidth, drag.span);
    } else {
      this.#view.setCursor(drag || x >= AXIS_WIDTH ? this.#timeAt(x) : undefined);
    }
  }

  #end(event: PointerEvent): void {
    const drag = this.#drag;
    this.#drag = undefined;
    if (drag?.kind === 'select' && Math.abs(this.#x(event) - drag.x) >= LEAST_DRAG)
      this.#select(this.#timeAt(drag.x, drag.span), this.#timeAt(this.#x(event), drag.span));
    else this.show();
  }

  #select(a: number, b: number): void {
    this.#anchor = undefined;
    this.#view.show({ from: Math.min(a, b), to: Math.max(a, b) });
  }

  /**
   * The wheel zooms in a chart that has the focus, and with Ctrl (or ⌘) in any; else it scrolls the page, as everywhere. Sideways
   * it moves. Pinching comes as a wheel with Ctrl.
   */
  #wheel(event: WheelEvent): void {
    const isMine = event.ctrlKey || event.metaKey || document.activeElement === this.#canvas;
    const isSideways = Math.abs(event.deltaX) > Math.abs(event.deltaY) || event.shiftKey;
    if (isMine && !isSideways) {
      event.preventDefault();
      const pixels = Math.max(-200, Math.min(200, event.deltaY * (event.deltaMode === 0 ? 1 : 30)));
      this.#view.zoom(Math.exp(pixels * WHEEL_RATE), this.#timeAt(this.#x(event)));
    } else if (isSideways) {
      event.preventDefault();
      const pixels = event.deltaX === 0 ? event.deltaY : event.deltaX;
      this.#view.pan((pixels * lengthOf(this.#view.span)) / this.#plotWidth);
    }
  }

  #key(event: KeyboardEvent): void {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const view = this.#view;
    const { span, cursor } = view;
    const length = lengthOf(span);
    const point = (time: number): void => {
      view.setCursor(Math.min(span.to, Math.max(span.from, time)));
    };
    const step = length / (event.shiftKey ? 1 : 100);
    const actions: Readonly<Record<string, (() => void) | undefined>> = {
      'ArrowLeft': () => (event.shiftKey ? view.pan(-length * KEY_PAN) : point((cursor ?? span.to) - step)),
      'ArrowRight': () => (event.shiftKey ? view.pan(length * KEY_PAN) : point((cursor ?? span.to) + step)),
      'PageUp': () => view.pan(-length),
      'PageDown': () => view.pan(length),
      'Home': () => point(span.from),
      'End': () => point(span.to),
      '+': () => view.zoom(KEY_ZOOM),
      '=': () => view.zoom(KEY_ZOOM),
      '-': () => view.zoom(1 / KEY_ZOOM),
      '0': () => view.reset(),
      'Backspace': () => view.back(),
      'Enter': () => {
        this.#keySelect(cursor);
      },
      'Escape': () => {
        this.#anchor = undefined;
        view.setCursor(undefined);
        this.show();
      },
    };
    const action = actions[event.key];
    if (!action) return;
    event.preventDefault();
    action();
  }

  /** The first time it begins a selection at the moment pointed at, the second time it shows what is selected. */
  #keySelect(cursor: number | undefined): void {
    if (cursor === undefined) return;
    if (this.#anchor === undefined || this.#anchor === cursor) {
      this.#anchor = this.#anchor === undefined ? cursor : undefined;
      this.show();
    } else this.#select(this.#anchor, cursor);
  }
}
