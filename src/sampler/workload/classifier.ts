import type { Corrections } from '../../classify/corrections.ts';
import type { Frame } from '../../common/frame.ts';
import type { Layout } from '../../common/layout.ts';
import type { Category, Classification, Profiles } from '../../common/workload.ts';

/** What the user has chosen for the classifier. */
export interface ClassifierSettings {
  readonly categories: readonly Category[];
  readonly confidenceThreshold: number;
  readonly updateIntervalSeconds: number;
  readonly profiles: Profiles;
  readonly corrections: Corrections;
}

/** What the sampler needs of a classifier: the one of `src/classify`, or another in a test. */
export interface WorkloadClassifier {
  /** The columns of the frames that follow. */
  setLayout(layout: Layout): void;
  /** Takes in a tick. Returns the answer where it is a new one. */
  add(frame: Frame): Classification | undefined;
  /** The latest answer; before the first, `unknown` with a probability for each class that is told apart. */
  readonly current: Classification;
  /** Forgets what was seen. */
  reset(): void;
  /** Feature vectors of the last minutes, for a correction; none where nothing was seen. */
  recentFeatures(): readonly Float64Array[];
  /** The corrections that count from now on. */
  setCorrections(corrections: Corrections): void;
}

/** Makes a classifier. Throws when it cannot, with a message for the user. */
export type MakeClassifier = (settings: ClassifierSettings) => WorkloadClassifier;

/** Keeps what the user has corrected. */
export interface CorrectionKeeper extends Corrections {
  /** @throws when what was kept cannot be read; the list is empty then */
  load(): void;
  /** @throws when there is nothing to keep, or it cannot be written; the list is as before then */
  add(category: Category, vectors: readonly Float64Array[], atMs: number): void;
  /** Forgets everything. @throws the system's error */
  clear(): void;
}
