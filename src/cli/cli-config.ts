import fs from 'node:fs';
import path from 'node:path';
import { loadConfig } from '../client/config-file.ts';
import { formatProblem } from '../common/config/problem.ts';
import type { ResolvedConfig } from '../common/config/resolve.ts';
import type { Config } from '../common/config/schema.ts';
import { describeFault } from '../common/faults.ts';
import { UsageError } from './usage.ts';

/**
 * The configuration of a command: the file that `--config` names, and the folder that `--log-dir` names. What is wrong
 * in the file goes to standard error, a line each, and the defaults hold for it.
 *
 * @throws UsageError when the file is not there
 */
export async function commandConfig(
  options: { readonly config: string | undefined; readonly logDirectory?: string | undefined },
  dataDirectory: string,
): Promise<Config> {
  return (await commandConfigWithProblems(options, dataDirectory)).config;
}

/** The same, with what was wrong. @throws as {@link commandConfig} */
export async function commandConfigWithProblems(
  options: Parameters<typeof commandConfig>[0],
  dataDirectory: string,
): Promise<Pick<ResolvedConfig, 'config' | 'problems'>> {
  const file = options.config === undefined ? undefined : path.resolve(options.config);
  if (file !== undefined) requireFile(file, options.config ?? '');
  const { config, problems, notices } = await loadConfig({
    ...(file === undefined ? {} : { file }),
    dataDirectory,
  });
  for (const problem of [...problems, ...notices])
    process.stderr.write(`optimetrics: ${formatProblem(problem)}\n`);
  if (options.logDirectory === undefined) return { config, problems };
  const logging = { ...config.logging, logDirectory: path.resolve(options.logDirectory) };
  return { config: { ...config, logging }, problems };
}

function requireFile(file: string, given: string): void {
  try {
    fs.accessSync(file, fs.constants.R_OK);
  } catch (error) {
    throw new UsageError(
      `--config ${given}: ${describeFault(error)}; give the path of a YAML file that can be read`,
    );
  }
}
