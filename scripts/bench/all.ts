import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { beforeEnd, endAll } from '../lib/children.mjs';
import { ROOT } from '../lib/paths.mjs';
import { step } from '../lib/terminal.mjs';
import { type ActivationTimes, measureActivation } from './activation.ts';
import { type BundleSize, measureBundles } from './bundles.ts';
import { type ClassifierCost, measureClassifier } from './classifier.ts';
import { type DashboardCosts, measureDashboard } from './dashboard.ts';
import { type EncryptionCosts, measureEncryption } from './encryption.ts';
import { type HistoryCosts, measureHistory } from './history.ts';
import { type HostTickCosts, measureHostTick } from './host-tick.ts';
import { type LogCosts, measureLog } from './log-sizes.ts';
import { describeMachine, type Machine } from './machine.ts';
import { startMonitors } from './monitors.ts';
import type { Part } from './parts.ts';
import { startPeers } from './peers.ts';
import { measureScale, type ScaleCosts } from './scale.ts';
import { measureStartup, type StartupTimes } from './startup.ts';
import { TickBench, type TickCosts } from './tick-costs.ts';
import { measureSending, type SendingCosts } from './sending.ts';
import { measureWire, type WireBytes } from './wire.ts';
import { measureWeek, type WeekMemory } from './week.ts';
import { measureWholeProcesses, type WholeProcessUse } from './whole-process.ts';

/** All that the bench measures: the document of `--json`. Parts that were not asked for, or cannot be measured, are left out. */
export interface Results {
  readonly machine: Machine;
  readonly activation?: ActivationTimes;
  readonly bundles?: readonly BundleSize[];
  readonly startup?: StartupTimes;
  readonly tick?: TickCosts;
  readonly hostTick?: HostTickCosts;
  readonly processes?: WholeProcessUse;
  readonly scale?: ScaleCosts;
  readonly classifier?: readonly ClassifierCost[];
  readonly week?: WeekMemory;
  readonly log?: LogCosts;
  readonly history?: HistoryCosts;
  readonly dashboard?: DashboardCosts;
  readonly encryption?: EncryptionCosts;
  readonly wire?: readonly WireBytes[];
  readonly sending?: SendingCosts;
  /** Why something is left out. */
  readonly notes: readonly string[];
}

export interface MeasureOptions {
  readonly parts: readonly Part[];
  /** How long processes are measured. */
  readonly seconds: number;
  /** Ticks of the part `week`. */
  readonly weekTicks: number;
}

/** Measures the parts. Shows its steps. */
export async function measureAll({ parts, seconds, weekTicks }: MeasureOptions): Promise<Results> {
  const manifest = JSON.parse(readFileSync(path.join(ROOT, 'package.json'), 'utf8')) as { version: string };
  const folder = mkdtempSync(path.join(tmpdir(), 'optimetrics-bench-'));
  // Also after Ctrl+C. A sampler that still ran would make its folder again.
  beforeEnd(async () => {
    await endAll();
    // A sampler whose last client has left may still be writing its last row.
    rmSync(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
  });
  const machine = describeMachine(manifest.version);
  const wants = (part: Part): boolean => parts.includes(part);
  const activation = wants('activation')
    ? await step('Activating the extension', () => measureActivation(path.join(folder, 'home')))
    : undefined;
  const bundles = wants('sizes') ? measureBundles() : undefined;
  const log = wants('log')
    ? await step('Writing logs', () => Promise.resolve(measureLog(path.join(folder, 'logs'))))
    : undefined;
  const encryption = wants('encryption')
    ? await step('Encrypting', () => measureEncryption(path.join(folder, 'encryption')))
    : undefined;
  const wire = wants('wire')
    ? await step('Making segments', () => measureWire(path.join(folder, 'wire')))
    : undefined;
  const system = {
    machine,
    ...(activation ? { activation } : {}),
    ...(bundles ? { bundles } : {}),
    ...(log ? { log } : {}),
    ...(encryption ? { encryption } : {}),
    ...(wire ? { wire } : {}),
  };
  if (process.platform !== 'linux') {
    const notes = [
      'All but activation, sizes, log, encryption and wire is measured on Linux only, where it is read from /proc.',
    ];
    return { ...system, notes };
  }
  const sideBySide = await measureSideBySide(wants, seconds, folder);
  const hostTick = wants('host-tick')
    ? await step(`Running the extension for ${seconds} s`, () =>
        measureHostTick(path.join(folder, 'host'), seconds),
      )
    : undefined;
  const scale = wants('scale') ? await measureScale(path.join(folder, 'scale')) : undefined;
  const classifier = wants('classifier')
    ? await step('Updating the workload class', () => measureClassifier(path.join(folder, 'classifier')))
    : undefined;
  const week = wants('week') ? await measureWeek(path.join(folder, 'week'), weekTicks) : undefined;
  const history = wants('history') ? await measureHistory(path.join(folder, 'history')) : undefined;
  const sending = wants('sending')
    ? await step('Sending', () => measureSending(path.join(folder, 'sending')))
    : undefined;
  const dashboard = wants('dashboard') ? await measureDashboard(path.join(folder, 'd'), seconds) : undefined;
  return {
    ...system,
    ...sideBySide,
    ...(hostTick ? { hostTick } : {}),
    ...(scale ? { scale } : {}),
    ...(classifier ? { classifier } : {}),
    ...(week ? { week } : {}),
    ...(history ? { history } : {}),
    ...(dashboard ? { dashboard } : {}),
    ...(sending ? { sending } : {}),
    notes: [],
  };
}

/** Starts of the sampler; then whole processes and ticks once a second at the same time. */
async function measureSideBySide(
  wants: (part: Part) => boolean,
  seconds: number,
  folder: string,
): Promise<Pick<Results, 'startup' | 'tick' | 'processes'>> {
  const startupFolder = path.join(folder, 's');
  // Whole processes start with what these runs find out about the machine.
  const startup =
    wants('start') || wants('processes')
      ? await step('Starting the sampler', () => measureStartup(startupFolder))
      : undefined;
  const ticks = wants('tick')
    ? await step('Ticking back to back', async () => {
        const bench = await TickBench.prepare(path.join(folder, 'tick'));
        await bench.backToBack();
        return bench;
      })
    : undefined;
  if (!ticks && !wants('processes')) return startup ? { startup } : {};
  const [processes, tick] = await step(`Running side by side for ${seconds} s`, () =>
    Promise.all([
      wants('processes')
        ? measureWithPeers(seconds, folder, path.join(startupFolder, 'inventory.json'))
        : undefined,
      ticks?.onceASecond(seconds),
    ]),
  );
  return {
    ...(startup && wants('start') ? { startup } : {}),
    ...(tick ? { tick } : {}),
    ...(processes ? { processes } : {}),
  };
}

async function measureWithPeers(
  seconds: number,
  folder: string,
  inventory: string,
): Promise<WholeProcessUse> {
  const peers = await startPeers(folder);
  const monitors = await startMonitors(folder);
  const others = [...peers.running, ...monitors.running];
  const processes = await measureWholeProcesses({
    seconds,
    folder: path.join(folder, 'p'),
    inventory,
    peers: others,
  });
  await Promise.all(others.map(peer => peer.end()));
  return { ...processes, notes: [...peers.notes, ...monitors.notes, ...processes.notes] };
}
