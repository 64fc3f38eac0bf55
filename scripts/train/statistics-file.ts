import fs from 'node:fs';
import path from 'node:path';
import { FEATURES } from '../../src/classify/features.ts';
import { readTrace, type Trace } from '../../src/classify/trace.ts';
import { CATEGORIES } from '../../src/common/workload.ts';
import { thinned } from './degrade.ts';
import type { Origin, Sample } from './fit.ts';
import { stepsOf, windowsOf } from './windows-of.ts';

/** Window statistics of traces that cannot be in the repository: what remains of them here. */
export const STATISTICS_FILE = path.join(import.meta.dirname, 'window-statistics.json');

/** Feature vectors kept of a trace at 1 Hz, and of the same at a sample every 5 s. */
const WINDOWS = 12;
const COARSE_WINDOWS = 4;

interface Entry extends Origin {
  readonly category: string;
  readonly trace: string;
  readonly windows: readonly (readonly (number | null)[])[];
}

/** A trace with its label, where the files themselves are at hand. */
export interface LabelledTrace extends Origin {
  readonly category: string;
  /** Machine it was recorded on. */
  readonly machine: string;
  readonly name: string;
  readonly trace: Trace;
}

/** An entry of the manifest of traces from elsewhere. */
interface Listed {
  readonly file: string;
  readonly class: string;
  readonly repo: string;
  readonly machine: string;
}

/** Reads a folder of traces: one folder a class, `manifest.json` beside them. Those without a certain class are left out. */
export function readTraces(folder: string): LabelledTrace[] {
  const manifest = JSON.parse(
    fs.readFileSync(path.join(folder, 'manifest.json'), 'utf8'),
  ) as readonly Listed[];
  return manifest
    .filter(
      entry =>
        (CATEGORIES as readonly string[]).includes(entry.class) && entry.file.startsWith(`${entry.class}/`),
    )
    .map(({ file, class: category, repo, machine }) => ({
      category,
      source: repo,
      fold: repo,
      machine,
      name: file.replace(/\.csv$/, ''),
      trace: readTrace(fs.readFileSync(path.join(folder, file), 'utf8')),
    }));
}

/** Classes that are work for the GPU, where there is one. */
const ON_GPU = ['gaming', 'ai_training', 'video_editing'];
const HIGHEST_GPU = FEATURES.findIndex(({ id }) => id === 'gpu.high60');

/** Whether a window shows only that work on the GPU pauses: it tells nothing of the class. */
export function isPause(category: string, features: Float64Array): boolean {
  return ON_GPU.includes(category) && (features[HIGHEST_GPU] ?? Number.NaN) < 0.02;
}

/** Windows of a trace as samples. */
export function samplesOf({ category, source, fold, share, name, trace }: LabelledTrace): Sample[] {
  return [...windowsOf(stepsOf(trace), WINDOWS), ...windowsOf(stepsOf(thinned(trace, 5)), COARSE_WINDOWS)]
    .filter(features => !isPause(category, features))
    .map(features => ({ category, source, fold, share, trace: name, features }));
}

/** Writes the window statistics of traces. */
export function writeStatistics(traces: readonly LabelledTrace[]): void {
  const entries = traces.map((one): Entry => {
    const { category, source, fold, share, name: trace } = one;
    const windows = samplesOf(one).map(({ features }) => Array.from(features, short));
    return { category, source, fold, share, trace, windows };
  });
  const lines = entries.map(
    ({ windows, ...rest }) =>
      `${JSON.stringify(rest).slice(0, -1)},"windows":[\n${windows.map(row => JSON.stringify(row)).join(',\n')}]}`,
  );
  fs.writeFileSync(
    STATISTICS_FILE,
    `{"features":${JSON.stringify(FEATURES.map(({ id }) => id))},\n"traces":[\n${lines.join(',\n')}]}\n`,
  );
}

/**
 * Reads the window statistics.
 *
 * @throws Error when they are of other features
 */
export function readStatistics(): Sample[] {
  const { features, traces } = JSON.parse(fs.readFileSync(STATISTICS_FILE, 'utf8')) as {
    features: readonly string[];
    traces: readonly Entry[];
  };
  if (features.join() !== FEATURES.map(({ id }) => id).join())
    throw new Error('window-statistics.json is of other features; it is made anew with --traces');
  return traces.flatMap(({ windows, ...rest }) =>
    windows.map(row => ({ ...rest, features: Float64Array.from(row, value => value ?? Number.NaN) })),
  );
}

/** Three digits: more than a sensor has. */
function short(value: number): number | null {
  return Number.isNaN(value) ? null : Number(value.toPrecision(3));
}
