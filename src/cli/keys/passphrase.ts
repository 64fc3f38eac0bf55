import fs from 'node:fs';
import { describeFault } from '../../common/faults.ts';
import { UsageError } from '../usage.ts';

/** Fewest characters of a new passphrase: a stolen recovery file can be tried for as long as its thief likes. */
const FEWEST = 12;
/** Most bytes that a passphrase file is read for. */
const MOST_BYTES = 65_536;

const CTRL_C = '\u0003';
const CTRL_D = '\u0004';
const BACKSPACES = ['\u007f', '\b'];

/**
 * The passphrase of a recovery file: from a file, or asked for in the terminal, where it does not show. It never comes from
 * the command line or the environment, which other programs can see.
 *
 * @param file path, - for standard input; `undefined` to ask
 * @param isNew asks twice, and refuses a short one
 * @throws UsageError when there is nothing to take it from, or it is too short
 */
export async function takePassphrase(file: string | undefined, isNew: boolean): Promise<string> {
  const passphrase = file === undefined ? await ask(isNew) : fromFile(file);
  if (passphrase === '') throw new UsageError('the passphrase is empty');
  if (isNew && Array.from(passphrase).length < FEWEST)
    throw new UsageError(
      `the passphrase has fewer than ${FEWEST} characters; take five words at random, or more`,
    );
  return passphrase;
}

function fromFile(file: string): string {
  try {
    const descriptor = file === '-' ? 0 : fs.openSync(file, 'r');
    const bytes = Buffer.alloc(MOST_BYTES);
    let length = 0;
    for (let read = -1; read !== 0 && length < MOST_BYTES; length += read)
      read = fs.readSync(descriptor, bytes, length, MOST_BYTES - length, null);
    if (descriptor !== 0) fs.closeSync(descriptor);
    return bytes.toString('utf8', 0, length).split(/\r?\n/, 1)[0] ?? '';
  } catch (error) {
    throw new UsageError(`--passphrase-file: ${describeFault(error)}; give a file that can be read`);
  }
}

async function ask(isNew: boolean): Promise<string> {
  if (!process.stdin.isTTY)
    throw new UsageError('there is no terminal to ask for the passphrase in; use --passphrase-file');
  const passphrase = await askOnce(isNew ? 'New passphrase: ' : 'Passphrase: ');
  if (isNew && (await askOnce('The same again: ')) !== passphrase)
    throw new UsageError('the two passphrases are different; nothing was written');
  return passphrase;
}

/** @throws Error when the user gives up */
function askOnce(question: string): Promise<string> {
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
          reject(new Error('no passphrase was given'));
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
