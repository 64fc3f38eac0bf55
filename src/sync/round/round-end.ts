import { codeOf, describeFault } from '../../common/faults.ts';
import { DirectoryLockedError } from '../../runtime/directory-lock.ts';
import { AgeKeyError } from '../envelope/recipients.ts';
import { NewerJournalError } from '../journal/journal.ts';
import { KeyError } from '../keys/key-error.ts';
import { PassingFault, RefusedFault, SignInFault } from '../targets/faults.ts';
import type { RoundResult } from './result.ts';

/** How a round ended. */
export type Ending = Pick<RoundResult, 'state' | 'reason' | 'remedy' | 'nextTryMs'>;

/** The round cannot go on. */
export class RoundEnd extends Error {
  override readonly name = 'RoundEnd';
  readonly ending: Ending;

  constructor(ending: Ending) {
    super(ending.reason);
    this.ending = ending;
  }
}

export const DONE: Ending = { state: 'done', reason: '', remedy: '' };

/**
 * What an error means for the round.
 *
 * @throws the error itself when it is none of those that a round can meet
 */
export function endingOf(error: unknown, signal: AbortSignal): Ending {
  if (error instanceof RoundEnd) return error.ending;
  if (signal.aborted) return whyAborted(signal.reason);
  if (error instanceof SignInFault) return { state: 'sign-in', reason: error.message, remedy: error.remedy };
  if (error instanceof RefusedFault) return { state: 'refused', reason: error.message, remedy: error.remedy };
  if (error instanceof PassingFault) return { state: 'waiting', reason: error.message, remedy: '' };
  if (error instanceof DirectoryLockedError) return locked(error);
  if (error instanceof NewerJournalError)
    return { state: 'refused', reason: error.message, remedy: 'Update OptiMetrics' };
  // Their messages say what to do.
  if (error instanceof KeyError || error instanceof AgeKeyError)
    return { state: 'refused', reason: error.message, remedy: '' };
  return endingOfDisk(error);
}

/** @throws the error when it is not the system's */
export function endingOfDisk(error: unknown): Ending {
  switch (codeOf(error)) {
    case undefined:
      throw error;
    case 'ENOSPC':
    case 'EDQUOT':
      return {
        state: 'disk-full',
        reason: `what is to be uploaded cannot be kept: ${describeFault(error)}`,
        remedy: 'Free some space; the log keeps the rows, and uploading goes on by itself',
      };
    default:
      return {
        state: 'refused',
        reason: `the log or OptiMetrics’ data folder cannot be used: ${describeFault(error)}`,
        remedy: 'See to it that this user can read the log and write the data folder',
      };
  }
}

function whyAborted(reason: unknown): Ending {
  return reason instanceof DirectoryLockedError
    ? locked(reason)
    : { state: 'cancelled', reason: 'it was cancelled', remedy: '' };
}

function locked(error: DirectoryLockedError): Ending {
  return { state: 'locked', reason: error.message, remedy: '' };
}
