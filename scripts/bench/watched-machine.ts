import path from 'node:path';
import { loadConfig } from '../../src/client/config-file.ts';
import { SamplerClient } from '../../src/client/sampler-client.ts';
import type { DashboardSource } from '../../src/extension/dashboard/source.ts';
import { DIST } from '../lib/paths.mjs';

/** How long a sampler may take to start. */
const START_MS = 30_000;

/** A sampler with a client, as a window has them, and what dashboards ask of it. */
export class WatchedMachine {
  readonly source: DashboardSource;
  readonly #client: SamplerClient;

  private constructor(client: SamplerClient) {
    this.#client = client;
    this.source = sourceOf(client);
  }

  /**
   * Starts a sampler and waits for its first sample.
   *
   * @param folder `data` in it holds the log; `run` is made
   * @throws Error when there is none in time
   */
  static async start(folder: string): Promise<WatchedMachine> {
    const dataDirectory = path.join(folder, 'data', 'optimetrics');
    const client = new SamplerClient({
      client: 'window',
      samplerFile: path.join(DIST, 'sampler.js'),
      runtimeDirectory: path.join(folder, 'run'),
      dataDirectory,
      writesLog: true,
      config: (await loadConfig({ dataDirectory })).config,
      onForeignConfig: 'keep',
    });
    await new Promise<void>((resolve, reject) => {
      const timer = setTimeout(() => {
        reject(new Error(`the sampler gives no sample: ${client.state} ${client.detail}`));
      }, START_MS);
      const first = client.onFrame(() => {
        clearTimeout(timer);
        first.dispose();
        resolve();
      });
      client.start({ isManual: true });
    });
    return new WatchedMachine(client);
  }

  /** Ends the sampler. */
  async end(): Promise<void> {
    await this.#client.stop({ endIfLast: true });
  }
}

function sourceOf(client: SamplerClient): DashboardSource {
  return {
    get layout() {
      return client.layout;
    },
    get frame() {
      return client.frame;
    },
    get state() {
      return client.state;
    },
    get detail() {
      return client.detail;
    },
    machine: 'this machine',
    get status() {
      const { status } = client;
      return status && { adapters: status.adapters, intervalSeconds: status.intervalSeconds };
    },
    get usage() {
      return client.usage;
    },
    get workload() {
      return client.workload;
    },
    onFrame: client.onFrame,
    onWorkload: client.onWorkload,
    onLayout: client.onLayout,
    onState: client.onState,
    onStatus: client.onStatus,
    onUsage: client.onUsage,
    watchCores: (_, watches) => {
      client.watchesCores = watches;
    },
    range: (...request) => client.range(...request),
    sessions: (...request) => client.sessions(...request),
  };
}
