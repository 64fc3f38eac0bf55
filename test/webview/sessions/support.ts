import type { WorkloadSession } from '../../../src/common/workload-session.ts';

export const MINUTE = 60_000;
export const HOUR = 60 * MINUTE;
/** Noon in UTC. */
export const NOON = Date.UTC(2026, 1, 27, 12);

/** A session of half an hour at noon, unless told otherwise. */
export function session(change: Partial<WorkloadSession> = {}): WorkloadSession {
  const { from = NOON, to = from + 30 * MINUTE } = change;
  return {
    category: 'coding_development',
    coveredMs: to - from,
    ofClassMs: to - from,
    ...change,
    from,
    to,
  };
}
