import { firstRow } from '../plot/trace.ts';

/** How far back a sparkline goes. */
export const SPARK_MS = 5 * 60_000;

/** A line through the last minutes of a value, without axes: on a canvas of its own, which it draws itself. */
export class Sparkline {
  readonly element: HTMLCanvasElement;
  #color = '';

  constructor(element: HTMLCanvasElement) {
    this.element = element;
  }

  set color(color: string) {
    this.#color = color;
  }

  /**
   * Draws the values that end at `now`.
   *
   * @param top value at the upper edge; the greatest of those that are drawn where it is `undefined`
   */
  draw(times: Float64Array, values: Float64Array, now: number, top: number | undefined): void {
    const { element } = this;
    const ratio = window.devicePixelRatio;
    const width = Math.round(element.clientWidth * ratio);
    const height = Math.round(element.clientHeight * ratio);
    if (element.width !== width || element.height !== height) {
      element.width = width;
      element.height = height;
    }
    const context = element.getContext('2d');
    if (!context || width === 0) return;
    context.clearRect(0, 0, width, height);
    const points = sparkPoints(times, values, now, Math.max(1, Math.floor(width / 2)));
    const highest = top ?? Math.max(1, ...points.map(({ y }) => (Number.isNaN(y) ? 0 : y)));
    context.strokeStyle = this.#color;
    context.lineWidth = Math.max(1, ratio);
    context.lineJoin = 'round';
    context.beginPath();
    let isOpen = false;
    for (const { x, y } of points) {
      if (Number.isNaN(y)) {
        isOpen = false;
        continue;
      }
      const at = [x * width, (1 - Math.min(1, y / highest)) * (height - 2 * ratio) + ratio] as const;
      if (isOpen) context.lineTo(...at);
      else context.moveTo(...at);
      isOpen = true;
    }
    context.stroke();
  }
}

/** A place of a sparkline: `x` from 0 to 1; `y` is NaN where the line breaks. */
export interface SparkPoint {
  readonly x: number;
  readonly y: number;
}

/** The greatest value of each of `cells` stretches of the last {@link SPARK_MS}; stretches without any break the line. */
export function sparkPoints(
  times: Float64Array,
  values: Float64Array,
  now: number,
  cells: number,
): SparkPoint[] {
  const from = now - SPARK_MS;
  const most = new Float64Array(cells + 1).fill(Number.NaN);
  let samples = 0;
  for (let row = firstRow(times, from); row < times.length; row++) {
    const value = values[row] ?? Number.NaN;
    const cell = Math.floor((((times[row] ?? 0) - from) / SPARK_MS) * cells);
    if (Number.isNaN(value) || cell < 0 || cell > cells) continue;
    samples++;
    if (!((most[cell] ?? 0) >= value)) most[cell] = value;
  }
  // Samples may come less often than there are stretches: what is usual between them is no gap.
  const usual = samples < 2 ? 1 : Math.max(1, medianStep(most));
  const points: SparkPoint[] = [];
  let before = Number.NaN;
  for (let cell = 0; cell <= cells; cell++) {
    const y = most[cell] ?? Number.NaN;
    if (Number.isNaN(y)) continue;
    const x = Math.min(1, (cell + 0.5) / cells);
    if (cell - before > 2.5 * usual + 1) points.push({ x, y: Number.NaN });
    points.push({ x, y });
    before = cell;
  }
  return points;
}

/** The median distance between the values that are there, in places. */
function medianStep(values: Float64Array): number {
  const steps: number[] = [];
  let before = -1;
  for (let at = 0; at < values.length; at++) {
    if (Number.isNaN(values[at] ?? Number.NaN)) continue;
    if (before >= 0) steps.push(at - before);
    before = at;
  }
  steps.sort((a, b) => a - b);
  return steps[steps.length >> 1] ?? 1;
}
