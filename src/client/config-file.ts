import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { Problem } from '../common/config/problem.ts';
import { type ResolvedConfig, resolveConfig } from '../common/config/resolve.ts';
import type { ParsedSettings } from '../common/config/settings.ts';
import { MAX_CONFIG_BYTES, sizeProblem } from '../common/config/size.ts';
import { describeFault } from '../common/faults.ts';

/** What may say how to run, besides the defaults. */
export interface ConfigSources {
  /** Absolute path of a YAML file. */
  readonly file?: string;
  /** VS Code's settings. */
  readonly settings?: ParsedSettings;
  readonly dataDirectory: string;
}

/**
 * Reads the configuration: the settings over the file over the defaults. A file that cannot be read, or is wrong, is
 * reported among the problems and its good parts are used. Never throws.
 */
export async function loadConfig({ file, settings, dataDirectory }: ConfigSources): Promise<ResolvedConfig> {
  return resolveConfig({
    ...(file === undefined ? {} : { file: { path: file, ...(await readConfigFile(file)) } }),
    ...(settings ? { settings } : {}),
    dataDirectory,
    homeDirectory: os.homedir(),
    path,
  });
}

async function readConfigFile(file: string) {
  const name = path.basename(file);
  const nothing = (problem: Problem) => ({ config: {}, problems: [problem], notices: [] });
  try {
    const stat = fs.statSync(file);
    const tooLarge = sizeProblem(stat.size, name);
    if (tooLarge) return nothing(tooLarge);
    if (!stat.isFile()) return nothing(unreadable(name, 'is not a file'));
    // Loaded late: most windows and terminals have no file, and need no parser.
    const { parseYamlConfig } = await import('../common/config/yaml.ts');
    return parseYamlConfig(readAtMost(file, MAX_CONFIG_BYTES), name);
  } catch (error) {
    return nothing(unreadable(name, `cannot be read: ${describeFault(error)}`));
  }
}

/** Reads no more than `limit` bytes, whatever the file grows to meanwhile. */
function readAtMost(file: string, limit: number): string {
  const fd = fs.openSync(file, 'r');
  try {
    const bytes = Buffer.alloc(limit);
    let length = 0;
    for (let read = 1; read > 0 && length < limit; length += read) {
      read = fs.readSync(fd, bytes, length, limit - length, null);
    }
    return bytes.toString('utf8', 0, length);
  } finally {
    fs.closeSync(fd);
  }
}

function unreadable(file: string, message: string): Problem {
  return { file, line: 0, column: 0, key: '', message, outcome: 'using the defaults' };
}
