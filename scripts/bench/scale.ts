import { mkdirSync, rmSync } from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { step } from '../lib/terminal.mjs';
import { fakeNvml } from './fake-nvml.ts';
import { FIXTURES } from './file-tree.ts';
import { fitLine, type Line, type Summary, summarize } from './statistics.ts';
import { bundleWorker, runWorker } from './worker.ts';

/** What a tick may cost on the widest machine, in ms of CPU time. */
export const TICK_LIMIT_MS = 3;

/** Ticks that count in one run, one after the other, and those before them. */
const TICKS = 300;
const WARM_UP = 200;
/** Runs of each machine, with those of the others in between, so that what else the machine does meets all alike. */
const ROUNDS = 2;
/** Once a second; those before them are not. */
const COLD_TICKS = 20;

/** How much of everything a made-up machine has. */
export interface ScaleWidth {
  readonly cores: number;
  readonly disks: number;
  readonly interfaces: number;
  readonly amdGpus: number;
  readonly intelGpus: number;
  /** GPUs of the fake NVML. */
  readonly nvidiaGpus: number;
}

/** What `scale-worker.ts` is told. */
export interface ScaleTask {
  readonly width: ScaleWidth;
  readonly perCoreColumns: 'always' | 'never';
  readonly ticks: number;
  readonly warmUp: number;
  /** Between ticks that count; 0 for one after the other, as those before them are. */
  readonly intervalMs: number;
  readonly folder: string;
  readonly sink: string;
  readonly fixtures: string;
}

/** What it prints. */
export interface ScaleWorkerResult {
  /** CPU time of each tick, of all threads, in µs. */
  readonly cpuUs: readonly number[];
  readonly columns: number;
  /** By adapter. */
  readonly states: Readonly<Record<string, string>>;
  readonly gpus: number;
}

/** One machine and the CPU time of its ticks in µs. */
export interface ScalePoint {
  /** Number of what is varied. */
  readonly count: number;
  readonly columns: number;
  readonly tick: Summary;
}

/** Machines that differ in the number of one thing. */
export interface ScaleSeries {
  /** What is varied, in the plural. */
  readonly name: string;
  readonly points: readonly ScalePoint[];
  /** Of the median in µs over the number. */
  readonly line: Line;
}

/** A machine with the most of everything. */
export interface WidestMachine {
  readonly perCoreColumns: boolean;
  readonly columns: number;
  readonly backToBack: Summary;
  readonly onceASecond: Summary;
}

/** CPU time of a tick over the width of the machine. */
export interface ScaleCosts {
  readonly series: readonly ScaleSeries[];
  readonly widest: readonly WidestMachine[];
  readonly notes: readonly string[];
}

interface Sweep {
  readonly name: string;
  readonly counts: readonly number[];
  readonly perCoreColumns: boolean;
  readonly width: (count: number) => Partial<ScaleWidth>;
}

/** What everything else is while one thing is varied. */
const NARROW: ScaleWidth = { cores: 2, disks: 1, interfaces: 1, amdGpus: 0, intelGpus: 0, nvidiaGpus: 0 };
const WIDEST: ScaleWidth = {
  cores: 512,
  disks: 64,
  interfaces: 200,
  amdGpus: 4,
  intelGpus: 4,
  nvidiaGpus: 8,
};
/** Node runs the sampler in two ways, on machines up to 64 processors and on wider ones: each has a line of its own. */
const FEW_CORES = [1, 2, 8, 16, 32, 64];
const MANY_CORES = [65, 128, 256, 384, 512];
const GPUS = [0, 1, 2, 4, 8, 16];

function sweepCores(range: string, counts: readonly number[], perCoreColumns: boolean): Sweep {
  const name = `cores, ${range}, ${perCoreColumns ? 'with columns' : 'without'}`;
  return { name, counts, perCoreColumns, width: cores => ({ cores }) };
}

const SWEEPS: readonly Sweep[] = [
  sweepCores('1 to 64', FEW_CORES, true),
  sweepCores('1 to 64', FEW_CORES, false),
  sweepCores('65 to 512', MANY_CORES, true),
  sweepCores('65 to 512', MANY_CORES, false),
  {
    name: 'GPUs, AMD and Intel by turns',
    counts: GPUS,
    perCoreColumns: true,
    width: count => ({ amdGpus: Math.ceil(count / 2), intelGpus: Math.floor(count / 2) }),
  },
  { name: 'GPUs, NVIDIA', counts: GPUS, perCoreColumns: true, width: nvidiaGpus => ({ nvidiaGpus }) },
  {
    name: 'disks with a file system',
    counts: [1, 2, 4, 8, 16, 32, 64],
    perCoreColumns: true,
    width: disks => ({ disks }),
  },
  {
    name: 'network interfaces',
    counts: [1, 2, 8, 32, 64, 128, 200],
    perCoreColumns: true,
    width: interfaces => ({ interfaces }),
  },
];

/**
 * Measures ticks on machines of many widths, each in a process of its own. Takes some minutes. Shows its steps.
 *
 * @param folder made here
 */
export async function measureScale(folder: string): Promise<ScaleCosts> {
  mkdirSync(folder);
  const bench = new ScaleBench(folder, await bundleWorker('scale-worker.ts', folder));
  await bench.listen();
  const series: ScaleSeries[] = [];
  for (const sweep of SWEEPS)
    series.push(await step(`Ticks by the number of ${sweep.name}`, () => bench.sweep(sweep)));
  const widest = await step('Ticks of the widest machine', () =>
    // Beside each other: once a second, either leaves the processors idle for the most part.
    Promise.all([false, true].map(perCoreColumns => bench.widest(perCoreColumns))),
  );
  bench.close();
  return { series, widest, notes: bench.notes };
}

class ScaleBench {
  readonly notes: string[] = [];
  readonly #folder: string;
  readonly #worker: string;
  readonly #sink = net.createServer(socket => socket.resume());
  #runs = 0;

  constructor(folder: string, worker: string) {
    this.#folder = folder;
    this.#worker = worker;
  }

  async listen(): Promise<void> {
    await new Promise<void>(resolve => this.#sink.listen(this.#socket, resolve));
  }

  close(): void {
    this.#sink.close();
  }

  async sweep({ name, counts, perCoreColumns, width }: Sweep): Promise<ScaleSeries> {
    const runs = new Map<number, ScaleWorkerResult[]>(counts.map(count => [count, []]));
    for (let round = 0; round < ROUNDS; round++) {
      for (const [count, results] of runs) {
        results.push(await this.#run({ ...NARROW, ...width(count) }, perCoreColumns, false));
      }
    }
    const points = [...runs].map(([count, results]) => ({
      count,
      columns: results[0]?.columns ?? 0,
      tick: summarize(results.flatMap(({ cpuUs }) => cpuUs)),
    }));
    return { name, points, line: fitLine(points.map(({ count, tick }) => [count, tick.median])) };
  }

  async widest(perCoreColumns: boolean): Promise<WidestMachine> {
    const warm = await this.#run(WIDEST, perCoreColumns, false);
    const cold = await this.#run(WIDEST, perCoreColumns, true);
    return {
      perCoreColumns,
      columns: warm.columns,
      backToBack: summarize(warm.cpuUs),
      onceASecond: summarize(cold.cpuUs),
    };
  }

  get #socket(): string {
    return path.join(this.#folder, 'sink');
  }

  async #run(width: ScaleWidth, perCoreColumns: boolean, isCold: boolean): Promise<ScaleWorkerResult> {
    const folder = path.join(this.#folder, String(this.#runs++));
    mkdirSync(folder);
    const task: ScaleTask = {
      width,
      perCoreColumns: perCoreColumns ? 'always' : 'never',
      ticks: isCold ? COLD_TICKS : TICKS,
      warmUp: WARM_UP,
      intervalMs: isCold ? 1000 : 0,
      folder,
      sink: this.#socket,
      fixtures: FIXTURES,
    };
    const { env, note } = width.nvidiaGpus > 0 ? await fakeNvml(width.nvidiaGpus) : { env: {}, note: '' };
    if (note !== '' && !this.notes.includes(note)) this.notes.push(note);
    const result = (await runWorker(this.#worker, [JSON.stringify(task)], {
      processors: width.cores,
      env,
    })) as ScaleWorkerResult;
    rmSync(folder, { recursive: true });
    const { amdGpus, intelGpus, nvidiaGpus } = width;
    const hasNvml = 'OPTIMETRICS_NVML' in env;
    if (result.gpus !== amdGpus + intelGpus + (hasNvml ? nvidiaGpus : 0))
      throw new Error(`the sampler found ${result.gpus} GPUs on a machine with ${JSON.stringify(width)}`);
    return result;
  }
}
