import { lengthText } from './time-text.ts';
import { DAY_MS, HOUR_MS, lengthOf, MINUTE_MS, SECOND_MS, type Span } from './span.ts';

/** A place on the time axis and what stands there. */
export interface Tick {
  readonly value: number;
  readonly label: string;
}

/** Distances between ticks that divide a minute, an hour or a day. */
const CLOCK_STEPS = [
  ...[1, 2, 5, 10, 15, 30].map(count => count * SECOND_MS),
  ...[1, 2, 5, 10, 15, 30].map(count => count * MINUTE_MS),
  ...[1, 2, 3, 6, 12].map(count => count * HOUR_MS),
];
/** Distances in days, from midnight to midnight. */
const DAY_STEPS = [1, 2, 7, 14, 28, 56, 112, 224];

/** Room that a label takes, in pixels. */
const LABEL_WIDTH = 80;

const FORMATS = {
  second: new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit', second: '2-digit' }),
  minute: new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit' }),
  day: new Intl.DateTimeFormat(undefined, { day: 'numeric', month: 'short' }),
};

/**
 * Ticks of the time axis, at round times of the local clock: as many as there is room for. Where a day begins, or the span
 * is of days, the label is a date.
 *
 * @param width of the axis in pixels
 */
export function timeTicks(span: Span, width: number): Tick[] {
  const least = (lengthOf(span) * LABEL_WIDTH) / Math.max(1, width);
  const step = CLOCK_STEPS.find(candidate => candidate >= least);
  const ticks = step === undefined ? dayTicks(span, least) : clockTicks(span, step);
  // A label that would reach over the edge is left out; its line stays.
  const margin = (lengthOf(span) * LABEL_WIDTH * 0.42) / Math.max(1, width);
  return ticks.map(({ value, label }) => ({
    value,
    label: value < span.from + margin || value > span.to - margin ? '' : label,
  }));
}

/**
 * Ticks of an axis of time that has passed, from 0 on.
 *
 * @param width of the axis in pixels
 */
export function elapsedTicks({ from, to }: Span, width: number): Tick[] {
  const least = ((to - from) * LABEL_WIDTH) / Math.max(1, width);
  const step = CLOCK_STEPS.find(candidate => candidate >= least) ?? Math.ceil(least / DAY_MS) * DAY_MS;
  // As above: a label that would reach over the edge is left out.
  const last = to - ((to - from) * LABEL_WIDTH * 0.2) / Math.max(1, width);
  const ticks: Tick[] = [];
  for (let at = Math.ceil(from / step) * step; at <= to; at += step)
    ticks.push({ value: at, label: at === 0 ? '0' : at > last ? '' : lengthText(at) });
  return ticks;
}

function clockTicks({ from, to }: Span, step: number): Tick[] {
  const ticks: Tick[] = [];
  // Counted from the local midnight, so that a tick a quarter of a day is at 06:00 wherever one is.
  for (let day = midnight(from); day <= to; day = nextMidnight(day)) {
    const end = Math.min(to, nextMidnight(day) - 1);
    for (let at = day + Math.max(0, Math.ceil((from - day) / step)) * step; at <= end; at += step) {
      ticks.push({
        value: at,
        label: labelOf(at, at === day ? 'day' : step < MINUTE_MS ? 'second' : 'minute'),
      });
    }
  }
  return ticks;
}

function dayTicks({ from, to }: Span, least: number): Tick[] {
  const days = DAY_STEPS.find(count => count * DAY_MS >= least) ?? 224;
  const ticks: Tick[] = [];
  for (let day = midnight(from); day <= to; day = nextMidnight(day)) {
    // Local days since 1970, so that the same days have a tick however far the view is moved.
    const number = Math.round((day - new Date(day).getTimezoneOffset() * MINUTE_MS) / DAY_MS);
    if (day >= from && number % days === 0) ticks.push({ value: day, label: labelOf(day, 'day') });
  }
  return ticks;
}

/** Labels that were made: every chart has the same ones, and formatting a time takes longer than drawing it. */
const labels = new Map<string, string>();
const MOST_LABELS = 500;

function labelOf(time: number, kind: keyof typeof FORMATS): string {
  const key = `${kind} ${String(time)}`;
  let label = labels.get(key);
  if (label === undefined) {
    if (labels.size > MOST_LABELS) labels.clear();
    label = FORMATS[kind].format(time);
    labels.set(key, label);
  }
  return label;
}

/** The beginning of the local day that a moment is in. */
export function midnight(time: number): number {
  return new Date(time).setHours(0, 0, 0, 0);
}

/** The beginning of the local day after it; a day with a change of the clock has 23 or 25 hours. */
function nextMidnight(day: number): number {
  return midnight(day + 1.5 * DAY_MS);
}
