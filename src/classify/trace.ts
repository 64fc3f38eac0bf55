import { Frame } from '../common/frame.ts';
import { layoutFromNames, type Layout } from '../common/layout.ts';

/** A recording: rows of a CSV file with a `timestamp` and any columns of the metric table. */
export interface Trace {
  readonly layout: Layout;
  /** Milliseconds since 1970 UTC, ascending. */
  readonly times: Float64Array;
  /** A row of the layout's columns each; NaN where there is no value. */
  readonly rows: readonly Float64Array[];
}

/** A file that is not a trace. The message names the line. */
export class TraceError extends Error {
  override readonly name = 'TraceError';
}

/** Longest time in milliseconds for which the log leaves out rows that hardly differ, and a second more. */
const LONGEST_HOLD_MS = 61_000;
/** Sampling intervals in milliseconds up to which a longer gap is taken for rows left out. */
const LONGEST_HELD_INTERVAL_MS = 10_000;
/** Shortest sampling interval in milliseconds that there is. */
const SHORTEST_INTERVAL_MS = 100;

/**
 * Reads a CSV file: a line of column names with `timestamp`, then a row a sample. Columns that the metric table does not
 * know are passed over, and so are rows that are not later than the one before. Times without a zone are UTC.
 *
 * @throws TraceError for a file without `timestamp`, a row with too few or too many cells or a time or a number that is
 * none. A last line without an end may be cut off anywhere, as after a crash, and is then left out.
 */
export function readTrace(text: string): Trace {
  const lines = text.split('\n');
  const isCut = lines.at(-1) !== '';
  const header = cells((lines[0] ?? '').replace(/^\uFEFF/, '')).map(name => name.trim());
  const timeAt = header.indexOf('timestamp');
  if (timeAt < 0) throw new TraceError('line 1: there is no column “timestamp”');
  const known = header
    .map((name, at) => ({ at, parsed: layoutFromNames([name]) }))
    .filter(({ parsed }) => parsed.slots.length > 0 && parsed.layout.columns[0]?.metric.kind !== 'text');
  const { layout } = layoutFromNames(known.map(({ at }) => header[at] ?? ''));
  const times: number[] = [];
  const rows: Float64Array[] = [];
  for (let number = 1; number < lines.length; number++) {
    const line = lines[number]?.trimEnd() ?? '';
    if (line === '') continue;
    const isLast = isCut && number === lines.length - 1;
    try {
      const row = cells(line);
      if (row.length !== header.length)
        throw new TraceError(`${String(row.length)} cells under ${String(header.length)} columns`);
      const time = parseTime(row[timeAt] ?? '');
      const values = Float64Array.from(known, ({ at }) => parseNumber(row[at] ?? '', header[at] ?? ''));
      if (time <= (times.at(-1) ?? Number.NEGATIVE_INFINITY)) continue;
      times.push(time);
      rows.push(values);
    } catch (error) {
      if (isLast) break;
      throw new TraceError(`line ${String(number + 1)}: ${(error as Error).message}`, { cause: error });
    }
  }
  if (rows.length === 0) throw new TraceError('line 2: there are no rows');
  return { layout, times: Float64Array.from(times), rows };
}

/**
 * Plays a trace as frames. Where rows were left out because they hardly differed, the last one is held; its counters are
 * not, since they went on.
 */
export function playTrace(trace: Trace, take: (frame: Frame) => void): void {
  const { layout, times, rows } = trace;
  const frame = new Frame(layout);
  const counters = layout.columns.flatMap(({ metric }, slot) => (metric.kind === 'counter' ? [slot] : []));
  const interval = usualInterval(times);
  const show = (time: number, row: Float64Array, isHeld: boolean) => {
    frame.clear();
    row.forEach((value, slot) => {
      if (!Number.isNaN(value)) frame.set(slot, value);
    });
    if (isHeld) for (const slot of counters) frame.absent(slot, 'unsupported');
    frame.utcMs = time;
    frame.monotonicMs = time;
    frame.seq++;
    take(frame);
  };
  rows.forEach((row, at) => {
    const time = times[at] ?? 0;
    show(time, row, false);
    const next = times[at + 1] ?? time;
    const gap = next - time;
    if (interval > LONGEST_HELD_INTERVAL_MS || gap < 1.75 * interval || gap > LONGEST_HOLD_MS) return;
    for (let held = time + interval; held < next - interval / 2; held += interval) show(held, row, true);
  });
}

/**
 * Time between samples in milliseconds: the shortest between two rows, but for one row in fifty. Of a log that leaves out
 * most of its rows there is no other sign of it.
 */
function usualInterval(times: Float64Array): number {
  const gaps = times.subarray(1).map((time, at) => time - (times[at] ?? 0));
  return Math.max(SHORTEST_INTERVAL_MS, gaps.sort()[Math.floor(gaps.length / 50)] ?? 1000);
}

function cells(line: string): string[] {
  const text = line.endsWith('\r') ? line.slice(0, -1) : line;
  if (!text.includes('"')) return text.split(',');
  return [...text.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^,"]*))/g)].map(
    ([, quoted, plain]) => quoted?.replaceAll('""', '"') ?? plain ?? '',
  );
}

const TIME = /^\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d(?:[.,]\d+)?)?(Z|[+-]\d\d:?\d\d)?$/;

function parseTime(text: string): number {
  const trimmed = text.trim();
  const match = TIME.exec(trimmed);
  const time =
    match === null
      ? Number.NaN
      : Date.parse(trimmed.replace(' ', 'T').replace(',', '.') + (match[1] === undefined ? 'Z' : ''));
  if (Number.isNaN(time)) throw new TraceError('the timestamp is not a time like 2026-01-31T12:00:00.000Z');
  return time;
}

function parseNumber(text: string, column: string): number {
  const trimmed = text.trim();
  if (trimmed === '' || /^nan$/i.test(trimmed)) return Number.NaN;
  const value = Number(trimmed);
  if (!Number.isFinite(value)) throw new TraceError(`${column} is not a number`);
  return value;
}
