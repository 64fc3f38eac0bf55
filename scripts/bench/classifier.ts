import { mkdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { ROOT } from '../lib/paths.mjs';
import { FIXTURES } from './file-tree.ts';
import type { ScaleWidth } from './scale.ts';
import { mean, type Summary, summarize } from './statistics.ts';
import { bundleWorker, runWorker } from './worker.ts';

/** What an update may cost on average, in ms of CPU time. */
export const UPDATE_LIMIT_MS = 0.2;

const SMALL: Layout = {
  name: '4 cores, a disk, a GPU',
  width: { cores: 4, disks: 1, interfaces: 1, amdGpus: 1, intelGpus: 0, nvidiaGpus: 0 },
};
const WIDE: Layout = {
  name: '64 cores, 16 disks, 8 GPUs',
  width: { cores: 64, disks: 16, interfaces: 16, amdGpus: 4, intelGpus: 4, nvidiaGpus: 0 },
};

/** Updates one after the other that count, and those before them: more than the longest window has. */
const UPDATES = 3000;
const WARM_UP = 400;
/** Once a second, after as many one after the other. */
const COLD_UPDATES = 60;

interface Layout {
  readonly name: string;
  readonly width: ScaleWidth;
}

/** What `classifier-worker.ts` is told. */
export interface ClassifierTask {
  readonly width: ScaleWidth;
  readonly updates: number;
  readonly warmUp: number;
  /** Between updates that count; 0 for one after the other, as those before them are. */
  readonly intervalMs: number;
  readonly folder: string;
  readonly fixtures: string;
  readonly model: string;
}

/** What it prints: CPU time of all threads in µs. */
export interface ClassifierWorkerResult {
  readonly updateUs: readonly number[];
  /** Of the ticks that the updates came after: adapters, marks, history, log row. */
  readonly tickUs: readonly number[];
  readonly columns: number;
}

/** CPU time of a series of updates in µs, beside the ticks between them. */
export interface UpdateTimes {
  readonly update: Summary;
  readonly updateMean: number;
  readonly tickMean: number;
}

/** What the classifier costs with the columns of one machine. */
export interface ClassifierCost {
  readonly layout: string;
  readonly columns: number;
  readonly backToBack: UpdateTimes;
  readonly onceASecond: UpdateTimes;
}

/**
 * Measures updates of the classifier on frames of made-up machines that are busy, each after a tick of the sampler on the
 * same machine, without a client. Takes about a minute and a half.
 *
 * @param folder made here
 */
export async function measureClassifier(folder: string): Promise<ClassifierCost[]> {
  mkdirSync(folder);
  const worker = await bundleWorker('classifier-worker.ts', folder);
  const run = async ({ name, width }: Layout, isCold: boolean): Promise<ClassifierWorkerResult> => {
    const own = path.join(folder, `${String(width.cores)}-${String(isCold)}`);
    mkdirSync(own);
    const task: ClassifierTask = {
      width,
      updates: isCold ? COLD_UPDATES : UPDATES,
      warmUp: WARM_UP,
      intervalMs: isCold ? 1000 : 0,
      folder: own,
      fixtures: FIXTURES,
      model: path.join(ROOT, 'configs', 'workload-model.json'),
    };
    const result = (await runWorker(worker, [JSON.stringify(task)], {
      processors: width.cores,
    })) as ClassifierWorkerResult;
    rmSync(own, { recursive: true });
    if (result.columns === 0) throw new Error(`a machine with ${name} has no columns`);
    return result;
  };
  const warm = [await run(SMALL, false), await run(WIDE, false)];
  // Beside each other: once a second, either leaves the processors idle for the most part.
  const cold = await Promise.all([run(SMALL, true), run(WIDE, true)]);
  return [SMALL, WIDE].map(({ name }, at) => ({
    layout: name,
    columns: warm[at]?.columns ?? 0,
    backToBack: timesOf(warm[at]),
    onceASecond: timesOf(cold[at]),
  }));
}

function timesOf(result: ClassifierWorkerResult | undefined): UpdateTimes {
  const { updateUs = [], tickUs = [] } = result ?? {};
  return { update: summarize(updateUs), updateMean: mean(updateUs), tickMean: mean(tickUs) };
}
