import { codeOf, describeFault } from '../common/faults.ts';
import { DirectoryLockedError } from './directory-lock.ts';
import { DayFullError } from './rotation.ts';

/**
 * Whether the log is paused by a rule and not by a fault: samples that come meanwhile are not kept for later. Another
 * sampler of this machine writes them, or they are more than the user wants.
 */
export function isByRule(error: unknown): boolean {
  return error instanceof DirectoryLockedError || error instanceof DayFullError;
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
