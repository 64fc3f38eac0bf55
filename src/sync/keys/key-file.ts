import { constants } from 'node:fs';
import fs from 'node:fs/promises';
import * as v from 'valibot';
import { codeOf, describeFault } from '../../common/faults.ts';
import { KeyError } from './key-error.ts';
import { isPrivate } from './private.ts';
import { type VaultName, VAULTS } from './vault.ts';

/** What the file of a key says. */
export interface KeyFile {
  readonly createdMs: number;
  readonly vault: VaultName;
  /** What the vault needs to have the key. */
  readonly kept: string;
}

/** A key's file has 200 bytes, with DPAPI 500. */
const MOST_BYTES = 4096;

const RECORD = v.object({
  format: v.literal('optimetrics-key'),
  version: v.literal(1),
  id: v.string(),
  created: v.pipe(v.string(), v.isoTimestamp()),
  vault: v.picklist(VAULTS),
  kept: v.string(),
});

/**
 * Reads the file of a key. Follows no link and waits for no pipe.
 *
 * @throws KeyError when others can read it, or it is not what we write; with the file's name, which is the key's id
 */
export async function readKeyFile(file: string, id: string): Promise<KeyFile> {
  const name = `sync-keys/${id}.json`;
  let text: string;
  try {
    text = await readPrivate(file, name);
  } catch (error) {
    if (error instanceof KeyError) throw error;
    if (codeOf(error) === 'ELOOP')
      throw new KeyError(`${name} is a link, and keys are not read through links`);
    throw new KeyError(`${name} cannot be read: ${describeFault(error)}`);
  }
  const record = v.safeParse(RECORD, parse(text));
  if (!record.success || record.output.id !== id)
    throw new KeyError(`${name} is not a key file of this version; delete it and import the recovery file`);
  const { created, vault, kept } = record.output;
  return { createdMs: Date.parse(created), vault, kept };
}

async function readPrivate(file: string, name: string): Promise<string> {
  // Windows has neither of the last two: undefined adds nothing.
  const flags = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;
  const handle = await fs.open(file, flags);
  try {
    const stat = await handle.stat();
    if (!stat.isFile() || stat.size > MOST_BYTES) throw new KeyError(`${name} is not a key file`);
    if (!isPrivate(stat))
      throw new KeyError(
        `others can read ${name}, or it is not this user's; make it so: chmod 600, and if others may have read it, make a new key: optimetrics keys rotate`,
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
