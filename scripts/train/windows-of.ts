import { computeFeatures, FEATURES } from '../../src/classify/features.ts';
import { History } from '../../src/classify/history.ts';
import { SignalReader, SIGNALS } from '../../src/classify/signals.ts';
import { playTrace, type Trace } from '../../src/classify/trace.ts';
import { Windows } from '../../src/classify/windows.ts';

/** Seconds after the beginning at which a window is taken, then every {@link EVERY}. */
const FIRST = [12, 20, 30, 45, 60];
const EVERY = 20;
/** Seconds after which the second history forgets, so that there are short windows from the middle of a trace too. */
const FORGET_EVERY = 47;

/** A second, or what one sample stands for. */
export interface Step {
  readonly signals: Float64Array;
  readonly seconds: number;
}

/** The signals of a trace, as the classifier sees them. */
export function stepsOf(trace: Trace): Step[] {
  const reader = new SignalReader();
  reader.setLayout(trace.layout);
  const steps: Step[] = [];
  let before: number | undefined;
  playTrace(trace, frame => {
    const seconds = before === undefined ? 1 : (frame.monotonicMs - before) / 1000;
    before = frame.monotonicMs;
    const signals = new Float64Array(SIGNALS.length);
    reader.read(frame, seconds, signals);
    steps.push({ signals, seconds });
  });
  return steps;
}

/**
 * Feature vectors of windows all along a trace: some that reach back to its beginning, and some that begin in its
 * middle, as they do after a change.
 *
 * @param most number of vectors, evenly picked from more
 */
export function windowsOf(steps: readonly Step[], most: number): Float64Array[] {
  const found = [...along(steps, Number.POSITIVE_INFINITY), ...along(steps, FORGET_EVERY)];
  if (found.length <= most) return found;
  return Array.from(
    { length: most },
    (_, at) => found[Math.floor((at * found.length) / most)] ?? new Float64Array(FEATURES.length),
  );
}

function along(steps: readonly Step[], forgetAfter: number): Float64Array[] {
  const history = new History();
  const windows = new Windows(history);
  const found: Float64Array[] = [];
  let age = 0;
  let next = 0;
  for (const { signals, seconds } of steps) {
    history.add(signals, seconds);
    age += seconds;
    if (age >= (FIRST[next] ?? 60 + (next - FIRST.length + 1) * EVERY)) {
      next++;
      windows.update();
      const features = new Float64Array(FEATURES.length);
      computeFeatures(windows, features);
      found.push(features);
    }
    if (age > forgetAfter) {
      history.clear();
      age = 0;
      next = 0;
    }
  }
  return found;
}
