import fs from 'node:fs';
import readline from 'node:readline';
import { describeFault } from '../common/faults.ts';
import { UsageError } from './usage.ts';

/** Most bytes that a file of a secret is read for. */
const MOST_BYTES = 65_536;

const CTRL_C = '\u0003';
const CTRL_D = '\u0004';
const BACKSPACES = ['\u007f', '\b'];

/**
 * The lines of a file that holds secrets.
 *
 * @param file path, - for standard input; a pipe too
 * @param option that named it, for messages
 * @throws UsageError when it cannot be read
 */
export function secretLines(file: string, option: string): string[] {
  try {
    const descriptor = file === '-' ? 0 : fs.openSync(file, 'r');
    const bytes = Buffer.alloc(MOST_BYTES);
    let length = 0;
    for (let read = -1; read !== 0 && length < MOST_BYTES; length += read)
      read = fs.readSync(descriptor, bytes, length, MOST_BYTES - length, null);
    if (descriptor !== 0) fs.closeSync(descriptor);
    return bytes.toString('utf8', 0, length).split(/\r?\n/);
  } catch (error) {
    throw new UsageError(`${option}: ${describeFault(error)}; give a file that can be read`);
  }
}

/**
 * Asks for a secret in the terminal, where what is typed does not show.
 *
 * @throws Error when the user gives up
 */
export function askHidden(question: string): Promise<string> {
  const { stdin, stderr } = process;
  return new Promise((resolve, reject) => {
    const typed: string[] = [];
    const end = (): void => {
      stdin.off('data', take);
      stdin.setRawMode(false);
      stdin.pause();
      stderr.write('\n');
    };
    const take = (text: string): void => {
      for (const one of text) {
        if (one === '\r' || one === '\n') {
          end();
          resolve(typed.join(''));
          return;
        }
        if (one === CTRL_C || one === CTRL_D) {
          end();
          reject(new Error('nothing was entered'));
          return;
        }
        if (BACKSPACES.includes(one)) typed.pop();
        else typed.push(one);
      }
    };
    stdin.setEncoding('utf8');
    stdin.setRawMode(true);
    stdin.on('data', take);
    stdin.resume();
    stderr.write(question);
  });
}

/** Asks for something in the terminal. @throws Error when the user gives up */
export async function askShown(question: string): Promise<string> {
  const asking = readline.createInterface({ input: process.stdin, output: process.stderr });
  try {
    return await new Promise<string>((resolve, reject) => {
      asking.once('close', () => reject(new Error('nothing was entered')));
      asking.question(question, resolve);
    });
  } finally {
    asking.close();
  }
}
