/* eslint-disable @typescript-eslint/no-non-null-assertion -- typed arrays of known lengths, in loops that run 10^9 times */
import { FEATURES } from '../../src/classify/features.ts';
import {
  KNOT_STARTS,
  leftOf,
  seesGpu,
  shareOf,
  WEIGHTS,
  type WorkloadModel,
} from '../../src/classify/model.ts';
import type { Signal } from '../../src/classify/signals.ts';
import type { Category } from '../../src/common/workload.ts';
import { Random } from './random.ts';

/** Where a window comes from. */
export interface Origin {
  /** Repository, program recorded here, or `prior`. */
  readonly source: string;
  /** What is left out together; none for the prior, which is never left out. */
  readonly fold?: string | undefined;
  /** How many sources of its class it counts as; 1 where nothing is said. */
  readonly share?: number | undefined;
}

/** A window with its label. */
export interface Sample extends Origin {
  readonly category: Category;
  readonly trace: string;
  readonly features: Float64Array;
}

/** Models whose weights are averaged, each found with other windows and other signals taken away. */
const FITS = 3;
/** How the weights are found: number of steps, windows that are looked at in each, and how far a step goes. */
const STEPS = 200;
const BATCH = 640;
const RATE = 0.03;
/** Cost of large weights, and of weights that differ from those at the knots beside them. */
const SHRINK = 1e-4;
const SMOOTH = 5e-4;
/** Signals that come and go together: a sensor, a driver or a permission. */
const GROUPS: readonly (readonly Signal[])[] = [
  ['cpu'],
  ['busiestCore', 'busyCores'],
  ['contextSwitches', 'interrupts'],
  ['cpuPressure', 'ioPressure', 'memoryPressure'],
  ['gpu'],
  ['gpuMemory'],
  ['vram', 'vramGb'],
  ['gpuPower', 'gpuPowerShare'],
  ['gpuClock'],
  ['encoder', 'decoder'],
  ['computeProcesses', 'graphicsProcesses'],
  ['pcie'],
  ['ram'],
  ['diskRead', 'diskWrite'],
  ['diskReads', 'diskWrites'],
  ['netSend', 'netReceive'],
  ['connections'],
];
const GPU_GROUPS = [4, 5, 6, 7, 8, 9, 10, 11];

/** For each feature the groups it needs, as bits. */
const NEEDS = FEATURES.map(feature =>
  GROUPS.reduce(
    (bits, group, at) => (feature.signals.some(signal => group.includes(signal)) ? bits | (1 << at) : bits),
    0,
  ),
);

/** Load of the GPU among {@link GROUPS}, and classes that are work for it where there is one. */
const GPU_LOAD = 1 << 4;
const ON_GPU = ['gaming', 'ai_training', 'video_editing'];
/** What a window of work on the GPU counts while the GPU is taken away from it: what is left hardly shows the work. */
export const HIDDEN_WEIGHT = 0.15;

/** Whether a window is of work on a GPU that can be seen in it. */
export function isOnGpu(category: Category, features: Float64Array): boolean {
  return ON_GPU.includes(category) && seesGpu(features);
}

/** All that a GPU's driver tells. */
export const GPU_MASK = GPU_GROUPS.reduce((bits, at) => bits | (1 << at), 0);

/** Which groups are taken away from a window: nothing tells the class by what is there. */
export function randomMask(random: Random): number {
  const kind = random.next();
  const every = (1 << GROUPS.length) - 1;
  if (kind < 0.15) return 0;
  if (kind < 0.3) return GPU_MASK;
  let mask = kind < 0.4 ? every & ~GPU_MASK : 0;
  if (kind > 0.85) mask |= GPU_MASK;
  const share = random.between(0.1, 0.7);
  for (let at = 0; at < GROUPS.length; at++) if (random.chance(share)) mask |= 1 << at;
  return mask;
}

/** A window without some groups of signals. */
export function masked(features: Float64Array, mask: number): Float64Array {
  return features.map((value, at) => (((NEEDS[at] ?? 0) & mask) === 0 ? value : Number.NaN));
}

/** The mask that takes these signals away. */
export function maskOf(isGone: (signal: Signal) => boolean): number {
  return GROUPS.reduce((bits, group, at) => (group.some(isGone) ? bits | (1 << at) : bits), 0);
}

/** Weight of each sample: classes count alike, in a class sources by their share, in a source traces. */
export function sampleWeights(samples: readonly Sample[]): Float64Array {
  const sharesOf = new Map<string, Map<string, number>>();
  const tracesOf = new Map<string, Set<string>>();
  const windowsOf = new Map<string, number>();
  for (const { category, source, share = 1, trace } of samples) {
    const key = `${category}|${source}`;
    const shares = sharesOf.get(category) ?? new Map<string, number>();
    sharesOf.set(category, shares.set(source, share));
    tracesOf.set(key, (tracesOf.get(key) ?? new Set()).add(trace));
    windowsOf.set(`${key}|${trace}`, (windowsOf.get(`${key}|${trace}`) ?? 0) + 1);
  }
  return Float64Array.from(samples, ({ category, source, share = 1, trace }) => {
    const total = [...(sharesOf.get(category)?.values() ?? [])].reduce((sum, one) => sum + one, 0);
    const key = `${category}|${source}`;
    return share / total / (tracesOf.get(key)?.size ?? 1) / (windowsOf.get(`${key}|${trace}`) ?? 1);
  });
}

/** A window as the knots it lies between. */
interface Row {
  readonly at: Int32Array;
  readonly share: Float64Array;
  readonly needs: Int32Array;
}

function rowOf(features: Float64Array): Row {
  const at: number[] = [];
  const share: number[] = [];
  const needs: number[] = [];
  features.forEach((value, index) => {
    if (Number.isNaN(value)) return;
    const { knots } = FEATURES[index]!;
    const left = leftOf(knots, value);
    at.push(KNOT_STARTS[index]! + left);
    share.push(shareOf(knots, left, value));
    needs.push(NEEDS[index]!);
  });
  return { at: Int32Array.from(at), share: Float64Array.from(share), needs: Int32Array.from(needs) };
}

/**
 * Finds the weights: the mean of several fits, which is a model of the same kind and hangs less on what each has drawn.
 * The same samples give the same weights.
 */
export function fit(
  samples: readonly Sample[],
  categories: readonly Category[],
): Pick<WorkloadModel, 'bias' | 'weights'> {
  const classes = categories.length;
  const data: Data = {
    classes,
    rows: samples.map(({ features }) => rowOf(features)),
    labels: samples.map(({ category }) => categories.indexOf(category)),
    onGpu: samples.map(({ category, features }) => isOnGpu(category, features)),
    ends: endsOf(sampleWeights(samples)),
  };
  const found = Array.from({ length: FITS }, (_, number) => fitOnce(data, new Random(20260101 + number)));
  const mean = (of: (one: Weights) => number) =>
    round4(found.reduce((sum, one) => sum + of(one), 0) / found.length);
  return {
    bias: categories.map((_, c) => mean(({ bias }) => bias[c]!)),
    weights: categories.map((_, c) =>
      Array.from({ length: WEIGHTS }, (__, at) => mean(({ weights }) => weights[at * classes + c]!)),
    ),
  };
}

/** What a fit looks at. */
interface Data {
  readonly classes: number;
  readonly rows: readonly Row[];
  readonly labels: readonly number[];
  readonly onGpu: readonly boolean[];
  readonly ends: Float64Array;
}

interface Weights {
  readonly bias: Float64Array;
  /** Of each class at each knot. */
  readonly weights: Float64Array;
}

/**
 * Multinomial logistic regression over piecewise linear features, by Adam on batches that are drawn by the samples'
 * weights, each sample with other groups of signals taken away every time. The answer is the mean over the last third of
 * the steps.
 */
function fitOnce({ classes, rows, labels, onGpu, ends }: Data, random: Random): Weights {
  const size = WEIGHTS * classes;
  const weights = new Float64Array(size);
  const bias = new Float64Array(classes);
  const gradient = new Float64Array(size);
  const biasGradient = new Float64Array(classes);
  const first = new Float64Array(size);
  const second = new Float64Array(size);
  const logits = new Float64Array(classes);
  const meanWeights = new Float64Array(size);
  const meanBias = new Float64Array(classes);
  const meanFrom = Math.floor((2 * STEPS) / 3);
  for (let step = 1; step <= STEPS; step++) {
    gradient.fill(0);
    biasGradient.fill(0);
    let index = 0;
    const offset = random.next();
    for (let drawn = 0; drawn < BATCH; drawn++) {
      while (ends[index]! < (drawn + offset) / BATCH && index < rows.length - 1) index++;
      const { at, share, needs } = rows[index]!;
      const mask = randomMask(random);
      logits.set(bias);
      for (let k = 0; k < at.length; k++) {
        if ((needs[k]! & mask) !== 0) continue;
        const start = at[k]! * classes;
        const right = share[k]!;
        for (let c = 0; c < classes; c++)
          logits[c]! += weights[start + c]! * (1 - right) + weights[start + classes + c]! * right;
      }
      let highest = Number.NEGATIVE_INFINITY;
      for (let c = 0; c < classes; c++) highest = Math.max(highest, logits[c]!);
      let sum = 0;
      for (let c = 0; c < classes; c++) sum += logits[c] = Math.exp(logits[c]! - highest);
      const isHidden = onGpu[index] === true && (mask & GPU_LOAD) !== 0;
      const weight = (isHidden ? HIDDEN_WEIGHT : 1) / BATCH;
      for (let c = 0; c < classes; c++) {
        const error = weight * (logits[c]! / sum - (c === labels[index] ? 1 : 0));
        logits[c] = error;
        biasGradient[c]! += error;
      }
      for (let k = 0; k < at.length; k++) {
        if ((needs[k]! & mask) !== 0) continue;
        const start = at[k]! * classes;
        const right = share[k]!;
        for (let c = 0; c < classes; c++) {
          gradient[start + c]! += logits[c]! * (1 - right);
          gradient[start + classes + c]! += logits[c]! * right;
        }
      }
    }
    regularize(weights, gradient, classes);
    const rate = RATE * Math.min(1, 2 * (1 - step / (STEPS + 1)));
    const firstScale = 1 - 0.9 ** step;
    const secondScale = 1 - 0.99 ** step;
    for (let at = 0; at < size; at++) {
      first[at] = 0.9 * first[at]! + 0.1 * gradient[at]!;
      second[at] = 0.99 * second[at]! + 0.01 * gradient[at]! ** 2;
      weights[at]! -= (rate * (first[at]! / firstScale)) / (Math.sqrt(second[at]! / secondScale) + 1e-5);
    }
    for (let c = 0; c < classes; c++) bias[c]! -= 2 * rate * biasGradient[c]!;
    if (step <= meanFrom) continue;
    const share = 1 / (step - meanFrom);
    for (let at = 0; at < size; at++) meanWeights[at]! += share * (weights[at]! - meanWeights[at]!);
    for (let c = 0; c < classes; c++) meanBias[c]! += share * (bias[c]! - meanBias[c]!);
  }
  return { bias: meanBias, weights: meanWeights };
}

/** Where each sample's part of all the weight ends, 0 to 1. */
function endsOf(weights: Float64Array): Float64Array {
  const all = weights.reduce((sum, weight) => sum + weight, 0);
  let end = 0;
  return weights.map(weight => (end += weight / all));
}

function regularize(weights: Float64Array, gradient: Float64Array, classes: number): void {
  FEATURES.forEach(({ knots }, feature) => {
    for (let knot = 0; knot < knots.length; knot++) {
      for (let c = 0; c < classes; c++) {
        const at = (KNOT_STARTS[feature]! + knot) * classes + c;
        const value = weights[at]!;
        gradient[at]! += SHRINK * value;
        if (knot > 0) {
          const step = value - weights[at - classes]!;
          gradient[at]! += SMOOTH * step;
          gradient[at - classes]! -= SMOOTH * step;
        }
      }
    }
  });
}

/** Centres of the classes and widths of the features, for telling what is far from anything seen. */
export function spreadOf(
  samples: readonly Sample[],
  categories: readonly Category[],
): Pick<WorkloadModel, 'centres' | 'widths' | 'farthest'> {
  const weight = sampleWeights(samples);
  const meanOf = (category: Category | undefined, feature: number) => {
    let sum = 0;
    let squares = 0;
    let total = 0;
    samples.forEach((sample, index) => {
      const value = sample.features[feature]!;
      if ((category !== undefined && sample.category !== category) || Number.isNaN(value)) return;
      sum += weight[index]! * value;
      squares += weight[index]! * value * value;
      total += weight[index]!;
    });
    const mean = sum / total;
    return { mean, width: Math.sqrt(Math.max(1e-6, squares / total - mean * mean)), total };
  };
  const widths = FEATURES.map((_, feature) => round4(Math.max(0.001, meanOf(undefined, feature).width) || 1));
  const centres = categories.map(category =>
    FEATURES.map((_, feature) => {
      const { mean, total } = meanOf(category, feature);
      return total > 0 ? round4(mean) : null;
    }),
  );
  const distances = samples.map(({ features }) =>
    Math.min(
      ...centres.map(centre => {
        let sum = 0;
        let count = 0;
        features.forEach((value, feature) => {
          const middle = centre[feature];
          if (Number.isNaN(value) || middle === null || middle === undefined) return;
          sum += Math.min(16, ((value - middle) / widths[feature]!) ** 2);
          count++;
        });
        return count === 0 ? 0 : sum / count;
      }),
    ),
  );
  const ascending = distances.sort((a, b) => a - b);
  return { centres, widths, farthest: round4(ascending[Math.floor(0.99 * ascending.length)] ?? 1) };
}

/** Enough digits for the model file, and the same on every machine. */
export function round4(value: number): number {
  return Math.round(value * 1e4) / 1e4;
}
