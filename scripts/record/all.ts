import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, release, tmpdir, totalmem } from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { end, exitOf, run, start } from '../lib/children.mjs';
import { DIST } from '../lib/paths.mjs';
import { step, UserError } from '../lib/terminal.mjs';
import { Desktop } from './desktop.ts';
import type { Scenario } from './scenario.ts';
import { listScenarios } from './scenarios.ts';
import { keepTrace, readOnlyLog, traceOf } from './trace.ts';

export interface RecordOptions {
  readonly scenarios: readonly string[];
  readonly seconds: number;
  readonly seed: number;
  readonly folder: string;
  /** Processors that the workload may use, as taskset names them; all where it is empty. */
  readonly processors: string;
  /** Folder for a picture of the display at the end of each recording. */
  readonly pictures: string | undefined;
}

/** Every sample is wanted, and no label from a classifier. */
const CONFIG = `general: { logging_interval: 1, enable_session_classification: false }
logging: { enable_delta_filtering: false }
`;

/** Records the scenarios one after the other. */
export async function recordAll(options: RecordOptions): Promise<void> {
  for (const name of options.scenarios) {
    const scenario = listScenarios().find(one => one.name === name);
    if (!scenario)
      throw new UserError(
        `${name}: no such scenario. There are ${listScenarios()
          .map(one => one.name)
          .join(', ')}.`,
        2,
      );
    await step(`Recording ${name} for ${String(options.seconds)} s`, () => record(scenario, options));
  }
}

async function record(scenario: Scenario, options: RecordOptions): Promise<void> {
  const over = new AbortController();
  const desktop = await Desktop.open(options.seed, over.signal, options.processors);
  const log = mkdtempSync(path.join(tmpdir(), 'optimetrics-trace-'));
  try {
    await scenario.open(desktop);
    // What was written before is not to reach the disk during the recording.
    await run('sync', []);
    const config = path.join(log, 'config.yaml');
    writeFileSync(config, CONFIG);
    const logger = start(
      process.execPath,
      [
        path.join(DIST, 'cli.js'),
        'run',
        '--isolated',
        '--config',
        config,
        '--log-dir',
        path.join(log, 'logs'),
      ],
      { stdio: 'ignore' },
    );
    await delay(2_000);
    const fromMs = Date.now();
    const driving = scenario.drive(desktop);
    await delay(options.seconds * 1000);
    over.abort();
    await driving;
    if (options.pictures !== undefined)
      await desktop.screenshot(path.join(options.pictures, `${scenario.name}.png`));
    logger.kill('SIGINT');
    await exitOf(logger);
    await end(logger);
    const { text, rows } = traceOf(readOnlyLog(path.join(log, 'logs')), fromMs);
    const cores = options.processors === '' ? cpus().length : options.processors.split(',').length;
    const file = `${scenario.class}/${scenario.name}__${String(cores)}c_${String(options.seed)}.csv.gz`;
    keepTrace(
      options.folder,
      {
        file,
        class: scenario.class,
        source: scenario.name,
        program: scenario.program,
        version: (await run('/bin/sh', ['-c', scenario.version])).trim(),
        driven: scenario.driven,
        machine: `virtual machine, ${String(cpus().length)} × ${cpus()[0]?.model.trim() ?? 'CPU'} (the workload on ${String(cores)}), ${(totalmem() / 2 ** 30).toFixed(0)} GiB, Linux ${release().split('.').slice(0, 2).join('.')}, ${await gpus()}`,
        recorded: new Date().toISOString().slice(0, 10),
        seconds: rows,
      },
      text,
    );
  } finally {
    over.abort();
    await desktop.close();
    rmSync(log, { recursive: true, force: true, maxRetries: 5 });
  }
}

/** The GPUs that our sampler reads here, in words. */
async function gpus(): Promise<string> {
  const said = await run(process.execPath, [path.join(DIST, 'cli.js'), 'doctor', '--json']);
  const { adapters } = JSON.parse(said) as { adapters: { group: string; state: string; detail: string }[] };
  const found = adapters.filter(({ group, state }) => group === 'gpu' && state === 'ok');
  return found.map(({ detail }) => detail).join(', ') || 'no GPU';
}
