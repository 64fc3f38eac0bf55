import type { Config } from '../common/config/schema.ts';
import { MIB } from '../common/units.ts';

/** How large the log may grow and what becomes of its older files. */
export interface LogRules {
  /** Size at which a file is full. */
  readonly maxFileBytes: number;
  /** Files to start in a UTC day. */
  readonly maxFilesPerDay: number;
  /** Whole UTC days for which a closed file stays plain, 0 for none; `undefined` for ever. */
  readonly compressAfterDays: number | undefined;
  /** Age above which a file is deleted, in whole UTC days; `undefined` for never. */
  readonly retentionDays: number | undefined;
  /** Size of all files together above which the oldest are deleted. */
  readonly maxTotalBytes: number;
  /** Memory for rows that wait while they cannot be written. */
  readonly maxWaitingBytes: number;
  /** Waiting rows that are written in one tick once the log goes on. */
  readonly batchRows: number;
}

/** The rules of a configuration. */
export function logRules({ logging, performance }: Pick<Config, 'logging' | 'performance'>): LogRules {
  const maxTotalBytes = logging.maxTotalMb * MIB;
  return {
    // A file that is open is never deleted: no single one may take more than half of what all may.
    maxFileBytes: Math.min(logging.rollingLogs ? logging.maxFileSizeMb * MIB : Infinity, maxTotalBytes / 2),
    maxFilesPerDay: logging.maxFilesPerDay,
    compressAfterDays: logging.compressOldLogs ? logging.compressAfterDays : undefined,
    retentionDays: logging.retentionDays === 0 ? undefined : logging.retentionDays,
    maxTotalBytes,
    maxWaitingBytes: performance.maxBufferMemoryMb * MIB,
    batchRows: performance.batchWriteSize,
  };
}
