import fs from 'node:fs';
import { parseArgs } from 'node:util';
import { parseConfigMessage } from '../common/config/message.ts';
import type { Config } from '../common/config/schema.ts';
import { codeOf } from '../common/faults.ts';

/** Bytes that are read from standard input at once: the configuration is smaller. */
const STDIN_CHUNK = 65_536;

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
  const config = parseConfigMessage(JSON.parse(readStandardInput()));
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

/** Reads to the end. On Windows the end of a pipe can be an error for `readSync`: nodejs/node issue 35997. */
function readStandardInput(): string {
  const chunks: Buffer[] = [];
  for (;;) {
    const chunk = Buffer.alloc(STDIN_CHUNK);
    let length: number;
    try {
      length = fs.readSync(0, chunk);
    } catch (error) {
      if (codeOf(error) !== 'EOF') throw error;
      length = 0;
    }
    if (length === 0) return Buffer.concat(chunks).toString('utf8');
    chunks.push(chunk.subarray(0, length));
  }
}
