import { parseArgs, type ParseArgsConfig } from 'node:util';
import { UsageError } from './usage.ts';

type Options = NonNullable<ParseArgsConfig['options']>;
type Parsed<T extends Options> = ReturnType<
  typeof parseArgs<{ args: string[]; options: T; allowPositionals: boolean }>
>;

/** Parses a command's options, and what is none of them. @throws UsageError for an option that there is not */
export function parseAll<T extends Options>(
  argv: readonly string[],
  options: T,
  allowPositionals = true,
): Parsed<T> {
  try {
    return parseArgs({ args: [...argv], options, allowPositionals });
  } catch (error) {
    const why = error instanceof Error ? (error.message.split('. ')[0] ?? '') : '';
    throw new UsageError(`${why}; try optimetrics --help`);
  }
}

/** The options of a command that takes nothing else. @throws UsageError as {@link parseAll} */
export function parseOptions<T extends Options>(argv: readonly string[], options: T): Parsed<T>['values'] {
  return parseAll(argv, options, false).values;
}
