import type { LogRow } from '../log.ts';
import { SMI_FIELDS, type SmiField, type SmiProcesses, type SmiSample } from './nvidia-smi.ts';

/** A column of ours and nvidia-smi’s field over the same moments. */
export interface GpuComparison extends SmiField {
  readonly gpu: number;
  readonly samples: number;
  /** Means of our samples and of nvidia-smi’s nearest. NaN where neither has the value. */
  readonly ours: number;
  readonly theirs: number;
  /** Samples farther than the tolerance from all that nvidia-smi said around them. */
  readonly outside: number;
  /** The farthest. */
  readonly farthest: number;
}

/** nvidia-smi is asked some times a second; what it said within this time of our sample is what we can be compared with. */
const AROUND_MS = 450;
/** A value may change between two of nvidia-smi’s readings and change back. */
const MOST_OUTSIDE = 0.05;

/**
 * Compares our log with what nvidia-smi said.
 *
 * A load changes within milliseconds, and the two do not ask at the same moment: a sample agrees when it lies between the
 * least and the most that nvidia-smi said around it, or is nearer than the tolerance to them.
 *
 * @returns a comparison for every GPU and field; where one of the two has a value and the other none, all samples are outside
 */
export function compareGpus(ours: readonly LogRow[], theirs: readonly SmiSample[]): GpuComparison[] {
  const gpus = [...new Set(theirs.map(({ gpu }) => gpu))].sort((a, b) => a - b);
  return gpus.flatMap(gpu => {
    const said = theirs.filter(sample => sample.gpu === gpu);
    const moments = ours
      .map(row => ({ row, timeMs: Date.parse(row['timestamp'] ?? '') }))
      .map(({ row, timeMs }) => ({
        row,
        around: said
          .filter(sample => Math.abs(sample.timeMs - timeMs) <= AROUND_MS)
          .sort((a, b) => Math.abs(a.timeMs - timeMs) - Math.abs(b.timeMs - timeMs)),
      }))
      .filter(({ around }) => around.length >= 2);
    return SMI_FIELDS.map(field => compareField(gpu, field, moments));
  });
}

/** Whether the two say the same. */
export function agrees({ samples, outside }: GpuComparison): boolean {
  return samples > 0 && outside <= samples * MOST_OUTSIDE;
}

function compareField(
  gpu: number,
  field: SmiField,
  moments: readonly { readonly row: LogRow; readonly around: readonly SmiSample[] }[],
): GpuComparison {
  const pairs = moments.map(({ row, around }) => {
    const text = row[`gpu${String(gpu)}_${field.column}`] ?? '';
    const values = around.map(({ values }) => values[field.column] ?? Number.NaN);
    return { mine: text === '' ? Number.NaN : Number(text), values };
  });
  const distances = pairs.map(({ mine, values }) => distance(mine, values));
  return {
    ...field,
    gpu,
    samples: pairs.length,
    ours: mean(pairs.map(({ mine }) => mine)),
    theirs: mean(pairs.map(({ values }) => values[0] ?? Number.NaN)),
    outside: distances.filter(far => far > field.tolerance).length,
    farthest: Math.max(0, ...distances),
  };
}

/** How far a value is from the range of others; 0 where all have none, infinite where only one side has none. */
function distance(mine: number, others: readonly number[]): number {
  const known = others.filter(value => !Number.isNaN(value));
  if (Number.isNaN(mine)) return known.length === 0 ? 0 : Infinity;
  return known.length === 0 ? Infinity : Math.max(0, Math.min(...known) - mine, mine - Math.max(...known));
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** Compares the numbers of processes with one row of our log, of about the same moment. */
export function compareProcesses(row: LogRow, counted: readonly SmiProcesses[]): GpuComparison[] {
  return counted.flatMap(({ gpu, ...numbers }) =>
    (['compute', 'graphics'] as const).map(kind => {
      const column = `${kind}_processes`;
      const text = row[`gpu${String(gpu)}_${column}`] ?? '';
      const mine = text === '' ? Number.NaN : Number(text);
      const farthest = distance(mine, [numbers[kind]]);
      return {
        ...{ gpu, column, field: 'pmon', unit: 'count', tolerance: 0, samples: 1 },
        ...{ ours: mine, theirs: numbers[kind], outside: farthest > 0 ? 1 : 0, farthest },
      };
    }),
  );
}

/** Comparisons as a Markdown table. */
export function gpuTable(comparisons: readonly GpuComparison[]): string {
  const rows = comparisons.map(comparison => {
    const { gpu, column, field, unit, samples, ours, theirs, outside, farthest, tolerance } = comparison;
    const isAbsent = Number.isNaN(ours) && Number.isNaN(theirs);
    const cells = [
      `gpu${String(gpu)}_${column}`,
      field,
      unit,
      ...[ours, theirs].map(value => (isAbsent ? 'none' : number(value))),
      isAbsent ? '' : `± ${String(tolerance)}`,
      `${String(samples - outside)} of ${String(samples)}`,
      isAbsent ? '' : number(farthest),
      agrees(comparison) ? 'yes' : '**no**',
    ];
    return `| ${cells.join(' | ')} |`;
  });
  return [
    '| column | nvidia-smi | unit | ours | theirs | tolerance | samples within | farthest | same |',
    '|---|---|---|--:|--:|--:|--:|--:|---|',
    ...rows,
  ].join('\n');
}

function number(value: number): string {
  return Number.isInteger(value) || !Number.isFinite(value) ? String(value) : value.toFixed(2);
}
