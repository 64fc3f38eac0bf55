import type { SessionsParams, SessionsResult } from '../../common/protocol.ts';
import { GAP_MS } from '../format.ts';
import type { RangeSources, RecentSamples } from '../history/range-reader.ts';
import { Bucketizer } from '../rollup/bucketizer.ts';
import { listLogDays, type LogDay } from '../rollup/log-days.ts';
import type { DayRollup } from '../rollup/rollup-keeper.ts';
import type { RollupSeconds } from '../rollup/rollup-name.ts';
import { inOrder, ofBucket, ofRecord, type SessionBucket } from './session-bucket.ts';
import { SessionBuilder } from './session-builder.ts';
import { SessionColumns } from './session-columns.ts';
import { sessionFacts } from './session-facts.ts';

/** Sessions that an answer has at most, unless the request says otherwise. */
export const USUAL_SESSIONS = 1_000;
export const MOST_SESSIONS = 5_000;
/** Up to this length sessions are made of minutes, above it of ten minutes. */
const MINUTES_UP_TO_MS = 8 * 86_400_000;
/** Buckets that are read in one go. */
const SLICE = 240;
/** Memory reaches back so far, and a sample in it holds no longer. */
const RECENT_MS = 3_600_000;

/**
 * Lists the sessions of a span, out of the rollups of the log and the samples in memory. One that reaches out of the span is
 * cut there, to the length of a bucket.
 *
 * @throws the system's error when the log cannot be read, and what `pause` throws
 */
export async function readSessions(params: SessionsParams, sources: RangeSources): Promise<SessionsResult> {
  const { from, to, most = USUAL_SESSIONS } = params;
  const { directory, recent, pause } = sources;
  const days = directory === undefined ? [] : daysOf(directory, from, to);
  const since = recent && !Number.isNaN(recent.since) ? recent.since : Number.POSITIVE_INFINITY;
  const seconds = bucketSeconds(days, since, from, to);
  const stepMs = seconds * 1000;
  const start = Math.floor(from / stepMs) * stepMs;
  // The bucket in which memory begins has rows of before it in the log, and samples in memory that are not rows.
  const shared = Math.floor(since / stepMs) * stepMs;
  const ofLog = days.filter(day => day.start <= shared && start <= shared);
  const columns = new SessionColumns(await knownColumns(ofLog, sources));
  const builder = new SessionBuilder(columns, stepMs);
  let sharedOfLog: SessionBucket | undefined;
  for await (const rollups of rollupsByDate(ofLog, seconds, sources)) {
    const buckets: SessionBucket[] = [];
    for (const bucket of bucketsOf(rollups, columns, start)) {
      buckets.push(bucket);
      if (buckets.length % SLICE === 0) await pause();
    }
    for (const bucket of inOrder(buckets)) {
      if (bucket.start < Math.min(to, shared)) builder.add(bucket);
      else if (bucket.start === shared) sharedOfLog = bucket;
    }
    await pause();
  }
  const inMemory = recent ? recentBuckets(recent, columns, stepMs, Math.max(start, shared), to) : [];
  if (sharedOfLog && sharedOfLog.start < to) {
    const [first] = inMemory;
    if (first?.start !== shared || sharedOfLog.covered > first.covered) builder.add(sharedOfLog);
  }
  for (const bucket of inMemory) builder.add(bucket);
  const sessions = builder.finish();
  const shown = sessions.slice(Math.max(0, sessions.length - most));
  return {
    stepMs,
    sessions: shown.map(stretch => sessionFacts(stretch, columns)),
    earlier: sessions.length - shown.length,
  };
}

function daysOf(directory: string, from: number, to: number): LogDay[] {
  return listLogDays(directory).filter(({ start, end }) => end > from && start < to);
}

/** By the time that there can be anything of: a span without end does not make the list coarse. */
function bucketSeconds(days: readonly LogDay[], since: number, from: number, to: number): RollupSeconds {
  const first = Math.min(days[0]?.start ?? Number.POSITIVE_INFINITY, since);
  const last = Math.max(days.at(-1)?.end ?? Number.NEGATIVE_INFINITY, since + RECENT_MS);
  const end = Number.isFinite(last) ? last : (days.at(-1)?.end ?? to);
  return Math.min(to, end) - Math.max(from, first) > MINUTES_UP_TO_MS ? 600 : 60;
}

async function knownColumns(
  days: readonly LogDay[],
  { headers, recent, pause }: RangeSources,
): Promise<Set<string>> {
  const known = new Set(recent?.columns);
  for (const { files } of days) {
    for (const file of files) for (const name of (await headers.of(file)) ?? []) known.add(name);
    await pause();
  }
  return known;
}

/** The rollups of each date, one or, of two hardware ids, several. */
async function* rollupsByDate(
  days: readonly LogDay[],
  seconds: RollupSeconds,
  { rollups }: RangeSources,
): AsyncGenerator<DayRollup[]> {
  if (!rollups) return;
  let isPrepared = false;
  let ofDate: DayRollup[] = [];
  for (const [index, day] of days.entries()) {
    let rollup = await rollups.finished(day, seconds);
    if (!rollup) {
      if (!isPrepared) await rollups.prepare(days.slice(index));
      isPrepared = true;
      rollup = (await rollups.update(day))[seconds];
    }
    ofDate.push(rollup);
    if (days[index + 1]?.date === day.date) continue;
    yield ofDate;
    ofDate = [];
  }
}

/** The buckets of rollups, from `start` on, in any order. */
function* bucketsOf(
  rollups: readonly DayRollup[],
  columns: SessionColumns,
  start: number,
): Generator<SessionBucket> {
  for (const { columns: names, records } of rollups) {
    const slots = columns.names.map(name => names.indexOf(name));
    for (const part of records) {
      for (let index = 0; index < part.count; index++)
        if (part.start(index) >= start) yield ofRecord(part, index, slots);
    }
  }
}

/** Buckets of the samples in memory, from `start` on, in order. */
function recentBuckets(
  recent: RecentSamples,
  { names }: SessionColumns,
  stepMs: number,
  start: number,
  to: number,
): SessionBucket[] {
  const found: SessionBucket[] = [];
  const firsts = new Map<number, number>();
  const bucketizer = new Bucketizer(names.length, stepMs, bucket => {
    if (bucket.start >= start) found.push(ofBucket(bucket, firsts.get(bucket.start) ?? bucket.start));
  });
  let last = Number.NEGATIVE_INFINITY;
  recent.each(names, start - RECENT_MS, to, (time, values, category) => {
    const bucket = Math.floor(time / stepMs) * stepMs;
    // A sample that follows on the one before goes on with what that began.
    if (!firsts.has(bucket)) firsts.set(bucket, time - last > GAP_MS ? time : bucket);
    last = time;
    bucketizer.add(time, values, 0, category);
  });
  bucketizer.finish();
  return inOrder(found);
}
