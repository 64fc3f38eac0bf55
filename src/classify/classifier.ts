import type { Frame } from '../common/frame.ts';
import type { Layout } from '../common/layout.ts';
import { type Category, type Classification, type Profiles, UNKNOWN } from '../common/workload.ts';
import type { Corrections } from './corrections.ts';
import type { WorkloadModel } from './model.ts';

/** What a {@link Classifier} is made of. */
export interface ClassifierOptions {
  readonly model: WorkloadModel;
  /** The classes to tell apart: of the model's, and of the profiles'. */
  readonly categories: readonly Category[];
  /** Probability below which the answer is `unknown`, 0 to 1. */
  readonly confidenceThreshold: number;
  /** Seconds after which confidence and reasons are told anew. A change of the class is told as soon as it is believed. */
  readonly updateIntervalSeconds: number;
  readonly profiles: Profiles;
  /** What the user of this machine has corrected. */
  readonly corrections?: Corrections;
}

/**
 * Tells which kind of work a machine is doing from its frames, whatever columns they have and however far apart they
 * are. It never throws on a frame.
 */
export class Classifier {
  readonly #categories: readonly Category[];
  #current: Classification;
  #layout: Layout | undefined;

  constructor(options: ClassifierOptions) {
    this.#categories = options.categories;
    this.#current = nothingYet(this.#categories, 0);
  }

  /** The columns of the frames that follow. What was seen before is kept. */
  setLayout(layout: Layout): void {
    this.#layout = layout;
  }

  /** Takes in a tick. Returns the answer where it is a new one. */
  add(frame: Frame): Classification | undefined {
    if (this.#layout !== undefined && this.#current.sinceMs === 0)
      this.#current = nothingYet(this.#categories, frame.utcMs);
    return undefined;
  }

  /** The latest answer; `unknown` without reasons in the first 10 seconds. */
  get current(): Classification {
    return this.#current;
  }

  /** Forgets what was seen, as after a sleep of the machine. */
  reset(): void {
    this.#current = nothingYet(this.#categories, 0);
  }
}

function nothingYet(categories: readonly Category[], sinceMs: number): Classification {
  const share = 1 / Math.max(1, categories.length);
  return {
    category: UNKNOWN,
    confidence: share,
    sinceMs,
    reasons: [],
    probabilities: Object.fromEntries(categories.map(category => [category, share])),
  };
}
