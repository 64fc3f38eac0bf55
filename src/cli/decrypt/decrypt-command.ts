import fs from 'node:fs';
import { printable } from '../../common/config/problem.ts';
import { codeOf, describeFault } from '../../common/faults.ts';
import { dataDirectory } from '../../runtime/directories.ts';
import type { OpeningKeys } from '../../sync/envelope/unseal.ts';
import { KeyFolder } from '../../sync/keys/key-folder.ts';
import { parseAll } from '../arguments.ts';
import { EXIT, UsageError } from '../usage.ts';
import { decryptFile, type Format } from './decrypt-file.ts';
import { readIdentities } from './identity-file.ts';
import type { NewFile } from './new-file.ts';

const MOST_OF_NAME = 4096;

/**
 * Runs `optimetrics decrypt …`: opens what can be opened; a file that cannot gets a line on standard error, and the command
 * fails.
 *
 * @returns the exit code
 * @throws UsageError for arguments that are wrong, KeyError or Error in one line when there are no keys to be had
 */
export async function decryptCommand(argv: readonly string[]): Promise<number> {
  const { values, positionals } = parseAll(argv, {
    identity: { type: 'string' },
    output: { type: 'string', short: 'o', default: '.' },
    format: { type: 'string' },
  });
  if (positionals.length === 0)
    throw new UsageError('decrypt takes one or more files; try optimetrics --help');
  const format = formatOf(values.format);
  makeFolder(values.output);
  const keys = await keysFrom(values.identity);
  let current: NewFile | undefined;
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.once(signal, () => {
      current?.discard();
      // By the signal, which no longer is ours: an exit would wait for what is being read, from a pipe for ever.
      process.kill(process.pid, signal);
    });
  }
  let failed = 0;
  for (const file of positionals) {
    try {
      const target = await decryptFile(file, {
        keys,
        folder: values.output,
        format,
        onBegin: output => (current = output),
      });
      process.stdout.write(`${shown(target)}\n`);
    } catch (error) {
      failed++;
      process.stderr.write(`optimetrics: ${shown(file)}: ${why(error)}\n`);
    }
  }
  return failed > 0 ? EXIT.failed : EXIT.done;
}

function makeFolder(folder: string): void {
  try {
    fs.mkdirSync(folder, { recursive: true, mode: 0o700 });
  } catch (error) {
    throw new UsageError(
      `-o ${shown(folder)}: ${describeFault(error)}; give a folder that can be written to`,
    );
  }
}

async function keysFrom(identityFile: string | undefined): Promise<OpeningKeys> {
  if (identityFile !== undefined) return { identities: await readIdentities(identityFile) };
  return { local: (await new KeyFolder(dataDirectory()).load()).local };
}

function formatOf(format: string | undefined): Format | undefined {
  if (format === undefined || format === 'csv' || format === 'parquet') return format;
  throw new UsageError(`--format is csv or parquet, not “${format}”`);
}

function why(error: unknown): string {
  if (codeOf(error) === 'EEXIST')
    return 'what it would be written to exists already, and is left as it is; choose another folder with -o';
  return error instanceof Error && codeOf(error) === undefined ? error.message : describeFault(error);
}

function shown(file: string): string {
  return printable(file, MOST_OF_NAME);
}
