import assert from 'node:assert/strict';
import { type Absence, Frame } from '../../../../../src/common/frame.ts';
import { buildLayout } from '../../../../../src/common/layout.ts';
import type { AdapterInfo, Unavailable } from '../../../../../src/sampler/adapters/base.ts';
import {
  createNvidiaAdapter,
  type NvidiaAdapter,
  type NvidiaOptions,
} from '../../../../../src/sampler/adapters/gpu/nvidia/adapter.ts';
import { Sysroot } from '../../../../../src/sampler/sysroot.ts';
import type { FakeNvmlOptions } from '../../../../fixtures/nvml/build.ts';
import { FakeNvml, type Knobs } from '../../../../fixtures/nvml/fake-nvml.ts';
import { type MadeDevice, PciTree } from './pci-tree.ts';

/** The columns of one GPU by their names without `gpuN_`: values, or why there are none. */
export type Reading = Record<string, number | Absence | undefined>;

/** What a rig is made of. */
export interface RigOptions {
  readonly knobs?: Knobs;
  readonly build?: Omit<FakeNvmlOptions, 'own'>;
  /** Devices of a made-up PCI bus; without them there is none. */
  readonly devices?: readonly MadeDevice[];
  readonly adapter?: Omit<NvidiaOptions, 'env'>;
  /** Number of the adapter's first GPU, behind those of other adapters. */
  readonly firstGpu?: number;
}

/** The adapter with the fake library, and a frame to read into. */
export class Rig {
  readonly fake: FakeNvml;
  readonly tree: PciTree;
  readonly adapter: NvidiaAdapter;
  readonly log: string[] = [];
  readonly #firstGpu: number;
  #frame = new Frame(buildLayout({ core: 0, gpu: 0, disk: 0 }));

  constructor({ knobs = {}, build = {}, devices = [], adapter = {}, firstGpu = 0 }: RigOptions = {}) {
    this.fake = new FakeNvml(build);
    this.fake.turn(knobs);
    this.tree = new PciTree(devices);
    this.adapter = createNvidiaAdapter({ ...adapter, env: { OPTIMETRICS_NVML: this.fake.library } });
    this.#firstGpu = firstGpu;
  }

  get context(): { sysroot: Sysroot; log: (message: string) => void } {
    return { sysroot: this.tree.sysroot, log: message => this.log.push(message) };
  }

  async open(): Promise<AdapterInfo | Unavailable> {
    const outcome = await this.adapter.open(this.context);
    if (outcome.available) this.#bind(outcome.instances?.gpu ?? 0);
    return outcome;
  }

  /** Opens, and fails the test when that is refused. */
  async opened(): Promise<AdapterInfo> {
    const outcome = await this.open();
    assert.ok(outcome.available, JSON.stringify(outcome));
    return outcome;
  }

  /** Opens, and fails the test when that is not refused. */
  async refused(): Promise<Unavailable> {
    const outcome = await this.open();
    assert.ok(!outcome.available, JSON.stringify(outcome));
    return outcome;
  }

  /** Reads one tick of a second and returns the columns of a GPU of this adapter. */
  tick(gpu = 0, elapsedSeconds = 1): Reading {
    this.#frame.clear();
    this.adapter.read(this.#frame, elapsedSeconds);
    return this.columns(gpu);
  }

  /** The columns of a GPU of this adapter as the last tick left them. */
  columns(gpu = 0): Reading {
    const prefix = `gpu${String(this.#firstGpu + gpu)}_`;
    const own = this.#frame.layout.columns.filter(({ name }) => name.startsWith(prefix));
    return Object.fromEntries(
      own.map(({ name }) => [
        name.slice(prefix.length),
        this.#frame.value(name) ?? this.#frame.absence(name),
      ]),
    );
  }

  /** Ticks until `isDone`, giving calls in threads the time to come back; fails after 20 s. */
  async tickUntil(isDone: (reading: Reading) => boolean, gpu = 0): Promise<Reading> {
    const deadline = performance.now() + 20_000;
    for (;;) {
      // No time passes for the adapter: what is waited for is a thread, not a clock.
      const reading = this.tick(gpu, 0);
      if (isDone(reading)) return reading;
      assert.ok(performance.now() < deadline, `still ${JSON.stringify(reading)}`);
      await new Promise(resolve => setTimeout(resolve, 5));
    }
  }

  /** Waits until no call is out in a thread. */
  async settled(): Promise<void> {
    const deadline = performance.now() + 20_000;
    while (this.adapter.hasPendingCall) {
      assert.ok(performance.now() < deadline, 'a call does not come back');
      await new Promise(resolve => setTimeout(resolve, 5));
    }
  }

  async dispose(): Promise<void> {
    this.adapter.close();
    await this.settled();
    this.tree.dispose();
    this.fake.dispose();
  }

  #bind(gpus: number): void {
    const layout = buildLayout({ core: 0, gpu: this.#firstGpu + gpus, disk: 0 }, group => group === 'gpu');
    this.#frame = new Frame(layout);
    const find = (column: string): number => layout.slots.get(column) ?? -1;
    this.adapter.bind(Object.assign(find, { firstGpu: this.#firstGpu }));
  }
}

/** Runs a test with a rig and takes it down after. */
export function withRig(options: RigOptions, run: (rig: Rig) => Promise<void>): () => Promise<void> {
  return async () => {
    const rig = new Rig(options);
    try {
      await run(rig);
    } finally {
      await rig.dispose();
    }
  };
}

/** All columns of a GPU with the same reason. */
export function allColumns(reason: Absence): Reading {
  return Object.fromEntries(COLUMNS.map(name => [name, reason]));
}

/** The columns of a GPU, by the design, in the order of the log. */
export const COLUMNS = [
  'utilization',
  'memory_utilization',
  'vram_used_mb',
  'vram_total_mb',
  'vram_percent',
  'temperature',
  'power_watts',
  'power_limit_watts',
  'core_clock_mhz',
  'memory_clock_mhz',
  'sm_clock_mhz',
  'fan_speed',
  'encoder_utilization',
  'decoder_utilization',
  'compute_processes',
  'graphics_processes',
  'performance_state',
  'pcie_tx_kbps',
  'pcie_rx_kbps',
  'throttle_reasons',
] as const;
