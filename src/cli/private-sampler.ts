import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { SamplerClient } from '../client/sampler-client.ts';
import type { Config } from '../common/config/schema.ts';
import { socketFitsIn } from '../runtime/directories.ts';
import { readOwner } from '../runtime/owner.ts';
import { isRunning } from '../runtime/process-identity.ts';
import { runtimePaths } from '../runtime/runtime-paths.ts';

/** How long a sampler that has said goodbye may take to be gone, and how often that is looked at. */
const GONE_MS = 2_000;
const LOOK_MS = 20;

/** A sampler of this command's own, apart from the user's shared one. */
export interface PrivateSampler {
  readonly client: SamplerClient;
  /** Ends the sampler, waits until its process is gone, for two seconds at most, and removes its folder. */
  end(): Promise<void>;
}

/** Prepares a sampler of our own; `client.start` starts it. */
export function privateSampler(options: {
  readonly samplerFile: string;
  readonly dataDirectory: string;
  readonly config: Config;
  readonly writesLog: boolean;
}): PrivateSampler {
  const preferred = path.join(os.tmpdir(), 'optimetrics-private-');
  const runtimeDirectory = fs.mkdtempSync(
    socketFitsIn(`${preferred}XXXXXX`) ? preferred : '/tmp/optimetrics-private-',
  );
  const client = new SamplerClient({
    ...options,
    client: 'terminal',
    runtimeDirectory,
    onForeignConfig: 'keep',
  });
  return {
    client,
    async end() {
      const owner = readOwner(runtimePaths(runtimeDirectory).owner);
      await client.stop({ endIfLast: true });
      for (let left = GONE_MS; owner && left > 0 && isRunning(owner); left -= LOOK_MS) await delay(LOOK_MS);
      // On Windows a folder lasts until its last file is closed, and the sampler is still on its way out.
      fs.rmSync(runtimeDirectory, { recursive: true, force: true, maxRetries: 10 });
    },
  };
}
