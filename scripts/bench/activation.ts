import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { ROOT } from '../lib/paths.mjs';
import { output } from './child.ts';
import { type Summary, summarize } from './statistics.ts';

const RUNS = 21;

/**
 * How long the extension takes to be loaded and activated, in ms, in a fresh Node process each with a stand-in for
 * `vscode`: our code alone, without what VS Code does for the calls.
 */
export interface ActivationTimes {
  /** Reading, compiling and running the module. */
  readonly load: Summary;
  /** Until the promise of `activate()` is kept. */
  readonly activate: Summary;
  readonly total: Summary;
}

/** @param folder for the data that the extension keeps */
export async function measureActivation(folder: string): Promise<ActivationTimes> {
  mkdirSync(folder);
  const env = { HOME: folder, XDG_DATA_HOME: folder, XDG_RUNTIME_DIR: folder };
  const script = path.join(import.meta.dirname, 'activation-run.mjs');
  const runs: { load: number; activate: number }[] = [];
  for (let i = 0; i < RUNS; i++) {
    runs.push(JSON.parse(await output(process.execPath, [script, ROOT], env)) as (typeof runs)[number]);
  }
  return {
    load: summarize(runs.map(({ load }) => load)),
    activate: summarize(runs.map(({ activate }) => activate)),
    total: summarize(runs.map(({ load, activate }) => load + activate)),
  };
}
