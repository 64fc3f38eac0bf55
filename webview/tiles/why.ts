import type { DashboardStatus } from '../../src/common/dashboard.ts';
import type { Absence } from '../../src/common/frame.ts';
import type { Metric } from '../../src/common/metrics.ts';
import { absenceSentence } from '../format.ts';
import { t } from '../l10n.ts';

/** Why a value is not there, and what the user can do; the latter is empty where nothing can be done. */
export interface Why {
  readonly sentence: string;
  readonly remedy: string;
}

/** Words of a reading's name that say nothing about which reading it is. */
const COMMON: ReadonlySet<string> = new Set([
  'cpu',
  'gpu',
  'disk',
  'network',
  'memory',
  'of',
  'the',
  'and',
  'in',
  'out',
]);

/**
 * Says why a value is not there: what the sampler's adapters said of it, else what the reason alone means.
 *
 * @param metric of the value
 */
export function whyAbsent(absence: Absence, metric: Metric, status: DashboardStatus | undefined): Why {
  const adapters = status?.adapters.filter(({ group }) => group === metric.group) ?? [];
  const isDown = (state: string): boolean =>
    state === 'left-out' || state === 'quarantined' || state === 'failed';
  const blamed = adapters.find(({ state }) => (absence === 'failed' ? isDown(state) : state === absence));
  if (blamed) return { sentence: blamed.detail, remedy: blamed.remedy ?? usualRemedy(absence) };
  const wanted = wordsOf(metric.title);
  for (const { limitations = [] } of adapters) {
    const found = limitations.find(({ what }) => {
      const words = wordsOf(what);
      return wanted.some(word => words.includes(word));
    });
    if (found) return { sentence: found.why, remedy: found.remedy ?? usualRemedy(absence) };
  }
  return { sentence: absenceSentence(absence), remedy: usualRemedy(absence) };
}

function wordsOf(text: string): string[] {
  return text
    .toLowerCase()
    .split(/[^\p{L}/]+/u)
    .filter(word => word.length > 1 && !COMMON.has(word));
}

function usualRemedy(absence: Absence): string {
  switch (absence) {
    case 'unsupported':
      return '';
    case 'asleep':
      return t('It is read again as soon as something else wakes it.');
    case 'denied':
      return t('“optimetrics doctor” in a terminal says which right is missing.');
    case 'failed':
      return t('It is tried again by itself.');
  }
}
