import { copyFileSync, existsSync } from 'node:fs';
import path from 'node:path';
import * as esbuild from 'esbuild';
import { samplerEnvironment, samplerNodeFlags } from '../../src/client/launch.ts';
import { DIST, ROOT } from '../lib/paths.mjs';
import { output, plainEnvironment } from './child.ts';

/**
 * Bundles one of our measuring programs, with the native call interface beside it.
 *
 * @param source its file in this folder
 * @param folder for what is made
 * @returns the program to run with {@link runWorker}
 */
export async function bundleWorker(source: string, folder: string): Promise<string> {
  const native = path.join(folder, 'koffi.node');
  if (!existsSync(native)) copyFileSync(path.join(DIST, 'koffi.node'), native);
  const outfile = path.join(folder, source.replace(/\.ts$/, '.cjs'));
  await bundleProgram(path.join(import.meta.dirname, source), outfile);
  return outfile;
}

/** Bundles a program that is made of parts of the sampler, as the sampler is bundled. */
export async function bundleProgram(source: string, outfile: string): Promise<void> {
  await esbuild.build({
    absWorkingDir: ROOT,
    entryPoints: [source],
    outfile,
    bundle: true,
    minify: true,
    platform: 'node',
    format: 'cjs',
    target: 'node20',
    mainFields: ['module', 'main'],
    inject: [path.join(ROOT, 'scripts', 'lib', 'import-meta-url.cjs.mjs')],
    define: {
      'import.meta.dirname': '__dirname',
      'import.meta.filename': '__filename',
      'import.meta.url': 'importMetaUrl',
    },
    logLevel: 'silent',
  });
}

/** Those of the process that uploads; see src/sampler/upload/upload-process.ts. */
export const UPLOAD_NODE_FLAGS: readonly string[] = ['--max-semi-space-size=1', '--single-threaded-gc'];

/** How {@link runWorker} runs a program. */
export interface WorkerOptions {
  /** Processors of the machine that the sampler would be started on; those of this one unless given. */
  readonly processors?: number;
  readonly env?: NodeJS.ProcessEnv;
  /** For Node, besides those of the sampler. */
  readonly flags?: readonly string[];
  /** Whether it runs as the process that uploads does, in place of the sampler; not when left out. */
  readonly isUpload?: boolean;
}

/**
 * Runs a bundled program as the sampler is run, or the process that uploads.
 *
 * @returns what it printed, which has to be JSON
 */
export async function runWorker(
  worker: string,
  args: readonly string[],
  { processors, env = {}, flags = [], isUpload = false }: WorkerOptions = {},
): Promise<unknown> {
  const own = isUpload ? UPLOAD_NODE_FLAGS : samplerNodeFlags(processors);
  const environment = isUpload ? {} : samplerEnvironment(plainEnvironment());
  const text = await output(process.execPath, [...own, ...flags, worker, ...args], {
    ...environment,
    ...env,
  });
  return JSON.parse(text) as unknown;
}
