import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { beforeEnd, endAll } from '../lib/children.mjs';
import { ROOT } from '../lib/paths.mjs';
import { step } from '../lib/terminal.mjs';
import { type ActivationTimes, measureActivation } from './activation.ts';
import { type BundleSize, measureBundles } from './bundles.ts';
import { type LogCosts, measureLog } from './log-sizes.ts';
import { describeMachine, type Machine } from './machine.ts';
import { startMonitors } from './monitors.ts';
import { startPeers } from './peers.ts';
import { measureStartup, type StartupTimes } from './startup.ts';
import { TickBench, type TickCosts } from './tick-costs.ts';
import { measureWholeProcesses, type WholeProcessUse } from './whole-process.ts';

/** All that the bench measures: the document of `--json`. */
export interface Results {
  readonly machine: Machine;
  /** `undefined` where it cannot be measured; {@link notes} say why. */
  readonly tick?: TickCosts;
  readonly processes?: WholeProcessUse;
  readonly startup?: StartupTimes;
  readonly activation?: ActivationTimes;
  readonly bundles?: readonly BundleSize[];
  readonly log: LogCosts;
  readonly notes: readonly string[];
}

/**
 * Measures everything, which takes about a minute and a half more than `seconds`, or one part. Shows its steps.
 */
export async function measureAll(seconds: number, only?: 'log'): Promise<Results> {
  const manifest = JSON.parse(readFileSync(path.join(ROOT, 'package.json'), 'utf8')) as { version: string };
  const folder = mkdtempSync(path.join(tmpdir(), 'optimetrics-bench-'));
  // Also after Ctrl+C. A sampler that still ran would make its folder again.
  beforeEnd(async () => {
    await endAll();
    rmSync(folder, { recursive: true, force: true });
  });
  const machine = describeMachine(manifest.version);
  const log = await step('Writing logs', () => Promise.resolve(measureLog(path.join(folder, 'logs'))));
  if (only === 'log') return { machine, log, notes: [] };
  const activation = await step('Activating the extension', () =>
    measureActivation(path.join(folder, 'home')),
  );
  const bundles = measureBundles();
  if (process.platform !== 'linux') {
    const notes = ['Ticks and processes are measured on Linux only: they are read from /proc.'];
    return { machine, activation, bundles, log, notes };
  }
  return { machine, ...(await measureOnLinux(seconds, folder)), activation, bundles, log, notes: [] };
}

async function measureOnLinux(
  seconds: number,
  folder: string,
): Promise<Required<Pick<Results, 'tick' | 'processes' | 'startup'>>> {
  const startupFolder = path.join(folder, 's');
  const startup = await step('Starting the sampler', () => measureStartup(startupFolder));
  const ticks = await step('Ticking back to back', async () => {
    const bench = await TickBench.prepare(path.join(folder, 'tick'));
    await bench.backToBack();
    return bench;
  });
  const peers = await startPeers(folder);
  const monitors = await startMonitors(folder);
  const others = [...peers.running, ...monitors.running];
  const [processes, tick] = await step(`Running side by side for ${seconds} s`, () =>
    Promise.all([
      measureWholeProcesses({
        seconds,
        folder: path.join(folder, 'p'),
        inventory: path.join(startupFolder, 'inventory.json'),
        peers: others,
      }),
      ticks.onceASecond(seconds),
    ]),
  );
  await Promise.all(others.map(peer => peer.end()));
  return {
    startup,
    tick,
    processes: { ...processes, notes: [...peers.notes, ...monitors.notes, ...processes.notes] },
  };
}
