/** The kinds of work that are told apart, in the order in which they are listed everywhere. */
export const CATEGORIES = [
  'gaming',
  'ai_training',
  'cad_3d_modeling',
  'graphics_design',
  'video_editing',
  'coding_development',
  'document_editing',
  'web_browsing',
  'idle',
  'system_maintenance',
] as const;

/** One of {@link CATEGORIES}, or the name of a class that the user's profiles add: lower-case letters, digits and `_`. */
export type Category = string;

/** The answer where no class is likely enough, or nothing like it has been seen. */
export const UNKNOWN = 'unknown';

/**
 * Ranges by which the user's profiles add a class or narrow one: category → metric of the metric table, or its short
 * name → least and greatest value.
 */
export type Profiles = Readonly<Record<Category, Readonly<Record<string, readonly [number, number]>>>>;

/** Something that speaks for an answer: which one of `workload-reasons.ts` it is, and its numbers as they are written. */
export interface Reason {
  readonly key: string;
  readonly values: readonly string[];
}

/** Which kind of work the machine is doing, how sure that is, and why. */
export interface Classification {
  /** {@link UNKNOWN} where no class is likely enough. */
  readonly category: Category;
  /** Probability that {@link category} is right, 0 to 1; for `unknown` that of the likeliest class. */
  readonly confidence: number;
  /** Since when this has been the answer, milliseconds since 1970 UTC. */
  readonly sinceMs: number;
  /** The likeliest of the other classes. */
  readonly runnerUp?: { readonly category: Category; readonly confidence: number };
  /** Up to three, the strongest first, in English words with numbers: `GPU 96 % with steady VRAM 71 GiB`. */
  readonly reasons: readonly string[];
  /** The same in their order, to say them in another language; left out by a sampler that does not tell. */
  readonly reasonData?: readonly Reason[];
  /** Probability of each class; they sum to 1. */
  readonly probabilities: Readonly<Record<Category, number>>;
}

/** The metrics by which a profile can tell a class, each a mean over 60 seconds, with its unit. */
export const PROFILE_METRICS = {
  cpu_utilization: '%',
  busiest_core_utilization: '%',
  gpu_utilization: '%',
  gpu_memory_utilization: '%',
  vram_percent: '%',
  gpu_power_watts: 'W',
  encoder_utilization: '%',
  decoder_utilization: '%',
  compute_processes: 'count',
  graphics_processes: 'count',
  ram_percent: '%',
  disk_read_mbps: 'MB/s',
  disk_write_mbps: 'MB/s',
  network_kbps: 'KB/s',
} as const;

/** One of {@link PROFILE_METRICS}. */
export type ProfileMetric = keyof typeof PROFILE_METRICS;

/** A stretch of time with one answer. */
export interface WorkloadSpan {
  readonly category: Category;
  /** Milliseconds since 1970 UTC. */
  readonly from: number;
  readonly to: number;
}

/** How long each class has been the answer, in seconds; classes that were not are left out. */
export type SecondsPerClass = Readonly<Record<Category, number>>;

/** Time spent per class, by the local days of the machine that is watched; a week starts on Monday. */
export interface WorkloadTimes {
  /** When it was counted, milliseconds since 1970 UTC: the class that lasts has had more time since. */
  readonly atMs: number;
  readonly today: SecondsPerClass;
  /** From Monday until now, today included. */
  readonly week: SecondsPerClass;
}
