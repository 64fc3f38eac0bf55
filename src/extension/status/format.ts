/** As wide as a digit, so that numbers keep their width in a proportional font. */
const FIGURE_SPACE = '\u2007';

/** A whole percentage, three digits wide. */
export function percent(value: number): string {
  return `${String(Math.round(value)).padStart(3, FIGURE_SPACE)}%`;
}

/** What stands for a value that there is none of, as wide as a percentage. */
export const NO_PERCENT = `${FIGURE_SPACE}${FIGURE_SPACE}–${FIGURE_SPACE}`;

/** A size given in MiB, in GiB from one GiB on: `812 MB`, `23.4 GB`. */
export function megabytes(value: number): string {
  return value < 1024 ? `${value.toFixed(0)} MB` : `${(value / 1024).toFixed(1)} GB`;
}

/** A rate with the digits that its size deserves: `0.04`, `12.3`, `980`. */
export function rate(value: number): string {
  if (value < 10) return value.toFixed(2);
  return value < 100 ? value.toFixed(1) : value.toFixed(0);
}
