import type { History } from './history.ts';
import { AT, type Signal } from './signals.ts';

/** Seconds that the new work must have lasted, and the least number of steps. */
const NEW_SECONDS = 6;
const NEW_STEPS = 2;
/** Seconds of the old work to compare with, and the least that must be there. */
const OLD_SECONDS = 60;
const LEAST_OLD_SECONDS = 10;
/** How many times its usual spread a signal must have moved. */
const TIMES = 3;

interface Watched {
  readonly signal: Signal;
  readonly least: number;
  readonly isRate: boolean;
}

/** The signals by which a change shows, and how far they must move at least. */
const WATCHED: readonly Watched[] = [
  { signal: 'cpu', least: 0.12, isRate: false },
  { signal: 'gpu', least: 0.15, isRate: false },
  { signal: 'vram', least: 0.1, isRate: false },
  { signal: 'encoder', least: 0.15, isRate: false },
  { signal: 'decoder', least: 0.15, isRate: false },
  { signal: 'gpuPowerShare', least: 0.2, isRate: false },
  { signal: 'diskRead', least: 1, isRate: true },
  { signal: 'diskWrite', least: 1, isRate: true },
  { signal: 'netReceive', least: 1, isRate: true },
  { signal: 'netSend', least: 1, isRate: true },
];

/**
 * Whether the last seconds are unlike the minute before them, far beyond what that minute did by itself. The windows then
 * look at the new work only, and the answer need not wait until the old work has left them.
 *
 * @returns the steps since the change; 0 where there is none
 */
export function stepsSinceChange(history: History): number {
  const fresh = Math.max(NEW_STEPS, history.stepsIn(NEW_SECONDS));
  const all = history.stepsIn(OLD_SECONDS + NEW_SECONDS);
  let oldSeconds = 0;
  for (let step = fresh; step < all; step++) oldSeconds += history.seconds(step);
  if (oldSeconds < LEAST_OLD_SECONDS) return 0;
  for (const watched of WATCHED) if (hasMoved(history, watched, fresh, all)) return fresh;
  return 0;
}

function hasMoved(history: History, { signal, least, isRate }: Watched, fresh: number, all: number): boolean {
  const series = history.series[AT[signal]];
  if (!series) return false;
  const { end } = history;
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (let at = end - fresh; at < end; at++) {
    const value = series[at] ?? Number.NaN;
    if (Number.isNaN(value)) return false;
    if (value < low) low = value;
    if (value > high) high = value;
  }
  // Nearly always the new values lie among the old ones, which the first few of those show.
  let isAbove = true;
  let isBelow = true;
  for (let at = end - fresh - 1; at >= end - all; at--) {
    const value = series[at] ?? Number.NaN;
    if (value >= low) isAbove = false;
    if (value <= high) isBelow = false;
    if (!isAbove && !isBelow) return false;
  }
  let sum = 0;
  let squares = 0;
  let count = 0;
  for (let at = end - all; at < end - fresh; at++) {
    const value = scaled(series[at] ?? Number.NaN, isRate);
    if (Number.isNaN(value)) continue;
    sum += value;
    squares += value * value;
    count++;
  }
  if (count < 3) return false;
  const mean = sum / count;
  const away = Math.max(least, TIMES * Math.sqrt(Math.max(0, squares / count - mean * mean)));
  return isAbove ? scaled(low, isRate) > mean + away : scaled(high, isRate) < mean - away;
}

/** Rates by their order of magnitude, from 0.1 up. */
function scaled(value: number, isRate: boolean): number {
  return isRate ? Math.log10(value + 0.1) : value;
}
