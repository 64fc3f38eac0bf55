import { setTimeout } from 'node:timers/promises';
import { codeOf } from '../../common/faults.ts';
import { DirectoryLock, type LockUse } from '../../runtime/directory-lock.ts';
import { realDisk } from '../disk.ts';
import type { Ledger } from '../journal/ledger.ts';
import { Making } from './making.ts';
import type { RoundOptions, RoundProgress, Surroundings } from './options.ts';
import { noteShortened } from './note-shortened.ts';
import { releasedFiles } from './released-files.ts';
import type { RoundResult } from './result.ts';
import { DONE, type Ending, endingOf, endingOfDisk } from './round-end.ts';
import { Sealing } from './sealing.ts';
import { Sending } from './sending.ts';
import { makeStateFolder, openState, type State, stateFolder } from './state-folder.ts';
import { Tally } from './tally.ts';

/** One process at a time works for a destination. */
export const SYNC_LOCK: LockUse = {
  file: 'lock',
  refusal: holder => `another OptiMetrics process (${holder}) is uploading to the same place`,
};

const SPOOL_FULL: Ending = {
  state: 'spool-full',
  reason: 'there is no room for more in the spool (cloud.max_spool_mb)',
  remedy: 'The log keeps the rows, and uploading goes on by itself once the target takes what is waiting',
};

/** Time after which the lock is confirmed. */
const CONFIRM_MS = 30_000;

/** What a round finds around it on this machine. */
export const HERE: Surroundings = {
  disk: realDisk,
  now: Date.now,
  sleep: async (ms, signal) => {
    try {
      await setTimeout(ms, undefined, { signal });
    } catch {
      signal.throwIfAborted();
    }
  },
  random: Math.random,
};

/**
 * Brings what of the log is not at the destination there: plans, seals, sends and confirms, as docs/upload-journal.md describes it. What
 * it has done stays done, wherever it ends.
 *
 * Resolves whatever the network, the target and the disk do; rejects only with what nobody has thought of.
 */
export async function runRound(options: RoundOptions): Promise<RoundResult> {
  const surroundings = { ...HERE, ...options.surroundings };
  const tally = new Tally();
  const round = new Round(options, surroundings, tally);
  const ending = await withLock(options, surroundings, signal => round.run(signal));
  return round.result(ending);
}

/**
 * Does something that nobody else may do for the destination at the same time.
 *
 * @returns how it ended. Rejects with what {@link endingOf} does not know
 */
export async function withLock(
  options: Pick<RoundOptions, 'dataDirectory' | 'destination' | 'signal'>,
  { disk }: Pick<Surroundings, 'disk'>,
  work: (signal: AbortSignal) => Promise<Ending>,
): Promise<Ending> {
  const lost = new AbortController();
  const signal = AbortSignal.any([options.signal, lost.signal]);
  let lock: DirectoryLock | undefined;
  let confirming: NodeJS.Timeout | undefined;
  try {
    signal.throwIfAborted();
    const folder = stateFolder(options);
    await makeStateFolder(disk, folder);
    const held = (lock = DirectoryLock.acquire(folder, SYNC_LOCK));
    confirming = setInterval(() => {
      try {
        held.confirm();
      } catch (error) {
        lost.abort(error);
      }
    }, CONFIRM_MS);
    return await work(signal);
  } catch (error) {
    return endingOf(error, signal);
  } finally {
    clearInterval(confirming);
    release(lock);
  }
}

function release(lock: DirectoryLock | undefined): void {
  try {
    lock?.release();
  } catch {
    // On a disk that is in trouble. It is taken over once this process has ended.
  }
}

class Round {
  readonly #options: RoundOptions;
  readonly #surroundings: Surroundings;
  readonly #tally: Tally;
  #state: State | undefined;
  /** What has kept the sealing from going on. */
  #full: Ending | undefined;

  constructor(options: RoundOptions, surroundings: Surroundings, tally: Tally) {
    this.#options = options;
    this.#surroundings = surroundings;
    this.#tally = tally;
  }

  async run(signal: AbortSignal): Promise<Ending> {
    const { onDamage = () => undefined, includesOpen, maxSpoolBytes, target } = this.#options;
    const { disk, now } = this.#surroundings;
    this.#tell({ step: 'planning' });
    const making = new Making(this.#options, now);
    const state = await openState(disk, stateFolder(this.#options), { keys: this.#options.keys, onDamage });
    this.#state = state;
    await noteShortened(this.#options.logDirectory, state.journal, onDamage);
    const common = { state, making, tally: this.#tally, signal };
    const sealing = new Sealing({
      ...common,
      source: this.#options,
      disk,
      maxSpoolBytes,
      onDamage,
      onSealing: () => this.#tell({ step: 'sealing' }),
    });
    if (!target) {
      this.#full = await fullness(() => sealing.sealAll(now(), includesOpen));
      return this.#full ?? DONE;
    }
    const sending = new Sending({
      ...common,
      target,
      sealing,
      surroundings: this.#surroundings,
      onProgress: progress => this.#tell(progress),
    });
    for (;;) {
      this.#full = await fullness(() => sealing.sealAll(now(), includesOpen));
      const before = this.#tally.finished;
      await sending.sendAll();
      if (!this.#full) break;
      // While nothing leaves the spool, there is no more room than before.
      if (this.#tally.finished === before) return this.#full;
    }
    await sending.removeAbandoned();
    return DONE;
  }

  async result(ending: Ending): Promise<RoundResult> {
    const { ledger } = this.#state?.journal ?? {};
    return {
      ...this.#withFullness(ending),
      counts: this.#tally.counts(ledger, this.#state?.spool.bytes ?? 0),
      isSpoolFull: this.#full?.state === 'spool-full',
      lost: this.#tally.lost,
      released: ledger ? await this.#released(ledger) : {},
    };
  }

  /** A full spool or disk is told even where it is the target that keeps it full. */
  #withFullness(ending: Ending): Ending {
    if (ending.state !== 'waiting' || !this.#full) return ending;
    return { ...ending, ...this.#full, reason: `${this.#full.reason}, and ${ending.reason}` };
  }

  async #released(ledger: Ledger): Promise<RoundResult['released']> {
    try {
      return await releasedFiles(this.#options.logDirectory, ledger);
    } catch (error) {
      // A log that cannot be read keeps all its files.
      if (codeOf(error) === undefined) throw error;
      return {};
    }
  }

  #tell(progress: Pick<RoundProgress, 'step'> & Partial<RoundProgress>): void {
    this.#options.onProgress?.({
      confirmed: this.#tally.confirmed.segments,
      left: this.#state?.journal.ledger.openCount ?? 0,
      bytes: 0,
      ofBytes: 0,
      ...progress,
    });
  }
}

/** How sealing came to stop for want of room; `undefined` when it did not. Rejects with every other error. */
async function fullness(seal: () => Promise<boolean>): Promise<Ending | undefined> {
  try {
    return (await seal()) ? undefined : SPOOL_FULL;
  } catch (error) {
    if (codeOf(error) === undefined) throw error;
    const ending = endingOfDisk(error);
    if (ending.state !== 'disk-full') throw error;
    return ending;
  }
}
