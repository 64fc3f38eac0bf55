import fs from 'node:fs';
import path from 'node:path';
import { gunzipSync } from 'node:zlib';
import fc from 'fast-check';
import { Frame } from '../../../src/common/frame.ts';
import { buildLayout, type InstanceCounts } from '../../../src/common/layout.ts';
import { formatHeader, formatRow } from '../../../src/log/row.ts';
import { closedRanges, type PlanOptions } from '../../../src/sync/segments/closed-ranges.ts';
import type { Cursor, RowRange } from '../../../src/sync/segments/segment.ts';

export const HARDWARE_ID = '476aa2f138590064966c48cda3e6a773';
/** A moment at the border of two quarters of an hour. */
export const NOON = Date.UTC(2026, 1, 27, 12);
/** A log file that tests write. */
export const FILE = 'metrics_476aa2f1_2026-02-27.csv';

/** A row: when, the class, and a number for each column, `undefined` for none. */
export interface GeneratedRow {
  readonly utcMs: number;
  readonly category: string;
  readonly values: readonly (number | undefined)[];
}

/** A log file as the writer writes it: the header line, and a line a row. */
export interface GeneratedLog {
  readonly header: string;
  readonly lines: readonly string[];
}

/** The lines that the log writer writes for these rows. */
export function logOf(counts: InstanceCounts, rows: readonly GeneratedRow[]): GeneratedLog {
  const frame = new Frame(buildLayout(counts));
  const lines = rows.map(({ utcMs, category, values }) => {
    frame.clear();
    frame.utcMs = utcMs;
    frame.category = category;
    frame.layout.columns.forEach((_, slot) => {
      const value = values[slot % values.length];
      if (value === undefined) frame.absent(slot, 'unsupported');
      else frame.set(slot, value);
    });
    return formatRow(frame, HARDWARE_ID);
  });
  return { header: formatHeader(frame.layout), lines };
}

/** Lines of one machine, one a moment. */
export function plainLog(times: readonly number[]): GeneratedLog {
  return logOf(
    { core: 2, gpu: 1, disk: 1 },
    times.map((utcMs, at) => ({ utcMs, category: 'idle', values: [at % 100, 12.345 + at, undefined] })),
  );
}

const number = fc.oneof(
  fc.constantFrom(
    0,
    0.05,
    0.1,
    0.3,
    99.9,
    100,
    2 ** 31 - 1,
    2 ** 31,
    999_999_999.5,
    2 ** 53 - 1,
    2 ** 53 + 2,
    1e21,
  ),
  fc.double({ min: 0, max: 200, noNaN: true }),
  fc.nat(),
  fc.maxSafeNat(),
);

/** Logs of any machine, with a clock that may be set either way. */
export const anyLog: fc.Arbitrary<GeneratedLog> = fc
  .record({
    counts: fc.record({ core: fc.nat(3), gpu: fc.nat(2), disk: fc.nat(2) }),
    start: fc.integer({ min: NOON - 86_400_000, max: NOON + 86_400_000 }),
    rows: fc.array(
      fc.record({
        step: fc.oneof(fc.nat(2000), fc.integer({ min: -4_000_000, max: 4_000_000 })),
        category: fc.constantFrom('', 'idle', 'gaming', 'my_own_class'),
        values: fc.array(fc.option(number, { nil: undefined }), { minLength: 1, maxLength: 30 }),
      }),
      { maxLength: 60 },
    ),
  })
  .map(({ counts, start, rows }) => {
    let utcMs = start;
    return logOf(
      counts,
      rows.map(({ step, category, values }) => ({ utcMs: (utcMs += step), category, values })),
    );
  });

/** Recorded logs and traces: a name, and the text of the file. */
export function recordings(): { readonly name: string; readonly text: string }[] {
  const fixtures = path.resolve(import.meta.dirname, '..', '..', 'fixtures');
  return ['logs', 'traces'].flatMap(folder =>
    fs
      .readdirSync(path.join(fixtures, folder), { recursive: true, encoding: 'utf8' })
      .filter(name => name.endsWith('.csv.gz'))
      .map(name => ({
        name,
        text: gunzipSync(fs.readFileSync(path.join(fixtures, folder, name))).toString('latin1'),
      })),
  );
}

export function write(directory: string, { header, lines }: GeneratedLog, file = FILE): void {
  fs.writeFileSync(path.join(directory, file), header + lines.join(''));
}

/** The ranges of a folder. */
export async function rangesOf(directory: string, options: Partial<PlanOptions> = {}): Promise<RowRange[]> {
  const ranges: RowRange[] = [];
  const plan = { cursorOf: () => undefined, nowMs: NOON, includesOpen: true, ...options };
  for await (const range of closedRanges(directory, plan)) ranges.push(range);
  return ranges;
}

/** Cursors behind ranges that are in segments. */
export function cursorsOf(ranges: readonly RowRange[]): (file: string) => Cursor | undefined {
  const cursors = new Map(ranges.map(({ file, birth, to }) => [file, { birth, to }]));
  return file => cursors.get(file);
}
