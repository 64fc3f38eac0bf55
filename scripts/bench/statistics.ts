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

/** NaN for no values. */
export function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
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

/** A straight line through points. */
export interface Line {
  readonly slope: number;
  readonly intercept: number;
  /** Share of the variance of y that the line explains: 1 when all points lie on it. NaN when y does not vary. */
  readonly rSquared: number;
}

/** The line with the least squares of the distances in y; NaN for fewer than two different x. */
export function fitLine(points: readonly (readonly [x: number, y: number])[]): Line {
  const mean = (of: (point: readonly [number, number]) => number): number =>
    points.reduce((sum, point) => sum + of(point), 0) / points.length;
  const meanX = mean(([x]) => x);
  const meanY = mean(([, y]) => y);
  const varianceX = mean(([x]) => (x - meanX) ** 2);
  const varianceY = mean(([, y]) => (y - meanY) ** 2);
  const covariance = mean(([x, y]) => (x - meanX) * (y - meanY));
  const slope = covariance / varianceX;
  return {
    slope,
    intercept: meanY - slope * meanX,
    rSquared: covariance ** 2 / (varianceX * varianceY),
  };
}
