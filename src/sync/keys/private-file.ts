import { constants } from 'node:fs';
import fs from 'node:fs/promises';
import { codeOf, describeFault } from '../../common/faults.ts';
import { KeyError } from './key-error.ts';
import { isPrivate } from './private.ts';

/** A file that only this user may read. */
export interface PrivateFile {
  /** As messages call it: without the folders that are the user's. */
  readonly name: string;
  /** What it is: a key file. */
  readonly kind: string;
  readonly mostBytes: number;
  /** What to do when others may have read it. */
  readonly advice: string;
}

/**
 * Reads a file of JSON that holds a secret. Follows no link and waits for no pipe.
 *
 * @returns `undefined` for what is no JSON
 * @throws KeyError when others can read it, or it cannot be read
 */
export async function readPrivateFile(file: string, about: PrivateFile): Promise<unknown> {
  const { name } = about;
  try {
    return parse(await read(file, about));
  } catch (error) {
    if (error instanceof KeyError) throw error;
    if (codeOf(error) === 'ELOOP')
      throw new KeyError(`${name} is a link, and secrets are not read through links`);
    throw new KeyError(`${name} cannot be read: ${describeFault(error)}`);
  }
}

async function read(file: string, { name, kind, mostBytes, advice }: PrivateFile): Promise<string> {
  // Windows has neither of the last two: undefined adds nothing.
  const flags = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;
  const handle = await fs.open(file, flags);
  try {
    const stat = await handle.stat();
    if (!stat.isFile() || stat.size > mostBytes) throw new KeyError(`${name} is not ${kind}`);
    if (!isPrivate(stat))
      throw new KeyError(
        `others can read ${name}, or it is not this user's; make it so: chmod 600, and if others may have read it, ${advice}`,
      );
    return await handle.readFile('utf8');
  } finally {
    await handle.close();
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
