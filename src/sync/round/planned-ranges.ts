import type { Ledger } from '../journal/ledger.ts';
import { closedRanges } from '../segments/closed-ranges.ts';
import type { RowRange } from '../segments/segment.ts';

/** A range that is in no segment yet, and where in its file the looking for it began. */
export interface PlannedRange {
  readonly range: RowRange;
  readonly after: number;
}

export interface PlanningOptions {
  readonly nowMs: number;
  readonly includesOpen: boolean;
  readonly onDamage: (what: string) => void;
}

/** What of a log is to become segments next, oldest first. Rejects as {@link closedRanges} does. */
export async function* plannedRanges(
  logDirectory: string,
  ledger: Ledger,
  { nowMs, includesOpen, onDamage }: PlanningOptions,
): AsyncGenerator<PlannedRange> {
  // Where each file was begun: what is sealed meanwhile moves its cursor.
  const begun = new Map<string, { readonly birth: string; readonly to: number } | undefined>();
  const ranges = closedRanges(logDirectory, {
    cursorOf: file => {
      const cursor = ledger.cursorOf(file);
      begun.set(file, cursor);
      return cursor;
    },
    nowMs,
    includesOpen,
    onDamage: lines => {
      onDamage(
        `${lines} ${lines === 1 ? 'line of the log is no row' : 'lines of the log are no rows'} and cannot be uploaded`,
      );
    },
  });
  for await (const range of ranges) {
    const before = begun.get(range.file);
    const after = before?.birth === range.birth ? before.to : 0;
    begun.set(range.file, { birth: range.birth, to: range.to });
    // Behind the gap that a damaged line of the journal leaves stands what is in segments already.
    if (!ledger.covers(range)) yield { range, after };
  }
}
