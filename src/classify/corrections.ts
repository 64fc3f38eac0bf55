import type { Category } from '../common/workload.ts';

/** A label that the user gave, with the features of the minutes before it and nothing else. */
export interface Correction {
  readonly category: Category;
  /** When it was given, milliseconds since 1970 UTC. */
  readonly atMs: number;
  /** Feature vectors; `null` where a feature had no value. */
  readonly features: readonly (readonly (number | null)[])[];
}

/** What the user of this machine has corrected. */
export interface Corrections {
  readonly list: readonly Correction[];
}
