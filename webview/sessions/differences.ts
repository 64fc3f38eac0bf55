import type { MeanAndPeak, WorkloadSession } from '../../src/common/workload-session.ts';
import { durationText } from '../../src/common/workload-words.ts';
import { t } from '../l10n.ts';
import { sessionLength } from './session-list.ts';
import { energyText, NOTHING, percentText, sessionTitle, startText, wattText } from './session-words.ts';

/** A line of the table that sets two sessions side by side. */
export interface Difference {
  readonly title: string;
  readonly first: string;
  readonly second: string;
  /** What the second has more or less than the first; empty where that says nothing. */
  readonly change: string;
}

/** Two sessions side by side: all that is known of either. */
export function differencesOf(first: WorkloadSession, second: WorkloadSession): Difference[] {
  const text = (title: string, read: (session: WorkloadSession) => string): Difference => ({
    title,
    first: read(first),
    second: read(second),
    change: '',
  });
  const number = (
    title: string,
    read: (session: WorkloadSession) => number | undefined,
    words: (value: number) => string,
    change: (a: number, b: number) => string = (a, b) => signed(b - a, words),
  ): Difference[] => {
    const [a, b] = [read(first), read(second)];
    if (a === undefined && b === undefined) return [];
    return [
      {
        title,
        first: a === undefined ? NOTHING : words(a),
        second: b === undefined ? NOTHING : words(b),
        change: a === undefined || b === undefined ? '' : change(a, b),
      },
    ];
  };
  const pair = (
    title: string,
    read: (session: WorkloadSession) => MeanAndPeak | undefined,
    words: (value: number) => string,
  ): Difference[] => [
    ...number(t('{0}, mean', title), session => read(session)?.mean, words),
    ...number(t('{0}, peak', title), session => read(session)?.peak, words),
  ];
  return [
    text(t('Kind of work'), sessionTitle),
    text(t('Began'), session => startText(session.from)),
    ...number(t('Length'), sessionLength, ms => durationText(ms / 1000), share),
    ...number(t('Sure'), session => session.confidence, percentText),
    ...pair(t('CPU'), session => session.cpu, percentText),
    ...pair(t('GPU'), session => session.gpu, percentText),
    ...pair(t('RAM'), session => session.ram, percentText),
    ...pair(t('VRAM'), session => session.vram, percentText),
    ...pair(t('Power'), session => session.power, wattText),
    ...number(
      t('Energy'),
      session => session.power?.wh,
      energyText,
      // With other meters it is no difference of the work.
      (a, b) => (meters(first) === meters(second) ? share(a, b) : t('other meters')),
    ),
  ];
}

function meters({ power }: WorkloadSession): string {
  return (power?.sources ?? []).map(({ gpu }) => String(gpu ?? 'cpu')).join();
}

/** `+12 %`: how much more the second is than the first; empty where there is nothing to compare with. */
function share(a: number, b: number): string {
  if (!(a > 0)) return '';
  return signed((100 * (b - a)) / a, value => `${value.toFixed(0)}\u00a0%`);
}

function signed(value: number, words: (value: number) => string): string {
  const text = words(Math.abs(value));
  // What is rounded away is no difference.
  if (text === words(0)) return `±${text}`;
  return `${value < 0 ? '−' : '+'}${text}`;
}
