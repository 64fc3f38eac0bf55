import type { ChildProcess } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync } from 'node:fs';
import path from 'node:path';
import { loadConfig } from '../../src/client/config-file.ts';
import { connect, type SamplerConnection } from '../../src/client/connection.ts';
import { samplerEnvironment, samplerNodeFlags } from '../../src/client/launch.ts';
import { type ConfigOverlay, withOverlay } from '../../src/common/config/schema.ts';
import { type RuntimePaths, runtimePaths } from '../../src/runtime/runtime-paths.ts';
import { SAMPLER_READY } from '../../src/runtime/sampler-process.ts';
import { end, start } from '../lib/children.mjs';
import { DIST } from '../lib/paths.mjs';
import { collectErrors, plainEnvironment } from './child.ts';

const INVENTORY = 'inventory.json';
/** How long the sampler may take to answer. */
const HELLO_MS = 10_000;

/** Where the socket and its companions of the sampler with this folder are. */
export function samplerPaths(folder: string): RuntimePaths {
  return runtimePaths(path.join(folder, 'run'));
}

/** A built sampler that runs for the bench alone, with the default configuration, in folders of its own. */
export class SamplerProcess {
  readonly pid: number;
  readonly paths: RuntimePaths;
  /** When the process was spawned and when it said that it listens, on the monotonic clock in ms. */
  readonly spawnedAt: number;
  readonly listeningAt: number;
  readonly #child: ChildProcess;
  readonly #data: string;

  private constructor(child: ChildProcess, folder: string, spawnedAt: number) {
    this.#child = child;
    this.pid = child.pid ?? 0;
    this.paths = samplerPaths(folder);
    this.#data = path.join(folder, 'data');
    this.spawnedAt = spawnedAt;
    this.listeningAt = performance.now();
  }

  /**
   * Starts a sampler as a client does, but so that it stays without one, and waits until it listens.
   *
   * @param folder made here
   * @param inventory what an earlier run found out about the machine, as {@link keepInventory} kept it
   * @param env added to its environment
   * @param overlay settings that differ from the defaults
   * @throws Error with the sampler's last words when it ends instead
   */
  static async start(
    folder: string,
    inventory?: string,
    env: NodeJS.ProcessEnv = {},
    overlay: ConfigOverlay = {},
  ): Promise<SamplerProcess> {
    const data = path.join(folder, 'data');
    const runtime = samplerPaths(folder).directory;
    mkdirSync(data, { recursive: true });
    mkdirSync(runtime, { recursive: true, mode: 0o700 });
    if (inventory !== undefined && existsSync(inventory)) copyFileSync(inventory, path.join(data, INVENTORY));
    const { config: defaults } = await loadConfig({ dataDirectory: data });
    const config = withOverlay(defaults, overlay);
    const sampler = path.join(DIST, 'sampler.js');
    const args = [...samplerNodeFlags(), sampler, '--runtime-dir', runtime, '--data-dir', data, '--stay'];
    const spawnedAt = performance.now();
    const child = start(process.execPath, args, {
      stdio: ['pipe', 'pipe', 'pipe'],
      env: { ...samplerEnvironment(plainEnvironment()), ...env },
    });
    const errors = collectErrors(child);
    child.stdin?.end(JSON.stringify(config));
    await new Promise<void>((resolve, reject) => {
      child.once('error', reject);
      child.once('exit', code => {
        reject(new Error(`the sampler ended with exit code ${String(code)}: ${errors()}`));
      });
      child.stdout?.setEncoding('utf8').on('data', (text: string) => {
        if (text.includes(SAMPLER_READY)) resolve();
      });
    });
    return new SamplerProcess(child, folder, spawnedAt);
  }

  /** Connects as a window does. */
  connect(): Promise<SamplerConnection> {
    return connect(this.paths, 'window', HELLO_MS);
  }

  /** Keeps what the sampler found out about the machine in a file, for starts that find it known. */
  keepInventory(file: string): void {
    const inventory = path.join(this.#data, INVENTORY);
    if (existsSync(inventory)) copyFileSync(inventory, file);
  }

  /** Ends the process. */
  async end(): Promise<void> {
    await end(this.#child);
  }
}
