import type { ChildProcess } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { exitOf, start } from '../lib/children.mjs';
import { ROOT } from '../lib/paths.mjs';
import { collectErrors, plainEnvironment } from './child.ts';
import { fakeNvml } from './fake-nvml.ts';
import { CpuMeter } from './process-usage.ts';
import { type Summary, summarize } from './statistics.ts';
import type { Table } from './table.ts';
import type { StandInOptions } from './vscode-stand-in.mjs';

/** What a tick of the extension host may cost, µs: the aim. */
export const HOST_TICK_AIM_US = 300;

/** Until the code is compiled and the sparklines are full of what they show. */
const SETTLE_MS = 20_000;
/** Part of a second at which is measured: the sampler ticks on the whole second. */
const PHASE_MS = 600;
const GPUS = 8;

/** CPU time of the extension in one second, all threads, in µs. */
export interface HostTick {
  readonly name: string;
  readonly second: Summary;
  readonly mean: number;
}

export interface HostTickCosts {
  readonly ticks: readonly HostTick[];
  readonly notes: readonly string[];
}

interface Scenario {
  readonly name: string;
  /** Left out for a process that wakes once a second and does nothing. */
  readonly options?: StandInOptions;
  readonly gpus?: number;
}

const MANY = {
  'statusBar.template':
    '$(pulse) {cpu:spark20} {cpu:.1} {cpuFreq}[ {cpuTemp}] {load} [{gpu:spark20} {gpu} {vram:gib}] {ram} {ramFree} {disk} {diskRead} {diskWrite} {netDown} {netUp} {pressure} {class} {classTime}',
};

const SCENARIOS: readonly Scenario[] = [
  { name: 'empty Node timer, for comparison' },
  { name: 'window in front', options: {} },
  { name: 'window in the background', options: { isFocused: false } },
  { name: 'in front, a template of 18 values with sparklines', options: { settings: MANY } },
  { name: 'item hidden', options: { settings: { 'statusBar.enabled': false } } },
  { name: `in front, ${String(GPUS)} GPUs`, options: {}, gpus: GPUS },
  { name: `in the background, ${String(GPUS)} GPUs`, options: { isFocused: false }, gpus: GPUS },
];

/**
 * Measures what the extension costs the extension host once the sampler runs: in processes of its own, side by side, with
 * the real sampler and a stand-in for `vscode`. Works on Linux.
 */
export async function measureHostTick(folder: string, seconds: number): Promise<HostTickCosts> {
  const gpus = await fakeNvml(GPUS);
  const hosts: Host[] = [];
  for (const scenario of SCENARIOS) {
    if (scenario.gpus !== undefined && !('OPTIMETRICS_NVML' in gpus.env)) continue;
    const home = path.join(folder, scenario.gpus === undefined ? 'plain' : 'gpus');
    hosts.push(new Host(scenario, home, scenario.gpus === undefined ? {} : gpus.env));
  }
  await delay(SETTLE_MS);
  for (const host of hosts) host.read();
  for (let second = 0; second < seconds; second++) {
    await delay(1000 - ((Date.now() - PHASE_MS) % 1000));
    for (const host of hosts) host.read();
  }
  const ticks = hosts.map(host => host.result());
  for (const host of hosts) await host.end();
  return { ticks, notes: [gpus.note] };
}

class Host {
  readonly #name: string;
  readonly #child: ChildProcess;
  readonly #errors: () => string;
  readonly #meter: CpuMeter;
  readonly #seconds: number[] = [];
  #last = Number.NaN;

  constructor({ name, options }: Scenario, home: string, env: NodeJS.ProcessEnv) {
    mkdirSync(home, { recursive: true, mode: 0o700 });
    this.#name = name;
    const script = path.join(import.meta.dirname, 'host-run.mjs');
    const args = options
      ? [script, ROOT, JSON.stringify(options)]
      : ['--eval', 'setInterval(() => undefined, 1000)'];
    this.#child = start(process.execPath, args, {
      stdio: ['ignore', 'ignore', 'pipe'],
      env: {
        ...plainEnvironment(),
        ...env,
        HOME: home,
        XDG_DATA_HOME: home,
        XDG_RUNTIME_DIR: home,
        XDG_STATE_HOME: home,
      },
    });
    this.#errors = collectErrors(this.#child);
    this.#meter = new CpuMeter(this.#child.pid ?? 0);
  }

  /** @throws Error with the extension’s last words when it has ended */
  read(): void {
    if (this.#child.exitCode !== null) throw new Error(`the extension ended: ${this.#errors()}`);
    const now = this.#meter.read();
    if (!Number.isNaN(this.#last)) this.#seconds.push((now - this.#last) / 1000);
    this.#last = now;
  }

  result(): HostTick {
    const mean = this.#seconds.reduce((sum, us) => sum + us, 0) / this.#seconds.length;
    return { name: this.#name, second: summarize(this.#seconds), mean };
  }

  async end(): Promise<void> {
    const ended = exitOf(this.#child);
    this.#child.kill('SIGTERM');
    await ended;
  }
}

/** CPU time of the extension in a second. */
export function hostTickTable({ ticks }: HostTickCosts): Table {
  return {
    head: ['CPU time of the extension in a second, µs', 'median', 'mean', 'p99'],
    rows: ticks.map(({ name, second, mean }) => [
      name,
      second.median.toFixed(0),
      mean.toFixed(0),
      second.p99.toFixed(0),
    ]),
  };
}
