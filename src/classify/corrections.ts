import fs from 'node:fs';
import * as v from 'valibot';
import type { Category } from '../common/workload.ts';
import { FEATURES } from './features.ts';

/** Most corrections that are kept; the oldest goes first. */
const MOST = 200;

const CORRECTION = v.object({
  category: v.pipe(v.string(), v.regex(/^[a-z][a-z0-9_]{0,39}$/)),
  atMs: v.pipe(v.number(), v.finite()),
  features: v.pipe(
    v.array(v.array(v.nullable(v.pipe(v.number(), v.finite())))),
    v.minLength(1),
    v.maxLength(32),
  ),
});

const FILE = v.object({
  format: v.literal(1),
  /** What the values of a vector are, in their order. */
  features: v.array(v.string()),
  corrections: v.pipe(v.array(CORRECTION), v.maxLength(MOST)),
});

/** A label that the user gave, with the features of the minutes before it and nothing else. */
export type Correction = v.InferOutput<typeof CORRECTION>;

/** What the user of this machine has corrected, the oldest first. */
export interface Corrections {
  readonly list: readonly Correction[];
}

/** The corrections in a file of this user's data directory. Nothing of them leaves the machine. */
export class CorrectionStore implements Corrections {
  readonly #file: string;
  #list: readonly Correction[] = [];

  /** @param file absolute path; it need not exist */
  constructor(file: string) {
    this.#file = file;
  }

  get list(): readonly Correction[] {
    return this.#list;
  }

  /**
   * Reads the file. Vectors of another version are put into this version's order; what that does not know is left out.
   *
   * @throws Error when the file is there and cannot be read, or does not hold corrections. The list is empty then
   */
  load(): void {
    this.#list = [];
    let text: string;
    try {
      text = fs.readFileSync(this.#file, 'utf8');
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return;
      throw error;
    }
    const { features, corrections } = parse(text);
    const places = FEATURES.map(({ id }) => features.indexOf(id));
    this.#list = corrections.map(correction => ({
      ...correction,
      features: correction.features.map(vector => places.map(place => vector[place] ?? null)),
    }));
  }

  /**
   * Adds a correction and writes the file.
   *
   * @param vectors feature vectors of the last minutes, as `Classifier.recentFeatures` gives them
   * @throws Error when there is no vector, or the file cannot be written; the list is as before then
   */
  add(category: Category, vectors: readonly Float64Array[], atMs: number): void {
    if (vectors.length === 0) throw new Error('there is nothing to correct yet: wait some seconds');
    const features = vectors
      .slice(-32)
      .map(vector => Array.from(vector, value => (Number.isFinite(value) ? rounded(value) : null)));
    const list = [...this.#list, { category, atMs, features }].slice(-MOST);
    this.#write(list);
    this.#list = list;
  }

  /** Forgets everything and removes the file. */
  clear(): void {
    fs.rmSync(this.#file, { force: true });
    this.#list = [];
  }

  #write(corrections: readonly Correction[]): void {
    const beside = `${this.#file}.${String(process.pid)}`;
    const content = { format: 1, features: FEATURES.map(({ id }) => id), corrections };
    try {
      fs.writeFileSync(beside, `${JSON.stringify(content)}\n`, { mode: 0o600 });
      fs.renameSync(beside, this.#file);
    } catch (error) {
      fs.rmSync(beside, { force: true });
      throw error;
    }
  }
}

function parse(text: string): v.InferOutput<typeof FILE> {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    throw new Error('the file of corrections is not JSON; delete it to begin anew');
  }
  const result = v.safeParse(FILE, json);
  if (!result.success)
    throw new Error('the file of corrections does not hold what it should; delete it to begin anew');
  return result.output;
}

function rounded(value: number): number {
  return Math.round(value * 1e4) / 1e4;
}

/** Mean squared distance in widths at which a correction counts for about a third of itself. */
const REACH = 0.3;
/** A single feature counts no more than this. */
const LARGEST_DISTANCE = 9;
/** Share of a window's features that a corrected one must have as well. */
const LEAST_COMMON = 0.6;
/** How many times the model's own answer one correction of the very same window counts. */
const WEIGHT = 1.5;

/** What corrections say about a window: the nearer it is to those that were corrected, the more. */
export class CorrectionEvidence {
  readonly #corrections: readonly {
    readonly at: number;
    readonly vectors: readonly Float64Array[];
  }[];
  readonly #widths: Float64Array;
  readonly #evidence: Float64Array;

  /**
   * @param categories the classes of the probabilities; corrections to others are passed over
   * @param widths standard deviations of the features
   */
  constructor(corrections: Corrections, categories: readonly Category[], widths: readonly number[]) {
    this.#widths = Float64Array.from(widths);
    this.#evidence = new Float64Array(categories.length);
    this.#corrections = corrections.list
      .map(({ category, features }) => ({
        at: categories.indexOf(category),
        vectors: features.map(vector => Float64Array.from(vector, value => value ?? Number.NaN)),
      }))
      .filter(({ at }) => at >= 0);
  }

  /**
   * Moves the probabilities towards the classes that windows like this one were corrected to. They still sum to 1.
   *
   * @returns the share of the answer that comes from corrections, 0 to 1
   */
  apply(features: Float64Array, probabilities: Float64Array): number {
    if (this.#corrections.length === 0) return 0;
    const evidence = this.#evidence;
    evidence.fill(0);
    let total = 0;
    for (const { at, vectors } of this.#corrections) {
      let nearest = 0;
      for (const vector of vectors) nearest = Math.max(nearest, this.#likeness(features, vector));
      evidence[at] = (evidence[at] ?? 0) + WEIGHT * nearest;
      total += WEIGHT * nearest;
    }
    for (let at = 0; at < probabilities.length; at++)
      probabilities[at] = ((probabilities[at] ?? 0) + (evidence[at] ?? 0)) / (1 + total);
    return total / (1 + total);
  }

  #likeness(a: Float64Array, b: Float64Array): number {
    let sum = 0;
    let common = 0;
    let present = 0;
    for (let at = 0; at < a.length; at++) {
      const value = a[at] ?? Number.NaN;
      if (Number.isNaN(value)) continue;
      present++;
      const other = b[at] ?? Number.NaN;
      if (Number.isNaN(other)) continue;
      common++;
      sum += Math.min(LARGEST_DISTANCE, ((value - other) / (this.#widths[at] ?? 1)) ** 2);
    }
    if (common === 0 || common < LEAST_COMMON * present) return 0;
    return Math.exp(-sum / common / REACH);
  }
}
