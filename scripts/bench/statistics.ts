/** What is told of a series of measurements. */
export interface Summary {
  /** Number of measurements. */
  readonly count: number;
  readonly median: number;
  readonly p99: number;
  readonly least: number;
  readonly most: number;
}

/**
 * The value below which the share `q` of the values lies, interpolated between neighbours (type 7 of Hyndman and Fan,
 * the default of R and NumPy). NaN for no values.
 *
 * @param ascending sorted
 * @param q 0 to 1
 */
export function quantile(ascending: ArrayLike<number>, q: number): number {
  const position = (ascending.length - 1) * q;
  const below = Math.floor(position);
  const low = ascending[below] ?? Number.NaN;
  const high = ascending[Math.ceil(position)] ?? Number.NaN;
  return low + (high - low) * (position - below);
}

/** The middle value; NaN for no values. */
export function median(values: readonly number[]): number {
  return quantile(Float64Array.from(values).sort(), 0.5);
}

/** @param values in any order; all NaN for none */
export function summarize(values: readonly number[]): Summary {
  const ascending = Float64Array.from(values).sort();
  return {
    count: ascending.length,
    median: quantile(ascending, 0.5),
    p99: quantile(ascending, 0.99),
    least: quantile(ascending, 0),
    most: quantile(ascending, 1),
  };
}
