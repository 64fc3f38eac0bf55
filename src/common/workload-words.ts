import type { Translate } from './translate.ts';
import { type Category, type Classification, UNKNOWN, type WorkloadTimes } from './workload.ts';
import { workloadName } from './workload-names.ts';

/** A share of 1 as a whole percentage: `82 %`. One that is not quite certain is never 100 %. */
export function confidenceText(probability: number): string {
  return `${String(Math.min(99, Math.round(probability * 100)))} %`;
}

/** A time as one reads a clock, not a stopwatch: `< 1 min`, `24 min`, `1 h 20 min`. */
export function durationText(seconds: number): string {
  const minutes = Math.floor(Math.max(0, seconds) / 60);
  if (minutes === 0) return '< 1 min';
  const hours = Math.floor(minutes / 60);
  const rest = minutes % 60;
  if (hours === 0) return `${String(rest)} min`;
  return rest === 0 ? `${String(hours)} h` : `${String(hours)} h ${String(rest)} min`;
}

/** The answer in a few words: `Coding, 82 % sure`; `Unknown`. */
export function answerText({ category, confidence }: Classification, t: Translate): string {
  const { title } = workloadName(category, t);
  return category === UNKNOWN ? title : t('{0}, {1} sure', title, confidenceText(confidence));
}

/**
 * What else it may be, the likeliest first: after a class the runner-up, after “unknown” the two classes that come nearest.
 * Classes below 1 % are not worth a word.
 */
export function alternatives({ category, probabilities, runnerUp }: Classification): readonly {
  readonly category: Category;
  readonly confidence: number;
}[] {
  const isWorthIt = ({ confidence }: { confidence: number }): boolean => confidence >= 0.01;
  if (category !== UNKNOWN) return runnerUp && isWorthIt(runnerUp) ? [runnerUp] : [];
  return Object.entries(probabilities)
    .map(([name, confidence]) => ({ category: name, confidence }))
    .filter(isWorthIt)
    .sort((a, b) => b.confidence - a.confidence)
    .slice(0, 2);
}

/** {@link alternatives} as one line: `Next likely: Idle 11 %`; empty where there are none. */
export function alternativesText(answer: Classification, t: Translate): string {
  const list = alternatives(answer).map(
    ({ category, confidence }) => `${workloadName(category, t).title} ${confidenceText(confidence)}`,
  );
  if (list.length === 0) return '';
  return t(answer.category === UNKNOWN ? 'Nearest: {0}' : 'Next likely: {0}', list.join(', '));
}

/**
 * The times as they are at a moment after they were counted, while `category` has been the answer ever since.
 *
 * @param category empty where there was no answer
 */
export function timesAt(times: WorkloadTimes, category: Category, nowMs: number): WorkloadTimes {
  const more = (nowMs - times.atMs) / 1000;
  if (category === '' || !(more > 0)) return times;
  const plus = (seconds: WorkloadTimes['today']): WorkloadTimes['today'] => ({
    ...seconds,
    [category]: (seconds[category] ?? 0) + more,
  });
  return { atMs: nowMs, today: plus(times.today), week: plus(times.week) };
}
