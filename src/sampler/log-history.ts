import { execFile } from 'node:child_process';
import path from 'node:path';
import { setImmediate, setTimeout as delay } from 'node:timers/promises';
import { ResponseError } from 'vscode-jsonrpc';
import { describeFault } from '../common/faults.ts';
import {
  ErrorCode,
  type RangeChunk,
  type RangeParams,
  type RangeResult,
  type SessionsParams,
  type SessionsResult,
} from '../common/protocol.ts';
import { readRange, type RangeSources, type RecentSamples } from '../log/history/range-reader.ts';
import { type DayRollup, RollupKeeper } from '../log/rollup/rollup-keeper.ts';
import { Headers, isOver, listLogDays, type LogDay } from '../log/rollup/log-days.ts';
import type { RollupSeconds } from '../log/rollup/rollup-name.ts';
import { readSessions } from '../log/sessions/session-reader.ts';

/** How often rollups are brought up to date; as long as the longest bucket. */
const UPKEEP_MS = 600_000;
/** The first time, after the start has settled. */
const FIRST_UPKEEP_MS = 45_000;
/**
 * Bytes of log from which on a process of its own reads them. The sampler runs without the compiler for hot code and
 * reads about 25 MB a second, a process with it, which takes 50 ms to start, four to five times as many.
 */
const MUCH = 4_000_000;
/** Keeps that process below 50 MB. */
const HELPER_NODE_FLAGS = ['--max-semi-space-size=1'];
/** After which that process is killed. */
const HELPER_MS = 600_000;
/** How often somebody who waits for it is asked whether he still does. */
const PATIENCE_MS = 50;
/** Both are bundled into one folder. */
const HELPER = path.join(import.meta.dirname, 'rollups.js');

/** Nobody waits for the answer any more. */
class CancelledError extends Error {
  override readonly name = 'CancelledError';
}

export interface LogHistoryOptions {
  /** Folder of the log; `undefined` when none is written, and there is only what is in memory. */
  readonly directory: string | undefined;
  readonly recent: RecentSamples;
  /** Whether the rollups are ours to keep. */
  readonly saves: boolean;
  /** The built helper. */
  readonly helper?: string;
  /** When rollups are brought up to date for the first time; after 45 s unless given. */
  readonly firstUpkeepMs?: number;
}

/**
 * Answers for what the log has, and keeps its rollups up to date. Whatever it reads, it reads in small pieces, between
 * which ticks are taken.
 */
export class LogHistory {
  readonly #options: LogHistoryOptions;
  readonly #headers = new Headers();
  /** Days whose rollups were found finished; what becomes of them after that is seen when they are asked for. */
  readonly #finished = new Set<string>();
  /** What works on the rollups, one after the other. */
  #queue: Promise<unknown> = Promise.resolve();
  #timer: NodeJS.Timeout | undefined;
  /** What a process of its own does; several answers can wait for it. */
  #helper: Promise<void> | undefined;
  readonly #helperEnd = new AbortController();
  #isClosed = false;

  constructor(options: LogHistoryOptions) {
    this.#options = options;
    if (options.saves && options.directory !== undefined)
      this.#scheduleUpkeep(options.firstUpkeepMs ?? FIRST_UPKEEP_MS);
  }

  /** Ends what is being done. */
  close(): void {
    this.#isClosed = true;
    clearTimeout(this.#timer);
    this.#helperEnd.abort();
  }

  /**
   * Answers one range; see {@link readRange}.
   *
   * @throws ResponseError when it is cancelled or the log cannot be read
   */
  async range(
    params: RangeParams,
    send: (chunk: RangeChunk) => Promise<void>,
    isCancelled: () => boolean,
  ): Promise<RangeResult> {
    return this.#answer(isCancelled, sources =>
      readRange(params, sources, async chunk => {
        await send(chunk);
        await sources.pause();
      }),
    );
  }

  /**
   * Lists the sessions of a span; see {@link readSessions}.
   *
   * @throws ResponseError when it is cancelled or the log cannot be read
   */
  async sessions(params: SessionsParams, isCancelled: () => boolean): Promise<SessionsResult> {
    return this.#answer(isCancelled, sources => readSessions(params, sources));
  }

  async #answer<T>(isCancelled: () => boolean, read: (sources: RangeSources) => Promise<T>): Promise<T> {
    const { directory, recent } = this.#options;
    const pause = this.#pause(isCancelled);
    try {
      await pause();
      const rollups = directory === undefined ? undefined : this.#rollups(directory, pause);
      return await read({ directory, rollups, recent, headers: this.#headers, pause });
    } catch (error) {
      if (error instanceof CancelledError) throw new ResponseError(ErrorCode.cancelled, 'cancelled');
      throw new ResponseError(ErrorCode.failed, `the log cannot be read: ${describeFault(error)}`);
    }
  }

  #pause(isCancelled: () => boolean): () => Promise<void> {
    return async () => {
      await setImmediate();
      if (this.#isClosed || isCancelled()) throw new CancelledError('cancelled');
    };
  }

  #rollups(directory: string, pause: () => Promise<void>) {
    const keeper = new RollupKeeper({
      directory,
      saves: this.#options.saves,
      headers: this.#headers,
      pause,
    });
    return {
      finished: (day: LogDay, seconds: RollupSeconds): Promise<DayRollup | undefined> =>
        keeper.finished(day, seconds),
      update: (day: LogDay): Promise<Record<RollupSeconds, DayRollup>> =>
        this.#inTurn(() => keeper.update(day)),
      prepare: async (days: readonly LogDay[]): Promise<void> => {
        if (!this.#options.saves || !(await this.#isMuch(days, keeper, pause))) return;
        const helper = this.#runHelper(directory).then(() => true);
        while (!(await Promise.race([helper, delay(PATIENCE_MS, false)]))) await pause();
      },
    };
  }

  async #isMuch(days: readonly LogDay[], keeper: RollupKeeper, pause: () => Promise<void>): Promise<boolean> {
    let bytes = 0;
    for (const day of days) {
      bytes += await keeper.pendingBytes(day);
      if (bytes > MUCH) return true;
      await pause();
    }
    return false;
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.#queue.then(work, work);
    this.#queue = turn.catch(() => undefined);
    return turn;
  }

  #scheduleUpkeep(delayMs: number): void {
    this.#timer = setTimeout(() => {
      // What cannot be read now is read when somebody asks for it, who is told why not then.
      const done = this.#upkeep().catch(() => undefined);
      void done.then(() => {
        if (!this.#isClosed) this.#scheduleUpkeep(UPKEEP_MS);
      });
    }, delayMs);
    this.#timer.unref();
  }

  /** Brings the rollups of all days that are not finished up to date. */
  async #upkeep(): Promise<void> {
    const { directory } = this.#options;
    if (directory === undefined) return;
    const pause = this.#pause(() => false);
    const rollups = this.#rollups(directory, pause);
    const unfinished: LogDay[] = [];
    for (const day of listLogDays(directory)) {
      const name = `${day.id8} ${day.date}`;
      if (this.#finished.has(name)) continue;
      if (isOver(day) && (await rollups.finished(day, 600))) this.#finished.add(name);
      else unfinished.push(day);
      await pause();
    }
    await rollups.prepare(unfinished);
    for (const day of unfinished) await rollups.update(day);
  }

  /** Has a process of its own bring all rollups up to date. Where it fails, they are made here, more slowly. */
  #runHelper(directory: string): Promise<void> {
    this.#helper ??= new Promise<void>(resolve => {
      const { helper = HELPER } = this.#options;
      const limits = {
        timeout: HELPER_MS,
        killSignal: 'SIGKILL',
        windowsHide: true,
        signal: this.#helperEnd.signal,
      } as const;
      execFile(process.execPath, [...HELPER_NODE_FLAGS, helper, directory], limits, () => {
        this.#helper = undefined;
        resolve();
      });
    });
    return this.#helper;
  }
}
