/** As wide as a digit, so that numbers keep their width in a proportional font. */
export const FIGURE_SPACE = '\u2007';

/** A whole percentage: `42 %`. */
export function percent(value: number): string {
  return `${value.toFixed(0)} %`;
}

/** A size given in MiB, in GiB from one GiB on: `812 MiB`, `23.4 GiB`. */
export function mebibytes(value: number): string {
  return value < 1023.5 ? `${value.toFixed(0)} MiB` : `${(value / 1024).toFixed(1)} GiB`;
}

/** A rate with the digits that its size deserves: `0.04`, `12.3`, `980`. */
export function rate(value: number): string {
  // What would be rounded up to the next digit is written without the decimal that it does not have then.
  if (value < 9.995) return value.toFixed(2);
  return value < 99.95 ? value.toFixed(1) : value.toFixed(0);
}

/** A text and as many figure spaces as it lacks to be `width` characters long. */
export function padded(text: string, width: number): string {
  return text.padEnd(width, FIGURE_SPACE);
}

/** What stands for a value that there is none of, as wide as one. */
export function noValue(width: number): string {
  return padded('–', width);
}
