import * as v from 'valibot';
import { CONFIG_SCHEMA, KEYS, type Config } from './schema.ts';
import { isAbsolutePath } from './value.ts';

/**
 * Checks a configuration that came over the sampler's socket. Keys that this version does not know are dropped and
 * missing ones get their defaults, so that neighbouring versions understand each other. Never throws.
 *
 * @returns the configuration, or what is wrong with it: one line that repeats no value
 */
export function parseConfigMessage(message: unknown): Config | string {
  const result = v.safeParse(CONFIG_SCHEMA, message);
  if (!result.success) {
    const [issue] = result.issues;
    const path = (issue.path ?? []).map(part => String(part.key)).filter(part => !/^\d+$/.test(part));
    const key = KEYS.find(known => `${path.join('.')}.`.startsWith(`${known.setting}.`));
    if (key) return `${key.yaml} must be ${key.kind.expected}`;
    return path.length === 0
      ? 'the configuration is not an object'
      : `${path.join('.')} must be a group of keys`;
  }
  // A relative path would mean another folder in each process.
  if (!isAbsolutePath(result.output.logging.logDirectory))
    return 'logging.log_directory must be an absolute path';
  if (result.output.cloud.enabled && !isAbsolutePath(result.output.cloud.folder.path))
    return 'cloud.folder.path must be an absolute path';
  return result.output;
}
