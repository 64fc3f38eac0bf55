import type { SyncOutcome } from '../../common/sync-protocol.ts';
import { NO_UPLOADS, type UploadCount } from '../../common/upload.ts';
import type { EndEvent } from '../../sync/process/job.ts';

/** How a job has ended, and what the user can do. */
export type Ending = Pick<SyncOutcome, 'state' | 'why' | 'remedy'>;

export function endingOf(end: EndEvent): Ending {
  switch (end.type) {
    case 'failed':
      return { state: end.state, why: end.why, remedy: end.remedy };
    case 'result':
      return { state: end.result.state, why: end.result.reason, remedy: end.result.remedy };
    default:
      return { state: 'waiting', why: 'the upload process has done something else', remedy: '' };
  }
}

/** @param waiting what is known to wait when the job does not say */
export function outcomeOf(end: EndEvent, waiting: UploadCount): SyncOutcome {
  const ending = endingOf(end);
  if (end.type !== 'result') return { ...ending, confirmed: NO_UPLOADS, waiting };
  const { counts } = end.result;
  return { ...ending, confirmed: counts.confirmed, waiting: counts.waiting };
}

/** An ending in one line. */
export function sentence({ why, remedy }: Pick<Ending, 'why' | 'remedy'>): string {
  return remedy === '' ? why : `${why}. ${remedy}.`;
}
