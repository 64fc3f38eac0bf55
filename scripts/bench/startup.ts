import { type FSWatcher, mkdirSync, watch } from 'node:fs';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { FrameNotification, Subscribe } from '../../src/common/protocol.ts';
import { SamplerProcess, samplerPaths } from './sampler-process.ts';
import { type Summary, summarize } from './statistics.ts';

const STARTS = 10;
/** The sampler's first tick comes at least this long after its first reading. */
const BETWEEN_READINGS_MS = 150;
/** How long the first sampler runs, which finds out what machine this is. */
const FIRST_RUN_MS = 6_000;

/** How long a sampler takes to come up, in ms from the spawning of its process. */
export interface StartupTimes {
  /** Until it listens. */
  readonly listening: Summary;
  /** Until it has read all hardware once. */
  readonly firstReading: Summary;
  /** Until a client that connected when it listened has its first sample, which is taken on a whole second. */
  readonly firstSample: Summary;
}

interface Start {
  readonly listening: number;
  readonly firstReading: number;
  readonly firstSample: number;
}

/** Starts the built sampler a number of times, as on a machine that has run it before. */
export async function measureStartup(folder: string): Promise<StartupTimes> {
  const inventory = path.join(folder, 'inventory.json');
  const first = await SamplerProcess.start(path.join(folder, 'first'));
  await delay(FIRST_RUN_MS);
  first.keepInventory(inventory);
  await first.end();
  const starts: Start[] = [];
  for (let i = 0; i < STARTS; i++) starts.push(await startOnce(path.join(folder, String(i)), inventory));
  return {
    listening: summarize(starts.map(({ listening }) => listening)),
    firstReading: summarize(starts.map(({ firstReading }) => firstReading)),
    firstSample: summarize(starts.map(({ firstSample }) => firstSample)),
  };
}

async function startOnce(folder: string, inventory: string): Promise<Start> {
  const { directory, inFlight } = samplerPaths(folder);
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  // Before the start: the first reading follows right after it listens.
  const marks = new MarkTimes(inFlight);
  const sampler = await SamplerProcess.start(folder, inventory);
  const connection = await sampler.connect();
  const sampled = new Promise<number>(resolve => {
    connection.rpc.onNotification(FrameNotification, ({ utcMs }) => {
      resolve(utcMs);
    });
  });
  const { frame } = await connection.rpc.sendRequest(Subscribe);
  const utcMs = frame?.utcMs ?? (await sampled);
  const arrivedAt = performance.now();
  // On the monotonic clock, as precise as the two clocks are read together.
  const sampledAt = arrivedAt - (Date.now() - utcMs);
  const firstReadingAt = marks.lastBefore(sampledAt - BETWEEN_READINGS_MS);
  marks.close();
  connection.close();
  await sampler.end();
  return {
    listening: sampler.listeningAt - sampler.spawnedAt,
    firstReading: firstReadingAt - sampler.spawnedAt,
    firstSample: arrivedAt - sampler.spawnedAt,
  };
}

/**
 * Watches the file in which the sampler marks the adapter that it is about to read. The last mark before the pause that
 * precedes the first tick is written when the first reading has ended.
 */
class MarkTimes {
  readonly #watcher: FSWatcher;
  readonly #times: number[] = [];

  constructor(file: string) {
    const name = path.basename(file);
    this.#watcher = watch(path.dirname(file), (_, changed) => {
      if (changed === name) this.#times.push(performance.now());
    });
  }

  /** NaN when nothing was marked before `limit`. */
  lastBefore(limit: number): number {
    return this.#times.findLast(time => time < limit) ?? Number.NaN;
  }

  close(): void {
    this.#watcher.close();
  }
}
