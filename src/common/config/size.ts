import type { Problem } from './problem.ts';

/** Largest configuration file that is read: many times what every key with comments needs. */
export const MAX_CONFIG_BYTES = 2 ** 20;

/**
 * The problem of a file that is too large to be a configuration; `undefined` for one of a fitting size. Ask before
 * reading the file.
 *
 * @param bytes size of the file
 * @param file name of the file without its folder
 */
export function sizeProblem(bytes: number, file: string): Problem | undefined {
  if (bytes <= MAX_CONFIG_BYTES) return undefined;
  return {
    file,
    line: 0,
    column: 0,
    key: '',
    message: `is larger than the ${String(MAX_CONFIG_BYTES / 2 ** 20)} MiB that a configuration file may have`,
    outcome: 'the whole file is ignored',
  };
}
