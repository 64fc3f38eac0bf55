import type { ChildProcess } from 'node:child_process';
import { exitOf, start } from '../lib/children.mjs';

/** Most that is kept of what a failing process prints. */
const STDERR_LIMIT = 16_384;
/** Longer lines are the minified code that an error stands in. */
const LINE_LIMIT = 400;

/** Our environment without what would change how Node runs, or what the sampler reads. */
export function plainEnvironment(): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(([name]) => !/^(NODE_|OPTIMETRICS_)/.test(name));
  return Object.fromEntries(kept);
}

/**
 * Runs a program to its end.
 *
 * @returns what it wrote to standard output
 * @throws Error with what it wrote to standard error, when it fails
 */
export async function output(
  command: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv = {},
): Promise<string> {
  const child = start(command, args, {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...plainEnvironment(), ...env },
  });
  const errors = collectErrors(child);
  let text = '';
  child.stdout?.setEncoding('utf8').on('data', (part: string) => {
    text += part;
  });
  const code = await exitOf(child);
  if (code !== 0) throw new Error(`${command} ended with exit code ${code}: ${errors()}`);
  return text;
}

/** Reads a child's standard error; the function returns the end of it. */
export function collectErrors(child: ChildProcess): () => string {
  let text = '';
  child.stderr?.setEncoding('utf8').on('data', (part: string) => {
    text = (text + part).slice(-STDERR_LIMIT);
  });
  return () =>
    text
      .trim()
      .split('\n')
      .filter(line => line.length <= LINE_LIMIT)
      .join('\n');
}
