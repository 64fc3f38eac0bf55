import path from 'node:path';
import { loadConfig } from '../../../src/client/config-file.ts';
import { SamplerClient } from '../../../src/client/sampler-client.ts';
import { ROOT, type TestHome } from './home.ts';

/**
 * A client of the home's shared sampler as a window of VS Code has one; not started.
 *
 * @param file of its configuration; the default settings when left out
 */
export async function windowOf(home: TestHome, file?: string): Promise<SamplerClient> {
  const dataDirectory = path.join(home.root, 'data', 'optimetrics');
  const { config } = await loadConfig({ dataDirectory, ...(file === undefined ? {} : { file }) });
  return new SamplerClient({
    client: 'window',
    samplerFile: path.join(ROOT, 'dist', 'sampler.js'),
    runtimeDirectory: home.runtimeDirectory,
    dataDirectory,
    writesLog: true,
    config,
    onForeignConfig: file === undefined ? 'keep' : 'apply',
  });
}
