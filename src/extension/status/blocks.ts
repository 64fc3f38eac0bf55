/** Eighths of a cell, from the bottom: the lowest stands for 0, so that a value is never taken for a gap. */
const BLOCKS = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'] as const;

/** Where nothing was sampled: as wide as a block, as it comes from the same font. */
const GAP = '┈';

/**
 * A level as one Unicode block.
 *
 * @param value NaN where there is none
 * @param most the value of a full block; above 0
 */
export function block(value: number, most: number): string {
  if (Number.isNaN(value)) return GAP;
  const level = Math.round((Math.min(Math.max(value, 0), most) / most) * (BLOCKS.length - 1));
  return BLOCKS[level] ?? GAP;
}

/**
 * Levels as Unicode blocks, the oldest first.
 *
 * @param values NaN where there is none
 * @param most the value of a full block; where it is left out, the highest of the values, but at least `least`
 */
export function sparkline(
  values: readonly number[],
  { most, least = 1 }: { most?: number | undefined; least?: number } = {},
): string {
  const top = most ?? Math.max(least, ...values.filter(value => !Number.isNaN(value)));
  return values.map(value => block(value, top)).join('');
}
