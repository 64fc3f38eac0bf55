import path from 'node:path';
import { parseColumnName } from '../../common/layout.ts';
import { DamageReport, formatDamage } from '../../log/reader/damage.ts';
import { readRows } from '../../log/reader/read-rows.ts';
import { TEXT_COLUMNS } from '../../log/reader/row-parser.ts';
import { UsageError } from '../usage.ts';
import { filesOf, numericColumns, readFault } from './files.ts';
import { type PrintedRow, SecondFiller } from './second-filler.ts';

/** Damaged lines that are told on standard error. */
const MOST_LINES = 10;

export interface CatOptions {
  /** Milliseconds since 1970 UTC, the end not included. */
  readonly from: number;
  readonly to: number;
  /** All when left out. */
  readonly columns: readonly string[] | undefined;
  readonly fill: boolean;
  readonly format: 'csv' | 'jsonl';
}

/**
 * Prints rows of log files.
 *
 * @param write takes the text, piece by piece
 * @returns what was left out, a line each
 * @throws UsageError for a column that no file has
 * @throws Error in one line when a file cannot be read
 */
export async function catLogs(
  names: readonly string[],
  options: CatOptions,
  write: (text: string) => Promise<void>,
): Promise<string[]> {
  const files = filesOf(names);
  const known = await numericColumns(files);
  const columns = options.columns ?? [...TEXT_COLUMNS, ...known];
  const unknown = columns.find(name => !known.includes(name) && !TEXT_COLUMNS.includes(name));
  if (unknown !== undefined)
    throw new UsageError(
      `--columns: no file has a column “${unknown}”; the first line of a log file names them`,
    );
  const numbers = columns.filter(name => !TEXT_COLUMNS.includes(name));
  const format = options.format === 'csv' ? csvLine : jsonLine;
  if (options.format === 'csv') await write(`${columns.join(',')}\n`);
  const print = async (row: PrintedRow): Promise<void> => {
    if (row.time >= options.from && row.time < options.to) await write(format(columns, row));
  };
  const filler = options.fill
    ? new SecondFiller(numbers.map(name => parseColumnName(name)?.metric.kind === 'counter'))
    : undefined;
  const damage = new DamageReport(MOST_LINES);
  for (const file of files) {
    try {
      for await (const batch of readRows(file, { columns: numbers, damage })) {
        for (let at = 0; at < batch.length; at++) {
          const row = {
            time: batch.times[at] ?? 0,
            hardwareId: batch.hardwareIds[at] ?? '',
            category: batch.categories[at] ?? '',
            values: batch.values.slice(at * batch.width, (at + 1) * batch.width),
          };
          if (!filler) await print(row);
          else for (const one of filler.add(row)) await print(one);
        }
      }
    } catch (error) {
      throw readFault(path.basename(file), error);
    }
  }
  const lines = damage.list.map(one => `left out: ${formatDamage(one)}`);
  if (damage.count > lines.length) lines.push(`left out: ${String(damage.count - lines.length)} more lines`);
  return lines;
}

function csvLine(columns: readonly string[], row: PrintedRow): string {
  let slot = 0;
  const fields = columns.map(name => {
    const text = textOf(name, row);
    if (text !== undefined) return text;
    const value = row.values[slot++] ?? Number.NaN;
    return Number.isNaN(value) ? '' : String(value);
  });
  return `${fields.join(',')}\n`;
}

/** An object without what has no value. */
function jsonLine(columns: readonly string[], row: PrintedRow): string {
  let slot = 0;
  const fields = columns.flatMap((name): [string, string | number][] => {
    const text = textOf(name, row);
    if (text !== undefined) return text === '' ? [] : [[name, text]];
    const value = row.values[slot++] ?? Number.NaN;
    return Number.isNaN(value) ? [] : [[name, value]];
  });
  return `${JSON.stringify(Object.fromEntries(fields))}\n`;
}

function textOf(column: string, { time, hardwareId, category }: PrintedRow): string | undefined {
  switch (column) {
    case 'timestamp':
      return new Date(time).toISOString();
    case 'hardware_id':
      return hardwareId;
    case 'session_category':
      return category;
    default:
      return undefined;
  }
}
