import path from 'node:path';
import type { Correction } from '../../../src/classify/corrections.ts';
import type { Classification } from '../../../src/common/workload.ts';
import type {
  ClassifierSettings,
  CorrectionKeeper,
  WorkloadClassifier,
} from '../../../src/sampler/workload/classifier.ts';
import type { WorkloadParts } from '../../../src/sampler/workload/workload.ts';

/** An answer that a test gives. */
export function answer(category: string, confidence = 0.8): Classification {
  return {
    category,
    confidence,
    sinceMs: 1_700_000_000_000,
    runnerUp: { category: 'idle', confidence: 0.1 },
    reasons: ['CPU 80 %', 'no encoder'],
    probabilities: { coding_development: confidence, ai_training: 0.05, idle: 0.1 },
  };
}

/** A classifier that answers as a test says. */
export class FakeClassifier implements WorkloadClassifier {
  readonly settings: ClassifierSettings;
  /** What the next tick is told, once. */
  next: Classification | undefined;
  /** Thrown at the next tick. */
  fault: Error | undefined;
  resets = 0;
  layouts = 0;
  ticks = 0;
  vectors: Float64Array[] = [Float64Array.of(0.5, Number.NaN)];
  learned = 0;

  constructor(settings: ClassifierSettings) {
    this.settings = settings;
  }

  get current(): Classification {
    return answer('unknown');
  }

  setLayout(): void {
    this.layouts++;
  }

  add(): Classification | undefined {
    if (this.fault) throw this.fault;
    this.ticks++;
    const told = this.next;
    this.next = undefined;
    return told;
  }

  reset(): void {
    this.resets++;
  }

  recentFeatures(): Float64Array[] {
    return this.vectors;
  }

  setCorrections(): void {
    this.learned++;
  }
}

/** Corrections in memory. */
export class FakeKeeper implements CorrectionKeeper {
  list: Correction[] = [];
  fault: Error | undefined;

  load(): void {
    if (this.fault) throw this.fault;
  }

  add(category: string, vectors: readonly Float64Array[], atMs: number): void {
    if (this.fault) throw this.fault;
    this.list.push({ category, atMs, features: vectors.map(vector => [...vector]) });
  }

  clear(): void {
    if (this.fault) throw this.fault;
    this.list = [];
  }
}

/** Parts of a sampler's classification, with the classifiers that it has made, the latest last. */
export class FakeWorkload implements WorkloadParts {
  readonly made: FakeClassifier[] = [];
  readonly corrections = new FakeKeeper();
  readonly directory: string;
  /** Why no classifier can be made. */
  fault: Error | undefined;

  constructor(dataDirectory: string) {
    this.directory = path.join(dataDirectory, 'workload');
  }

  get latest(): FakeClassifier {
    const latest = this.made.at(-1);
    if (!latest) throw new Error('no classifier has been made');
    return latest;
  }

  readonly makeClassifier = (settings: ClassifierSettings): FakeClassifier => {
    if (this.fault) throw this.fault;
    const classifier = new FakeClassifier(settings);
    this.made.push(classifier);
    return classifier;
  };
}
