import fs from 'node:fs';
import * as v from 'valibot';
import type { Category } from '../common/workload.ts';
import { FEATURES } from './features.ts';

const numbers = v.array(v.pipe(v.number(), v.finite()));

/** What makes probabilities mean what they say. */
const CALIBRATION = v.object({
  /** What the log odds of a window are divided by. */
  temperature: v.pipe(v.number(), v.gtValue(0)),
  /** What the log odds are multiplied with that are averaged over time. */
  sharpness: v.pipe(v.number(), v.gtValue(0)),
});

export type Calibration = v.InferOutput<typeof CALIBRATION>;

/** What the model file must hold; {@link parseModel} checks that its parts fit together as well. */
const MODEL_SCHEMA = v.object({
  format: v.literal(1),
  /** What it was trained on: number of windows of each source. */
  sources: v.record(v.string(), v.number()),
  categories: v.pipe(v.array(v.string()), v.minLength(2)),
  features: v.array(v.object({ id: v.string(), knots: numbers })),
  /** Log odds of each class before anything is seen. */
  bias: numbers,
  /** A row for each class: log odds at each knot of each feature. */
  weights: v.array(numbers),
  /** For windows in which the load of a GPU can be seen, and for the others, that show less of the work. */
  withGpu: CALIBRATION,
  withoutGpu: CALIBRATION,
  /** Where each class has been seen: a row for each class, a value for each feature. */
  centres: v.array(v.array(v.nullable(v.pipe(v.number(), v.finite())))),
  /** How wide: standard deviations of the features, over all classes. */
  widths: v.array(v.pipe(v.number(), v.gtValue(0))),
  /** Mean squared distance from the nearest centre, in widths, that one window in a hundred of the training has. */
  farthest: v.pipe(v.number(), v.gtValue(0)),
});

/** What `npm run train` learned: the contents of `configs/workload-model.json`. */
export type WorkloadModel = v.InferOutput<typeof MODEL_SCHEMA>;

/**
 * Checks what a model file holds.
 *
 * @throws Error when it is not a model, or not one for this version's features
 */
export function parseModel(json: unknown): WorkloadModel {
  const result = v.safeParse(MODEL_SCHEMA, json);
  if (!result.success) {
    const [issue] = result.issues;
    const place = (issue.path ?? []).map(part => String(part.key)).join('.');
    throw new Error(`the workload model is not valid${place === '' ? '' : ` at ${place}`}`);
  }
  const model = result.output;
  const fits =
    model.features.length === FEATURES.length &&
    FEATURES.every((feature, at) => {
      const other = model.features[at];
      return (
        other?.id === feature.id &&
        other.knots.length === feature.knots.length &&
        feature.knots.every((knot, place) => knot === other.knots[place])
      );
    });
  if (!fits) throw new Error('the workload model was trained on other features; run “npm run train”');
  const size = FEATURES.reduce((sum, { knots }) => sum + knots.length, 0);
  const classes = model.categories.length;
  const isWhole =
    model.bias.length === classes &&
    model.weights.length === classes &&
    model.weights.every(row => row.length === size) &&
    model.centres.length === classes &&
    model.centres.every(row => row.length === FEATURES.length) &&
    model.widths.length === FEATURES.length;
  if (!isWhole) throw new Error('the workload model is not whole: its parts have different sizes');
  return model;
}

/**
 * Reads a model file.
 *
 * @throws Error when it cannot be read or is not a model for this version
 */
export function readModel(file: string): WorkloadModel {
  return parseModel(JSON.parse(fs.readFileSync(file, 'utf8')));
}

/** Where the knots of each feature begin in a row of weights. */
export const KNOT_STARTS: readonly number[] = (() => {
  let start = 0;
  return FEATURES.map(({ knots }) => {
    const at = start;
    start += knots.length;
    return at;
  });
})();

const KNOTS = FEATURES.map(({ knots }) => knots);

/** Number of weights of a class. */
export const WEIGHTS = FEATURES.reduce((sum, { knots }) => sum + knots.length, 0);

/** The number of the knot to the left of a value. */
export function leftOf(knots: readonly number[], value: number): number {
  let left = 0;
  while (left < knots.length - 2 && value >= (knots[left + 1] ?? 0)) left++;
  return left;
}

/** The share of the way from the knot `left` to the next one, 0 to 1. */
export function shareOf(knots: readonly number[], left: number, value: number): number {
  const from = knots[left] ?? 0;
  const share = (value - from) / ((knots[left + 1] ?? 0) - from);
  return share < 0 ? 0 : share > 1 ? 1 : share;
}

const GPU_LEVEL = FEATURES.findIndex(({ id }) => id === 'gpu.level60');

/** Whether the load of a GPU can be seen in a window. */
export function seesGpu(features: Float64Array): boolean {
  return !Number.isNaN(features[GPU_LEVEL] ?? Number.NaN);
}

/** How much further than {@link WorkloadModel.farthest} a window may be before its probabilities are worth half. */
const NOVELTY_MARGIN = 1.5;
/** A single feature counts no more than this many squared widths: one odd sensor is not a new kind of work. */
const LARGEST_DISTANCE = 16;

/** Answers of a model. Its arrays are used again at each call. */
export class ModelReader {
  readonly model: WorkloadModel;
  /** Indexes of the model's classes that are to be told apart. */
  readonly classes: readonly number[];
  /** Probabilities of {@link classes} after {@link read}. */
  readonly probabilities: Float64Array;
  readonly #logits: Float64Array;
  /** For each knot the weights of {@link classes}, one after the other. */
  readonly #weights: Float64Array;
  readonly #centres: readonly Float64Array[];
  readonly #widths: Float64Array;
  /** The features of a window that have a value, and how many those are. */
  readonly #present = new Int32Array(FEATURES.length);
  #presentCount = 0;

  /** @param categories the classes to tell apart; those that the model does not know are left out */
  constructor(model: WorkloadModel, categories: readonly Category[]) {
    this.model = model;
    this.classes = categories.map(name => model.categories.indexOf(name)).filter(index => index >= 0);
    this.probabilities = new Float64Array(this.classes.length);
    this.#logits = new Float64Array(this.classes.length);
    const count = this.classes.length;
    this.#weights = new Float64Array(WEIGHTS * count);
    this.classes.forEach((index, at) => {
      model.weights[index]?.forEach((weight, knot) => (this.#weights[knot * count + at] = weight));
    });
    this.#centres = this.classes.map(index =>
      Float64Array.from(model.centres[index] ?? [], middle => middle ?? Number.NaN),
    );
    this.#widths = Float64Array.from(model.widths);
  }

  /**
   * Computes {@link probabilities} of a window; a feature that is NaN says nothing.
   *
   * @param isStrangeness whether a window that is unlike anything seen gives less certain ones
   */
  read(features: Float64Array, isStrangeness = true): void {
    const { model } = this;
    const logits = this.#logits;
    const weights = this.#weights;
    const count = this.classes.length;
    let present = 0;
    for (let at = 0; at < count; at++) logits[at] = model.bias[this.classes[at] ?? 0] ?? 0;
    for (let index = 0; index < KNOTS.length; index++) {
      const value = features[index] ?? Number.NaN;
      if (Number.isNaN(value)) continue;
      this.#present[present++] = index;
      const knots = KNOTS[index] ?? [];
      const left = leftOf(knots, value);
      const right = shareOf(knots, left, value);
      let from = ((KNOT_STARTS[index] ?? 0) + left) * count;
      for (let at = 0; at < count; at++, from++) {
        const weight = weights[from] ?? 0;
        logits[at] = (logits[at] ?? 0) + weight + right * ((weights[from + count] ?? 0) - weight);
      }
    }
    this.#presentCount = present;
    const { temperature } = this.calibrationOf(features);
    const doubt = isStrangeness ? this.#doubt(features) : 1;
    softmax(logits, temperature * doubt, this.probabilities);
  }

  /** What makes the probabilities of a window mean what they say. */
  calibrationOf(features: Float64Array): Calibration {
    return seesGpu(features) ? this.model.withGpu : this.model.withoutGpu;
  }

  /** What a feature adds to the log odds of each of {@link classes}; empty where it has no value. */
  contributions(index: number, value: number): readonly number[] {
    if (Number.isNaN(value)) return [];
    const knots = KNOTS[index] ?? [];
    const left = leftOf(knots, value);
    const right = shareOf(knots, left, value);
    const count = this.classes.length;
    const from = ((KNOT_STARTS[index] ?? 0) + left) * count;
    return this.classes.map((_, at) => {
      const weight = this.#weights[from + at] ?? 0;
      return weight + right * ((this.#weights[from + count + at] ?? 0) - weight);
    });
  }

  /** 1 for a window like those of the training; grows with the distance from the nearest class. */
  #doubt(features: Float64Array): number {
    const { farthest } = this.model;
    const widths = this.#widths;
    let nearest = Number.POSITIVE_INFINITY;
    for (const centre of this.#centres) {
      let sum = 0;
      let count = 0;
      for (let place = 0; place < this.#presentCount; place++) {
        const at = this.#present[place] ?? 0;
        const away = ((features[at] ?? 0) - (centre[at] ?? 0)) / (widths[at] ?? 1);
        const distance = away * away;
        if (distance >= 0) {
          sum += distance < LARGEST_DISTANCE ? distance : LARGEST_DISTANCE;
          count++;
        }
      }
      if (count > 0 && sum / count < nearest) nearest = sum / count;
    }
    if (nearest === Number.POSITIVE_INFINITY || nearest <= farthest) return 1;
    return 1 + (nearest - farthest) / (farthest * (NOVELTY_MARGIN - 1));
  }
}

/** Probabilities from log odds divided by `temperature`. They sum to 1. */
export function softmax(logits: Float64Array, temperature: number, out: Float64Array): void {
  let highest = Number.NEGATIVE_INFINITY;
  for (const logit of logits) highest = Math.max(highest, logit);
  let sum = 0;
  for (let at = 0; at < logits.length; at++) {
    const odds = Math.exp(((logits[at] ?? 0) - highest) / temperature);
    out[at] = odds;
    sum += odds;
  }
  for (let at = 0; at < out.length; at++) out[at] = (out[at] ?? 0) / sum;
}
