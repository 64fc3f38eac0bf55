/** Seeds that have found a fault, and which: run first. They hold for this storm; another order of chances needs others. */
export const REGRESSIONS: readonly { readonly seed: number; readonly found: string }[] = [];
