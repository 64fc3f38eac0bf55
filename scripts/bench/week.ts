import { mkdirSync, rmSync } from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { step } from '../lib/terminal.mjs';
import { fitLine } from './statistics.ts';
import { bundleWorker, runWorker } from './worker.ts';

const TICKS_OF_A_DAY = 24 * 3600;
/** How often memory is looked at, besides at the start. */
const LOOKS = 10;
const KIB_PER_MIB = 1024;

/** What `week-worker.ts` is told. */
export interface WeekTask {
  readonly ticks: number;
  readonly looks: number;
  readonly folder: string;
  readonly sink: string;
}

/** Memory and open files of the process after a collection of garbage. */
export interface MemorySample {
  /** Ticks so far. */
  readonly tick: number;
  readonly rssMib: number;
  /** Of V8's heap. */
  readonly heapUsedMib: number;
  /** Buffers outside of it: the history's rings are there. */
  readonly externalMib: number;
  readonly descriptors: number;
}

/** Memory over a simulated week. */
export interface WeekMemory {
  readonly ticks: number;
  /** Rows in the log: as many as ticks. */
  readonly rows: number;
  /** Mean CPU time of a tick. */
  readonly tickUs: number;
  readonly samples: readonly MemorySample[];
  /** KiB a simulated day, over all looks but the one at the start. */
  readonly growth: { readonly rss: number; readonly heapUsed: number; readonly external: number };
}

/**
 * Runs the sampler's ticks on this machine's hardware with a clock that jumps, as fast as they go, with log and a client.
 * A week takes some minutes. Shows its step.
 *
 * @param folder made here
 */
export async function measureWeek(folder: string, ticks: number): Promise<WeekMemory> {
  mkdirSync(folder);
  const sink = net.createServer(socket => socket.resume());
  const socket = path.join(folder, 'sink');
  await new Promise<void>(resolve => sink.listen(socket, resolve));
  const worker = await bundleWorker('week-worker.ts', folder);
  const task: WeekTask = { ticks, looks: LOOKS, folder, sink: socket };
  const { samples, rows, cpuUs } = (await step(`Ticking ${ticks} times with a fast clock`, () =>
    runWorker(worker, [JSON.stringify(task)], { flags: ['--expose-gc'] }),
  )) as { samples: MemorySample[]; rows: number; cpuUs: number };
  sink.close();
  rmSync(folder, { recursive: true });
  const growth = (of: (sample: MemorySample) => number): number =>
    fitLine(samples.slice(1).map(sample => [sample.tick / TICKS_OF_A_DAY, of(sample) * KIB_PER_MIB])).slope;
  return {
    ticks,
    rows,
    tickUs: cpuUs / ticks,
    samples,
    growth: {
      rss: growth(({ rssMib }) => rssMib),
      heapUsed: growth(({ heapUsedMib }) => heapUsedMib),
      external: growth(({ externalMib }) => externalMib),
    },
  };
}
