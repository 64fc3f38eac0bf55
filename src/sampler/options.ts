import fs from 'node:fs';
import { parseArgs } from 'node:util';
import { parseConfigMessage } from '../common/config/message.ts';
import type { Config } from '../common/config/schema.ts';

/** How a client starts the sampler process. */
export interface StartOptions {
  /** Folder of socket, token and marks. */
  readonly runtimeDirectory: string;
  /** Folder of what is kept. */
  readonly dataDirectory: string;
  /** Whether samples are written to the log. */
  readonly writesLog: boolean;
  /** Whether to stay without clients. */
  readonly stays: boolean;
  /** A manual start: the quarantine is emptied. */
  readonly isManual: boolean;
  readonly config: Config;
}

/**
 * Reads the command line, and the configuration as JSON from standard input, where no process list shows it.
 *
 * @throws Error in one line for arguments or a configuration that are wrong
 */
export function readStartOptions(argv: readonly string[]): StartOptions {
  const { values } = parseArgs({
    args: [...argv],
    options: {
      'runtime-dir': { type: 'string' },
      'data-dir': { type: 'string' },
      'no-log': { type: 'boolean', default: false },
      'stay': { type: 'boolean', default: false },
      'manual': { type: 'boolean', default: false },
    },
  });
  const runtimeDirectory = values['runtime-dir'];
  const dataDirectory = values['data-dir'];
  if (runtimeDirectory === undefined || dataDirectory === undefined) {
    throw new Error(
      'the sampler is started by the extension or by the optimetrics command, with --runtime-dir and --data-dir',
    );
  }
  const config = parseConfigMessage(JSON.parse(fs.readFileSync(0, 'utf8')));
  if (typeof config === 'string') throw new Error(config);
  return {
    runtimeDirectory,
    dataDirectory,
    writesLog: !values['no-log'],
    stays: values.stay,
    isManual: values.manual,
    config,
  };
}
