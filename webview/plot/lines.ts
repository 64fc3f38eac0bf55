import type { Point } from './trace.ts';

/** Where on a canvas lines go, in CSS pixels, and what its edges stand for. */
export interface PlotArea {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
  /** Times at the left and the right edge, milliseconds since 1970 UTC. */
  readonly from: number;
  readonly to: number;
  /** Value at the upper edge; the lower one is 0. */
  readonly greatest: number;
}

/** How a line is drawn. */
export interface LineLook {
  readonly color: string;
  readonly width: number;
  /** Lengths of dashes and spaces; empty for a solid line. */
  readonly dash: readonly number[];
}

/** From this many points on corners are cut and not rounded: they are a pixel or two apart, and each round one is an arc. */
const MANY_POINTS = 100;

/** Strokes a line that breaks where a point has no value. */
export function strokeLine(
  context: CanvasRenderingContext2D,
  area: PlotArea,
  points: readonly Point[],
  { color, width, dash }: LineLook,
): void {
  if (points.length === 0) return;
  const { left, from, bottom } = area;
  const { perMs, perUnit } = scaleOf(area);
  context.beginPath();
  let isOpen = false;
  for (const { x, y } of points) {
    if (Number.isNaN(y)) {
      isOpen = false;
      continue;
    }
    if (isOpen) context.lineTo(left + (x - from) * perMs, bottom - y * perUnit);
    else context.moveTo(left + (x - from) * perMs, bottom - y * perUnit);
    isOpen = true;
  }
  context.strokeStyle = color;
  context.lineWidth = width;
  context.lineCap = 'round';
  context.lineJoin = points.length < MANY_POINTS ? 'round' : 'bevel';
  context.setLineDash([...dash]);
  context.stroke();
}

/** Fills what lies between a line and another one, or the lower edge where there is none; not where the line breaks. */
export function fillUnder(
  context: CanvasRenderingContext2D,
  area: PlotArea,
  points: readonly Point[],
  other: readonly Point[] | undefined,
  color: string,
): void {
  if (points.length === 0) return;
  const { left, from, bottom } = area;
  const { perMs, perUnit } = scaleOf(area);
  const goTo = ({ x, y }: Point): void => {
    context.lineTo(left + (x - from) * perMs, bottom - y * perUnit);
  };
  context.beginPath();
  for (const [start, end] of runsOf(points)) {
    const first = points[start];
    const last = points[end - 1];
    if (!first || !last) continue;
    context.moveTo(left + (first.x - from) * perMs, bottom - (other ? first.y : 0) * perUnit);
    for (let at = start; at < end; at++) goTo(points[at] ?? last);
    if (other) for (const point of between(other, first.x, last.x).reverse()) goTo(point);
    else goTo({ x: last.x, y: 0 });
    context.closePath();
  }
  context.fillStyle = color;
  context.fill();
}

/** Places of the first point of each stretch without a break, and of the one after its last. */
export function runsOf(points: readonly Point[]): [start: number, end: number][] {
  const runs: [number, number][] = [];
  let start = -1;
  points.forEach(({ y }, at) => {
    if (Number.isNaN(y)) start = -1;
    else if (start < 0) {
      start = at;
      runs.push([at, at + 1]);
    } else (runs.at(-1) ?? [0, 0])[1] = at + 1;
  });
  return runs;
}

/** The points of a line from one time to another that have a value. */
function between(points: readonly Point[], from: number, to: number): Point[] {
  return points.filter(({ x, y }) => x >= from && x <= to && !Number.isNaN(y));
}

function scaleOf({ left, right, top, bottom, from, to, greatest }: PlotArea): {
  readonly perMs: number;
  readonly perUnit: number;
} {
  return { perMs: (right - left) / (to - from), perUnit: (bottom - top) / greatest };
}
