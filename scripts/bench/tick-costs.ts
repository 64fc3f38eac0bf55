import { mkdirSync } from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { fakeNvml } from './fake-nvml.ts';
import { type Summary, summarize } from './statistics.ts';
import { bundleWorker, runWorker } from './worker.ts';

/** Rounds back to back; about two seconds. */
const ROUNDS = 3000;
/** Ticks once a second, at most. */
const COLD_TICKS = 60;

/** Time of the parts of a tick, in µs on the thread that samples. */
export interface TickCosts {
  readonly parts: readonly TickPart[];
  /** All parts of one tick together. */
  readonly total: Pick<TickPart, 'backToBack' | 'onceASecond'>;
  /** Columns of the frame. */
  readonly columns: number;
  /** What has to be said about the figures, a sentence each. */
  readonly notes: readonly string[];
}

export interface TickPart {
  readonly name: string;
  /** What the adapter found; empty for what is no adapter. */
  readonly found: string;
  /** One tick after the other: caches are warm, code is compiled. */
  readonly backToBack: Summary;
  /** As the sampler does it: everything else has had the caches in between. */
  readonly onceASecond: Summary;
}

/** What `tick-worker.ts` prints. Times are in µs, one a tick. */
export interface WorkerResult {
  readonly adapters: readonly { readonly name: string; readonly found: string }[];
  readonly columns: number;
  readonly times: Readonly<Record<string, readonly number[]>>;
}

/** Prepares the measurement of ticks in a folder of its own. */
export class TickBench {
  readonly #folder: string;
  readonly #worker: string;
  readonly #sink: net.Server;
  readonly #env: NodeJS.ProcessEnv;
  readonly #note: string;
  #runs = 0;
  #warm: WorkerResult | undefined;

  private constructor(
    folder: string,
    worker: string,
    sink: net.Server,
    { env, note }: { env: NodeJS.ProcessEnv; note: string },
  ) {
    this.#folder = folder;
    this.#worker = worker;
    this.#sink = sink;
    this.#env = env;
    this.#note = note;
  }

  /** Bundles the worker into `folder`, as the sampler is bundled, and builds the fake NVML. */
  static async prepare(folder: string): Promise<TickBench> {
    mkdirSync(folder);
    const sink = net.createServer(socket => socket.resume());
    sink.unref();
    await new Promise<void>(resolve => sink.listen(path.join(folder, 'sink'), resolve));
    return new TickBench(folder, await bundleWorker('tick-worker.ts', folder), sink, await fakeNvml());
  }

  /** Measures ticks one after the other. Takes about two seconds. */
  async backToBack(): Promise<void> {
    this.#warm = await this.#run(ROUNDS, 0);
  }

  /** Measures ticks once a second. */
  async onceASecond(seconds: number): Promise<TickCosts> {
    const warm = this.#warm ?? (await this.#run(ROUNDS, 0));
    const cold = await this.#run(Math.min(COLD_TICKS, Math.floor(seconds)), 1000);
    this.#sink.close();
    const found = new Map(warm.adapters.map(adapter => [adapter.name, adapter.found]));
    const part = (name: string): TickPart => ({
      name,
      found: found.get(name) ?? '',
      backToBack: summarize(warm.times[name] ?? []),
      onceASecond: summarize(cold.times[name] ?? []),
    });
    return {
      parts: Object.keys(warm.times).map(part),
      total: { backToBack: summarize(totals(warm)), onceASecond: summarize(totals(cold)) },
      columns: warm.columns,
      notes: [this.#note],
    };
  }

  async #run(rounds: number, intervalMs: number): Promise<WorkerResult> {
    const own = path.join(this.#folder, String(this.#runs++));
    mkdirSync(own);
    const args = [String(rounds), String(intervalMs), own, path.join(this.#folder, 'sink')];
    return (await runWorker(this.#worker, args, { env: this.#env })) as WorkerResult;
  }
}

function totals({ times }: WorkerResult): number[] {
  const parts = Object.values(times);
  return (parts[0] ?? []).map((_, tick) => parts.reduce((sum, part) => sum + (part[tick] ?? 0), 0));
}
