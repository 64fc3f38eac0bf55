/** A stretch of time, milliseconds since 1970 UTC. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

export const SECOND_MS = 1_000;
export const MINUTE_MS = 60 * SECOND_MS;
export const HOUR_MS = 60 * MINUTE_MS;
export const DAY_MS = 24 * HOUR_MS;

/** The shortest and the longest span that can be shown. */
export const LEAST_SPAN_MS = 10 * SECOND_MS;
export const MOST_SPAN_MS = 400 * DAY_MS;

/** Length of a span in milliseconds. */
export function lengthOf({ from, to }: Span): number {
  return to - from;
}

/** Whether every moment of `inner` lies in `outer`. */
export function contains(outer: Span, inner: Span): boolean {
  return outer.from <= inner.from && outer.to >= inner.to;
}

/**
 * The nearest span that can be shown: not shorter or longer than the limits, not before 1970 and not after `latest`. What is
 * too long or too short keeps its middle, as far as the other limits allow.
 */
export function clampSpan({ from, to }: Span, latest: number): Span {
  const length = Math.min(MOST_SPAN_MS, Math.max(LEAST_SPAN_MS, to - from));
  const middle = (from + to) / 2;
  const start = Math.max(0, Math.min(middle - length / 2, latest - length));
  return { from: start, to: start + length };
}

/**
 * The span made longer or shorter around a moment, which stays where it is on the screen.
 *
 * @param factor below 1 zooms in, above 1 zooms out
 */
export function zoomSpan({ from, to }: Span, factor: number, around: number): Span {
  const length = to - from;
  const wanted = Math.min(MOST_SPAN_MS, Math.max(LEAST_SPAN_MS, length * factor));
  const share = Math.min(1, Math.max(0, (around - from) / length));
  const start = from + (length - wanted) * share;
  return { from: start, to: start + wanted };
}
