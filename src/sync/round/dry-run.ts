import { randomBytes } from 'node:crypto';
import { readJournal } from '../journal/journal.ts';
import { SegmentGoneError } from '../segments/segment-content.ts';
import { Making } from './making.ts';
import type { RoundOptions } from './options.ts';
import { plannedRanges } from './planned-ranges.ts';
import { type DryRun, NOTHING } from './result.ts';
import { HERE } from './run-round.ts';
import { journalFile, stateFolder } from './state-folder.ts';
import { plus } from './tally.ts';
import { trialOf } from './trial.ts';

/**
 * What a round would do now: makes each segment, keeps nothing and sends nothing.
 *
 * Rejects with a RoundEnd when a round would be refused, with a NewerJournalError, or with the system's error.
 */
export async function dryRun(options: Omit<RoundOptions, 'target' | 'maxSpoolBytes'>): Promise<DryRun> {
  const { disk, now } = { ...HERE, ...options.surroundings };
  const { includesOpen, logDirectory, signal, onDamage = () => undefined } = options;
  const making = new Making(options, now, randomBytes(32));
  const { ledger } = await readJournal(disk, journalFile(stateFolder(options)));
  let toSeal = NOTHING;
  for await (const { range } of plannedRanges(logDirectory, ledger, {
    nowMs: now(),
    includesOpen,
    onDamage,
  })) {
    signal.throwIfAborted();
    try {
      const { length } = (await trialOf(making, range)).bytes;
      toSeal = {
        segments: toSeal.segments + 1,
        rows: toSeal.rows + range.rows,
        bytes: toSeal.bytes + length,
      };
    } catch (error) {
      if (!(error instanceof SegmentGoneError)) throw error;
    }
  }
  return { toSeal, waiting: ledger.open.reduce(plus, NOTHING) };
}
