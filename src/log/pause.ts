import { codeOf, describeFault } from '../common/faults.ts';
import { DirectoryLockedError } from '../runtime/directory-lock.ts';
import { DayFullError } from './rotation.ts';

/**
 * Whether the log is paused by a rule and not by a fault: samples that come meanwhile are not kept for later. Another
 * sampler of this machine writes them, or they are more than the user wants.
 *
 * @param before what the last attempt failed with: a holder of the lock that cannot be looked up from here may have died,
 *   and leave the folder to us; it has not when it has confirmed its lock since
 */
export function isByRule(error: unknown, before: unknown): boolean {
  if (error instanceof DayFullError) return true;
  if (!(error instanceof DirectoryLockedError)) return false;
  return (
    error.confirmedMs === undefined ||
    (before instanceof DirectoryLockedError && before.confirmedMs !== error.confirmedMs)
  );
}

/** Whether another sampler writes the folder. */
export function isLocked(error: unknown): boolean {
  return error instanceof DirectoryLockedError;
}

/** Why the log is paused and what to do about it, in a line without paths. */
export function explainPause(error: unknown): string {
  if (error instanceof DirectoryLockedError || error instanceof DayFullError) return error.message;
  const fault = describeFault(error);
  switch (codeOf(error)) {
    case 'ENOSPC':
    case 'EDQUOT':
      return `${fault}: free some space or move the log with logging.log_directory; logging goes on by itself`;
    case 'EACCES':
    case 'EPERM':
    case 'EROFS':
      return `the log folder cannot be written, ${fault}: give this user the right to write there or move the log with logging.log_directory`;
    default:
      return `the log cannot be written: ${fault}`;
  }
}
