import type { WorkloadSession } from '../../src/common/workload-session.ts';
import { workloadName } from '../../src/common/workload-names.ts';
import { t } from '../l10n.ts';

/** What the list can be sorted by. */
export type SortKey = 'class' | 'start' | 'length' | 'cpu' | 'gpu' | 'ram' | 'vram' | 'power' | 'energy';

export interface Sorting {
  readonly key: SortKey;
  readonly isDescending: boolean;
}

/** The newest first. */
export const USUAL_SORTING: Sorting = { key: 'start', isDescending: true };

/** How a session is known again when the list is read anew: the one that goes on has another end then. */
export function sessionKey({ from, category }: WorkloadSession): string {
  return `${String(from)} ${category}`;
}

/** Length of a session in milliseconds. */
export function sessionLength({ from, to }: WorkloadSession): number {
  return to - from;
}

/** The sessions in another order; those that have no value to sort by come last either way, the newest first. */
export function sortSessions(
  sessions: readonly WorkloadSession[],
  { key, isDescending }: Sorting,
): WorkloadSession[] {
  const sign = isDescending ? -1 : 1;
  return [...sessions].sort((a, b) => {
    const order = compare(sortValue(a, key), sortValue(b, key), sign);
    return order === 0 ? b.from - a.from : order;
  });
}

/** What another click on a column's head does: the other way round, or this column, numbers from the greatest on. */
export function nextSorting(current: Sorting, key: SortKey): Sorting {
  if (current.key === key) return { key, isDescending: !current.isDescending };
  return { key, isDescending: key !== 'class' };
}

function sortValue(session: WorkloadSession, key: SortKey): number | string | undefined {
  switch (key) {
    case 'class':
      return session.category === '' ? undefined : workloadName(session.category, t).title;
    case 'start':
      return session.from;
    case 'length':
      return sessionLength(session);
    case 'power':
      return session.power?.mean;
    case 'energy':
      return session.power?.wh;
    case 'cpu':
    case 'gpu':
    case 'ram':
    case 'vram':
      return session[key]?.mean;
  }
}

function compare(a: number | string | undefined, b: number | string | undefined, sign: number): number {
  if (a === undefined || b === undefined) return a === b ? 0 : a === undefined ? 1 : -1;
  if (typeof a === 'string' || typeof b === 'string') return sign * String(a).localeCompare(String(b));
  return sign * (a - b);
}

/** What ended so long before the end of a list cannot become a part of anything that follows; see docs/sessions.md. */
const SETTLED_MS = 10 * 60_000;

/**
 * From where on a list has to be read anew to bring it up to date: the beginning of the first session that may still
 * change. `undefined` for an empty list.
 */
export function changesFrom(sessions: readonly WorkloadSession[]): number | undefined {
  const end = sessions.at(-1)?.to ?? Number.NaN;
  return sessions.find(({ to }) => to > end - SETTLED_MS)?.from;
}

/**
 * A list brought up to date.
 *
 * @param tail what was read anew, from `from` on
 * @param since sessions that ended before it are left out
 */
export function withTail(
  sessions: readonly WorkloadSession[],
  tail: readonly WorkloadSession[],
  from: number,
  since: number,
): WorkloadSession[] {
  const kept = sessions.filter(one => one.from < from && one.to > since);
  return [...kept, ...tail.filter(one => one.to > since)];
}
