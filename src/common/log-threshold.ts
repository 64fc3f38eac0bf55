import type { Config } from './config/schema.ts';
import { LOG_LEVELS, type LogLevel } from './protocol.ts';

/** The configuration's names of the levels. */
const LEVEL: Readonly<Record<Config['debug']['logLevel'], LogLevel>> = {
  DEBUG: 'debug',
  INFO: 'info',
  WARNING: 'warn',
  ERROR: 'error',
};

/** The least important level that `debug.log_level` and `debug.verbose` let through. */
export function logThreshold({ verbose, logLevel }: Config['debug']): LogLevel {
  return verbose ? 'debug' : LEVEL[logLevel];
}

/** Whether a line of `level` reaches `threshold`. */
export function reaches(level: LogLevel, threshold: LogLevel): boolean {
  return LOG_LEVELS.indexOf(level) >= LOG_LEVELS.indexOf(threshold);
}
