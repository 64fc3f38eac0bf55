import type { QuantileDefinition } from '../charts/definition.ts';

/**
 * Quantile of the finite values among `values`, with linear interpolation between neighbours (definition 7 of
 * Hyndman and Fan, "Sample Quantiles in Statistical Packages", 1996); NaN when there are none.
 *
 * @param sorted ascending, NaN left out
 * @param share 0 for the lowest, 1 for the highest
 */
export function quantile(sorted: ArrayLike<number>, share: number): number {
  const at = (sorted.length - 1) * share;
  const low = sorted[Math.floor(at)] ?? Number.NaN;
  const high = sorted[Math.ceil(at)] ?? Number.NaN;
  return low + (high - low) * (at - Math.floor(at));
}

/**
 * Makes the series that are quantiles of others, for one moment.
 *
 * @param value of a column; NaN where there is none
 * @param take gets each series' value; NaN where no column has one
 */
export function fillQuantiles(
  quantiles: readonly QuantileDefinition[],
  value: (column: string) => number,
  take: (id: string, value: number) => void,
): void {
  let sortedFor: readonly string[] | undefined;
  let sorted = new Float64Array(0);
  for (const { id, columns, quantile: share } of quantiles) {
    // The quantiles of a chart share one list of columns: it is sorted once for all of them.
    if (columns !== sortedFor) {
      sorted = Float64Array.from(columns, value)
        .filter(one => !Number.isNaN(one))
        .sort();
      sortedFor = columns;
    }
    take(id, quantile(sorted, share));
  }
}
