import { Classifier, type ClassifierOptions } from '../../src/classify/classifier.ts';
import { classifyTrace } from '../../src/classify/timeline.ts';
import { playTrace, type Trace } from '../../src/classify/trace.ts';
import type { WorkloadModel } from '../../src/classify/model.ts';
import { CATEGORIES } from '../../src/common/workload.ts';

/** The defaults of the configuration, with this model. */
export function defaults(model: WorkloadModel): ClassifierOptions {
  return {
    model,
    categories: CATEGORIES,
    confidenceThreshold: 0.6,
    updateIntervalSeconds: 30,
    profiles: {},
  };
}

/** What the classifier said to a trace with one workload. */
export interface Watched {
  readonly answer: string;
  readonly seconds: number;
  /** Changes of the answer after the first 30 s, and of those the ones from one class to another. */
  readonly changes: number;
  readonly classChanges: number;
  /** Seconds after the first 30 s without a class. */
  readonly unknownSeconds: number;
  /** The likeliest class and its probability, and squared error of all probabilities, each time it was told. */
  readonly told: readonly {
    readonly confidence: number;
    readonly isRight: boolean;
    readonly brier: number;
  }[];
}

export function watch(trace: Trace, truth: string, model: WorkloadModel): Watched {
  const { category, seconds, timeline } = classifyTrace(trace, defaults(model));
  const after = timeline.filter(({ end }) => end > 30);
  const classifier = new Classifier({ ...defaults(model), updateIntervalSeconds: 5 });
  const told: Watched['told'][number][] = [];
  playTrace(trace, frame => {
    const news = classifier.add(frame);
    if (!news) return;
    const [top] = Object.entries(news.probabilities).sort(([, a], [, b]) => b - a);
    if (!top) return;
    told.push({
      confidence: top[1],
      isRight: top[0] === truth,
      brier: Object.entries(news.probabilities).reduce(
        (sum, [name, probability]) => sum + (probability - (name === truth ? 1 : 0)) ** 2,
        0,
      ),
    });
  });
  return {
    answer: category,
    seconds,
    changes: Math.max(0, after.length - 1),
    classChanges: classChanges(after.map(stretch => stretch.category)),
    unknownSeconds: after
      .filter(stretch => stretch.category === 'unknown')
      .reduce((sum, { start, end }) => sum + end - Math.max(30, start), 0),
    told,
  };
}

/** How often another class is named than the one named last; `unknown` in between does not count. */
function classChanges(answers: readonly string[]): number {
  const named = answers.filter(answer => answer !== 'unknown');
  return named.filter((answer, at) => at > 0 && answer !== named[at - 1]).length;
}

/**
 * Seconds from the moment at which one trace is followed by another until the answer is the other's class.
 *
 * @returns undefined where it was not in `limit` seconds
 */
export function secondsToNotice(
  first: Trace,
  second: Trace,
  category: string,
  model: WorkloadModel,
  limit: number,
): number | undefined {
  const classifier = new Classifier(defaults(model));
  const from = (first.times[0] ?? 0) - 1000;
  const length = (first.times.at(-1) ?? 0) - from;
  playTrace(first, frame => {
    frame.monotonicMs = frame.utcMs - from;
    classifier.add(frame);
  });
  const start = (second.times[0] ?? 0) - 1000;
  let noticed: number | undefined;
  playTrace(second, frame => {
    const since = frame.utcMs - start;
    frame.monotonicMs = length + since;
    classifier.add(frame);
    if (noticed === undefined && since / 1000 <= limit && classifier.current.category === category)
      noticed = since / 1000;
  });
  return noticed;
}
