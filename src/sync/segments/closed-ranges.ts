import type { FoundLogFile } from '../../log/reader/log-folder.ts';
import { listLogFolder } from '../../log/reader/log-folder.ts';
import { formatLogFileName } from '../../log/file-name.ts';
import { codeOf } from '../../common/faults.ts';
import { openLogFile } from './log-file-rows.ts';
import { type Cursor, type RowRange, SEGMENT_MS } from './segment.ts';

/** What is left of a window's time before it counts as over: a row is written at the latest this long after its sample. */
const GRACE_MS = 60_000;
/** Most bytes of the log in a range: what becomes of it is made in memory. 900 rows of 512 cores have 5 MB. */
const MOST_BYTES = 8 * 2 ** 20;

export interface PlanOptions {
  /** How much of a file, called by its name without `.gz`, is in segments already. */
  readonly cursorOf: (file: string) => Cursor | undefined;
  /** Milliseconds since 1970 UTC. */
  readonly nowMs: number;
  /** Whether rows of a window that is not over are wanted as well. */
  readonly includesOpen: boolean;
  /** Told how many lines of a file could not be read as rows, once it has been gone through. */
  readonly onDamage?: (lines: number) => void;
}

/**
 * What of a log folder is to become segments, the oldest files first: each row behind the cursor of its file is in one range,
 * and all rows of a range are of one file and of the same {@link SEGMENT_MS}, by their own time. Rows are taken by where they
 * stand, so that a clock that is set back loses and repeats none: a step into another window, either way, ends a range.
 *
 * A range is closed when a row of another window or a newer file of the same machine follows, or when its window has been over
 * for a minute. Lines that are no rows are left out; a last line without its end is not one yet.
 *
 * A file that goes away meanwhile is left out. Rejects with the system's error when the folder or a file cannot be read.
 */
export async function* closedRanges(directory: string, options: PlanOptions): AsyncGenerator<RowRange> {
  const { files } = listLogFolder(directory);
  for (const [at, file] of files.entries()) {
    const isFollowed = files.slice(at + 1).some(({ id8 }) => id8 === file.id8);
    try {
      yield* rangesOf(file, isFollowed, options);
    } catch (error) {
      if (codeOf(error) !== 'ENOENT') throw error;
    }
  }
}

async function* rangesOf(
  found: FoundLogFile,
  isFollowed: boolean,
  { cursorOf, nowMs, includesOpen, onDamage }: PlanOptions,
): AsyncGenerator<RowRange> {
  const file = formatLogFileName({ ...found, isCompressed: false });
  const log = await openLogFile(found.path);
  if (log === undefined) return;
  const cursor = cursorOf(file);
  const from = cursor?.birth === log.birth ? cursor.to : 0;
  let damaged = 0;
  let range: RowRange | undefined;
  if (!log.endsAt(from)) {
    for await (const batch of log.rows({ columns: [], from, onDamage: lines => (damaged += lines) })) {
      for (let row = 0; row < batch.length; row++) {
        const utcMs = batch.times[row] ?? 0;
        const begin = batch.offsets[row] ?? 0;
        const end = batch.ends[row] ?? 0;
        if (range && windowOf(range.lastMs) === windowOf(utcMs) && end - range.from <= MOST_BYTES) {
          range = { ...range, to: end, rows: range.rows + 1, lastMs: utcMs };
          continue;
        }
        if (range) yield range;
        range = { file, birth: log.birth, from: begin, to: end, rows: 1, firstMs: utcMs, lastMs: utcMs };
      }
    }
  }
  if (damaged > 0) onDamage?.(damaged);
  if (range && (includesOpen || isFollowed || nowMs > endOf(range.lastMs) + GRACE_MS)) yield range;
}

function windowOf(utcMs: number): number {
  return Math.floor(utcMs / SEGMENT_MS);
}

function endOf(utcMs: number): number {
  return (windowOf(utcMs) + 1) * SEGMENT_MS;
}
