import type { Category } from '../common/workload.ts';

/** What `npm run train` learned: the contents of `configs/workload-model.json`. */
export interface WorkloadModel {
  readonly categories: readonly Category[];
}
