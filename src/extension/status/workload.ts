import type { WorkloadMessage } from '../../common/protocol.ts';
import type { Category, Classification } from '../../common/workload.ts';
import { workloadIcon } from '../../common/workload-icons.ts';
import { workloadName } from '../../common/workload-names.ts';
import { reasonTexts } from '../../common/workload-reasons.ts';
import { alternativesText, answerText, durationText, timesAt } from '../../common/workload-words.ts';
import { t } from '../l10n.ts';

/** The class's icon as it is written in a text of VS Code: `$(code)`. */
export function iconText(category: Category): string {
  return `$(${workloadIcon(category)})`;
}

/** What the status bar says of a class; all empty where there is no answer. */
export interface WorkloadPart {
  /** `$(code)` */
  readonly icon: string;
  /** One word. */
  readonly short: string;
  readonly title: string;
  /** For screen readers. */
  readonly label: string;
}

/** {@link WorkloadPart} of a class. */
export function workloadPart(category: Category): WorkloadPart {
  if (category === '') return { icon: '', short: '', title: '', label: '' };
  const { title, short } = workloadName(category, t);
  return { icon: iconText(category), short, title, label: t('workload {0}', title.toLowerCase()) };
}

/** What the tooltip says of the answer, line by line and without markup: what, for how long, why, what else. */
export interface WorkloadLines {
  readonly icon: string;
  readonly answer: string;
  readonly times: string;
  readonly reasons: readonly string[];
  readonly alternatives: string;
}

/** {@link WorkloadLines} of an answer; `undefined` where there is none. */
export function workloadLines({ current, times }: WorkloadMessage, nowMs: number): WorkloadLines | undefined {
  if (!current) return undefined;
  return {
    icon: iconText(current.category),
    answer: answerText(current, t),
    times: timesText(current, times, nowMs),
    reasons: reasonTexts(current, t).slice(0, 3),
    alternatives: alternativesText(current, t),
  };
}

function timesText(
  { category, sinceMs }: Classification,
  times: WorkloadMessage['times'],
  nowMs: number,
): string {
  const length = durationText((nowMs - sinceMs) / 1000);
  const today = timesAt(times, category, nowMs).today[category] ?? 0;
  return today < 60 ? t('for {0}', length) : t('for {0}, {1} today', length, durationText(today));
}
