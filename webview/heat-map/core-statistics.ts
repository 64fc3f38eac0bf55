import type { CoreSource } from './core-source.ts';

/** What a core did in a span; NaN where it gave no reading. */
export interface CoreStatistics {
  readonly core: number;
  /** Percent at the newest moment; `OFFLINE` where others had a reading then. */
  readonly now: number;
  readonly mean: number;
  readonly greatest: number;
}

/** By what the cores are ordered: their number, or what they did, the busiest first. */
export type CoreOrder = 'core' | 'now' | 'mean' | 'greatest';

/** Statistics of every core over the moments from `from` to `to`. */
export function coreStatistics(source: CoreSource, from: number, to: number): CoreStatistics[] {
  return Array.from({ length: source.cores }, (_, core) => {
    let now = Number.NaN;
    let sum = 0;
    let count = 0;
    let greatest = Number.NaN;
    for (let at = 0; at < source.size; at++) {
      const time = source.time(at);
      if (time < from || time > to) continue;
      const value = source.value(at, core);
      now = value;
      if (!(value >= 0)) continue;
      sum += value;
      count++;
      if (!(greatest >= value)) greatest = value;
    }
    return { core, now, mean: sum / count, greatest };
  });
}

/** The cores in an order; those without a reading come last, and of equals the lower number first. */
export function sortCores(cores: readonly CoreStatistics[], by: CoreOrder): CoreStatistics[] {
  const value = (one: CoreStatistics): number => (one[by] >= 0 ? one[by] : Number.NEGATIVE_INFINITY);
  return [...cores].sort((a, b) => {
    if (by === 'core' || value(a) === value(b)) return a.core - b.core;
    return value(b) - value(a);
  });
}
