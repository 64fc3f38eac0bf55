import { printable } from '../../common/config/problem.ts';
import { readBounded } from '../read-bounded.ts';

/** Most bytes of an identity file. */
const LARGEST = 2 ** 20;
const MOST_OF_NAME = 4096;
const IDENTITY = /^AGE-SECRET-KEY-[A-Z0-9-]+$/;

/**
 * Identities of a file as age-keygen(1) makes it: one a line; empty lines, and those that begin with #, are left out.
 * Rejects with an Error in one line when it cannot be read or holds something else; the message does not repeat it.
 */
export async function readIdentities(file: string): Promise<string[]> {
  const lines = (await readBounded(file, LARGEST)).toString('utf8').split(/\r?\n/);
  const identities: string[] = [];
  for (const [at, text] of lines.entries()) {
    const line = text.trim();
    if (line === '' || line.startsWith('#')) continue;
    if (!IDENTITY.test(line))
      throw new Error(
        `${printable(file, MOST_OF_NAME)}: line ${at + 1} is not an age identity; those begin with AGE-SECRET-KEY-1 (a file protected by a passphrase: open it with age -d first)`,
      );
    identities.push(line);
  }
  if (identities.length === 0)
    throw new Error(`${printable(file, MOST_OF_NAME)}: there is no age identity in it`);
  return identities;
}
