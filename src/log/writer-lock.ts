import type { LockUse } from '../runtime/directory-lock.ts';

/** One sampler at a time writes a log folder. */
export const WRITER_LOCK: LockUse = {
  file: '.writer',
  refusal: holder =>
    `another OptiMetrics sampler (${holder}) writes this log folder; choose another with --log-dir or logging.log_directory`,
};
