import { setTimeout as delay } from 'node:timers/promises';
import { FrameNotification, Subscribe } from '../../src/common/protocol.ts';
import type { SamplerConnection } from '../../src/client/connection.ts';
import { fakeNvml } from './fake-nvml.ts';
import type { Peer } from './peers.ts';
import { CpuMeter, readMemory } from './process-usage.ts';
import { SamplerProcess } from './sampler-process.ts';
import { median } from './statistics.ts';

/** Left out at the start: the sampler looks up the names of the hardware again 10 s after it, and code is compiled. */
const SETTLE_MS = 12_000;
/** Part of a second at which the processes are looked at: none of them ticks then. */
const LOOK_MS = 950;
/** Memory is looked at less often, as that holds up the process for a moment. */
const MEMORY_SECONDS = 5;

const US = 1000;
const KIB_PER_MIB = 1024;

/** What a process that samples once a second uses. */
export interface ProcessUse {
  readonly name: string;
  /** CPU time of all threads and of the children waited for, in % of one core, over the whole time. */
  readonly cpuPercent: number;
  /** CPU time in the median second, in µs. */
  readonly medianSecondUs: number;
  /** Memory, median over the time, in MiB. */
  readonly rssMib: number;
  readonly pssMib: number;
  readonly privateMib: number;
}

/** What we use divided by what a peer uses. */
export interface Ratio {
  readonly ours: string;
  readonly theirs: string;
  readonly cpu: number;
  readonly privateMemory: number;
}

/** Processes that ran side by side. */
export interface WholeProcessUse {
  readonly seconds: number;
  readonly processes: readonly ProcessUse[];
  readonly ratios: readonly Ratio[];
  readonly notes: readonly string[];
}

/** Names of the samplers in {@link WholeProcessUse.processes}. */
export const OURS_ALONE = 'OptiMetrics, no client';
export const OURS_WITH_CLIENT = 'OptiMetrics, one client';
export const OURS_WITH_GPU = 'OptiMetrics, one client, a GPU';
/** As {@link OURS_WITH_GPU}, and like the others it only collects. */
export const OURS_COLLECTING = 'the same without the workload class';
const OURS: readonly string[] = [OURS_ALONE, OURS_WITH_CLIENT, OURS_WITH_GPU, OURS_COLLECTING];

/**
 * Runs the built sampler without and with a client, and with a GPU (of a stand-in for NVIDIA’s library), and the peers, side by side, and measures all from outside.
 *
 * @param folder made here
 * @param inventory what earlier runs of the sampler found out about the machine
 */
export async function measureWholeProcesses(options: {
  readonly seconds: number;
  readonly folder: string;
  readonly inventory: string;
  readonly peers: readonly Peer[];
}): Promise<WholeProcessUse> {
  const { seconds, folder, inventory, peers } = options;
  const nvml = await fakeNvml();
  const hasFakeGpu = 'OPTIMETRICS_NVML' in nvml.env;
  const alone = await SamplerProcess.start(`${folder}-alone`, inventory);
  const watched = await SamplerProcess.start(`${folder}-watched`, inventory);
  const withGpu = hasFakeGpu ? await SamplerProcess.start(`${folder}-gpu`, undefined, nvml.env) : undefined;
  const collecting = hasFakeGpu
    ? await SamplerProcess.start(`${folder}-collecting`, undefined, nvml.env, {
        general: { enableSessionClassification: false },
      })
    : undefined;
  const others = [withGpu, collecting].filter(one => one !== undefined);
  const connections = [await watched.connect(), ...(await Promise.all(others.map(one => one.connect())))];
  const [heard] = await Promise.all(connections.map(subscribe));
  const subjects = [
    new Subject(OURS_ALONE, alone.pid),
    new Subject(OURS_WITH_CLIENT, watched.pid),
    ...(withGpu ? [new Subject(OURS_WITH_GPU, withGpu.pid)] : []),
    ...(collecting ? [new Subject(OURS_COLLECTING, collecting.pid)] : []),
    ...peers.map(({ name, pid }) => new Subject(name, pid)),
  ];
  await delay(SETTLE_MS);
  const before = heard?.() ?? 0;
  await nextLook();
  for (const subject of subjects) subject.begin();
  for (let second = 1; second <= seconds; second++) {
    await nextLook();
    for (const subject of subjects) subject.look(second % MEMORY_SECONDS === 0);
  }
  const frames = (heard?.() ?? 0) - before;
  for (const connection of connections) connection.close();
  await Promise.all([alone, watched, ...others].map(one => one.end()));
  const notes = subjects
    .filter(({ hasEnded }) => hasEnded)
    .map(({ name }) => `${name} ended before its time.`);
  if (frames < seconds - 1) notes.push(`The client heard ${frames} samples in ${seconds} s.`);
  const processes = subjects.filter(({ hasEnded }) => !hasEnded).map(({ result }) => result);
  return { seconds, processes, ratios: ratiosOf(processes), notes };
}

/** Compares each of our samplers with each other process. */
export function ratiosOf(processes: readonly ProcessUse[]): Ratio[] {
  const isOurs = ({ name }: ProcessUse): boolean => OURS.includes(name);
  return processes
    .filter(one => !isOurs(one))
    .flatMap(theirs =>
      processes.filter(isOurs).map(ours => ({
        ours: ours.name,
        theirs: theirs.name,
        cpu: ours.cpuPercent / theirs.cpuPercent,
        privateMemory: ours.privateMib / theirs.privateMib,
      })),
    );
}

/** Subscribes as a window does; the function returns the number of samples so far. */
async function subscribe(connection: SamplerConnection): Promise<() => number> {
  let frames = 0;
  connection.rpc.onNotification(FrameNotification, () => {
    frames++;
  });
  await connection.rpc.sendRequest(Subscribe);
  return () => frames;
}

async function nextLook(): Promise<void> {
  await delay(1000 - ((Date.now() - LOOK_MS) % 1000));
}

/** One process and what has been seen of it. */
class Subject {
  readonly name: string;
  /** Whether it has ended, so that there is no result. */
  hasEnded = false;
  readonly #pid: number;
  readonly #cpu: CpuMeter;
  readonly #seconds: number[] = [];
  readonly #rss: number[] = [];
  readonly #pss: number[] = [];
  readonly #private: number[] = [];
  #beganAt = 0;
  #began = 0;
  #last = 0;
  #lastAt = 0;

  constructor(name: string, pid: number) {
    this.name = name;
    this.#pid = pid;
    this.#cpu = new CpuMeter(pid);
  }

  begin(): void {
    this.#try(() => {
      this.#began = this.#last = this.#cpu.read();
      this.#beganAt = this.#lastAt = performance.now();
    });
  }

  look(withMemory: boolean): void {
    this.#try(() => {
      this.#look(withMemory);
    });
  }

  #try(read: () => void): void {
    if (this.hasEnded) return;
    try {
      read();
    } catch {
      // Its files in /proc are gone.
      this.hasEnded = true;
    }
  }

  #look(withMemory: boolean): void {
    const now = this.#cpu.read();
    this.#lastAt = performance.now();
    this.#seconds.push((now - this.#last) / US);
    this.#last = now;
    if (!withMemory) return;
    const { rssKib, pssKib, privateKib } = readMemory(this.#pid);
    this.#rss.push(rssKib / KIB_PER_MIB);
    this.#pss.push(pssKib / KIB_PER_MIB);
    this.#private.push(privateKib / KIB_PER_MIB);
  }

  get result(): ProcessUse {
    const wallNs = (this.#lastAt - this.#beganAt) * 1e6;
    return {
      name: this.name,
      cpuPercent: (100 * (this.#last - this.#began)) / wallNs,
      medianSecondUs: median(this.#seconds),
      rssMib: median(this.#rss),
      pssMib: median(this.#pss),
      privateMib: median(this.#private),
    };
  }
}
