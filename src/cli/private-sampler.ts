import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { SamplerClient } from '../client/sampler-client.ts';
import type { Config } from '../common/config/schema.ts';
import { socketFitsIn } from '../runtime/directories.ts';

/** A sampler of this command's own, apart from the user's shared one. */
export interface PrivateSampler {
  readonly client: SamplerClient;
  /** Ends the sampler and removes its folder. */
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
      await client.stop({ endIfLast: true });
      // On Windows a folder lasts until its last file is closed, and the sampler is still on its way out.
      fs.rmSync(runtimeDirectory, { recursive: true, force: true, maxRetries: 10 });
    },
  };
}
