import fc from 'fast-check';
import { HARDWARE_ID } from '../frames.ts';

/** A day in the past, on which all generated rows lie. */
export const DAY = Date.UTC(2026, 1, 27);
export const DATE = '2026-02-27';
export const ID8 = HARDWARE_ID.slice(0, 8);

/** A row as a test thinks of it. */
export interface TestRow {
  readonly time: number;
  readonly category: string;
  /** By column; `undefined` for an empty field. */
  readonly values: Readonly<Record<string, number | undefined>>;
}

/** The text of a log file, as the format says, from scratch. */
export function logText(columns: readonly string[], rows: readonly TestRow[]): string {
  const lines = [`timestamp,hardware_id,session_category,${columns.join(',')}`];
  for (const { time, category, values } of rows) {
    const fields = columns.map(column => (values[column] === undefined ? '' : String(values[column])));
    lines.push([new Date(time).toISOString(), HARDWARE_ID, category, ...fields].join(','));
  }
  return lines.join('\n') + '\n';
}

/** Values as the log has them: rounded to up to three decimals. */
export const logValue: fc.Arbitrary<number | undefined> = fc.oneof(
  { weight: 1, arbitrary: fc.constant(undefined) },
  { weight: 6, arbitrary: fc.integer({ min: 0, max: 100_000 }).map(value => value / 1000) },
  { weight: 2, arbitrary: fc.integer({ min: 0, max: 2 ** 52 }) },
);

/** Steps between rows: a second, what the filter leaves out, gaps, and a clock that is set back. */
const step = fc.oneof(
  { weight: 10, arbitrary: fc.constant(1_000) },
  { weight: 4, arbitrary: fc.integer({ min: 1, max: 65_000 }) },
  { weight: 1, arbitrary: fc.integer({ min: 65_000, max: 4_000_000 }) },
  { weight: 1, arbitrary: fc.integer({ min: -100_000, max: 0 }) },
);

/** Rows of one day, in the order of a log. */
export function rowsOf(columns: readonly string[], maxLength = 120): fc.Arbitrary<TestRow[]> {
  const row = fc.record({
    step,
    category: fc.constantFrom('', 'idle', 'gaming'),
    values: fc.array(logValue, { minLength: columns.length, maxLength: columns.length }),
  });
  return fc
    .tuple(fc.integer({ min: 0, max: 80_000_000 }), fc.array(row, { minLength: 1, maxLength }))
    .map(([start, list]) => {
      const rows: TestRow[] = [];
      let time = DAY + start;
      for (const { step: ms, category, values } of list) {
        time = Math.min(Math.max(time + ms, DAY), DAY + 86_399_999);
        rows.push({
          time,
          category,
          values: Object.fromEntries(columns.map((column, k) => [column, values[k]])),
        });
      }
      return rows;
    });
}
