import { type Comparison, isWithin } from './compare.ts';

/** Comparisons as a Markdown table. */
export function comparisonTable(comparisons: readonly Comparison[]): string {
  const rows = comparisons.map(comparison => {
    const { what, unit, tool, ours, theirs, tolerance } = comparison;
    const verdict = tolerance === undefined ? 'not the same' : isWithin(comparison) ? 'yes' : '**no**';
    const cells = [
      what,
      unit,
      tool,
      ...[ours, theirs, ours - theirs].map(number),
      tolerance === undefined ? '' : `± ${number(tolerance)}`,
      verdict,
    ];
    return `| ${cells.join(' | ')} |`;
  });
  return [
    '| what | unit | tool | ours | theirs | difference | tolerance | within |',
    '|---|---|---|--:|--:|--:|--:|---|',
    ...rows,
  ].join('\n');
}

/** Whole numbers in full; of others as many decimals as tell something. */
function number(value: number): string {
  if (Number.isInteger(value)) return String(value);
  const size = Math.abs(value);
  return value.toFixed(size < 1 ? 3 : size < 100 ? 2 : size < 10_000 ? 1 : 0);
}
