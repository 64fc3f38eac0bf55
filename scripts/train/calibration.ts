import {
  type Calibration,
  ModelReader,
  seesGpu,
  softmax,
  type WorkloadModel,
} from '../../src/classify/model.ts';
import { LEAST } from '../../src/classify/smoothing.ts';
import { CATEGORIES } from '../../src/common/workload.ts';
import { GPU_MASK, HIDDEN_WEIGHT, isOnGpu, masked, randomMask, round4, type Sample } from './fit.ts';
import { Random } from './random.ts';

/** Windows of a trace that a model has not seen, in their order, with what the model says of them. */
export interface HeldOut {
  /** What counts alike within a class: the sources of a kind. */
  readonly source: string;
  /** Whether it was recorded by this project. */
  readonly isOwn: boolean;
  readonly label: number;
  /** Whether the load of a GPU can be seen in it. */
  readonly seesGpu: boolean;
  /** What each window counts, beside others of its class, kind and source. */
  readonly weight: number;
  /** Log probabilities of each window under a temperature of 1. */
  readonly windows: readonly Float64Array[];
}

/**
 * What `model` says of traces that it has not seen: as they are, with random signals taken away, and with the GPU and
 * others taken away.
 */
export function heldOut(model: WorkloadModel, samples: readonly Sample[], isOwn = false): HeldOut[] {
  const neutral = { temperature: 1, sharpness: 1 };
  const reader = new ModelReader({ ...model, withGpu: neutral, withoutGpu: neutral }, CATEGORIES);
  const random = new Random(7);
  const traces = new Map<string, Sample[]>();
  for (const sample of samples) traces.set(sample.trace, [...(traces.get(sample.trace) ?? []), sample]);
  return [...traces.values()].flatMap(own => {
    const [first] = own;
    if (!first) return [];
    const { source, category } = first;
    const label = (CATEGORIES as readonly string[]).indexOf(category);
    const of = (isGpuSeen: boolean, mask: () => number, share: number): HeldOut => ({
      source,
      isOwn,
      label,
      seesGpu: isGpuSeen,
      weight: share / own.length,
      windows: own.map(({ features }) => {
        reader.read(masked(features, mask()));
        return reader.probabilities.map(Math.log);
      }),
    });
    const isSeen = seesGpu(first.features);
    const whole = of(isSeen, () => 0, 1);
    const gappy = of(isSeen, () => randomMask(random) & ~GPU_MASK, 1);
    if (!isSeen) return [whole, gappy];
    const share = isOnGpu(category, first.features) ? HIDDEN_WEIGHT : 1;
    return [whole, gappy, of(false, () => randomMask(random) | GPU_MASK, share)];
  });
}

/** A model whose probabilities mean what they say, by what models said of sources that they have not seen. */
export function calibrated(model: WorkloadModel, traces: readonly HeldOut[]): WorkloadModel {
  const of = (isGpuSeen: boolean, otherwise: Calibration) => {
    const own = balanced(traces.filter(one => one.seesGpu === isGpuSeen));
    if (own.length === 0) return otherwise;
    const temperature = temperatureOf(own);
    return { temperature, sharpness: sharpnessOf(own, temperature) };
  };
  return { ...model, withGpu: of(true, model.withGpu), withoutGpu: of(false, model.withoutGpu) };
}

/**
 * Traces with weights so that classes count alike, in a class recordings of others and our own, in these sources and in
 * a source traces: neither the one machine here nor the one source of many traces has the say.
 */
function balanced(traces: readonly HeldOut[]): HeldOut[] {
  const groups = (key: (one: HeldOut) => string, within: (one: HeldOut) => string) => {
    const parts = new Map<string, Set<string>>();
    for (const one of traces) parts.set(within(one), (parts.get(within(one)) ?? new Set()).add(key(one)));
    return (one: HeldOut) => parts.get(within(one))?.size ?? 1;
  };
  const kindOf = (one: HeldOut) => `${String(one.label)}|${String(one.isOwn)}`;
  const sourceOf = (one: HeldOut) => `${kindOf(one)}|${one.source}`;
  const kinds = groups(kindOf, one => String(one.label));
  const sources = groups(sourceOf, kindOf);
  const counts = new Map<string, number>();
  for (const one of traces) counts.set(sourceOf(one), (counts.get(sourceOf(one)) ?? 0) + 1);
  return traces.map(one => ({
    ...one,
    weight: one.weight / kinds(one) / sources(one) / (counts.get(sourceOf(one)) ?? 1),
  }));
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

/**
 * Share of traces that are labelled with a class that nothing in them shows: a trace that is surely wrong does not take
 * the certainty of all others away.
 */
const OUTLIERS = 0.15;

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
      loss -= weight * Math.log(OUTLIERS / out.length + (1 - OUTLIERS) * (out[label] ?? 0));
    }
    if (loss < least) [best, least] = [temperature, loss];
  }
  return round4(best);
}
