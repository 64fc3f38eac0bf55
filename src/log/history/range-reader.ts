import type { RangeChunk, RangeParams, RangeResult } from '../../common/protocol.ts';
import { DamageReport } from '../reader/damage.ts';
import { readRows } from '../reader/read-rows.ts';
import { seekRow } from '../reader/seek.ts';
import { Bucketizer } from '../rollup/bucketizer.ts';
import { isHeadline } from '../rollup/headline.ts';
import { type Headers, listLogDays, type LogDay } from '../rollup/log-days.ts';
import type { RollupKeeper } from '../rollup/rollup-keeper.ts';
import type { RollupSeconds } from '../rollup/rollup-name.ts';
import { RangeGrid } from './range-grid.ts';
import { rangeStep } from './range-step.ts';

/** Rows from so long before a range are looked at: one of them may hold into it, at an interval of an hour. */
const BEFORE_MS = 2 * 3_600_000;
/** Bytes before the row that holds, for the steps between rows there. */
const MARGIN = 16_384;

/** Samples that are still in memory. */
export interface RecentSamples {
  /** The first moment from which on every sample is there, milliseconds since 1970 UTC; NaN for none. */
  readonly since: number;
  readonly columns: readonly string[];
  /** Calls back for each sample from `from` on, in order; `values` follow `columns`, and are the same array each time. */
  each(
    columns: readonly string[],
    from: number,
    to: number,
    take: (time: number, values: Float64Array, category: string) => void,
  ): void;
}

/** Where rollups come from; see {@link RollupKeeper}. */
export interface RollupSource extends Pick<RollupKeeper, 'finished' | 'update'> {
  /** These days follow, and not all of their rollups are finished. */
  prepare(days: readonly LogDay[]): Promise<void>;
}

export interface RangeSources {
  /** Folder of the log; `undefined` when there is no log. */
  readonly directory: string | undefined;
  readonly rollups: RollupSource | undefined;
  readonly recent: RecentSamples | undefined;
  readonly headers: Headers;
  /** Called between two batches of rows; throwing from it ends the reading. */
  readonly pause: () => Promise<void>;
}

/**
 * Answers a range of time from the samples in memory, the rows of the log, or its rollups, whichever gives about as many
 * points as are wanted. Gives the points in order, in pieces.
 *
 * @param send takes a piece; the next is made when its promise resolves
 * @throws the system's error when the log cannot be read, and what `pause` and `send` throw
 */
export async function readRange(
  params: RangeParams,
  sources: RangeSources,
  send: (chunk: RangeChunk) => Promise<void>,
): Promise<RangeResult> {
  const { from, to, points } = params;
  const { source, stepMs } = rangeStep(Math.max(0, to - from), points, params.columns?.length);
  const days = sources.directory === undefined ? [] : daysOf(sources.directory, from, to);
  const columns = await columnsOf(params, source, days, sources);
  const grid = new RangeGrid(columns, from, to, stepMs);
  const head: RangeResult = {
    columns,
    stepMs,
    source: source === 'rows' ? 'rows' : source === 60 ? '1m' : '10m',
  };
  let isFirst = true;
  const flush = async (before: number): Promise<void> => {
    const chunk = grid.take(before);
    if (!chunk) return;
    await send(isFirst ? { head, ...chunk } : chunk);
    isFirst = false;
  };
  if (source === 'rows') await readAllRows(grid, stepMs, days, sources, flush);
  else await readRollups(grid, source, days, sources, flush);
  await flush(grid.end);
  return head;
}

function daysOf(directory: string, from: number, to: number): LogDay[] {
  return listLogDays(directory).filter(({ start, end }) => end + BEFORE_MS > from && start < to);
}

/** The columns wanted, as far as there are any: in the log, in memory, and, over long ranges, in the rollups. */
async function columnsOf(
  { columns }: RangeParams,
  source: 'rows' | RollupSeconds,
  days: readonly LogDay[],
  { headers, recent }: RangeSources,
): Promise<string[]> {
  const known = new Set(recent?.columns);
  for (const { files } of days) {
    for (const file of files) for (const name of (await headers.of(file)) ?? []) known.add(name);
  }
  const wanted = columns ?? [...known].filter(isHeadline);
  return [...new Set(wanted)].filter(name => known.has(name) && (source === 'rows' || isHeadline(name)));
}

async function readRollups(
  grid: RangeGrid,
  source: RollupSeconds,
  days: readonly LogDay[],
  { rollups, pause }: RangeSources,
  flush: (before: number) => Promise<void>,
): Promise<void> {
  if (!rollups) return;
  let isPrepared = false;
  for (const [index, day] of days.entries()) {
    let rollup = await rollups.finished(day, source);
    if (!rollup) {
      if (!isPrepared) await rollups.prepare(days.slice(index));
      isPrepared = true;
      rollup = (await rollups.update(day))[source];
    }
    const { columns, records } = rollup;
    const slots = grid.columns.map(name => columns.indexOf(name));
    for (const part of records) grid.addRecords(part, slots);
    // Two hardware ids can have the same day.
    if (days[index + 1]?.date !== day.date) await flush(day.end);
    await pause();
  }
}

async function readAllRows(
  grid: RangeGrid,
  stepMs: number,
  days: readonly LogDay[],
  { headers, recent, pause }: RangeSources,
  flush: (before: number) => Promise<void>,
): Promise<void> {
  const { columns, start, end } = grid;
  const since = recent && !Number.isNaN(recent.since) ? recent.since : Number.POSITIVE_INFINITY;
  const ids = new Map<string, Bucketizer>();
  const bucketizerOf = (id8: string): Bucketizer => {
    const known = ids.get(id8);
    if (known) return known;
    const made = new Bucketizer(columns.length, stepMs, bucket => {
      grid.addBucket(bucket);
    });
    ids.set(id8, made);
    return made;
  };
  for (const [index, day] of days.entries()) {
    if (start >= since) break;
    const bucketizer = bucketizerOf(day.id8);
    for (const file of day.files) {
      const header = await headers.of(file);
      if (!header) continue;
      const at = file.isCompressed ? 0 : seekRow(file.path, header, start, MARGIN);
      const skipBefore = start - BEFORE_MS;
      const damage = new DamageReport(0);
      for await (const batch of readRows(file.path, { columns, damage, header, from: at, skipBefore })) {
        for (let row = 0; row < batch.length; row++) {
          const time = batch.times[row] ?? 0;
          if (time >= since) continue;
          bucketizer.add(time, batch.values, row * batch.width, batch.categories[row] ?? '');
        }
        await pause();
        if ((batch.times[0] ?? 0) > end) break;
      }
    }
    if (days[index + 1]?.date !== day.date && index + 1 < days.length) await flush(day.end - BEFORE_MS);
  }
  finishRows(grid, stepMs, [...ids.values()], recent, since);
}

/** The samples in memory follow the rows; the last row holds until the first of them. */
function finishRows(
  grid: RangeGrid,
  stepMs: number,
  bucketizers: readonly Bucketizer[],
  recent: RecentSamples | undefined,
  since: number,
): void {
  const last = bucketizers.at(-1);
  for (const bucketizer of bucketizers) bucketizer.finish(bucketizer === last ? since : Number.NaN);
  if (!recent || since === Number.POSITIVE_INFINITY) return;
  const bucketizer = new Bucketizer(grid.columns.length, stepMs, bucket => {
    grid.addBucket(bucket);
  });
  recent.each(grid.columns, Math.max(since, grid.start - BEFORE_MS), grid.end, (time, values, category) => {
    bucketizer.add(time, values, 0, category);
  });
  bucketizer.finish();
}
