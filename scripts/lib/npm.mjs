import path from 'node:path';
import { run } from './children.mjs';

/**
 * Runs npm quietly, with the npm that runs this script where there is one.
 *
 * @param {readonly string[]} args
 * @param {{ cwd: string, node?: string | undefined, env?: NodeJS.ProcessEnv }} options `node` runs npm itself and every
 *   script that it starts, instead of the Node of this process
 */
export async function npm(args, { cwd, node = process.execPath, env = {} }) {
  const PATH = [path.dirname(node), process.env['PATH'] ?? ''].join(path.delimiter);
  const options = { cwd, env: { ...outerEnvironment(), ...env, PATH } };
  const cli = process.env['npm_execpath'];
  if (cli?.endsWith('.js')) await run(node, [cli, ...args], options);
  else if (process.platform === 'win32') await run('npm.cmd', args, { ...options, shell: true });
  else await run('npm', args, options);
}

/**
 * The environment without what an outer `npm start` put there about this package: an inner npm in another folder is not
 * to act on it. What the user set (a registry, a proxy) stays.
 */
function outerEnvironment() {
  const env = { ...process.env };
  for (const name of Object.keys(env)) {
    if (/^npm_(package|lifecycle|command|config_local_prefix)/.test(name)) Reflect.deleteProperty(env, name);
  }
  return env;
}
