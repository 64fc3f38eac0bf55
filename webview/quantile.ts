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
