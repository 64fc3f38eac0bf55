import type { WorkloadModel } from '../../src/classify/model.ts';
import { baselineAnswer } from './baseline.ts';
import { cut, filtered, thinned, without } from './degrade.ts';
import type { Fold } from './folds.ts';
import {
  calibrationError,
  mean,
  median,
  type ReliabilityBin,
  reliabilityOf,
  type Scores,
  scoresOf,
} from './metrics.ts';
import type { LabelledTrace } from './statistics-file.ts';
import { secondsToNotice, watch } from './watch.ts';
import type { Trace } from '../../src/classify/trace.ts';

/** What is done to the traces before they are classified. */
export const CONDITIONS: Readonly<Record<string, (trace: Trace) => Trace>> = {
  'as recorded': trace => trace,
  'no GPU columns': trace => without(trace, column => column.startsWith('gpu')),
  'no temperature, no power': trace => without(trace, column => /temperature|power/.test(column)),
  'a sample every 5 s': trace => thinned(trace, 5),
  'after the delta filter': filtered,
};

/** Results under one condition. */
export interface Result {
  readonly condition: string;
  readonly traces: number;
  readonly scores: Scores;
  readonly baseline: Scores;
  readonly brier: number;
  readonly calibration: number;
  readonly reliability: readonly ReliabilityBin[];
  /** Share of the time after the first 30 s. */
  readonly unknown: number;
  readonly changesAnHour: number;
  /** Changes from one class to another, `unknown` in between or not. */
  readonly classChangesAnHour: number;
  readonly answers: readonly { readonly name: string; readonly truth: string; readonly answer: string }[];
}

/** Plays the traces of each source to the model that has not seen it. Traces without a column left are left out. */
export function evaluate(
  folds: readonly Fold[],
  traces: readonly LabelledTrace[],
  condition: string,
  degrade: (trace: Trace) => Trace,
): Result {
  const played = traces.flatMap(({ category, source, name, trace }) => {
    const fold = folds.find(one => one.source === source);
    const changed = degrade(trace);
    if (!fold || changed.layout.columns.length === 0) return [];
    return [{ category, name, trace: changed, watched: watch(changed, category, fold.model) }];
  });
  const count = new Map<string, number>();
  for (const { category } of played) count.set(category, (count.get(category) ?? 0) + 1);
  const told = played.flatMap(({ category, watched }) =>
    watched.told.map(one => ({ ...one, weight: 1 / watched.told.length / (count.get(category) ?? 1) })),
  );
  const weight = told.reduce((sum, one) => sum + one.weight, 0);
  const reliability = reliabilityOf(told);
  const seconds = played.reduce((sum, { watched }) => sum + Math.max(0, watched.seconds - 30), 0);
  return {
    condition,
    traces: played.length,
    scores: scoresOf(played.map(({ category, watched }) => [category, watched.answer])),
    baseline: scoresOf(played.map(({ category, trace }) => [category, baselineAnswer(trace)])),
    brier: told.reduce((sum, one) => sum + one.weight * one.brier, 0) / weight,
    calibration: calibrationError(reliability),
    reliability,
    unknown: played.reduce((sum, { watched }) => sum + watched.unknownSeconds, 0) / seconds,
    changesAnHour: played.reduce((sum, { watched }) => sum + watched.changes, 0) / (seconds / 3600),
    classChangesAnHour: played.reduce((sum, { watched }) => sum + watched.classChanges, 0) / (seconds / 3600),
    answers: played.map(({ name, category, watched }) => ({ name, truth: category, answer: watched.answer })),
  };
}

/** Seconds after which an answer to a change no longer counts. */
const NOTICE_LIMIT = 120;
/** Seconds of each half of two traces put together. */
const HALF = 120;

/** How soon a change is noticed, where one trace is followed by one of another class. */
export interface Notice {
  /** Which model was asked. */
  readonly model: string;
  readonly pairs: number;
  readonly noticed: number;
  readonly medianSeconds: number;
  readonly meanSeconds: number;
}

/** Puts one trace of each class before one of each other class, three times with other traces. */
export function noticeChanges(traces: readonly LabelledTrace[], model: WorkloadModel, name: string): Notice {
  const classes = [...new Set(traces.map(({ category }) => category))];
  const seconds: number[] = [];
  let pairs = 0;
  for (const from of classes) {
    for (const to of classes) {
      if (from === to) continue;
      for (let turn = 0; turn < 3; turn++) {
        const pick = (category: string) => {
          const own = traces.filter(one => one.category === category);
          return own[(turn * 5) % own.length]?.trace;
        };
        const first = pick(from);
        const second = pick(to);
        if (!first || !second) continue;
        pairs++;
        const noticed = secondsToNotice(cut(first, 0, HALF), cut(second, 0, HALF), to, model, NOTICE_LIMIT);
        if (noticed !== undefined) seconds.push(noticed);
      }
    }
  }
  return {
    model: name,
    pairs,
    noticed: seconds.length,
    medianSeconds: median(seconds),
    meanSeconds: mean(seconds),
  };
}
