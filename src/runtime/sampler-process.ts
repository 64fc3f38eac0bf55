/** What the sampler prints on standard output once it listens. */
export const SAMPLER_READY = 'ready\n';

/** Exit codes of the sampler process. */
export const SAMPLER_EXIT = {
  failed: 1,
  /** Another sampler owns the socket; connect to that one. */
  taken: 3,
} as const;
