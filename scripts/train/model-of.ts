import { FEATURES } from '../../src/classify/features.ts';
import { ModelReader, softmax, type WorkloadModel } from '../../src/classify/model.ts';
import { CATEGORIES } from '../../src/common/workload.ts';
import { fit, masked, randomMask, round4, type Sample, sampleWeights, spreadOf } from './fit.ts';
import { priorTraces } from './prior/traces.ts';
import { LEAST } from '../../src/classify/smoothing.ts';
import { Random } from './random.ts';
import { isPause } from './statistics-file.ts';
import { windowsOf } from './windows-of.ts';

/** Windows taken of each trace of the prior. */
const PRIOR_WINDOWS = 9;
const COARSE_PRIOR_WINDOWS = 3;

/** The prior as samples, at a sample a second and at one every 5 s. */
export function priorSamples(): Sample[] {
  return priorTraces().flatMap(({ category, name, seconds }) => {
    const fine = seconds.map(signals => ({ signals, seconds: 1 }));
    const coarse = seconds.filter((_, at) => at % 5 === 0).map(signals => ({ signals, seconds: 5 }));
    return [...windowsOf(fine, PRIOR_WINDOWS), ...windowsOf(coarse, COARSE_PRIOR_WINDOWS)]
      .filter(features => !isPause(category, features))
      .map(features => ({ category, source: 'prior', trace: name, features }));
  });
}

/** The model of these samples, before its probabilities are made to mean what they say. */
export function modelOf(samples: readonly Sample[]): WorkloadModel {
  const sources: Record<string, number> = {};
  for (const { source } of samples) sources[source] = (sources[source] ?? 0) + 1;
  return {
    format: 1,
    sources,
    categories: [...CATEGORIES],
    features: FEATURES.map(({ id, knots }) => ({ id, knots: [...knots] })),
    ...fit(samples, CATEGORIES),
    temperature: 1,
    sharpness: 1,
    ...spreadOf(samples, CATEGORIES),
  };
}

/** Windows of a trace that a model has not seen, in their order, with what the model says of them. */
export interface HeldOut {
  readonly source: string;
  readonly label: number;
  /** Of each window. */
  readonly weight: number;
  /** Log probabilities of each window under a temperature of 1. */
  readonly windows: readonly Float64Array[];
}

/** What `model` says of traces of a source it has not seen, as they are and with random signals taken away. */
export function heldOut(model: WorkloadModel, samples: readonly Sample[]): HeldOut[] {
  const reader = new ModelReader({ ...model, temperature: 1 }, CATEGORIES);
  const random = new Random(7);
  const weights = sampleWeights(samples);
  const found = new Map<string, { source: string; label: number; weight: number; windows: Float64Array[] }>();
  samples.forEach(({ source, category, trace, features }, at) => {
    for (const isWhole of [true, false]) {
      const key = `${trace}|${String(isWhole)}`;
      const label = (CATEGORIES as readonly string[]).indexOf(category);
      const entry = found.get(key) ?? { source, label, weight: weights[at] ?? 0, windows: [] };
      found.set(key, entry);
      reader.read(isWhole ? features : masked(features, randomMask(random)));
      entry.windows.push(reader.probabilities.map(Math.log));
    }
  });
  return [...found.values()];
}

/** The temperature under which held-out windows are likeliest. */
export function temperatureOf(traces: readonly HeldOut[]): number {
  return likeliest(traces.flatMap(({ windows, ...rest }) => windows.map(logits => ({ ...rest, logits }))));
}

/** Windows whose log probabilities are averaged for finding the sharpness: about as many as a minute and a half has. */
const AVERAGED = 5;

/**
 * The sharpness under which averages over the windows of a held-out trace are likeliest.
 *
 * @param temperature by which the log odds of single windows are divided
 */
export function sharpnessOf(traces: readonly HeldOut[], temperature: number): number {
  const out = new Float64Array(CATEGORIES.length);
  const averages = traces.flatMap(({ windows, ...rest }) => {
    const known = windows.map(logits => {
      softmax(logits, temperature, out);
      return out.map(probability => Math.log(LEAST + probability));
    });
    return known.slice(0, Math.max(1, known.length - AVERAGED + 1)).map((_, from) => {
      const run = known.slice(from, from + AVERAGED);
      const logits = new Float64Array(out.length);
      for (const one of run)
        one.forEach((value, at) => (logits[at] = (logits[at] ?? 0) + value / run.length));
      return { ...rest, logits };
    });
  });
  return round4(1 / likeliest(averages));
}

/** Keeps a single window that is surely wrong from deciding alone. */
const LEAST_LOSS = 3e-3;

/** What log odds must be divided by to make the labels likeliest. */
function likeliest(
  cases: readonly { readonly label: number; readonly weight: number; readonly logits: Float64Array }[],
): number {
  const out = new Float64Array(CATEGORIES.length);
  let best = 1;
  let least = Number.POSITIVE_INFINITY;
  for (let temperature = 0.2; temperature < 5; temperature *= 1.04) {
    let loss = 0;
    for (const { label, weight, logits } of cases) {
      softmax(logits, temperature, out);
      loss -= weight * Math.log(LEAST_LOSS + (out[label] ?? 0));
    }
    if (loss < least) [best, least] = [temperature, loss];
  }
  return round4(best);
}

/** A model whose probabilities mean what they say, by what models said of sources that they have not seen. */
export function calibrated(model: WorkloadModel, traces: readonly HeldOut[]): WorkloadModel {
  if (traces.length === 0) return model;
  const temperature = temperatureOf(traces);
  return { ...model, temperature, sharpness: sharpnessOf(traces, temperature) };
}
