import { type Category, UNKNOWN } from '../common/workload.ts';
import { Classifier, type ClassifierOptions, isPause } from './classifier.ts';
import { playTrace, type Trace } from './trace.ts';

/** A stretch of a trace with one answer; seconds from its beginning. */
export interface Stretch {
  readonly start: number;
  readonly end: number;
  readonly category: Category;
  /** Mean over the stretch. */
  readonly confidence: number;
}

/** The answer for a whole trace. */
export interface TraceAnswer {
  readonly seconds: number;
  /** The one that held longest after the first 30 s, or in all of a shorter trace. */
  readonly category: Category;
  /** Mean confidence while {@link category} held. */
  readonly confidence: number;
  readonly timeline: readonly Stretch[];
  /** Those told last while {@link category} held. */
  readonly reasons: readonly string[];
}

/** Seconds at the beginning of a trace that do not count for its one answer. */
const SETTLING_SECONDS = 30;

/**
 * Classifies a trace as if it were happening. In a pause of the samples there is no answer: it is an `unknown` stretch of
 * the timeline and does not count for the one answer.
 */
export function classifyTrace(trace: Trace, options: ClassifierOptions): TraceAnswer {
  const classifier = new Classifier(options);
  const timeline: { start: number; end: number; category: Category; confidence: number }[] = [];
  const held = new Map<Category, { seconds: number; confidence: number; reasons: readonly string[] }>();
  const start = trace.times[0] ?? 0;
  const seconds = ((trace.times.at(-1) ?? start) - start) / 1000;
  const from = seconds > SETTLING_SECONDS ? SETTLING_SECONDS : 0;
  let before = 0;
  let interval = Number.NaN;
  const stretch = (now: number, category: Category, confidence: number): void => {
    const last = timeline.at(-1);
    if (last?.category === category) {
      last.confidence += ((now - before) * (confidence - last.confidence)) / (now - last.start);
      last.end = now;
    } else timeline.push({ start: before, end: now, category, confidence });
  };
  playTrace(trace, frame => {
    const now = (frame.utcMs - start) / 1000;
    const length = now - before;
    if (isPause(length, interval)) {
      stretch(now, UNKNOWN, 0);
    } else if (length > 0) {
      // What was the answer until now, is.
      const { category, confidence, reasons } = classifier.current;
      stretch(now, category, confidence);
      const counted = Math.max(0, now - Math.max(before, from));
      const entry = held.get(category) ?? { seconds: 0, confidence: 0, reasons: [] };
      held.set(category, {
        seconds: entry.seconds + counted,
        confidence: entry.confidence + counted * confidence,
        reasons: reasons.length > 0 ? reasons : entry.reasons,
      });
    }
    interval = length > 0 ? length : Number.NaN;
    before = now;
    classifier.add(frame);
  });
  const [longest] = [...held].sort(([, a], [, b]) => b.seconds - a.seconds);
  if (!longest) return { seconds, category: UNKNOWN, confidence: 0, timeline, reasons: [] };
  const [category, { seconds: length, confidence, reasons }] = longest;
  return { seconds, category, confidence: length > 0 ? confidence / length : 0, timeline, reasons };
}
