import { FileTree } from '../../../scripts/bench/file-tree.ts';
import { upTo, WideMachine } from '../../../scripts/bench/wide-machine.ts';
import type { FakeNvml } from '../../fixtures/nvml/fake-nvml.ts';

export const CORES = 512;
export const GPUS = 8;
/** The last cores are switched off. */
const OFFLINE = new Set(upTo(CORES).slice(-8));

const GIB = 2 ** 30;
const VRAM = 80 * GIB;

/**
 * A node of a cluster that trains on some of its GPUs, serves on others and computes on many of its cores: a tree of files for
 * `OPTIMETRICS_SYSROOT`, and the knobs of the library that stands in for NVIDIA's.
 */
export class ClusterNode {
  readonly #machine: WideMachine;
  readonly #fake: FakeNvml;
  /** Work of each core so far, in ticks. */
  readonly #work = new Float64Array(CORES);
  #seconds = 0;
  /** What the counters of disks and network count for seconds. */
  #counted = 0;

  /** @param root an empty folder */
  constructor(root: string, fake: FakeNvml) {
    this.#fake = fake;
    this.#machine = new WideMachine(new FileTree(root), {
      cpus: upTo(CORES),
      disks: 2,
      interfaces: 1,
      work: cpu => Math.round(this.#work[cpu] ?? 0),
    });
    this.#turn();
  }

  /** A second goes by. */
  pass(): void {
    this.#seconds++;
    const t = this.#seconds;
    for (let cpu = 0; cpu < CORES; cpu++) this.#work[cpu] = (this.#work[cpu] ?? 0) + 100 * loadOf(cpu, t);
    this.#counted += Math.round(200 + 900 * wave(t, 47) ** 4 + 2500 * pulse(t, 90, 12));
    this.#machine.at(t, OFFLINE, this.#counted);
    const free = 1 - (0.38 + 0.1 * wave(t, 140));
    const total = 2 ** 30;
    this.#machine.tree
      .write(
        '/proc/meminfo',
        `MemTotal: ${String(total)} kB\nMemFree: 1 kB\nMemAvailable: ${String(Math.round(free * total))} kB\nSwapTotal: 0 kB\nSwapFree: 0 kB\n`,
      )
      .write('/proc/loadavg', `${(180 + 60 * wave(t, 60)).toFixed(2)} 212.40 205.13 190/9120 77091\n`);
    this.#turn();
  }

  #turn(): void {
    const t = this.#seconds;
    const set: Record<string, number> = { total: VRAM, limit: 700_000, memory_clock: 2619, encoder: 0 };
    for (let gpu = 0; gpu < GPUS; gpu++)
      for (const [field, value] of Object.entries(gpuAt(gpu, t)))
        set[`${field}@${String(gpu)}`] = Math.round(value);
    this.#fake.turn({ gpus: GPUS, set });
  }
}

/** 0 to 1 and back, so many seconds long. */
function wave(t: number, period: number): number {
  return 0.5 - 0.5 * Math.cos((2 * Math.PI * t) / period);
}

/** 1 in the first seconds of each period. */
function pulse(t: number, period: number, length: number): number {
  return t % period < length ? 1 : 0;
}

/** Between 0 and 1, another each time. */
function noise(a: number, b: number): number {
  const x = Math.sin(a * 12.9898 + b * 78.233) * 43758.5453;
  return x - Math.floor(x);
}

/** Share of a second that a core works. */
function loadOf(cpu: number, t: number): number {
  const grain = noise(cpu, t);
  // A solver on 160 cores that waits for its neighbours now and then, and begins in the second minute.
  if (cpu >= 256 && cpu < 416) return t < 75 ? 0.02 * grain : pulse(t, 30, 4) === 1 ? 0.25 * grain : 0.97;
  // Eight groups that prepare data for the GPUs.
  if (cpu < 128) {
    const group = Math.floor(cpu / 16);
    return group > 5 ? 0.03 * grain : 0.35 + 0.5 * wave(t + group * 7, 24 + group) * (0.6 + 0.4 * grain);
  }
  // One program that has one thread.
  if (cpu === 200) return 1;
  return noise(cpu, Math.floor(t / 20)) > 0.97 ? 0.6 + 0.4 * grain : 0.04 * grain;
}

/** What a GPU does: four train and save what they have now and then, two serve, one is idle, and one is too hot. */
function gpuAt(gpu: number, t: number): Record<string, number> {
  const grain = noise(gpu + 100, t);
  const values = (share: number, memory: number): Record<string, number> => ({
    utilization: 100 * share,
    memory_utilization: 62 * share * (0.8 + 0.2 * grain),
    used: memory * VRAM,
    temperature: 36 + 30 * share + gpu,
    power: 72_000 + 560_000 * share * (0.92 + 0.08 * grain),
    graphics_clock: share > 0.02 ? 1755 - 30 * grain : 345,
    sm_clock: share > 0.02 ? 1755 - 30 * grain : 345,
    fan: 30 + 30 * share,
    decoder: 0,
    reasons: 0,
  });
  if (gpu < 4) return values(pulse(t + 9, 85, 9) === 1 ? 0.03 : 0.95 + 0.04 * grain, 0.86 + 0.01 * gpu);
  if (gpu < 6)
    return { ...values(0.15 + 0.6 * wave(t, 70 + 10 * gpu) * grain, 0.41 + 0.03 * gpu), decoder: 20 * grain };
  if (gpu === 6) return values(0, 0.01);
  const isHot = t % 140 > 80;
  return {
    ...values(isHot ? 0.82 : 0.98, 0.74),
    temperature: isHot ? 88 : 70 + ((t % 140) / 80) * 17,
    graphics_clock: isHot ? 1110 : 1740,
    sm_clock: isHot ? 1110 : 1740,
    reasons: isHot ? 0x40 : 0,
  };
}
