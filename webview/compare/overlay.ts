import type { ShownData } from '../data/shown-data.ts';

/** A stretch of time, and what is known of it. */
export interface Layer {
  /** Moment that is laid on the beginning of the others, milliseconds since 1970 UTC. */
  readonly from: number;
  readonly to: number;
  readonly data: Pick<ShownData, 'times' | 'stepMs' | 'mean'>;
}

/** Points of a picture of several layers. */
const POINTS = 600;

/** Name of a column of layer `layer` in what {@link overlay} makes. */
export function layerColumn(layer: number, column: string): string {
  return `${String(layer)}:${column}`;
}

/**
 * Lays stretches of time over each other, each from its beginning on: the time is what has passed since then, and of each
 * there is a line a column. A point is the mean of what it covers.
 */
export function overlay(layers: readonly Layer[], columns: readonly string[]): ShownData {
  const length = Math.max(1, ...layers.map(({ from, to }) => to - from));
  const coarsest = Math.max(1_000, ...layers.map(({ data }) => data.stepMs));
  const stepMs = Math.max(coarsest, Math.ceil(length / POINTS / 1_000) * 1_000);
  const count = Math.ceil(length / stepMs);
  const series = new Map<string, Float64Array>();
  layers.forEach(({ from, to, data }, layer) => {
    for (const column of columns) {
      const sums = new Float64Array(count);
      const weights = new Float64Array(count);
      const values = data.mean(column);
      for (let row = 0; row < values.length; row++) {
        const value = values[row] ?? Number.NaN;
        const time = data.times[row] ?? Number.NaN;
        if (Number.isNaN(value) || time + data.stepMs < from || time >= to) continue;
        const cell = Math.max(0, Math.floor((time + data.stepMs / 2 - from) / stepMs));
        if (cell >= count) continue;
        sums[cell] = (sums[cell] ?? 0) + value;
        weights[cell] = (weights[cell] ?? 0) + 1;
      }
      series.set(
        layerColumn(layer, column),
        sums.map((sum, cell) => sum / (weights[cell] ?? 0)),
      );
    }
  });
  const nothing = new Float64Array(0);
  return {
    from: 0,
    to: length,
    stepMs,
    times: Float64Array.from({ length: count }, (_, cell) => cell * stepMs),
    gaps: new Uint8Array(count),
    columns: new Set(series.keys()),
    workload: [],
    revision: 0,
    isComplete: true,
    mean: id => series.get(id) ?? nothing,
    min: () => undefined,
    max: () => undefined,
  };
}
