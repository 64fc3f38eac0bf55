import path from 'node:path';
import { parseColumnName } from '../../common/layout.ts';
import { codeOf } from '../../common/faults.ts';
import { parseLogFileName } from '../../log/file-name.ts';
import { TEXT_COLUMNS } from '../../log/reader/row-parser.ts';
import { type LogFileRows, openLogFile } from './log-file-rows.ts';
import type { RowRange } from './segment.ts';
import { type Table, type TableColumn, TIMESTAMP } from './table.ts';

/** The log no longer has the rows of a range: its file is gone, is another one, or is shorter. */
export class SegmentGoneError extends Error {
  override readonly name = 'SegmentGoneError';
}

/**
 * Reads the rows of a range. Rejects with a {@link SegmentGoneError}, or with the system's error when the file cannot be
 * read.
 */
export async function readRange(directory: string, range: RowRange): Promise<Table> {
  const log = await openRange(directory, range);
  if (log?.birth !== range.birth) throw gone(range);
  const { header } = log;
  const numbers = header.filter(name => !TEXT_COLUMNS.includes(name));
  const times = new Float64Array(range.rows);
  const values = numbers.map(() => new Float64Array(range.rows));
  const ids = new Array<string>(range.rows);
  const categories = new Array<string>(range.rows);
  let count = 0;
  reading: for await (const batch of log.rows({ columns: numbers, from: range.from })) {
    for (let row = 0; row < batch.length; row++) {
      if ((batch.ends[row] ?? 0) > range.to) break reading;
      if (count === range.rows) throw gone(range);
      times[count] = batch.times[row] ?? 0;
      for (const [slot, column] of values.entries())
        column[count] = batch.values[row * batch.width + slot] ?? Number.NaN;
      ids[count] = batch.hardwareIds[row] ?? '';
      categories[count] = batch.categories[row] ?? '';
      count++;
    }
  }
  if (count !== range.rows) throw gone(range);
  const columns = header
    .filter(name => name !== TIMESTAMP)
    .map((name): TableColumn => {
      if (name === 'hardware_id') return { name, type: 'word', values: ids };
      if (name === 'session_category') return { name, type: 'word', values: categories };
      const metric = parseColumnName(name)?.metric;
      return {
        name,
        type: 'number',
        decimals: metric?.decimals,
        isWide: metric?.kind === 'counter' || metric?.unit === 'bit mask',
        values: values[numbers.indexOf(name)] ?? new Float64Array(range.rows).fill(Number.NaN),
      };
    });
  return { times, columns };
}

async function openRange(directory: string, range: RowRange): Promise<LogFileRows | undefined> {
  // What a journal says is not a path that may lead anywhere.
  if (parseLogFileName(range.file)?.isCompressed !== false) throw gone(range);
  try {
    return await openLogFile(path.join(directory, range.file));
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw error;
  }
}

function gone({ file, from, to }: RowRange): SegmentGoneError {
  return new SegmentGoneError(`${file} no longer has the rows between bytes ${from} and ${to}`);
}
